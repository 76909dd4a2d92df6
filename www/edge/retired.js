// @ts-check

/** Two notes to the audit log are at least this far apart: viewers end at any time, in any number. */
const NOTE_MS = 3600 * 1000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS retired (data TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS retired_note (
    id INTEGER PRIMARY KEY CHECK (id = 1), request TEXT NOT NULL, detail TEXT NOT NULL,
    attempt INTEGER NOT NULL, next_try_ms INTEGER NOT NULL
  );
`;

/**
 * A note on its way; `detail` is empty if it has arrived and only keeps the next one waiting.
 * @typedef {{ request: string, detail: string, attempt: number, next_try_ms: number }} Note
 */

/** How much the objects of viewers have forgotten because its time was over, until the audit log knows. */
export class Retired {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /** @param {Record<string, number>} rows by class of data */
  add(rows) {
    for (const [data, count] of Object.entries(rows)) {
      if (count === 0) continue;
      this.#sql.exec(
        `INSERT INTO retired VALUES (?1, ?2) ON CONFLICT (data) DO UPDATE SET rows = rows + ?2`,
        data,
        count,
      );
    }
  }

  /** When there is something to do; null if there is not. */
  get dueMs() {
    const note = this.#note;
    const any = this.#sql.exec("SELECT 1 FROM retired LIMIT 1").toArray().length > 0;
    if (note === undefined) return any ? 0 : null;
    return note.detail === "" && !any ? null : note.next_try_ms;
  }

  /**
   * The note that is due: the one of before, as often as it takes, else one of all that came since.
   * @param {number} nowMs
   * @returns {Note | null}
   */
  next(nowMs) {
    const note = this.#note;
    if (note !== undefined && note.next_try_ms > nowMs) return null;
    if (note !== undefined && note.detail !== "") return note;
    const counts = this.#sql.exec("DELETE FROM retired RETURNING data, rows").toArray();
    if (counts.length === 0) return null;
    this.#sql.exec(
      "INSERT OR REPLACE INTO retired_note VALUES (1, ?, ?, 0, 0)",
      crypto.randomUUID(),
      JSON.stringify(Object.fromEntries(counts.map(({ data, rows }) => [data, rows]))),
    );
    return this.#note ?? null;
  }

  /** @param {number} nowMs */
  noted(nowMs) {
    this.#sql.exec("UPDATE retired_note SET detail = '', next_try_ms = ?", nowMs + NOTE_MS);
  }

  /** @param {number} nextTryMs */
  failed(nextTryMs) {
    this.#sql.exec("UPDATE retired_note SET attempt = attempt + 1, next_try_ms = ?", nextTryMs);
  }

  get #note() {
    /** @type {SqlStorageCursor<Note>} */
    const rows = this.#sql.exec("SELECT request, detail, attempt, next_try_ms FROM retired_note");
    return rows.toArray()[0];
  }
}
