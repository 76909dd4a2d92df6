// @ts-check

/** Everything that the directory holds. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS groups (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, purpose TEXT NOT NULL,
    shards INTEGER NOT NULL, created_ms INTEGER NOT NULL
  );

  -- making: how further codes are made; issued: codes that are really stored.
  CREATE TABLE IF NOT EXISTS coupons (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, group_id TEXT NOT NULL,
    definition TEXT NOT NULL, making TEXT NOT NULL, issued INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS coupons_by_group ON coupons (group_id, number);

  -- What a shard of a group has not been told yet.
  CREATE TABLE IF NOT EXISTS pushes (
    coupon TEXT NOT NULL, shard INTEGER NOT NULL, PRIMARY KEY (coupon, shard)
  ) WITHOUT ROWID;

  -- The serials of tagged codes, by the slot of the key that tags them.
  CREATE TABLE IF NOT EXISTS ranges (
    slot INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, coupon TEXT NOT NULL,
    PRIMARY KEY (slot, first)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS ranges_by_coupon ON ranges (coupon, slot, first);

  CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, coupon TEXT NOT NULL,
    making TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'running', receiving INTEGER NOT NULL,
    cancelled INTEGER NOT NULL DEFAULT 0, line INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL,
    duplicates INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '', started_ms INTEGER NOT NULL, ended_ms INTEGER,
    touched_ms INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS jobs_running ON jobs (touched_ms) WHERE state = 'running';

  CREATE INDEX IF NOT EXISTS jobs_by_end ON jobs (ended_ms) WHERE ended_ms IS NOT NULL;

  -- What was created under which key, in the order in which it was.
  CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL, stored_ms INTEGER NOT NULL
  );

  -- Codes that are to be stored, [line, code, exact] each: written before they are sent, so that after a
  -- crash the same are sent again.
  CREATE TABLE IF NOT EXISTS slices (
    job INTEGER NOT NULL, sequence INTEGER NOT NULL, rows TEXT NOT NULL,
    PRIMARY KEY (job, sequence)
  ) WITHOUT ROWID;

  -- Rows of files that were not taken.
  CREATE TABLE IF NOT EXISTS reports (
    number INTEGER PRIMARY KEY, job INTEGER NOT NULL, sequence INTEGER NOT NULL, rows TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS reports_by_job ON reports (job, sequence);

  -- What the shards of groups say of their redemptions: absolute sums, of which the newest counts.
  CREATE TABLE IF NOT EXISTS figures (
    group_id TEXT NOT NULL, shard INTEGER NOT NULL, coupon TEXT NOT NULL, day_ms INTEGER NOT NULL,
    type TEXT NOT NULL, currency TEXT NOT NULL, version INTEGER NOT NULL,
    reserved INTEGER NOT NULL, confirmed INTEGER NOT NULL, released INTEGER NOT NULL,
    expired INTEGER NOT NULL, reversed INTEGER NOT NULL, discount_minor INTEGER NOT NULL,
    PRIMARY KEY (group_id, shard, coupon, day_ms, type, currency)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS figures_by_coupon ON figures (coupon);
`;

/** What is known under a name: numbers of the directory itself. */
export class About {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    sql.exec(SCHEMA);
  }

  /** @param {string} name */
  get(name) {
    const [row] = this.#sql.exec("SELECT value FROM about WHERE name = ?", name).toArray();
    return row === undefined ? 0 : Number(row["value"]);
  }

  /**
   * @param {string} name
   * @returns {number} the value after one was added
   */
  next(name) {
    const sql = `INSERT INTO about VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`;
    return Number(this.#sql.exec(sql, name).one()["value"]);
  }
}
