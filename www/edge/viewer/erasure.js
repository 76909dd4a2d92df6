// @ts-check

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS erasure (
    id INTEGER PRIMARY KEY CHECK (id = 1), erased_ms INTEGER NOT NULL, asked_ms INTEGER NOT NULL,
    rollup INTEGER NOT NULL, centre INTEGER NOT NULL, sink_batches INTEGER NOT NULL
  );
`;

/**
 * How far an erasure is. `edge`: nothing is left here. `rollup`: nor in the `Rollup` object, and what that
 * had counted, the central API has got. `centre`: nor there. `sink_batches` with records of the viewer were
 * still on their way to sinks when the `Rollup` object was asked last.
 * @typedef {{ erased_ms: number, edge: true, rollup: boolean, centre: boolean, sink_batches: number }} Progress
 */

/** That the viewer was erased: until it is forgotten, what comes in is acked and changes nothing. */
export class Erasure {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /** Whether there is one. */
  get stands() {
    return this.#row !== undefined;
  }

  /** @returns {Progress | null} null if the viewer was not erased */
  get progress() {
    const row = this.#row;
    if (row === undefined) return null;
    const { erased_ms, rollup, centre, sink_batches } = row;
    return { erased_ms, edge: true, rollup: rollup === 1, centre: centre === 1, sink_batches };
  }

  /** When it was asked for last; null if it was not. */
  get askedMs() {
    return this.#row?.asked_ms ?? null;
  }

  /**
   * Begins; again, all is done again and the time that it is known for begins anew.
   * @param {number} nowMs
   */
  begin(nowMs) {
    this.#sql.exec(
      `INSERT INTO erasure VALUES (1, ?1, ?1, 0, 0, 0)
       ON CONFLICT (id) DO UPDATE SET asked_ms = ?1, rollup = 0, centre = 0`,
      nowMs,
    );
  }

  /**
   * What the `Rollup` object answered.
   * @param {import("../rollup-erasure.js").RollupErased} answer
   */
  rolledUp({ records, sink_batches }) {
    const isDone = records === "delivered" ? 1 : 0;
    this.#sql.exec("UPDATE erasure SET rollup = ?, sink_batches = ?", isDone, sink_batches);
  }

  centreDone() {
    this.#sql.exec("UPDATE erasure SET centre = 1");
  }

  /**
   * @param {number} dueMs
   * @returns {number} how many were forgotten: 0 or 1
   */
  prune(dueMs) {
    return this.#sql.exec("DELETE FROM erasure WHERE asked_ms <= ? RETURNING 1", dueMs).toArray()
      .length;
  }

  get #row() {
    /** @type {SqlStorageCursor<{ erased_ms: number, asked_ms: number, rollup: number, centre: number, sink_batches: number }>} */
    const rows = this.#sql.exec("SELECT * FROM erasure");
    return rows.toArray()[0];
  }
}
