// @ts-check

/** @typedef {import("usher/edge").KnownView} KnownView */
/** @typedef {import("usher/edge").ViewRecord} ViewRecord */

/**
 * How long a view is known after its last change. The module keeps the same limit: a view that is not
 * known and was first seen longer ago than this is not counted again.
 */
const KNOWN_MS = 90 * 24 * 3_600_000;

/** Above every version there can be. */
const VERSION_ERASED = Number.MAX_SAFE_INTEGER;

/**
 * `latest` stays after a record was sent: its version is what keeps a late one out, and its figures are
 * what the next one is compared with.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS latest (
    view TEXT PRIMARY KEY, viewer TEXT NOT NULL, known TEXT NOT NULL, record TEXT NOT NULL,
    changed_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS latest_by_viewer ON latest (viewer);
  CREATE INDEX IF NOT EXISTS latest_by_change ON latest (changed_ms);
  CREATE TABLE IF NOT EXISTS waiting (
    position INTEGER PRIMARY KEY AUTOINCREMENT, view TEXT NOT NULL UNIQUE
  );
`;

/** The latest record of each view, what of it counts, and which of them are still to be sent. */
export class Records {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
  }

  /**
   * @param {ViewRecord[]} records
   * @returns {KnownView[]}
   */
  known(records) {
    const views = JSON.stringify(records.map(({ view }) => view));
    /** @type {SqlStorageCursor<{ known: string }>} */
    const rows = this.#sql.exec(
      "SELECT known FROM latest WHERE view IN (SELECT value FROM json_each(?))",
      views,
    );
    return rows.toArray().map(({ known }) => JSON.parse(known));
  }

  /**
   * @param {KnownView[]} known the views that have a newer record
   * @param {ViewRecord[]} records among which it is
   * @param {number} nowMs
   */
  write(known, records, nowMs) {
    for (const newer of known) {
      const { view, viewer, version } = newer;
      const record = records.find((each) => each.view === view && each.version === version);
      this.#sql.exec(
        `INSERT INTO latest VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (view) DO UPDATE SET known = excluded.known, record = excluded.record,
           changed_ms = excluded.changed_ms`,
        view,
        viewer,
        JSON.stringify(newer),
        JSON.stringify(record),
        nowMs,
      );
      this.#sql.exec("INSERT OR IGNORE INTO waiting (view) VALUES (?)", view);
    }
  }

  /**
   * The records that have waited longest.
   * @param {number} limit
   */
  waiting(limit) {
    /** @type {SqlStorageCursor<{ position: number, record: string }>} */
    const rows = this.#sql.exec(
      "SELECT position, record FROM waiting JOIN latest USING (view) ORDER BY position LIMIT ?",
      limit,
    );
    return rows.toArray();
  }

  /**
   * The records of a viewer that wait, longest first.
   * @param {string} viewer
   */
  waitingOf(viewer) {
    /** @type {SqlStorageCursor<{ position: number, record: string }>} */
    const rows = this.#sql.exec(
      `SELECT position, record FROM latest JOIN waiting USING (view) WHERE viewer = ?
       ORDER BY position`,
      viewer,
    );
    return rows.toArray();
  }

  /** @param {{ position: number }[]} records that are in a batch */
  frozen(records) {
    this.#sql.exec(
      "DELETE FROM waiting WHERE position IN (SELECT value FROM json_each(?))",
      JSON.stringify(records.map(({ position }) => position)),
    );
  }

  /**
   * The records of these views go again, as they are now.
   * @param {string[]} lines of a batch
   * @returns {string[]} those whose view is not known any more: nothing newer can be sent instead
   */
  again(lines) {
    const views = lines.map((line) => String(JSON.parse(line).view));
    /** @type {SqlStorageCursor<{ view: string }>} */
    const known = this.#sql.exec(
      "SELECT view FROM latest WHERE record <> '' AND view IN (SELECT value FROM json_each(?))",
      JSON.stringify(views),
    );
    const again = new Set(known.toArray().map(({ view }) => view));
    for (const view of again) {
      this.#sql.exec("INSERT OR IGNORE INTO waiting (view) VALUES (?)", view);
    }
    return lines.filter((_, index) => !again.has(String(views[index])));
  }

  /**
   * A part of what is known of a viewer.
   * @param {string} viewer
   * @param {string} after the view that the part before ended with, or ""
   * @param {number} limit
   */
  ofViewer(viewer, after, limit) {
    /** @type {SqlStorageCursor<{ view: string, record: string }>} */
    const rows = this.#sql.exec(
      "SELECT view, record FROM latest WHERE viewer = ? AND view > ? ORDER BY view LIMIT ?",
      viewer,
      after,
      limit,
    );
    return rows.toArray();
  }

  get count() {
    return Number(this.#sql.exec("SELECT count(*) AS n FROM waiting").one()["n"]);
  }

  get any() {
    return this.#sql.exec("SELECT 1 FROM waiting LIMIT 1").toArray().length > 0;
  }

  /**
   * Removes what names a viewer, none of whose records may wait. The ids of the views stay as long as any
   * view is known, with nothing beside them: a record that is still on its way here must not count a
   * second time.
   * @param {string} viewer
   * @param {number} nowMs
   * @returns {number} views
   */
  erase(viewer, nowMs) {
    const erased = this.#sql.exec(
      `UPDATE latest SET viewer = '', record = '', changed_ms = ?,
         known = json_set(known, '$.viewer', '', '$.title', '', '$.country', NULL,
           '$.device', 'unknown', '$.version', ?, '$.unique_ms', 0, '$.played_ms', 0,
           '$.completed', 0, '$.stalls', 0, '$.stalled_ms', 0)
       WHERE viewer = ? RETURNING 1`,
      nowMs,
      VERSION_ERASED,
      viewer,
    );
    return erased.toArray().length;
  }

  /**
   * Forgets views that have not changed for long.
   * @param {number} nowMs
   */
  prune(nowMs) {
    this.#sql.exec(
      "DELETE FROM latest WHERE changed_ms < ? AND view NOT IN (SELECT view FROM waiting)",
      nowMs - KNOWN_MS,
    );
  }

  /** When the view that has not changed for longest is forgotten; null when none is known. */
  get pruneMs() {
    const { ms } = this.#sql.exec("SELECT min(changed_ms) AS ms FROM latest").one();
    return ms === null ? null : Number(ms) + KNOWN_MS + 1;
  }
}
