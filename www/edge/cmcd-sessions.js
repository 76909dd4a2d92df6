// @ts-check

/**
 * A session with its reports or its state, in the shape of a view: `view` is the key of the session.
 * @typedef {import("./viewer.js").ViewState} Session
 */

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS cmcd_sessions (
    view TEXT PRIMARY KEY, title TEXT NOT NULL, state BLOB NOT NULL, heard_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

/** What players have reported about themselves, by session; the `Viewer` object owns the store. */
export class CmcdSessions {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
    const columns = this.#sql.exec("PRAGMA table_info(cmcd_sessions)").toArray();
    if (columns.some(({ name }) => name === "heard_ms")) return;
    this.#sql.exec(
      `ALTER TABLE cmcd_sessions ADD COLUMN heard_ms INTEGER NOT NULL DEFAULT ${Date.now()}`,
    );
  }

  /**
   * @param {Session[]} incoming
   * @returns {Session[]}
   */
  read(incoming) {
    const names = JSON.stringify(incoming.map(({ view }) => view));
    /** @type {SqlStorageCursor<{ view: string, title: string, state: ArrayBuffer }>} */
    const rows = this.#sql.exec(
      "SELECT view, title, state FROM cmcd_sessions WHERE view IN (SELECT value FROM json_each(?))",
      names,
    );
    return rows.toArray().map((row) => ({ ...row, state: new Uint8Array(row.state) }));
  }

  /** @returns {Session[]} */
  list() {
    /** @type {SqlStorageCursor<{ view: string, title: string, state: ArrayBuffer }>} */
    const rows = this.#sql.exec("SELECT view, title, state FROM cmcd_sessions ORDER BY view");
    return rows.toArray().map((row) => ({ ...row, state: new Uint8Array(row.state) }));
  }

  clear() {
    this.#sql.exec("DELETE FROM cmcd_sessions");
  }

  /**
   * @param {number} dueMs
   * @returns {number} how many sessions
   */
  prune(dueMs) {
    return this.#sql
      .exec("DELETE FROM cmcd_sessions WHERE heard_ms <= ? RETURNING 1", dueMs)
      .toArray().length;
  }

  /** When the one that was not heard for longest was heard; null without one. */
  get oldestMs() {
    const { ms } = this.#sql.exec("SELECT min(heard_ms) AS ms FROM cmcd_sessions").one();
    return ms === null ? null : Number(ms);
  }

  /**
   * @param {Session[]} sessions
   * @param {number} nowMs
   */
  write(sessions, nowMs) {
    for (const { view, title, state } of sessions) {
      this.#sql.exec(
        "INSERT OR REPLACE INTO cmcd_sessions VALUES (?, ?, ?, ?)",
        view,
        title,
        state,
        nowMs,
      );
    }
  }
}
