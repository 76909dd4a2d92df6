// @ts-check
import { freezeBatch } from "usher/edge";
import { callModule } from "./edge-module.js";

/**
 * A frozen batch: the same bytes under the same name until the central API has stored them.
 * @typedef {{ batch: string, rows: number, body: ArrayBuffer }} Batch
 */

/** Rows of one batch; the central API takes up to 1000. */
const BATCH_ROWS_MAX = 500;

/**
 * Refused batches that are kept. Beyond, nothing more is frozen: the records wait, each view's latest
 * in place of the one before, so the store stays bounded by the number of views.
 */
const STUCK_BATCHES_MAX = 100;

/**
 * `records` stay after they were sent: their version is what keeps a late one out.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS life (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
    attempt INTEGER NOT NULL, next_try_ms INTEGER NOT NULL, conflicts INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS records (
    view TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS pending (
    position INTEGER PRIMARY KEY AUTOINCREMENT, view TEXT NOT NULL UNIQUE
  );
  CREATE TABLE IF NOT EXISTS batches (
    sequence INTEGER PRIMARY KEY, batch TEXT NOT NULL, rows INTEGER NOT NULL, body BLOB NOT NULL,
    stuck TEXT, next_try_ms INTEGER NOT NULL
  );
`;

/**
 * The latest record of each view, which of them are still to be sent, and the batches made of those.
 * Nothing in here waits, so each method is atomic.
 */
export class Outbox {
  #storage;
  #sql;
  #shard;

