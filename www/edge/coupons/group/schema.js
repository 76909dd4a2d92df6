// @ts-check

/**
 * Everything that one shard of a group holds. The module decides; the checks here would stop it if it ever
 * gave out more than was promised.
 */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS coupons (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, definition TEXT NOT NULL
  ) WITHOUT ROWID;

  -- redemptions_max: never below what was given out before the limit came.
  CREATE TABLE IF NOT EXISTS tallies (
    coupon TEXT PRIMARY KEY, redemptions_max INTEGER, redeemed INTEGER NOT NULL, held INTEGER NOT NULL,
    reversed INTEGER NOT NULL, budget_used_minor INTEGER NOT NULL,
    CHECK (redeemed >= 0 AND held >= 0 AND budget_used_minor >= 0),
    CHECK (redemptions_max IS NULL OR redeemed + held <= redemptions_max)
  ) WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS customers (
    coupon TEXT NOT NULL, customer TEXT NOT NULL, redeemed INTEGER NOT NULL, held INTEGER NOT NULL,
    reversed INTEGER NOT NULL, budget_used_minor INTEGER NOT NULL,
    PRIMARY KEY (coupon, customer), CHECK (redeemed >= 0 AND held >= 0)
  ) WITHOUT ROWID;

  -- In the order in which they came: the number is what pages of lists go on after.
  CREATE TABLE IF NOT EXISTS redemptions (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, coupon TEXT NOT NULL, code TEXT NOT NULL,
    once INTEGER NOT NULL, customer TEXT NOT NULL, basket TEXT, scope TEXT, state TEXT NOT NULL,
    keeps_slot INTEGER NOT NULL, decision TEXT NOT NULL, discount_minor INTEGER NOT NULL,
    currency TEXT, budget_minor INTEGER NOT NULL, held_until_ms INTEGER, reserved_ms INTEGER NOT NULL,
    settled_ms INTEGER, reversed_ms INTEGER, reason TEXT
  );
  CREATE INDEX IF NOT EXISTS redemptions_by_code ON redemptions (code);
  CREATE INDEX IF NOT EXISTS redemptions_by_customer ON redemptions (customer);
  CREATE INDEX IF NOT EXISTS holds_by_end ON redemptions (held_until_ms) WHERE state = 'held';
  CREATE INDEX IF NOT EXISTS holds_by_basket ON redemptions (basket, coupon, code) WHERE state = 'held';
  -- A code that may be redeemed once has one redemption that takes it.
  CREATE UNIQUE INDEX IF NOT EXISTS codes_taken ON redemptions (code)
    WHERE once = 1 AND (state IN ('held', 'confirmed') OR keeps_slot = 1);

  -- In the order in which they were given, so that the oldest are the first.
  CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, stored_ms INTEGER NOT NULL
  );

  -- Absolute sums; every change of a row has a version of its own.
  CREATE TABLE IF NOT EXISTS sums (
    coupon TEXT NOT NULL, day_ms INTEGER NOT NULL, type TEXT NOT NULL, currency TEXT NOT NULL,
    version INTEGER NOT NULL, reserved INTEGER NOT NULL, confirmed INTEGER NOT NULL,
    released INTEGER NOT NULL, expired INTEGER NOT NULL, reversed INTEGER NOT NULL,
    discount_minor INTEGER NOT NULL, PRIMARY KEY (coupon, day_ms, type, currency)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sums_by_version ON sums (version);
`;
