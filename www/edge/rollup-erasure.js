// @ts-check
import { BATCH_ROWS_MAX } from "./destinations.js";

/**
 * What an erasure has come to. `records`: `waiting` for room among the batches, `in_batches` that the
 * central API has not taken, or `delivered`. `sink_batches` are on their way to sinks, which have to be
 * told of the erasure by the operator: they get them whatever the erasure does.
 * @typedef {object} RollupErased
 * @property {"waiting" | "in_batches" | "delivered"} records
 * @property {number} sink_batches
 */

/** Records in one part of an export. */
const RECORDS_PER_PART = 500;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS erased (
    id INTEGER PRIMARY KEY CHECK (id = 1), views INTEGER NOT NULL, dead_letters INTEGER NOT NULL
  );
  INSERT OR IGNORE INTO erased VALUES (1, 0, 0);
`;

/**
 * Takes a viewer out of a shard so that all sums stay equal: what windows count of the viewer, the central
 * API gets as records before it hears of the erasure.
 */
export class RollupErasure {
  #storage;
  #sql;
  #records;
  #outbox;

  /**
   * @param {DurableObjectStorage} storage
   * @param {import("./records.js").Records} records
   * @param {import("./outbox.js").Outbox} outbox
   */
  constructor(storage, records, outbox) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#records = records;
    this.#outbox = outbox;
    this.#sql.exec(SCHEMA);
  }

  /**
   * Again, it erases what is left, and tells how far it is.
   * @param {string} viewer sealed
   * @param {number} nowMs
   * @returns {RollupErased}
   */
  erase(viewer, nowMs) {
    return this.#storage.transactionSync(() => {
      const isFrozen = this.#freeze(viewer);
      if (isFrozen) {
        // INVARIANT (erased records are delivered): none of them waits outside a batch.
        const views = this.#records.erase(viewer, nowMs);
        this.#count(views, this.#outbox.erase(viewer));
      }
      const { central, sinks } = this.#outbox.holding(viewer);
      const records = !isFrozen ? "waiting" : central > 0 ? "in_batches" : "delivered";
      return { records, sink_batches: sinks };
    });
  }

  /**
   * A part of what is held of a viewer; with the first part what is on its way.
   * @param {string} viewer sealed
   * @param {string} after the `next` of the part before, or ""
   */
  held(viewer, after) {
    const records = this.#records.ofViewer(viewer, after, RECORDS_PER_PART);
    const last = records.length === RECORDS_PER_PART ? records.at(-1) : undefined;
    const { central, sinks } = this.#outbox.holding(viewer);
    return {
      records: records.map(({ record }) => nameless(record)),
      next: last?.view ?? null,
      batches: { central, sinks },
      dead_letters: after === "" ? this.#outbox.deadLettersOf(viewer).map(letterOf) : [],
    };
  }

  /** What erasures removed so far. */
  counts() {
    /** @type {SqlStorageCursor<{ views: number, dead_letters: number }>} */
    const counts = this.#sql.exec("SELECT views, dead_letters FROM erased");
    return counts.one();
  }

  /**
   * Puts the records of a viewer that wait into batches.
   * @param {string} viewer
   * @returns {boolean} whether none is left
   */
  #freeze(viewer) {
    const records = this.#records.waitingOf(viewer);
    while (records.length > 0) {
      if (this.#outbox.crammed) return false;
      const lines = records.slice(0, BATCH_ROWS_MAX).map(({ record }) => record);
      this.#outbox.freeze("views", lines, (rows) => {
        this.#records.frozen(records.splice(0, rows));
      });
    }
    return true;
  }

  /**
   * @param {number} views
   * @param {number} deadLetters
   */
  #count(views, deadLetters) {
    if (views + deadLetters === 0) return;
    this.#sql.exec(
      "UPDATE erased SET views = views + ?, dead_letters = dead_letters + ?",
      views,
      deadLetters,
    );
  }
}

/** @param {{ destination: string, batch: string, reason: string, row: string }} letter */
function letterOf({ row, ...letter }) {
  return { ...letter, record: nameless(row) };
}

/**
 * @param {string} record JSON
 * @returns {object}
 */
function nameless(record) {
  const { viewer: _, ...figures } = JSON.parse(record);
  return figures;
}
