// @ts-check
import { retention } from "usher/office";
import { callModule } from "../office-module.js";

const DAY_MS = 24 * 3600 * 1000;

/** Rows of each class that are looked after at one ring of the alarm, so that batches come in between. */
const ROWS_PER_STEP_MAX = 500;

/** Between two steps. */
const STEP_MS = 100;

/** After a start, so that the first requests come first. */
const START_MS = 1_000;

/** @typedef {ReturnType<typeof retention>["kept"][number]["data"]} KeptData */

/** Ends what the centre has kept for long enough, once a day. */
export class Retention {
  #about;
  #prunes;
  #audit;

  /**
   * @param {import("../about.js").About} about
   * @param {import("./audit.js").Audit} audit
   * @param {Record<KeptData, (dueMs: number, limit: number) => number>} prunes ends up to `limit` rows of
   *   a class that were stored by `dueMs`, and tells how many
   */
  constructor(about, audit, prunes) {
    this.#about = about;
    this.#audit = audit;
    this.#prunes = prunes;
  }

  /** Days by class. */
  get days() {
    const { kept } = callModule(() => retention(0));
    return Object.fromEntries(kept.map(({ data, days }) => [data, days]));
  }

  /**
   * When to look again.
   * @param {number} nowMs
   */
  dueMs(nowMs) {
    const last = Number(this.#about.get("retention_ms") ?? 0);
    return Math.max(nowMs + START_MS, last + DAY_MS);
  }

  /**
   * Does a part of the work.
   * @param {number} nowMs
   * @returns {number} when to do the next
   */
  step(nowMs) {
    const { kept } = callModule(() => retention(nowMs));
    const ended = kept.map(
      ({ data, due_ms }) =>
        /** @type {const} */ ([data, this.#prunes[data](due_ms, ROWS_PER_STEP_MAX)]),
    );
    const some = ended.filter(([, rows]) => rows > 0);
    if (some.length > 0) {
      const detail = JSON.stringify(Object.fromEntries(some));
      const entry = { actor: "central", action: "retention_applied", subject: "", detail };
      this.#audit.add(entry, nowMs);
    }
    if (some.some(([, rows]) => rows === ROWS_PER_STEP_MAX)) return nowMs + STEP_MS;
    this.#about.set("retention_ms", String(nowMs));
    return nowMs + DAY_MS;
  }
}
