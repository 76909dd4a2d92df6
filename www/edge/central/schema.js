// @ts-check

/**
 * Everything that the central store holds. No table has the name of a viewer or the id of a view in any
 * byte: those are keyed or sealed (src/privacy), because SQLite leaves deleted bytes in free pages and
 * logs, and workerd gives no way to wipe them.
 */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- An erased view has random keys, nothing sealed, and times cut down to the day; a viewer_key of ''
  -- belongs to somebody who is counted in another row of the title.
  CREATE TABLE IF NOT EXISTS sealed_views (
    view_key TEXT PRIMARY KEY, viewer_key TEXT NOT NULL, view_sealed TEXT, viewer_sealed TEXT,
    title TEXT NOT NULL, version INTEGER NOT NULL, unique_ms INTEGER NOT NULL,
    played_ms INTEGER NOT NULL, completed INTEGER NOT NULL, stalls INTEGER NOT NULL,
    imported INTEGER NOT NULL, record TEXT NOT NULL, stored_ms INTEGER NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS sealed_views_by_title ON sealed_views
    (title, viewer_key, erased, unique_ms, played_ms, completed, stalls, imported);
  CREATE INDEX IF NOT EXISTS sealed_views_by_viewer ON sealed_views (viewer_key, view_key);
  CREATE INDEX IF NOT EXISTS sealed_views_by_age ON sealed_views (stored_ms) WHERE erased = 0;

  -- One row a cell; a country of '' is not known.
  CREATE TABLE IF NOT EXISTS windows (
    title TEXT NOT NULL, window_start_ms INTEGER NOT NULL, window_ms INTEGER NOT NULL,
    country TEXT NOT NULL, device TEXT NOT NULL,
    views INTEGER NOT NULL, unique_ms INTEGER NOT NULL, played_ms INTEGER NOT NULL,
    completed INTEGER NOT NULL, stalls INTEGER NOT NULL, stalled_ms INTEGER NOT NULL,
    unknown INTEGER NOT NULL, light INTEGER NOT NULL, standard INTEGER NOT NULL,
    heavy INTEGER NOT NULL, corrections INTEGER NOT NULL, viewers TEXT NOT NULL,
    UNIQUE (title, window_start_ms, window_ms, country, device)
  );

  CREATE TABLE IF NOT EXISTS answers (
    batch TEXT PRIMARY KEY, kind TEXT NOT NULL, digest TEXT NOT NULL, answer TEXT NOT NULL,
    stored_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS answers_by_age ON answers (stored_ms) WHERE kind <> 'void';

  CREATE TABLE IF NOT EXISTS shards (
    shard TEXT NOT NULL, epoch INTEGER NOT NULL, received BLOB NOT NULL, announced INTEGER NOT NULL,
    batches INTEGER NOT NULL DEFAULT 0, rows INTEGER NOT NULL DEFAULT 0,
    voids INTEGER NOT NULL DEFAULT 0, corrections INTEGER NOT NULL DEFAULT 0,
    conflicts INTEGER NOT NULL DEFAULT 0, erased INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
    last_received_ms INTEGER, PRIMARY KEY (shard, epoch)
  ) WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS tombstones (
    viewer_key TEXT PRIMARY KEY, erased_ms INTEGER NOT NULL, views INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- request names what the sender of an entry sent once; it is no part of the chain.
  CREATE TABLE IF NOT EXISTS audit (
    sequence INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL,
    request TEXT UNIQUE
  );
`;
