// @ts-check

/** @typedef {ReturnType<typeof import("usher/edge").mergeViews>["quarantined"][number]} QuarantinedState */
/** @typedef {{ view: string, producer: string, version: number, title: string, reason: string, at_ms: number, state: ArrayBuffer, said: ArrayBuffer }} QuarantineRow */

/** States set apart that are kept for one viewer; beyond, the oldest goes and is counted. */
const STATES_MAX = 100;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS quarantine (
    view TEXT NOT NULL, producer TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL,
    reason TEXT NOT NULL, at_ms INTEGER NOT NULL, state BLOB NOT NULL, said BLOB NOT NULL,
    PRIMARY KEY (view, producer)
  );
  CREATE TABLE IF NOT EXISTS quarantine_dropped (
    id INTEGER PRIMARY KEY CHECK (id = 1), states INTEGER NOT NULL
  );
`;

/** States that cannot be true: the latest of each producer and view, until an operator looks at them. */
export class Quarantine {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /**
   * @param {QuarantinedState[]} states
   * @param {number} nowMs
   */
  add(states, nowMs) {
    for (const { view, producer, version, title, reason, state, said } of states) {
      this.#sql.exec(
        `INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (view, producer) DO UPDATE SET version = excluded.version,
           title = excluded.title, reason = excluded.reason, at_ms = excluded.at_ms,
           state = excluded.state, said = excluded.said
         WHERE excluded.version > quarantine.version`,
        view,
        producer,
        version,
        title,
        reason,
        nowMs,
        state,
        said,
      );
    }
    const dropped = this.#sql.exec(
      `DELETE FROM quarantine WHERE rowid IN (
         SELECT rowid FROM quarantine ORDER BY at_ms DESC, rowid DESC LIMIT -1 OFFSET ?)
       RETURNING 1`,
      STATES_MAX,
    );
    const { length } = dropped.toArray();
    if (length > 0) {
      this.#sql.exec(
        `INSERT INTO quarantine_dropped VALUES (1, ?1)
         ON CONFLICT (id) DO UPDATE SET states = states + ?1`,
        length,
      );
    }
  }

  /** @returns {QuarantineRow[]} the latest first */
  list() {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec("SELECT * FROM quarantine ORDER BY at_ms DESC, rowid DESC");
    return rows.toArray();
  }

  /** How many states were dropped for want of room. */
  get dropped() {
    return Number(this.#sql.exec("SELECT total(states) AS n FROM quarantine_dropped").one()["n"]);
  }

  /**
   * @param {string} view
   * @param {string} producer
   * @returns {QuarantineRow | null}
   */
  find(view, producer) {
    return this.list().find((row) => row.view === view && row.producer === producer) ?? null;
  }

  /** @param {QuarantineRow} row */
  remove({ view, producer }) {
    this.#sql.exec("DELETE FROM quarantine WHERE view = ? AND producer = ?", view, producer);
  }

  /**
   * @param {number} dueMs
   * @returns {number} how many states
   */
  prune(dueMs) {
    return this.#sql.exec("DELETE FROM quarantine WHERE at_ms <= ? RETURNING 1", dueMs).toArray()
      .length;
  }

  /** When the oldest came; null without one. */
  get oldestMs() {
    const { ms } = this.#sql.exec("SELECT min(at_ms) AS ms FROM quarantine").one();
    return ms === null ? null : Number(ms);
  }

  clear() {
    this.#sql.exec("DELETE FROM quarantine");
    this.#sql.exec("DELETE FROM quarantine_dropped");
  }
}
