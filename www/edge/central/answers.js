// @ts-check

/** What each batch was answered, for as long as its sender may ask again. */
export class Answers {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * @param {string} batch
   * @returns {{ digest: string, answer: string } | null}
   */
  get(batch) {
    /** @type {SqlStorageCursor<{ digest: string, answer: string }>} */
    const rows = this.#sql.exec("SELECT digest, answer FROM answers WHERE batch = ?", batch);
    return rows.toArray()[0] ?? null;
  }

  /**
   * @param {string} batch
   * @param {string} kind
   * @param {string} digest
   * @param {object} answer
   * @param {number} nowMs
   */
  add(batch, kind, digest, answer, nowMs) {
    const text = JSON.stringify(answer);
    this.#sql.exec("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", batch, kind, digest, text, nowMs);
  }

  /**
   * Forgets answers, the oldest first. A void is kept: its sender has split the batch that it stands for,
   * and must never hear that this one is stored.
   * @param {number} dueMs
   * @param {number} limit
   * @returns {number} how many were forgotten
   */
  prune(dueMs, limit) {
    const pruned = this.#sql.exec(
      `DELETE FROM answers WHERE batch IN (
         SELECT batch FROM answers WHERE kind <> 'void' AND stored_ms <= ? ORDER BY stored_ms LIMIT ?)
       RETURNING 1`,
      dueMs,
      limit,
    );
    return pruned.toArray().length;
  }
}
