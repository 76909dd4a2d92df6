// @ts-check
import { base64url } from "../base64.js";

/** How long it is known of a stream that it is over, and why. */
const ENDED_KEPT_MS = 3600 * 1000;

/** Streams of which that is known; beyond, the one that is over for longest is forgotten. */
const ENDED_MAX = 256;

/** Random bytes of the id of a stream. */
const ID_BYTES = 16;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS leases (
    number INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL UNIQUE, device TEXT NOT NULL,
    title TEXT NOT NULL, started_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, ended TEXT,
    ended_ms INTEGER
  );
`;

/** Why a lease is over, in the order of the module's numbers, from -1 down. */
const ENDED = /** @type {const} */ ([
  "expired",
  "stopped",
  "replaced",
  "taken_over",
  "removed",
  "refused",
]);

/**
 * The lease of a stream.
 * @typedef {object} LeaseRow
 * @property {string} stream
 * @property {string} device
 * @property {string} title
 * @property {number} started_ms
 * @property {number} until_ms
 * @property {typeof ENDED[number] | null} ended why it is over; null as long as it lives
 * @property {number | null} ended_ms
 */

/** The leases of a viewer's streams. What becomes of them is decided in the module. */
export class Leases {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /** @returns {LeaseRow[]} those that nobody has ended, the oldest first */
  list() {
    return this.#read("WHERE ended IS NULL ORDER BY number");
  }

  /** Those and what is over. */
  all() {
    return this.#read("ORDER BY number");
  }

  /**
   * @param {string} stream
   * @returns {LeaseRow | null}
   */
  find(stream) {
    return this.#read("WHERE stream = ?", stream)[0] ?? null;
  }

  /**
   * What became of the leases, as the module tells it: when each ends, or below 0 why it is over.
   * @param {LeaseRow[]} before
   * @param {number[]} after
   * @param {number} nowMs
   */
  write(before, after, nowMs) {
    let hasEnded = false;
    for (const [index, { stream, until_ms }] of before.entries()) {
      const now = after[index] ?? until_ms;
      if (now === until_ms) continue;
      if (now >= 0) {
        this.#sql.exec("UPDATE leases SET until_ms = ? WHERE stream = ?", now, stream);
        continue;
      }
      hasEnded = true;
      const sql = "UPDATE leases SET ended = ?, ended_ms = ? WHERE stream = ?";
      this.#sql.exec(sql, ENDED[-1 - now], nowMs, stream);
    }
    if (!hasEnded) return;
    this.#sql.exec(
      `DELETE FROM leases WHERE number IN (
         SELECT number FROM leases WHERE ended IS NOT NULL ORDER BY ended_ms DESC, number DESC
         LIMIT -1 OFFSET ?)`,
      ENDED_MAX,
    );
  }

  /**
   * @param {string} device
   * @param {string} title
   * @param {number} untilMs
   * @param {number} nowMs
   * @returns {string} its id
   */
  add(device, title, untilMs, nowMs) {
    const stream = base64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
    const sql = "INSERT INTO leases VALUES (NULL, ?, ?, ?, ?, ?, NULL, NULL)";
    this.#sql.exec(sql, stream, device, title, nowMs, untilMs);
    return stream;
  }

  /**
   * Forgets what is over for long enough.
   * @param {number} nowMs
   */
  prune(nowMs) {
    const sql = "DELETE FROM leases WHERE coalesce(ended_ms, until_ms) <= ?";
    this.#sql.exec(sql, nowMs - ENDED_KEPT_MS);
  }

  /** When the next can be forgotten; null without any. */
  get dueMs() {
    const sql = "SELECT min(coalesce(ended_ms, until_ms)) AS ms FROM leases";
    const { ms } = this.#sql.exec(sql).one();
    return ms === null ? null : Number(ms) + ENDED_KEPT_MS;
  }

  clear() {
    this.#sql.exec("DELETE FROM leases");
  }

  /**
   * @param {string} where
   * @param {...string} values
   * @returns {LeaseRow[]}
   */
  #read(where, ...values) {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec(
      `SELECT stream, device, title, started_ms, until_ms, ended, ended_ms FROM leases ${where}`,
      ...values,
    );
    return rows.toArray();
  }
}
