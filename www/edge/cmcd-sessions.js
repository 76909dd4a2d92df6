// @ts-check

/**
 * A session with its reports or its state, in the shape of a view: `view` is the key of the session.
 * @typedef {import("./viewer.js").ViewState} Session
 */

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS cmcd_sessions (
    view TEXT PRIMARY KEY, title TEXT NOT NULL, state BLOB NOT NULL
  ) WITHOUT ROWID;
`;

/** What players have reported about themselves, by session; the `Viewer` object owns the store. */
export class CmcdSessions {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /**
   * @param {Session[]} incoming
   * @returns {Session[]}
   */
  read(incoming) {
    const names = JSON.stringify(incoming.map(({ view }) => view));
    /** @type {SqlStorageCursor<{ view: string, title: string, state: ArrayBuffer }>} */
    const rows = this.#sql.exec(
      "SELECT * FROM cmcd_sessions WHERE view IN (SELECT value FROM json_each(?))",
      names,
    );
    return rows.toArray().map((row) => ({ ...row, state: new Uint8Array(row.state) }));
  }

  /** @param {Session[]} sessions */
  write(sessions) {
    for (const { view, title, state } of sessions) {
      this.#sql.exec("INSERT OR REPLACE INTO cmcd_sessions VALUES (?, ?, ?)", view, title, state);
    }
  }
}
