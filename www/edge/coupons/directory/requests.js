// @ts-check
import { Refused } from "../../refusal.js";

/** How long what was created under a key is remembered: as long as the answers to redemptions. */
export const REQUESTS_KEPT_MS = 30 * 24 * 3600 * 1000;

/** Requests that are forgotten in one go. */
const FORGOTTEN_MAX = 1000;

/**
 * A request that may be sent again: its key, and what tells it from another one with the same key.
 * @typedef {{ key: string, fingerprint: string }} KeyedRequest
 */

/** What was created under which key: who asks again gets the same, and not another one. */
export class Requests {
  #sql;
  /** Those that are being done, by key. @type {Map<string, Promise<unknown>>} */
  #underWay = new Map();

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * Creates something, unless it was created under this key before. `make` calls `remember` in the transaction
   * in which it creates.
   * @template T
   * @param {KeyedRequest | null} request null without a key
   * @param {() => Promise<T>} make
   * @returns {Promise<T>}
   */
  async once(request, make) {
    if (request === null) return make();
    const { key } = request;
    while (this.#underWay.has(key)) await this.#underWay.get(key);
    const known = this.#answerTo(request);
    if (known !== null) return known;
    const made = make();
    this.#underWay.set(
      key,
      made.catch(() => null),
    );
    try {
      return await made;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /**
   * @param {KeyedRequest | null} request
   * @param {unknown} answer
   */
  remember(request, answer) {
    if (request === null) return;
    this.#sql.exec(
      "INSERT INTO requests (key, fingerprint, answer, stored_ms) VALUES (?, ?, ?, ?)",
      request.key,
      request.fingerprint,
      JSON.stringify(answer),
      Date.now(),
    );
  }

  /**
   * Forgets the oldest that were answered before.
   * @param {number} beforeMs
   */
  forget(beforeMs) {
    this.#sql.exec(
      `DELETE FROM requests WHERE number IN
        (SELECT number FROM requests ORDER BY number LIMIT ?) AND stored_ms < ?`,
      FORGOTTEN_MAX,
      beforeMs,
    );
  }

  /** When the oldest was answered; null without one. */
  get oldestMs() {
    const sql = "SELECT stored_ms FROM requests ORDER BY number LIMIT 1";
    const [row] = this.#sql.exec(sql).toArray();
    return row === undefined ? null : Number(row["stored_ms"]);
  }

  /** @param {KeyedRequest} request */
  #answerTo({ key, fingerprint }) {
    const sql = "SELECT fingerprint, answer FROM requests WHERE key = ?";
    const [row] = this.#sql.exec(sql, key).toArray();
    if (row === undefined) return null;
    if (row["fingerprint"] === fingerprint) return JSON.parse(String(row["answer"]));
    const message = "the key was used for another request, expected a new key";
    throw new Refused("idempotency_conflict", message, "Idempotency-Key");
  }
}