  /**
   * @param {DurableObjectStorage} storage
   * @param {string} shard
   */
  constructor(storage, shard) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#shard = shard;
    storage.transactionSync(() => {
      this.#sql.exec(SCHEMA);
      // A store that was lost and begun again must never use the name of an earlier batch.
      this.#sql.exec(
        "INSERT OR IGNORE INTO life VALUES (1, ?, 1, 0, 0, 0)",
        crypto.getRandomValues(new Uint32Array(1))[0],
      );
    });
  }

  /** Attempts in a row that did not reach the central API. */
  get attempt() {
    return this.#life().attempt;
  }

  /** Until then the central API is left alone. */
  get pausedUntilMs() {
    return this.#life().next_try_ms;
  }

  /** @param {string} records JSON, an array of ViewRecord */
  take(records) {
    // INVARIANT (version grows): a record replaces only one of a lower version.
    const newer = this.#sql.exec(
      `INSERT INTO records (view, version, record)
       SELECT value ->> 'view', value ->> 'version', value FROM json_each(?) WHERE true
       ON CONFLICT (view) DO UPDATE SET version = excluded.version, record = excluded.record
       WHERE excluded.version > records.version
       RETURNING view`,
      records,
    );
    const views = newer.toArray().map(({ view }) => view);
    if (views.length === 0) return;
    this.#sql.exec(
      "INSERT OR IGNORE INTO pending (view) SELECT value FROM json_each(?)",
      JSON.stringify(views),
    );
  }

  /**
   * The batch to be sent now: one that waits already, else a new one of the longest waiting records.
   * @param {number} nowMs
   * @returns {Batch | null}
   */
  next(nowMs) {
    /** @type {SqlStorageCursor<Batch>} */
    const rows = this.#sql.exec(
      `SELECT batch, rows, body FROM batches WHERE next_try_ms <= ?
       ORDER BY stuck IS NOT NULL, sequence LIMIT 1`,
      nowMs,
    );
    return rows.toArray()[0] ?? this.#freeze();
  }

  /** @returns {Batch | null} */
  #freeze() {
    /** @type {SqlStorageCursor<{ position: number, record: string }>} */
    const cursor = this.#sql.exec(
      "SELECT position, record FROM pending JOIN records USING (view) ORDER BY position LIMIT ?",
      this.#stuck() < STUCK_BATCHES_MAX ? BATCH_ROWS_MAX : 0,
    );
    const waiting = cursor.toArray();
    if (waiting.length === 0) return null;
    const { epoch, sequence } = this.#life();
    const records = waiting.map(({ record }) => record);
    const input = { shard: this.#shard, epoch, sequence, records };
    const { batch, rows, body } = callModule(() => freezeBatch(input));
    const last = waiting[rows - 1];
    if (last === undefined) throw new Error(`batch \`${batch}\` holds no record`);
    this.#storage.transactionSync(() => {
      this.#sql.exec("UPDATE life SET sequence = sequence + 1");
      this.#sql.exec(
        "INSERT INTO batches VALUES (?, ?, ?, ?, NULL, 0)",
        sequence,
        batch,
        rows,
        body,
      );
      this.#sql.exec("DELETE FROM pending WHERE position <= ?", last.position);
    });
    return { batch, rows, body: exactBuffer(body) };
  }

  /**
   * The central API has stored the batch.
   * @param {Batch} batch
   * @param {number} conflicts rows it did not take because the view is another viewer's or title's
   */
  remove({ batch }, conflicts) {
    this.#storage.transactionSync(() => {
      this.#sql.exec("DELETE FROM batches WHERE batch = ?", batch);
      this.#sql.exec(
        "UPDATE life SET attempt = 0, next_try_ms = 0, conflicts = conflicts + ?",
        conflicts,
      );
    });
  }

  /**
   * The central API has refused the batch: it is kept, and does not hold up later ones.
   * @param {Batch} batch
   * @param {string} reason
   * @param {number} nextTryMs
   */
  setAside({ batch }, reason, nextTryMs) {
    this.#sql.exec(
      "UPDATE batches SET stuck = ?, next_try_ms = ? WHERE batch = ?",
      reason,
      nextTryMs,
      batch,
    );
  }

  /**
   * The central API could not be reached, or asked to wait.
   * @param {number} attempt
   * @param {number} nextTryMs
   */
  pause(attempt, nextTryMs) {
    this.#sql.exec("UPDATE life SET attempt = ?, next_try_ms = ?", attempt, nextTryMs);
  }

  /**
   * When something is to be sent, or null when nothing waits.
   * @param {number} soonMs for what may be sent at once
   */
  dueMs(soonMs) {
    const { next_try_ms } = this.#life();
    const { ready, stuck_ms } = this.#sql
      .exec(
        `SELECT (SELECT count(*) FROM (SELECT 1 FROM pending LIMIT ?)) +
                (SELECT count(*) FROM batches WHERE stuck IS NULL) AS ready,
                (SELECT min(next_try_ms) FROM batches WHERE stuck IS NOT NULL) AS stuck_ms`,
        this.#stuck() < STUCK_BATCHES_MAX ? 1 : 0,
      )
      .one();
    const due = Number(ready) > 0 ? soonMs : stuck_ms;
    return due === null ? null : Math.max(Number(due), next_try_ms);
  }

  waiting() {
    const { epoch, sequence, attempt, next_try_ms, conflicts } = this.#life();
    const pending = Number(this.#sql.exec("SELECT count(*) AS n FROM pending").one()["n"]);
    /** @type {SqlStorageCursor<{ batch: string, rows: number, stuck: string | null }>} */
    const batches = this.#sql.exec("SELECT batch, rows, stuck FROM batches ORDER BY sequence");
    return {
      shard: this.#shard,
      epoch,
      sequence,
      pending,
      batches: batches.toArray(),
      attempt,
      next_try_ms,
      conflicts,
    };
  }

  #stuck() {
    const { n } = this.#sql.exec("SELECT count(*) AS n FROM batches WHERE stuck IS NOT NULL").one();
    return Number(n);
  }

  #life() {
    /** @type {SqlStorageCursor<{ epoch: number, sequence: number, attempt: number, next_try_ms: number, conflicts: number }>} */
    const life = this.#sql.exec("SELECT * FROM life");
    return life.one();
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {ArrayBuffer}
 */
function exactBuffer(bytes) {
  return /** @type {ArrayBuffer} */ (bytes.slice().buffer);
}
