// @ts-check

/** Everything that one shard of the accounts holds. Times of accounts and grants are seconds, UTC. */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- epoch: of the viewer's tokens; those of an earlier one are denied.
  CREATE TABLE IF NOT EXISTS accounts (
    viewer TEXT PRIMARY KEY CHECK (length(CAST(viewer AS BLOB)) BETWEEN 1 AND 200),
    status TEXT NOT NULL CHECK (status IN ('active', 'past_due', 'suspended', 'chargeback', 'closed')),
    since INTEGER NOT NULL, max_rating INTEGER CHECK (max_rating >= 0), epoch INTEGER NOT NULL,
    revision INTEGER NOT NULL CHECK (revision > 0), created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- ends: when it is over for sure, with the time after a first play; NULL for never.
  CREATE TABLE IF NOT EXISTS grants (
    number INTEGER PRIMARY KEY AUTOINCREMENT, viewer TEXT NOT NULL REFERENCES accounts (viewer),
    id TEXT NOT NULL CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 200),
    kind TEXT NOT NULL CHECK (kind IN ('plan', 'trial', 'purchase', 'rental', 'coupon')),
    plan TEXT, title TEXT, from_s INTEGER NOT NULL, to_s INTEGER, play_window_s INTEGER,
    first_play_at INTEGER, redemption TEXT UNIQUE, created_ms INTEGER NOT NULL,
    ends INTEGER AS (CASE WHEN to_s IS NULL THEN NULL
      ELSE max(to_s, coalesce(first_play_at + play_window_s, to_s)) END) STORED,
    UNIQUE (viewer, id),
    CHECK ((plan IS NULL) <> (title IS NULL)),
    CHECK (kind NOT IN ('plan', 'trial') OR plan IS NOT NULL),
    CHECK (kind NOT IN ('purchase', 'rental') OR title IS NOT NULL),
    CHECK (kind = 'coupon' OR redemption IS NULL),
    CHECK (kind = 'rental' OR (play_window_s IS NULL AND first_play_at IS NULL)),
    CHECK (to_s IS NULL OR to_s > from_s)
  );
  CREATE INDEX IF NOT EXISTS grants_by_plan ON grants (plan, ends) WHERE plan IS NOT NULL;
  CREATE INDEX IF NOT EXISTS grants_by_viewer ON grants (viewer, ends);

  -- Redemptions that were granted, for ever: a grant that was taken back, or whose account is gone, does not come again.
  CREATE TABLE IF NOT EXISTS redeemed (redemption TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;

  -- Raised epochs that the deny list does not know yet: written with them, so that a crash loses none.
  CREATE TABLE IF NOT EXISTS revocations (
    viewer TEXT PRIMARY KEY, epoch INTEGER NOT NULL, until INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- subject: the key of a viewer, not the name, so that what was done to an account may stay when it goes.
  CREATE TABLE IF NOT EXISTS audit (
    sequence INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL,
    request TEXT UNIQUE
  );
  CREATE INDEX IF NOT EXISTS audit_by_subject ON audit (subject, sequence);
`;
