// @ts-check

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS devices (
    id TEXT PRIMARY KEY, class TEXT NOT NULL, name TEXT NOT NULL, registered_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL, free_ms INTEGER
  );
`;

/**
 * A device that has a slot: registered, or removed and still cooling.
 * @typedef {object} DeviceRow
 * @property {string} id
 * @property {string} class
 * @property {string} name sealed; "" for none
 * @property {number} registered_ms
 * @property {number} seen_ms
 * @property {number | null} free_ms when the slot of a removed one is free
 */

/**
 * A device that comes.
 * @typedef {{ id: string, class: string, name: string | null }} NewDevice
 */

/** The devices of a viewer. What they may do is decided in the module. */
export class Devices {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /** @returns {DeviceRow[]} the oldest first */
  list() {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec("SELECT * FROM devices ORDER BY registered_ms, id");
    return rows.toArray();
  }

  /**
   * @param {string} id
   * @returns {DeviceRow | null}
   */
  find(id) {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec("SELECT * FROM devices WHERE id = ?", id);
    return rows.toArray()[0] ?? null;
  }

  /**
   * What became of the slots, as the module tells it: when each is free, 0 for registered, below 0 for free.
   * @param {DeviceRow[]} before
   * @param {number[]} after
   */
  write(before, after) {
    for (const [index, { id, free_ms }] of before.entries()) {
      const now = after[index] || null;
      if (now === free_ms) continue;
      if (now !== null && now < 0) this.#sql.exec("DELETE FROM devices WHERE id = ?", id);
      else this.#sql.exec("UPDATE devices SET free_ms = ? WHERE id = ?", now, id);
    }
  }

  /**
   * Notes what a registered device says of itself. One without a name keeps the name that it has.
   * @param {NewDevice} device
   * @param {number} nowMs
   */
  seen({ id, class: kind, name }, nowMs) {
    this.#sql.exec(
      `INSERT INTO devices VALUES (?1, ?2, coalesce(?3, ''), ?4, ?4, NULL)
       ON CONFLICT (id) DO UPDATE SET class = ?2, name = coalesce(?3, name), seen_ms = ?4`,
      id,
      kind,
      name,
      nowMs,
    );
  }

  /**
   * Forgets what was not seen since then and has no live lease.
   * @param {number} dueMs
   * @returns {number} how many devices
   */
  prune(dueMs) {
    const gone = this.#sql.exec("DELETE FROM devices WHERE seen_ms <= ? RETURNING 1", dueMs);
    return gone.toArray().length;
  }

  /** When the one that was not seen for longest was seen; null without one. */
  get oldestMs() {
    const { ms } = this.#sql.exec("SELECT min(seen_ms) AS ms FROM devices").one();
    return ms === null ? null : Number(ms);
  }

  clear() {
    this.#sql.exec("DELETE FROM devices");
  }
}
