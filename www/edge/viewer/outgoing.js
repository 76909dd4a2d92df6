// @ts-check

/** Records that go to the `Rollup` object in one call. */
const DELIVERY_ROWS_MAX = 100;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS outgoing (
    view TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL, attempt INTEGER NOT NULL
  );
`;

/** @typedef {{ view: string, version: number, record: string }} OutgoingRecord */

/** The latest record of every view that the `Rollup` object has not confirmed. */
export class Outgoing {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /**
   * @param {import("./view-states.js").ChangedView[]} changed
   * @param {string} viewer sealed
   */
  add(changed, viewer) {
    for (const { view, record } of changed) {
      this.#sql.exec(
        `INSERT INTO outgoing (view, version, record, attempt) VALUES (?, ?, ?, 0)
         ON CONFLICT (view) DO UPDATE SET version = excluded.version, record = excluded.record`,
        view,
        record.version,
        JSON.stringify({ ...record, viewer }),
      );
    }
  }

  get any() {
    return this.#sql.exec("SELECT 1 FROM outgoing LIMIT 1").toArray().length > 0;
  }

  /** @returns {OutgoingRecord[]} */
  next(limit = DELIVERY_ROWS_MAX) {
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec("SELECT view, version, record FROM outgoing LIMIT ?", limit);
    return cursor.toArray();
  }

  /** All of them; a limit of -1 is none. */
  list() {
    return this.next(-1);
  }

  /**
   * A version that came in the meantime is newer than the one handed on, and stays.
   * @param {OutgoingRecord[]} records
   */
  confirmed(records) {
    for (const { view, version } of records) {
      this.#sql.exec("DELETE FROM outgoing WHERE view = ? AND version <= ?", view, version);
    }
  }

  /** @returns {number} failures in a row, this one included */
  failed() {
    const before = this.#sql.exec("SELECT max(attempt) AS attempt FROM outgoing").one()["attempt"];
    const attempt = Number(before) + 1;
    this.#sql.exec("UPDATE outgoing SET attempt = ?", attempt);
    return attempt;
  }
}
