// @ts-check
// A table of sums: sorted by any column, filtered by a word, grown by a button.
import { count } from "./duration.js";
import { make } from "./element.js";

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} label
 * @property {(row: Row) => string | number} value what it is sorted by
 * @property {(row: Row) => string} [text] what is shown, if not the value
 * @property {(row: Row) => string} [hint] said on hover
 * @property {(row: Row) => string} [small] a second line
 * @property {boolean} [number]
 * @property {boolean} [bar] shows the value as a share of the largest
 */

const ROWS_FIRST = 25;

/** @template Row */
export class SumTable {
  #place;
  #columns;
  #noun;
  #body = make("tbody");
  #count = make("span", "hint");
  #more = make("button");
  /** @type {HTMLElement[]} */
  #headers = [];
  /** @type {Row[]} */
  #rows = [];
  #sorted;
  #descending;
  #word = "";
  #shown = ROWS_FIRST;

  /**
   * @param {HTMLElement} place is filled with the table
   * @param {string} noun of the rows, in the plural
   * @param {Column<Row>[]} columns the first one names the row
   * @param {{ column: number, descending: boolean }} order
   */
  constructor(place, noun, columns, { column, descending }) {
    this.#place = place;
    this.#noun = noun;
    this.#columns = columns;
    this.#sorted = column;
    this.#descending = descending;
    this.#build();
  }

  /** @param {Row[]} rows */
  set rows(rows) {
    this.#rows = rows;
    this.#shown = ROWS_FIRST;
    this.draw();
  }

  /** @param {string} word */
  set word(word) {
    this.#word = word.trim().toLocaleLowerCase();
    this.#shown = ROWS_FIRST;
    this.draw();
  }

  draw() {
    this.#headers.forEach((header, index) => {
      const direction = this.#descending ? "descending" : "ascending";
      header.setAttribute("aria-sort", index === this.#sorted ? direction : "none");
    });
    const rows = this.#matching();
    const column = this.#columns[this.#sorted];
    const sign = this.#descending ? -1 : 1;
    rows.sort((left, right) => {
      const [one, other] = [column?.value(left) ?? 0, column?.value(right) ?? 0];
      return one === other ? 0 : sign * (one < other ? -1 : 1);
    });
    const visible = rows.slice(0, this.#shown);
    const largest = this.#columns.map(({ bar, value }) =>
      bar ? rows.reduce((most, row) => Math.max(most, Number(value(row))), 0) : 0,
    );
    this.#body.replaceChildren(...visible.map((row) => this.#line(row, largest)));
    this.#more.hidden = visible.length === rows.length;
    this.#more.textContent = `Show ${count(Math.min(this.#shown, rows.length - visible.length))} more`;
    const found = rows.length === this.#rows.length ? "" : `, found in ${count(this.#rows.length)}`;
    const sentence = `${count(visible.length)} of ${count(rows.length)} ${this.#noun}${found}`;
    if (this.#count.textContent !== sentence) this.#count.textContent = sentence;
  }

  #matching() {
    const name = this.#columns[0];
    if (!name || this.#word === "") return [...this.#rows];
    return this.#rows.filter((row) =>
      String(name.value(row)).toLocaleLowerCase().includes(this.#word),
    );
  }

  #build() {
    const table = make("table");
    table.setAttribute("role", "table");
    table.append(make("caption", "quiet", this.#noun));
    const head = make("thead");
    head.setAttribute("role", "rowgroup");
    this.#body.setAttribute("role", "rowgroup");
    const row = make("tr");
    row.setAttribute("role", "row");
    this.#headers = this.#columns.map(({ label, number }, index) => {
      const header = make("th", number ? "number" : "");
      header.setAttribute("role", "columnheader");
      header.scope = "col";
      const button = make("button", "", label);
      button.type = "button";
      button.addEventListener("click", () => this.#sortBy(index));
      header.append(button);
      return header;
    });
    row.append(...this.#headers);
    head.append(row);
    table.append(head, this.#body);
    this.#more.type = "button";
    this.#more.addEventListener("click", () => {
      // Twice as many each time: a thousand titles are six steps away, not forty.
      this.#shown *= 2;
      this.draw();
    });
    const foot = make("p", "row table-foot");
    this.#count.setAttribute("role", "status");
    foot.append(this.#count, this.#more);
    this.#place.replaceChildren(table, foot);
  }

  /** @param {number} column */
  #sortBy(column) {
    // Numbers are wanted largest first, names from A.
    const wanted = this.#columns[column]?.number || this.#columns[column]?.bar || false;
    this.#descending = column === this.#sorted ? !this.#descending : wanted;
    this.#sorted = column;
    this.draw();
  }

  /**
   * @param {Row} row
   * @param {number[]} largest of each column
   */
  #line(row, largest) {
    const line = make("tr");
    line.setAttribute("role", "row");
    this.#columns.forEach(({ label, value, text, hint, small, number, bar }, index) => {
      const shown = text?.(row) ?? String(value(row));
      const cell = make("td", number ? "number" : "");
      cell.setAttribute("role", "cell");
      cell.dataset.label = label;
      if (hint) cell.title = hint(row);
      if (index === 0) cell.append(make("b", "", shown));
      else if (bar) cell.append(make("span", "share", shown), filled(value(row), largest[index]));
      else cell.textContent = shown;
      if (small) cell.append(make("small", "", small(row)));
      line.append(cell);
    });
    return line;
  }
}

/**
 * @param {string | number} value
 * @param {number | undefined} largest
 */
function filled(value, largest) {
  const bar = make("span", "bar");
  bar.setAttribute("aria-hidden", "true");
  const part = make("span");
  part.style.inlineSize = `${(largest ? (100 * Number(value)) / largest : 0).toFixed(2)}%`;
  bar.append(part);
  return bar;
}
