// @ts-check
import { openView, openViewer, sealBatch } from "usher/office";
import { callModule } from "../office-module.js";

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

/** The latest record of every view, by keys that tell neither the view nor its viewer. */
export class Views {
  #sql;
  #key;

  /**
   * @param {SqlStorage} sql
   * @param {import("./tenant-key.js").TenantKey} key
   */
  constructor(sql, key) {
    this.#sql = sql;
    this.#key = key;
  }

  /**
   * Takes the records of a batch. Those of erased viewers are dropped.
   * @param {Uint8Array} body NDJSON, a ViewRecord a line
   * @param {number} rows
   * @param {number} nowMs
   * @returns {{ stored: number, conflicts: number, erased: number }} rows that said something new; rows
   *   whose view belongs to another viewer or title; rows of erased viewers
   */
  take(body, rows, nowMs) {
    const views = callModule(() => sealBatch(this.#key.text, body, rows));
    const stored = this.#insert(views, nowMs);
    if (stored === rows) return { stored, conflicts: 0, erased: 0 };
    return { stored, conflicts: this.#conflicts(views), erased: this.#erased(views) };
  }

  /**
   * @param {string} view
   * @returns {string | null} JSON, the ViewRecord
   */
  view(view) {
    /** @type {SqlStorageCursor<{ viewer_sealed: string, record: string }>} */
    const rows = this.#sql.exec(
      "SELECT viewer_sealed, record FROM sealed_views WHERE view_key = ? AND erased = 0",
      this.#key.view(view),
    );
    const [found] = rows.toArray();
    if (found === undefined) return null;
    const input = { tenant_key: this.#key.text, view, ...found };
    return JSON.stringify(callModule(() => openView(input)).record);
  }

  /**
   * A part of what is held of a viewer.
   * @param {string} viewer
   * @param {string} after the `next` of the part before, or ""
   * @param {number} limit
   * @returns {{ records: string, next: string | null }} JSON, an array of ViewRecord
   */
  ofViewer(viewer, after, limit) {
    /** @type {SqlStorageCursor<{ view_key: string, view_sealed: string, record: string }>} */
    const cursor = this.#sql.exec(
      `SELECT view_key, view_sealed, record FROM sealed_views
       WHERE viewer_key = ? AND view_key > ? ORDER BY view_key LIMIT ?`,
      this.#key.viewer(viewer),
      after,
      limit,
    );
    const views = cursor.toArray();
    const input = { tenant_key: this.#key.text, viewer, views };
    const records = JSON.stringify(callModule(() => openViewer(input)).records);
    return { records, next: views.length < limit ? null : (views.at(-1)?.view_key ?? null) };
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
      `SELECT title, count(*) AS views, count(DISTINCT nullif(viewer_key, '')) AS viewers,
              total(unique_ms) AS unique_ms, total(played_ms) AS played_ms,
              sum(completed) AS completed_views, avg(completed) AS completed_share
       FROM sealed_views WHERE title > ? GROUP BY title ORDER BY title LIMIT ?`,
      after,
      limit + 1,
    );
    const titles = /** @type {TitleSums[]} */ (cursor.toArray());
    const next = titles.length > limit ? (titles[limit - 1]?.title ?? null) : null;
    return { titles: titles.slice(0, limit), next };
  }

  /**
   * @param {string} views JSON, an array of SealedView
   * @param {number} nowMs
   */
  #insert(views, nowMs) {
    // INVARIANT (version grows): a record replaces only one of a lower version, and only its own.
    const rows = this.#sql.exec(
      `INSERT INTO sealed_views (view_key, viewer_key, view_sealed, viewer_sealed, title, version,
         unique_ms, played_ms, completed, stalls, imported, record, stored_ms)
       SELECT value ->> 'view_key', value ->> 'viewer_key', value ->> 'view_sealed',
              value ->> 'viewer_sealed', value ->> 'title', value ->> 'version',
              value ->> 'unique_ms', value ->> 'played_ms', value ->> 'completed',
              value ->> 'stalls', value ->> 'imported', value ->> 'record', ?
       FROM json_each(?)
       WHERE value ->> 'viewer_key' NOT IN (SELECT viewer_key FROM tombstones)
       ON CONFLICT (view_key) DO UPDATE SET version = excluded.version,
         unique_ms = excluded.unique_ms, played_ms = excluded.played_ms,
         completed = excluded.completed, stalls = excluded.stalls, record = excluded.record,
         stored_ms = excluded.stored_ms
       WHERE excluded.version > sealed_views.version
         AND excluded.viewer_key = sealed_views.viewer_key AND excluded.title = sealed_views.title
       RETURNING 1`,
      nowMs,
      views,
    );
    return rows.toArray().length;
  }

  /** @param {string} views JSON, an array of SealedView */
  #conflicts(views) {
    const { conflicts } = this.#sql
      .exec(
        `SELECT count(*) AS conflicts FROM json_each(?)
         JOIN sealed_views AS known ON known.view_key = value ->> 'view_key'
         WHERE known.viewer_key <> value ->> 'viewer_key' OR known.title <> value ->> 'title'`,
        views,
      )
      .one();
    return Number(conflicts);
  }

  /** @param {string} views JSON, an array of SealedView */
  #erased(views) {
    const { erased } = this.#sql
      .exec(
        `SELECT count(*) AS erased FROM json_each(?)
         JOIN tombstones ON viewer_key = value ->> 'viewer_key'`,
        views,
      )
      .one();
    return Number(erased);
  }
}
