-- What the receiver of Usher's batches keeps. For PostgreSQL 13 or newer:
--   psql "$DATABASE_URL" --set ON_ERROR_STOP=1 --file schema.sql
-- It may be run again: what is there stays. Times are whole milliseconds, instants are UTC since 1970.

BEGIN;

CREATE SCHEMA IF NOT EXISTS usher;

-- Whole numbers that every JavaScript engine holds exactly; a delta may take back what was too much.
DO $$ BEGIN
  CREATE DOMAIN usher.amount AS bigint CHECK (VALUE BETWEEN 0 AND 9007199254740991);
  CREATE DOMAIN usher.delta AS bigint
    CHECK (VALUE BETWEEN -9007199254740991 AND 9007199254740991);
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

-- Usher writes bytes as base64url without padding.
CREATE OR REPLACE FUNCTION usher.bytes(base64url text) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT decode(rpad(translate(base64url, '-_', '+/'), (length(base64url) + 3) / 4 * 4, '='),
                'base64')
$$;

-- One row a batch, with the answer that it got. It is written in the transaction that writes the rows,
-- so that a batch is here exactly if its rows are. Never delete from it: a batch that is sent late is
-- known by it.
CREATE TABLE IF NOT EXISTS usher.batches (
  batch       text PRIMARY KEY, -- shard.epoch.sequence
  kind        text NOT NULL CHECK (kind IN ('views', 'windows', 'void')),
  digest      text NOT NULL,    -- SHA-256 of the body, base64
  rows        integer NOT NULL,
  stored      integer,          -- rows that said something new
  conflicts   integer,          -- rows whose view belongs to another viewer or title
  received_at timestamptz NOT NULL DEFAULT now(),
  shard       text GENERATED ALWAYS AS (split_part(batch, '.', 1)) STORED,
  epoch       bigint GENERATED ALWAYS AS (split_part(batch, '.', 2)::bigint) STORED,
  sequence    bigint GENERATED ALWAYS AS (split_part(batch, '.', 3)::bigint) STORED
);
CREATE INDEX IF NOT EXISTS batches_by_sequence ON usher.batches (shard, epoch, sequence);

-- One row a CloudEvent, for those who take events instead of batches.
CREATE TABLE IF NOT EXISTS usher.events (
  source      text NOT NULL,    -- usher/<tenant>/<shard>
  id          text NOT NULL,    -- <batch>#<row>
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, id)
);

-- The latest record of every view. What is not a column of its own is in `record`, the whole of it.
CREATE TABLE IF NOT EXISTS usher.views (
  view          text PRIMARY KEY CHECK (view ~ '^[0-9a-f]{32}$'),
  viewer        text NOT NULL,
  title         text NOT NULL,
  version       usher.amount NOT NULL, -- of two records of a view the one with the higher version holds
  unique_ms     usher.amount NOT NULL, -- distinct content shown
  played_ms     usher.amount NOT NULL, -- content shown, repeats included
  stalls        usher.amount NOT NULL,
  stalled_ms    usher.amount NOT NULL,
  completed     boolean NOT NULL,
  country       text,                  -- ISO 3166-1 alpha-2, if known
  device        text NOT NULL,
  watched_ms    usher.amount NOT NULL, -- when anything was last measured
  first_seen_ms usher.amount NOT NULL,
  last_seen_ms  usher.amount NOT NULL,
  record        jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS views_by_title ON usher.views (title);
CREATE INDEX IF NOT EXISTS views_by_viewer ON usher.views (viewer);

-- What each batch adds to the sums of one window, title, country and device: rows are only ever
-- inserted, so that nothing waits for anything, and every sum can be traced to its batches.
CREATE TABLE IF NOT EXISTS usher.windows (
  source          text NOT NULL,         -- of the CloudEvent; empty for a batch
  id              text NOT NULL,         -- <batch>#<row>
  window_start_ms usher.amount NOT NULL,
  window_ms       usher.amount NOT NULL,
  title           text NOT NULL,
  country         text,
  device          text NOT NULL,
  correction      boolean NOT NULL,      -- for a window that was closed before
  views           usher.delta NOT NULL,
  unique_ms       usher.delta NOT NULL,
  played_ms       usher.delta NOT NULL,
  completed       usher.delta NOT NULL,
  stalls          usher.delta NOT NULL,
  stalled_ms      usher.delta NOT NULL,
  unknown         usher.delta NOT NULL,  -- views by the class of their viewer
  light           usher.delta NOT NULL,
  standard        usher.delta NOT NULL,
  heavy           usher.delta NOT NULL,
  viewers         bytea NOT NULL,        -- HyperLogLog sketch of the distinct viewers
  PRIMARY KEY (source, id)
);
CREATE INDEX IF NOT EXISTS windows_by_start ON usher.windows (window_start_ms, title);

-- The sums of every window, corrections included. Sketches are merged by whoever counts: the maximum of
-- each register.
CREATE OR REPLACE VIEW usher.window_sums AS
SELECT window_start_ms, window_ms, title, country, device,
       count(*) FILTER (WHERE correction) AS corrections,
       sum(views) AS views, sum(unique_ms) AS unique_ms, sum(played_ms) AS played_ms,
       sum(completed) AS completed, sum(stalls) AS stalls, sum(stalled_ms) AS stalled_ms,
       sum(unknown) AS unknown, sum(light) AS light, sum(standard) AS standard,
       sum(heavy) AS heavy, array_agg(viewers ORDER BY source, id) AS viewers
FROM usher.windows
GROUP BY window_start_ms, window_ms, title, country, device;

-- The sums of every title, from its views. Over all windows of a title they are the same.
CREATE OR REPLACE VIEW usher.title_sums AS
SELECT title, count(*) AS views, count(DISTINCT viewer) AS viewers,
       sum(unique_ms) AS unique_ms, sum(played_ms) AS played_ms,
       count(*) FILTER (WHERE completed) AS completed,
       sum(stalls) AS stalls, sum(stalled_ms) AS stalled_ms
FROM usher.views
GROUP BY title;

-- Sequences that have not come, from each shard: on their way, or lost. Each counts from 1.
CREATE OR REPLACE VIEW usher.gaps AS
SELECT shard, epoch, before + 1 AS first_missing, sequence - 1 AS last_missing
FROM (
  SELECT shard, epoch, sequence,
         lag(sequence, 1, 0::bigint) OVER (PARTITION BY shard, epoch ORDER BY sequence) AS before
  FROM usher.batches
) AS received
WHERE sequence > before + 1;

COMMIT;
