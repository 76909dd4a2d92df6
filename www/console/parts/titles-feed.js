// @ts-check
// Asks the central store for all titles, page by page, again and again until paused.
import { titlePage } from "./central.js";

/** @typedef {import("./central.js").TitleRow} TitleRow */

const EVERY_MS = 5_000;
const WAIT_MS_MAX = 60_000;
/** A catalogue larger than this is not for one page of a browser; what was left out is said. */
export const TITLES_MAX = 20_000;

/**
 * Events: `titles` (detail: { rows, whole }), `trouble` (detail: { reason, waitMs }).
 */
export class TitlesFeed extends EventTarget {
  #timer = 0;
  #failures = 0;
  #asking = false;
  #paused = false;

  constructor() {
    super();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && !this.#paused) this.refresh();
    });
  }

  get paused() {
    return this.#paused;
  }

  set paused(paused) {
    this.#paused = paused;
    clearTimeout(this.#timer);
    if (!paused) this.refresh();
  }

  async refresh() {
    if (this.#asking) return;
    this.#asking = true;
    clearTimeout(this.#timer);
    try {
      const titles = await everyTitle();
      this.#failures = 0;
      this.dispatchEvent(new CustomEvent("titles", { detail: titles }));
    } catch (reason) {
      this.#failures += 1;
      const detail = { reason, waitMs: this.#paused ? null : this.#waitMs() };
      this.dispatchEvent(new CustomEvent("trouble", { detail }));
    } finally {
      this.#asking = false;
    }
    if (!this.#paused && document.visibilityState === "visible") {
      this.#timer = window.setTimeout(() => this.refresh(), this.#waitMs());
    }
  }

  #waitMs() {
    return Math.min(EVERY_MS * 2 ** this.#failures, WAIT_MS_MAX);
  }
}

/** @returns {Promise<{ rows: TitleRow[], whole: boolean }>} */
async function everyTitle() {
  /** @type {TitleRow[]} */
  const rows = [];
  /** @type {string | null} */
  let after = null;
  do {
    const page = await titlePage(after);
    rows.push(...page.titles);
    after = page.next;
  } while (after !== null && rows.length < TITLES_MAX);
  return { rows, whole: after === null };
}
