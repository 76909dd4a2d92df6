// @ts-check
import { viewerUsage } from "usher/edge";
import { callModule } from "../edge-module.js";

/** @typedef {ReturnType<typeof viewerUsage>} KnownUsage */

/** The rolling window of the viewer's use. */
const USAGE_WINDOW_MS = 28 * 24 * 3600 * 1000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS usage (id INTEGER PRIMARY KEY CHECK (id = 1), class TEXT NOT NULL);
`;

/** The use of somebody of whom nothing is known. */
export const NO_USAGE = /** @type {KnownUsage} */ ({ unique_ms: 0, span_ms: 0, class: "unknown" });

/** How much the viewer uses the service, by the views that are kept. */
export class Usage {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /** The class as it was found last; it is kept so that one on the line does not flap. */
  get class() {
    const rows = this.#sql.exec("SELECT class FROM usage").toArray();
    return /** @type {KnownUsage["class"]} */ (rows[0]?.["class"] ?? "unknown");
  }

  /**
   * The viewer's use of the last 28 days, and the class.
   * @param {{ view: string }[]} incoming the views that run
   * @param {number} now_ms
   */
  at(incoming, now_ms) {
    const names = JSON.stringify(incoming.map(({ view }) => view));
    /** @type {SqlStorageCursor<{ first_seen_ms: number | null, unique_ms: number, running_ms: number }>} */
    const cursor = this.#sql.exec(
      `WITH running AS (SELECT value FROM json_each(?))
       SELECT min(first_seen_ms) AS first_seen_ms,
              total(unique_ms) FILTER (WHERE last_seen_ms > ? AND view NOT IN running) AS unique_ms,
              total(unique_ms) FILTER (WHERE view IN running) AS running_ms
       FROM views`,
      names,
      now_ms - USAGE_WINDOW_MS,
    );
    const before = this.class;
    const usage = callModule(() => viewerUsage({ ...cursor.one(), now_ms, before }));
    if (usage.class !== before) {
      this.#sql.exec("INSERT OR REPLACE INTO usage VALUES (1, ?)", usage.class);
    }
    return usage;
  }

  clear() {
    this.#sql.exec("DELETE FROM usage");
  }
}
