// @ts-check
import { DurableObject } from "cloudflare:workers";

/** @typedef {{ batch: string, rows: number, stored: number, conflicts: number }} BatchAnswer */
/** @typedef {{ refusal: import("./refusal.js").Refusal }} BatchRefusal */

/**
 * @typedef {object} TitleSums
 * @property {string} title
 * @property {number} views
 * @property {number} viewers
 * @property {number} unique_ms
 * @property {number} played_ms
 * @property {number} completed_views
 * @property {number} completed_share
 */

/** The answers of batches are kept for good: a batch that is sent late is still known. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS views (
    view TEXT PRIMARY KEY, viewer TEXT NOT NULL, title TEXT NOT NULL, version INTEGER NOT NULL,
    unique_ms INTEGER NOT NULL, played_ms INTEGER NOT NULL, completed INTEGER NOT NULL,
    record TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS views_by_title
    ON views (title, viewer, unique_ms, played_ms, completed);
  CREATE TABLE IF NOT EXISTS batches (
    batch TEXT PRIMARY KEY, digest TEXT NOT NULL, answer TEXT NOT NULL
  ) WITHOUT ROWID;
`;

/** What the central API knows: the latest record of every view, each batch applied once. */
export class Central extends DurableObject {
  #sql;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("./central.js").CentralEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(SCHEMA);
  }

  /**
   * Key and rows in one transaction, without an await between check and write.
   * @param {string} batch
   * @param {string} digest
   * @param {number} rows
   * @param {string} records JSON, an array of ViewRecord
   * @returns {BatchAnswer | BatchRefusal}
   */
  commit(batch, digest, rows, records) {
    return this.ctx.storage.transactionSync(() => {
      const known = this.#answer(batch);
      if (known !== null) {
        return known.digest === digest ? JSON.parse(known.answer) : changed(batch);
      }
      const stored = this.#insert(records);
      const answer = { batch, rows, stored, conflicts: this.#conflicts(records) };
      this.#sql.exec("INSERT INTO batches VALUES (?, ?, ?)", batch, digest, JSON.stringify(answer));
      return answer;
    });
  }

  /**
   * @param {string} view
   * @returns {string | null} JSON, the ViewRecord
   */
  view(view) {
    const rows = this.#sql.exec("SELECT record FROM views WHERE view = ?", view).toArray();
    return rows[0] === undefined ? null : String(rows[0]["record"]);
  }

  /**
   * @param {string} after
   * @param {number} limit
   * @returns {{ titles: TitleSums[], next: string | null }}
   */
  titles(after, limit) {
    // `total` is a float, as every number of the answer is: `sum` fails beyond 64 bits.
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec(
      `SELECT title, count(*) AS views, count(DISTINCT viewer) AS viewers,
              total(unique_ms) AS unique_ms, total(played_ms) AS played_ms,
              sum(completed) AS completed_views, avg(completed) AS completed_share
       FROM views WHERE title > ? GROUP BY title ORDER BY title LIMIT ?`,
      after,
      limit + 1,
    );
    const titles = /** @type {TitleSums[]} */ (cursor.toArray());
    const next = titles.length > limit ? (titles[limit - 1]?.title ?? null) : null;
    return { titles: titles.slice(0, limit), next };
  }

  /** @param {string} batch */
  #answer(batch) {
    /** @type {SqlStorageCursor<{ digest: string, answer: string }>} */
    const rows = this.#sql.exec("SELECT digest, answer FROM batches WHERE batch = ?", batch);
    return rows.toArray()[0] ?? null;
  }

  /**
   * @param {string} records
   * @returns {number} rows that said something new
   */
  #insert(records) {
    // INVARIANT (version grows): a record replaces only one of a lower version, and only its own.
    const rows = this.#sql.exec(
      `INSERT INTO views (view, viewer, title, version, unique_ms, played_ms, completed, record)
       SELECT value ->> 'view', value ->> 'viewer', value ->> 'title', value ->> 'version',
              value ->> 'unique_ms', value ->> 'played_ms', value ->> 'completed', value
       FROM json_each(?) WHERE true
       ON CONFLICT (view) DO UPDATE SET version = excluded.version,
         unique_ms = excluded.unique_ms, played_ms = excluded.played_ms,
         completed = excluded.completed, record = excluded.record
       WHERE excluded.version > views.version
         AND excluded.viewer = views.viewer AND excluded.title = views.title
       RETURNING 1`,
      records,
    );
    return rows.toArray().length;
  }

  /**
   * @param {string} records
   * @returns {number} rows whose view belongs to another viewer or title, and were not taken
   */
  #conflicts(records) {
    const { conflicts } = this.#sql
      .exec(
        `SELECT count(*) AS conflicts FROM json_each(?)
         JOIN views ON views.view = value ->> 'view'
         WHERE views.viewer <> value ->> 'viewer' OR views.title <> value ->> 'title'`,
        records,
      )
      .one();
    return Number(conflicts);
  }
}

/**
 * @param {string} batch
 * @returns {BatchRefusal}
 */
function changed(batch) {
  const message = `batch \`${batch}\` was stored with another body`;
  return { refusal: { code: "batch_changed", message, field: "Idempotency-Key" } };
}
