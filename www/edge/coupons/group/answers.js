// @ts-check

/** @typedef {import("usher/office").AnswerRow} AnswerRow */

/** How long the answer to a key is remembered. */
export const ANSWERS_KEPT_MS = 30 * 24 * 3600 * 1000;

/** Answers that are forgotten in one go. */
const FORGOTTEN_MAX = 10_000;

/** What was answered to which key. */
export class RememberedAnswers {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /** @param {string[]} keys */
  read(keys) {
    const sql = `SELECT key, fingerprint, status, body, stored_ms FROM answers
      WHERE key IN (SELECT value FROM json_each(?))`;
    return this.#sql.exec(sql, JSON.stringify(keys)).toArray();
  }

  /** @param {AnswerRow[]} rows */
  write(rows) {
    for (const { key, fingerprint, status, body, stored_ms } of rows) {
      this.#sql.exec(
        "INSERT INTO answers (key, fingerprint, status, body, stored_ms) VALUES (?, ?, ?, ?, ?)",
        key,
        fingerprint,
        status,
        body,
        stored_ms,
      );
    }
  }

  /**
   * Forgets the oldest that were given before.
   * @param {number} beforeMs
   * @returns {boolean} whether there may be more of them
   */
  forget(beforeMs) {
    const forgotten = this.#sql.exec(
      `DELETE FROM answers WHERE number IN
        (SELECT number FROM answers ORDER BY number LIMIT ?) AND stored_ms < ? RETURNING 1`,
      FORGOTTEN_MAX,
      beforeMs,
    );
    return forgotten.toArray().length === FORGOTTEN_MAX;
  }

  /** When the oldest was given; null without one. */
  get oldestMs() {
    const [row] = this.#sql.exec("SELECT stored_ms FROM answers ORDER BY number LIMIT 1").toArray();
    return row === undefined ? null : Number(row["stored_ms"]);
  }
}
