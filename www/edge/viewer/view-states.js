// @ts-check

/** @typedef {Parameters<typeof import("usher/edge").mergeViews>[0]["stored"][number]} StoredView */
/** @typedef {ReturnType<typeof import("usher/edge").mergeViews>["changed"][number]} ChangedView */

/**
 * @typedef {object} KeptView
 * @property {string} view
 * @property {string} title
 * @property {ArrayBuffer} state
 * @property {ArrayBuffer} provenance
 * @property {number} unique_ms
 * @property {number} first_seen_ms
 * @property {number} last_seen_ms
 */

/**
 * Views kept for one viewer. One that would go beyond is refused with `viewer_full` and the whole
 * body with it; the views that are known go on. 10,000 are three playbacks a day for nine years.
 */
const VIEWS_PER_VIEWER_MAX = 10_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS views (
    view TEXT PRIMARY KEY, title TEXT NOT NULL, state BLOB NOT NULL,
    unique_ms INTEGER NOT NULL, first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL
  );
`;

/** The merged state of every view, and what is noted beside it. */
export class ViewStates {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
    const columns = this.#sql.exec("PRAGMA table_info(views)").toArray();
    if (!columns.some(({ name }) => name === "provenance")) {
      this.#sql.exec("ALTER TABLE views ADD COLUMN provenance BLOB NOT NULL DEFAULT x''");
    }
  }

  /**
   * @param {{ view: string }[]} incoming
   * @returns {StoredView[]}
   */
  read(incoming) {
    const names = JSON.stringify(incoming.map(({ view }) => view));
    /** @type {SqlStorageCursor<{ view: string, title: string, state: ArrayBuffer, provenance: ArrayBuffer }>} */
    const rows = this.#sql.exec(
      `SELECT view, title, state, provenance FROM views
       WHERE view IN (SELECT value FROM json_each(?))`,
      names,
    );
    return rows.toArray().map(({ view, title, state, provenance }) => ({
      view,
      title,
      state: new Uint8Array(state),
      provenance: new Uint8Array(provenance),
    }));
  }

  /**
   * The refusal of a body that brings more views than are kept; null if there is room.
   * @param {{ view: string }[]} stored
   * @param {{ view: string }[]} changed
   * @param {{ view: string }[]} incoming
   */
  full(stored, changed, incoming) {
    const known = new Set(stored.map(({ view }) => view));
    const fresh = changed.filter(({ view }) => !known.has(view));
    const [first] = fresh;
    if (first === undefined) return null;
    const count = this.count;
    if (count + fresh.length <= VIEWS_PER_VIEWER_MAX) return null;
    const index = incoming.findIndex(({ view }) => view === first.view);
    return {
      code: "viewer_full",
      message: `the viewer has \`${count}\` of at most \`${VIEWS_PER_VIEWER_MAX}\` views`,
      field: `views[${index}].view`,
    };
  }

  get count() {
    return Number(this.#sql.exec("SELECT count(*) AS n FROM views").one()["n"]);
  }

  /** @param {ChangedView[]} changed */
  write(changed) {
    for (const { view, title, state, provenance, record } of changed) {
      this.#sql.exec(
        `INSERT INTO views (view, title, state, provenance, unique_ms, first_seen_ms, last_seen_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (view) DO UPDATE SET state = excluded.state, provenance = excluded.provenance,
           unique_ms = excluded.unique_ms, last_seen_ms = excluded.last_seen_ms`,
        view,
        title,
        state,
        provenance,
        record.unique_ms,
        record.first_seen_ms,
        record.last_seen_ms,
      );
    }
  }

  /**
   * Some views in the order of their ids.
   * @param {string} after
   * @param {number} limit
   */
  list(after, limit) {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec(
      "SELECT * FROM views WHERE view > ? ORDER BY view LIMIT ?",
      after,
      limit,
    );
    return /** @type {KeptView[]} */ (rows.toArray());
  }

  /**
   * Forgets what was not seen since then.
   * @param {number} dueMs
   * @returns {number} how many views
   */
  prune(dueMs) {
    return this.#sql.exec("DELETE FROM views WHERE last_seen_ms <= ? RETURNING 1", dueMs).toArray()
      .length;
  }

  /** When the view that was not seen for longest was seen; null without one. */
  get oldestMs() {
    const { ms } = this.#sql.exec("SELECT min(last_seen_ms) AS ms FROM views").one();
    return ms === null ? null : Number(ms);
  }

  clear() {
    this.#sql.exec("DELETE FROM views");
  }
}
