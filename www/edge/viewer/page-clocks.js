// @ts-check

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS page_clocks (
    id INTEGER PRIMARY KEY CHECK (id = 1), clocks BLOB NOT NULL, heard_ms INTEGER NOT NULL
  );
`;

/** What is known of the clocks of the viewer's pages: opaque, the module reads and writes it. */
export class PageClocks {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /** @returns {Uint8Array} empty at first */
  read() {
    /** @type {SqlStorageCursor<{ clocks: ArrayBuffer }>} */
    const rows = this.#sql.exec("SELECT clocks FROM page_clocks");
    return new Uint8Array(rows.toArray()[0]?.clocks ?? new ArrayBuffer(0));
  }

  /**
   * @param {Uint8Array} clocks
   * @param {number} nowMs
   */
  write(clocks, nowMs) {
    this.#sql.exec("INSERT OR REPLACE INTO page_clocks VALUES (1, ?, ?)", clocks, nowMs);
  }

  /**
   * @param {number} dueMs
   * @returns {number} how many viewers' clocks: 0 or 1
   */
  prune(dueMs) {
    return this.#sql
      .exec("DELETE FROM page_clocks WHERE heard_ms <= ? RETURNING 1", dueMs)
      .toArray().length;
  }

  /** When they were last heard of; null if never. */
  get oldestMs() {
    const { ms } = this.#sql.exec("SELECT min(heard_ms) AS ms FROM page_clocks").one();
    return ms === null ? null : Number(ms);
  }

  clear() {
    this.#sql.exec("DELETE FROM page_clocks");
  }
}
