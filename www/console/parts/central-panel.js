// @ts-check
import { agreement } from "./agreement.js";
import { CentralError, titleRow, viewRecord } from "./central.js";
import { ago, clock, count, hours, NOTHING, percent } from "./duration.js";
import { element, write } from "./element.js";
import { Figures } from "./figures.js";

/** @typedef {import("usher").Session} Session */
/** @typedef {import("./central.js").ViewRecord} ViewRecord */

const ASK_MS = 1_000;
/** Once page and store agree, nothing is urgent. */
const ASK_MS_AGREED = 3_000;
const ASK_MS_MAX = 30_000;

/** Asks the central store about this view and this title, and compares with the page. */
export class CentralPanel {
  #session;
  #title;
  #view = new Figures(element("central-view", HTMLElement));
  #totals = new Figures(element("central-title", HTMLElement));
  #stamp = element("verdict-stamp", HTMLElement);
  #text = element("verdict-text", HTMLElement);
  #wait = element("verdict-wait", HTMLElement);
  #age = element("central-age", HTMLElement);
  /** @type {ViewRecord | null} */
  #record = null;
  /** @type {CentralError | null} */
  #trouble = null;
  #failures = 0;
  /** Whether the edge had committed some of this view when the store was last asked. */
  #committed = false;
  #agreed = false;
  /** Moments of the monotonic clock; null while there is none. */
  #answered = /** @type {number | null} */ (null);
  #next = 0;
  #timer = 0;

  /**
   * @param {Session} session
   * @param {() => string} title
   */
  constructor(session, title) {
    this.#session = session;
    this.#title = title;
    this.#flushButton();
    session.addEventListener("view", () => {
      this.#record = null;
      this.#answered = null;
      this.#committed = false;
      this.#ask();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#ask();
    });
    this.#ask();
  }

  /**
   * @param {Session["engagement"]} engagement
   * @param {Session["delivery"]} delivery
   */
  show(engagement, delivery) {
    const { kind, stamp, text } = agreement(engagement, delivery, this.#record, this.#trouble);
    this.#agreed = kind === "good";
    if (this.#stamp.dataset.kind !== kind) this.#stamp.dataset.kind = kind;
    write(this.#stamp, stamp);
    write(this.#text, text);
    write(this.#wait, this.#waiting(engagement, delivery));
    write(
      this.#age,
      this.#answered === null ? "" : `Asked ${ago(performance.now() - this.#answered)}.`,
    );
  }

  /**
   * What changes every second, kept out of what is read aloud.
   *
   * @param {Session["engagement"]} engagement
   * @param {Session["delivery"]} delivery
   */
  #waiting(engagement, delivery) {
    if (delivery.state === "waiting" && delivery.nextTryMs !== null) {
      return `The edge is tried again in ${secondsTo(delivery.nextTryMs)} s.`;
    }
    if (this.#trouble) {
      return `The store is asked again in ${secondsTo(this.#next)} s.`;
    }
    if (!this.#record) return "";
    const ahead = Math.round(engagement.uniqueMs) - Math.round(this.#record.unique_ms);
    return ahead === 0
      ? ""
      : `The page is ${clock(Math.abs(ahead))} ${ahead > 0 ? "ahead" : "behind"}.`;
  }

  async #ask() {
    clearTimeout(this.#timer);
    const { viewId, delivery } = this.#session;
    // The edge commits first and tells the store then: a question before that is answered 404.
    const told = this.#committed;
    this.#committed = delivery.acknowledgedVersion > 0;
    try {
      const [record, row] = await Promise.all([
        told ? viewRecord(viewId) : null,
        titleRow(this.#title()),
      ]);
      if (viewId !== this.#session.viewId) return;
      this.#record = record;
      this.#trouble = null;
      this.#failures = 0;
      this.#answered = performance.now();
      this.#figures(row);
    } catch (reason) {
      this.#failures += 1;
      this.#trouble =
        reason instanceof CentralError ? reason : new CentralError("unexpected", String(reason));
    }
    const calm = this.#agreed && this.#failures === 0;
    const pause = calm ? ASK_MS_AGREED : Math.min(ASK_MS * 2 ** this.#failures, ASK_MS_MAX);
    this.#next = performance.now() + pause;
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible")
      this.#timer = window.setTimeout(() => this.#ask(), pause);
  }

  /** @param {import("./central.js").TitleRow | null} row */
  #figures(row) {
    const record = this.#record;
    this.#view.set("Unique", clock(record?.unique_ms));
    this.#view.set("Completion", percent(record?.completion));
    this.#view.set("Completed", record ? (record.completed ? "yes" : "not yet") : NOTHING);
    this.#view.set("Version", record ? count(record.version) : NOTHING);
    this.#totals.set("Views", row ? count(row.views) : NOTHING);
    this.#totals.set("Viewers", row ? count(row.viewers) : NOTHING);
    this.#totals.set("Unique hours", row ? hours(row.unique_ms) : NOTHING, clock(row?.unique_ms));
    this.#totals.set("Completed", row ? percent(row.completed_share) : NOTHING);
  }

  #flushButton() {
    const button = element("flush", HTMLButtonElement);
    button.disabled = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.textContent = "Sending …";
      try {
        await this.#session.flush();
      } finally {
        button.disabled = false;
        button.textContent = "Send now";
        this.#ask();
      }
    });
  }
}

/** @param {number} moment of the monotonic clock */
function secondsTo(moment) {
  return Math.max(0, Math.ceil((moment - performance.now()) / 1000));
}
