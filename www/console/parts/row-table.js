// @ts-check
// A table of rows that a server gives page by page, with its three other states: on its way, empty, failed.
import { AnswerError } from "./api.js";
import { make } from "./element.js";
import { onLanguage, say, worded } from "./texts.js";

/** @typedef {import("./texts.js").Key} Key */

/**
 * @template Row
 * @typedef {object} Column
 * @property {Key} label
 * @property {(row: Row) => string | Node} shown
 * @property {(row: Row) => string} [small] a second line
 * @property {boolean} [number]
 */

/**
 * @template Row
 * @typedef {object} TableOptions
 * @property {Key} caption
 * @property {Key} empty said when there is no row
 * @property {Column<Row>[]} columns the first one names the row
 * @property {(after: string | null, signal: AbortSignal) => Promise<{ rows: Row[], next?: string | null }>} load
 * @property {(rows: Row[]) => Node | null} [foot] a line under the rows
 */

const GHOSTS = 3;

/** @template Row */
export class RowTable {
  #place;
  #options;
  /** @type {Row[]} */
  #rows = [];
  /** @type {string | null} */
  #next = null;
  /** @type {unknown} */
  #trouble = null;
  #loading = false;
  /** Ends the question before, so that a late answer never overwrites a newer one. */
  #asked = new AbortController();

  /**
   * @param {HTMLElement} place
   * @param {TableOptions<Row>} options
   */
  constructor(place, options) {
    this.#place = place;
    this.#options = options;
    place.classList.add("ledger", "plain");
    onLanguage(() => this.#draw());
  }

  get rows() {
    return this.#rows;
  }

  /** Asks again from the first row; what is shown stays until the answer is here. */
  refresh() {
    return this.#load(null);
  }

  /** Forgets the rows: the next answer is of something else. */
  clear() {
    this.#asked.abort();
    this.#rows = [];
    this.#next = null;
    this.#trouble = null;
    this.#loading = true;
    this.#draw();
  }

  /** @param {string | null} after */
  async #load(after) {
    this.#asked.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.#loading = true;
    this.#trouble = null;
    this.#draw();
    try {
      const page = await this.#options.load(after, asked.signal);
      if (asked.signal.aborted) return;
      this.#rows = after === null ? page.rows : [...this.#rows, ...page.rows];
      this.#next = page.next ?? null;
    } catch (reason) {
      if (asked.signal.aborted) return;
      this.#trouble = reason;
      if (after === null) this.#rows = [];
    }
    this.#loading = false;
    this.#draw();
  }

  #draw() {
    const { empty, columns, foot } = this.#options;
    const ghosts = this.#loading && this.#rows.length === 0;
    this.#place.setAttribute("aria-busy", String(this.#loading));
    const parts = [];
    if (ghosts || this.#rows.length > 0) parts.push(this.#table(columns, ghosts));
    if (this.#trouble !== null) parts.push(this.#failure(this.#trouble));
    else if (!this.#loading && this.#rows.length === 0) {
      const sentence = worded("p", "empty", empty);
      sentence.setAttribute("role", "status");
      parts.push(sentence);
    }
    const line = !this.#loading && this.#rows.length > 0 ? foot?.(this.#rows) : null;
    if (line) parts.push(line);
    if (this.#rows.length > 0) parts.push(this.#count());
    const hadFocus = this.#place.contains(document.activeElement);
    this.#place.replaceChildren(...parts);
    // Whoever pressed a button here goes on from here, also when the button has done its work.
    if (!hadFocus) return;
    const next = this.#place.querySelector("button, .table-foot");
    if (next instanceof HTMLElement) next.focus();
  }

  /**
   * @param {Column<Row>[]} columns
   * @param {boolean} ghosts
   */
  #table(columns, ghosts) {
    // A table that the style lays out as blocks is still read out as one.
    const table = withRole("table", "table");
    table.append(worded("caption", "quiet", this.#options.caption));
    const head = withRole("thead", "rowgroup");
    const names = withRole("tr", "row");
    for (const { label, number } of columns) {
      const name = worded("th", number ? "number" : "", label);
      name.setAttribute("role", "columnheader");
      name.scope = "col";
      names.append(name);
    }
    head.append(names);
    const body = withRole("tbody", "rowgroup");
    if (ghosts) {
      for (let ghost = 0; ghost < GHOSTS; ghost += 1) {
        const line = make("tr", "ghost");
        line.setAttribute("aria-hidden", "true");
        line.append(...columns.map(() => make("td")));
        body.append(line);
      }
    }
    body.append(...this.#rows.map((row) => this.#line(row, columns)));
    table.append(head, body);
    return table;
  }

  /**
   * @param {Row} row
   * @param {Column<Row>[]} columns
   */
  #line(row, columns) {
    const line = withRole("tr", "row");
    for (const { label, shown, small, number } of columns) {
      const cell = make("td", number ? "number" : "");
      cell.setAttribute("role", "cell");
      cell.dataset.label = say(label);
      cell.append(shown(row));
      const second = small?.(row);
      if (second) cell.append(make("small", "", second));
      line.append(cell);
    }
    return line;
  }

  #count() {
    const foot = make("p", "row table-foot");
    foot.tabIndex = -1;
    const count = worded("span", "hint", this.#next === null ? "rows.all" : "rows.some", {
      count: this.#rows.length,
    });
    count.setAttribute("role", "status");
    foot.append(count);
    if (this.#next !== null) {
      const more = worded("button", "", this.#loading ? "loading" : "rows.more");
      more.type = "button";
      more.addEventListener("click", () => {
        if (!this.#loading) void this.#load(this.#next);
      });
      foot.append(more);
    }
    return foot;
  }

  /** @param {unknown} reason */
  #failure(reason) {
    const failure = make("div", "empty");
    failure.setAttribute("role", "alert");
    const again = worded("button", "", "again");
    again.type = "button";
    again.addEventListener("click", () => void this.refresh());
    failure.append(worded("strong", "", "failed.table"), make("p", "", troubleText(reason)), again);
    return failure;
  }
}

/**
 * What went wrong, in a sentence for people.
 * @param {any} reason
 */
export function troubleText(reason) {
  if (reason?.code === "unreachable") return say("failed.unreachable");
  const message = String(reason?.message ?? reason).replace(/\.$/, "");
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return reason instanceof AnswerError ? `${sentence} (${reason.code}).` : `${sentence}.`;
}

/**
 * @template {"table" | "thead" | "tbody" | "tr"} Tag
 * @param {Tag} tag
 * @param {string} role
 */
function withRole(tag, role) {
  const made = document.createElement(tag);
  made.setAttribute("role", role);
  return made;
}
