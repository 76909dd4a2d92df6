// @ts-check
// The titles as a table: sorted by any column, filtered by a word, grown by a button.
import { clock, count, hours, percent } from "./duration.js";
import { element, make } from "./element.js";

/** @typedef {import("./central.js").TitleRow} TitleRow */
/** @typedef {"title" | "views" | "viewers" | "unique_ms" | "completed_share"} Column */

const ROWS_STEP = 100;
const LABELS = /** @type {const} */ ({
  title: "Title",
  views: "Views",
  viewers: "Viewers",
  unique_ms: "Unique hours",
  completed_share: "Completed",
});

export class TitleTable {
  #body = element("rows", HTMLElement);
  #count = element("count", HTMLElement);
  #more = element("more", HTMLButtonElement);
  #headers = [...document.querySelectorAll("th[data-column]")].filter(
    (cell) => cell instanceof HTMLElement,
  );
  #names;
  /** @type {TitleRow[]} */
  #rows = [];
  /** @type {Column} */
  #column = "unique_ms";
  #descending = true;
  #word = "";
  #shown = ROWS_STEP;

  /** @param {(title: string) => string | undefined} names the name a title is sold under, where it has one */
  constructor(names) {
    this.#names = names;
    for (const header of this.#headers) {
      header.querySelector("button")?.addEventListener("click", () => {
        this.#sortBy(/** @type {Column} */ (header.dataset.column));
      });
    }
    this.#more.addEventListener("click", () => {
      this.#shown += ROWS_STEP;
      this.draw();
    });
  }

  /** @param {TitleRow[]} rows */
  set rows(rows) {
    this.#rows = rows;
    this.draw();
  }

  /** @param {string} word */
  set word(word) {
    this.#word = word.trim().toLocaleLowerCase();
    this.#shown = ROWS_STEP;
    this.draw();
  }

  /** How many titles the word leaves. */
  get matches() {
    return this.#filtered().length;
  }

  draw() {
    for (const header of this.#headers) {
      const sorted = header.dataset.column === this.#column;
      header.setAttribute(
        "aria-sort",
        sorted ? (this.#descending ? "descending" : "ascending") : "none",
      );
    }
    const rows = this.#filtered().sort((left, right) => this.#compare(left, right));
    const visible = rows.slice(0, this.#shown);
    this.#body.replaceChildren(...visible.map((row) => this.#line(row)));
    this.#more.hidden = visible.length === rows.length;
    this.#more.textContent = `Show ${Math.min(ROWS_STEP, rows.length - visible.length)} more`;
    const of = rows.length === this.#rows.length ? "" : `, found in ${count(this.#rows.length)}`;
    const sentence =
      rows.length === 0 ? "" : `${count(visible.length)} of ${count(rows.length)} titles${of}`;
    if (this.#count.textContent !== sentence) this.#count.textContent = sentence;
  }

  /** @param {Column} column */
  #sortBy(column) {
    // Numbers are wanted largest first, names from A.
    this.#descending = column === this.#column ? !this.#descending : column !== "title";
    this.#column = column;
    this.draw();
  }

  #filtered() {
    return this.#rows.filter(({ title }) => {
      return `${title} ${this.#names(title) ?? ""}`.toLocaleLowerCase().includes(this.#word);
    });
  }

  /**
   * Ties stay in the order of their ids, whichever way the column runs.
   *
   * @param {TitleRow} left
   * @param {TitleRow} right
   */
  #compare(left, right) {
    const sign = this.#descending ? -1 : 1;
    const byId = left.title < right.title ? -1 : 1;
    if (this.#column === "title") return sign * byId;
    const difference = (left[this.#column] ?? -1) - (right[this.#column] ?? -1);
    return difference === 0 ? byId : sign * difference;
  }

  /** @param {TitleRow} row */
  #line(row) {
    const line = make("tr");
    line.setAttribute("role", "row");
    const name = this.#names(row.title);
    const title = cell("title", "");
    title.append(make("b", "", name ?? row.title));
    if (name) title.append(make("small", "", row.title));
    const unique = cell("unique_ms", hours(row.unique_ms));
    unique.title = clock(row.unique_ms);
    line.append(
      title,
      cell("views", count(row.views)),
      cell("viewers", count(row.viewers)),
      unique,
      share(row),
    );
    return line;
  }
}

/**
 * @param {Column} column
 * @param {string} text
 */
function cell(column, text) {
  const made = make("td", column === "title" || column === "completed_share" ? "" : "number", text);
  made.setAttribute("role", "cell");
  made.dataset.label = LABELS[column];
  return made;
}

/** @param {TitleRow} row */
function share(row) {
  const made = cell("completed_share", "");
  const bar = make("span", "bar");
  bar.setAttribute("aria-hidden", "true");
  const filled = make("span");
  filled.style.inlineSize = `${((row.completed_share ?? 0) * 100).toFixed(2)}%`;
  bar.append(filled);
  const of = `${count(row.completed_views)} of ${count(row.views)}`;
  made.append(make("span", "share", percent(row.completed_share)), bar, make("small", "", of));
  return made;
}
