// @ts-check
import { coarsenRecords } from "usher/office";
import { callModule } from "../office-module.js";

const DAY_MS = 24 * 3600 * 1000;

/** Views that are made anonymous in one go. */
const VIEWS_PER_STEP_MAX = 500;

/** @typedef {{ view_key: string, viewer_key: string, title: string, record: string }} StoredView */

/** Takes the person out of views and leaves their figures: at once for a viewer, later by age. */
export class Erasure {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * Erases a viewer; again, it erases what came in between, which is nothing while the tombstone stands.
   * @param {string} viewerKey
   * @param {number} nowMs
   * @returns {{ erased_ms: number, views: number, isNew: boolean }} when it was erased first, and how
   *   many views that were
   */
  erase(viewerKey, nowMs) {
    let views = 0;
    for (let full = true; full;) {
      /** @type {SqlStorageCursor<StoredView>} */
      const cursor = this.#sql.exec(
        `SELECT view_key, viewer_key, title, record FROM sealed_views
         WHERE viewer_key = ? ORDER BY view_key LIMIT ?`,
        viewerKey,
        VIEWS_PER_STEP_MAX,
      );
      const found = cursor.toArray();
      this.#anonymise(found);
      views += found.length;
      full = found.length === VIEWS_PER_STEP_MAX;
    }
    const isNew = this.erasedMs(viewerKey) === null;
    this.#sql.exec(
      `INSERT INTO tombstones VALUES (?, ?, ?)
       ON CONFLICT (viewer_key) DO UPDATE SET views = views + excluded.views`,
      viewerKey,
      nowMs,
      views,
    );
    /** @type {SqlStorageCursor<{ erased_ms: number, views: number }>} */
    const stone = this.#sql.exec(
      "SELECT erased_ms, views FROM tombstones WHERE viewer_key = ?",
      viewerKey,
    );
    return { ...stone.one(), isNew };
  }

  /**
   * @param {string} viewerKey
   * @returns {number | null} when the viewer was erased, if that is still known
   */
  erasedMs(viewerKey) {
    /** @type {SqlStorageCursor<{ erased_ms: number }>} */
    const rows = this.#sql.exec("SELECT erased_ms FROM tombstones WHERE viewer_key = ?", viewerKey);
    return rows.toArray()[0]?.erased_ms ?? null;
  }

  /**
   * Leaves only the figures of views whose time is over, the oldest first.
   * @param {number} dueMs
   * @param {number} limit
   * @returns {number} how many
   */
  age(dueMs, limit) {
    /** @type {SqlStorageCursor<StoredView>} */
    const cursor = this.#sql.exec(
      `SELECT view_key, viewer_key, title, record FROM sealed_views
       WHERE erased = 0 AND stored_ms <= ? ORDER BY stored_ms LIMIT ?`,
      dueMs,
      limit,
    );
    const views = cursor.toArray();
    this.#anonymise(views);
    return views.length;
  }

  /**
   * Forgets tombstones.
   * @param {number} dueMs
   * @param {number} limit
   * @returns {number} how many
   */
  prune(dueMs, limit) {
    const pruned = this.#sql.exec(
      `DELETE FROM tombstones WHERE viewer_key IN (
         SELECT viewer_key FROM tombstones WHERE erased_ms <= ? LIMIT ?)
       RETURNING 1`,
      dueMs,
      limit,
    );
    return pruned.toArray().length;
  }

  /** @param {StoredView[]} views */
  #anonymise(views) {
    const input = { records: views.map(({ record }) => record) };
    const { records } = callModule(() => coarsenRecords(input));
    for (const [index, { view_key, viewer_key, title }] of views.entries()) {
      // The viewer still counts once in the title, and is another one in each title: what somebody
      // watched in all would tell who it was.
      this.#sql.exec(
        `UPDATE sealed_views SET view_key = 'erased-' || lower(hex(randomblob(16))),
           viewer_key = iif(
             EXISTS (SELECT 1 FROM sealed_views WHERE title = ?1 AND viewer_key = ?2 AND view_key <> ?3),
             '', 'erased-' || lower(hex(randomblob(16)))),
           view_sealed = NULL, viewer_sealed = NULL, record = ?4, erased = 1,
           stored_ms = stored_ms - stored_ms % ?5
         WHERE view_key = ?3`,
        title,
        viewer_key,
        view_key,
        String(records[index]),
        DAY_MS,
      );
    }
  }
}
