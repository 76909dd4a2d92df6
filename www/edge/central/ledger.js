// @ts-check
import { arriveBatch, ledgerGaps } from "usher/office";
import { callModule } from "../office-module.js";

/** @typedef {{ shard: string, epoch: number, sequence: number }} BatchName */
/** @typedef {Parameters<typeof arriveBatch>[0]["state"]} ShardState */
/** @typedef {{ batches: number, rows: number, voids: number, corrections: number, conflicts: number, erased: number }} Counts */

/**
 * Shards and epochs of which refusals are counted before a batch of theirs was stored: somebody without a
 * batch could fill the store otherwise.
 */
const SHARDS_REFUSED_MAX = 10_000;

/** Which batches came, of which shard, and which did not. */
export class Ledger {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * Notes that a batch came, unless it is too far ahead.
   * @param {BatchName} name
   * @param {number | null} frozen the highest sequence that the sender has frozen
   */
  arrive({ shard, epoch, sequence }, frozen) {
    const input = { state: this.#state(shard, epoch), sequence, frozen };
    const { arrival, state } = callModule(() => arriveBatch(input));
    this.#sql.exec(
      `INSERT INTO shards (shard, epoch, received, announced) VALUES (?, ?, ?, ?)
       ON CONFLICT (shard, epoch) DO UPDATE SET received = excluded.received,
         announced = excluded.announced`,
      shard,
      epoch,
      state.received,
      state.announced,
    );
    return arrival;
  }

  /**
   * Counts what a batch that came for the first time did.
   * @param {BatchName} name
   * @param {Counts} counts
   * @param {number} nowMs
   */
  count({ shard, epoch }, { batches, rows, voids, corrections, conflicts, erased }, nowMs) {
    this.#sql.exec(
      `UPDATE shards SET batches = batches + ?, rows = rows + ?, voids = voids + ?,
         corrections = corrections + ?, conflicts = conflicts + ?, erased = erased + ?,
         last_received_ms = ?
       WHERE shard = ? AND epoch = ?`,
      batches,
      rows,
      voids,
      corrections,
      conflicts,
      erased,
      nowMs,
      shard,
      epoch,
    );
  }

  /**
   * Counts a batch that was stored before.
   * @param {BatchName} name
   */
  repeat({ shard, epoch }) {
    this.#sql.exec(
      "UPDATE shards SET repeated = repeated + 1 WHERE shard = ? AND epoch = ?",
      shard,
      epoch,
    );
  }

  /**
   * Counts a batch that was refused, and hears what its sender announced.
   * @param {BatchName} name
   * @param {number | null} frozen
   */
  refuse({ shard, epoch }, frozen) {
    this.#sql.exec(
      `INSERT INTO shards (shard, epoch, received, announced, refused)
       SELECT ?1, ?2, x'', ?3, 1
       WHERE EXISTS (SELECT 1 FROM shards WHERE shard = ?1 AND epoch = ?2)
          OR (SELECT count(*) FROM shards) < ?4
       ON CONFLICT (shard, epoch) DO UPDATE SET refused = refused + 1,
         announced = max(announced, excluded.announced)`,
      shard,
      epoch,
      frozen ?? 0,
      SHARDS_REFUSED_MAX,
    );
  }

  /**
   * @param {string | null} shard only this one
   * @param {[string, number]} after the shard and epoch before the first
   * @param {number} limit
   */
  list(shard, after, limit) {
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec(
      `SELECT * FROM shards WHERE (shard, epoch) > (?, ?) AND shard = coalesce(?, shard)
       ORDER BY shard, epoch LIMIT ?`,
      ...after,
      shard,
      limit + 1,
    );
    const rows = cursor.toArray();
    const page = rows.slice(0, limit);
    const states = page.map(({ received, announced }) => ({
      received: new Uint8Array(received),
      announced,
    }));
    const gaps = callModule(() => ledgerGaps({ shards: states })).shards;
    const shards = page.map(({ received, ...row }, index) => {
      const { highest = 0, missing = 0, gap_count = 0, gaps: list = [] } = gaps[index] ?? {};
      return { ...row, highest, missing, gap_count, gaps: list };
    });
    const last = page.at(-1);
    const next = rows.length > limit ? `${last.shard}.${last.epoch}` : null;
    return { shards, next };
  }

  /**
   * @param {string} shard
   * @param {number} epoch
   * @returns {ShardState}
   */
  #state(shard, epoch) {
    /** @type {SqlStorageCursor<{ received: ArrayBuffer, announced: number }>} */
    const rows = this.#sql.exec(
      "SELECT received, announced FROM shards WHERE shard = ? AND epoch = ?",
      shard,
      epoch,
    );
    const [row] = rows.toArray();
    if (row === undefined) return { received: new Uint8Array(), announced: 0 };
    return { received: new Uint8Array(row.received), announced: row.announced };
  }
}
