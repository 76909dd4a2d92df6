// @ts-check

/** @typedef {import("usher/edge").OpenWindow} OpenWindow */

/**
 * Rows that are added to at one time. Beyond, the earliest go into batches before their window is over:
 * the centre adds rows up, so that changes no sum.
 */
const WINDOW_ROWS_MAX = 50_000;

/** So many times the limit, when the centre is away and no batch can go, nothing more is taken. */
const WINDOW_ROWS_REFUSED = 2;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS windows (
    cell TEXT PRIMARY KEY, due_ms INTEGER NOT NULL, correction INTEGER NOT NULL, record TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS windows_by_due ON windows (due_ms, cell);
`;

/** The sums of windows that are not yet in a batch. */
export class Windows {
  #sql;
  #rows = 0;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
    this.count();
  }

  /** Counts the rows: often enough that no limit is passed by much, not with every record. */
  count() {
    this.#rows = Number(this.#sql.exec("SELECT count(*) AS n FROM windows").one()["n"]);
  }

  /**
   * What is stored of the cells of some windows.
   * @param {OpenWindow[]} windows
   * @returns {OpenWindow[]}
   */
  stored(windows) {
    const cells = JSON.stringify(windows.map(({ cell }) => cell));
    /** @type {SqlStorageCursor<{ cell: string, due_ms: number, record: string }>} */
    const rows = this.#sql.exec(
      "SELECT cell, due_ms, record FROM windows WHERE cell IN (SELECT value FROM json_each(?))",
      cells,
    );
    return rows.toArray().map((row) => ({ ...row, record: JSON.parse(row.record) }));
  }

  /** @param {OpenWindow[]} windows */
  write(windows) {
    for (const { cell, due_ms, record } of windows) {
      this.#sql.exec(
        "INSERT OR REPLACE INTO windows VALUES (?, ?, ?, ?)",
        cell,
        due_ms,
        Number(record.correction),
        JSON.stringify(record),
      );
    }
  }

  /**
   * The rows that are due, and those beyond what can be open at one time.
   * @param {number} nowMs
   * @param {number} limit
   * @returns {{ cell: string, record: string }[]}
   */
  due(nowMs, limit) {
    const beyond = this.#rows - WINDOW_ROWS_MAX;
    if (beyond <= 0 && (this.dueMs ?? Infinity) > nowMs) return [];
    /** @type {SqlStorageCursor<{ cell: string, record: string, due_ms: number }>} */
    const rows = this.#sql.exec(
      "SELECT cell, record, due_ms FROM windows ORDER BY due_ms, cell LIMIT ?",
      limit,
    );
    return rows.toArray().filter(({ due_ms }, index) => due_ms <= nowMs || index < beyond);
  }

  /** @param {{ cell: string }[]} rows which are in a batch now */
  frozen(rows) {
    this.#sql.exec(
      "DELETE FROM windows WHERE cell IN (SELECT value FROM json_each(?))",
      JSON.stringify(rows.map(({ cell }) => cell)),
    );
    this.#rows -= rows.length;
  }

  /** When the next row is due; null when there is none. */
  get dueMs() {
    const { ms } = this.#sql.exec("SELECT min(due_ms) AS ms FROM windows").one();
    return ms === null ? null : Number(ms);
  }

  /** Whether nothing more can be taken. */
  get full() {
    return this.#rows >= WINDOW_ROWS_MAX * WINDOW_ROWS_REFUSED;
  }

  /** @param {number} nowMs */
  waiting(nowMs) {
    /** @type {SqlStorageCursor<{ open: number, closed: number, corrections: number }>} */
    const counts = this.#sql.exec(
      `SELECT count(*) FILTER (WHERE correction = 0 AND due_ms > ?1) AS open,
              count(*) FILTER (WHERE correction = 0 AND due_ms <= ?1) AS closed,
              count(*) FILTER (WHERE correction = 1) AS corrections
       FROM windows`,
      nowMs,
    );
    return counts.one();
  }
}
