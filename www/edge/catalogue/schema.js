// @ts-check

/** Everything that the catalogue holds. The module decides; the checks here hold by themselves. */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- document: the title as it is published, JSON.
  CREATE TABLE IF NOT EXISTS titles (
    id TEXT PRIMARY KEY CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 200), name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ingest', 'ready', 'published', 'retired')),
    duration_s INTEGER CHECK (duration_s > 0), document TEXT NOT NULL CHECK (json_valid(document)),
    revision INTEGER NOT NULL CHECK (revision > 0), changed_ms INTEGER NOT NULL, changed_by TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS titles_by_state ON titles (state, id);

  CREATE TABLE IF NOT EXISTS plans (
    id TEXT PRIMARY KEY CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 200),
    document TEXT NOT NULL CHECK (json_valid(document)),
    revision INTEGER NOT NULL CHECK (revision > 0), changed_ms INTEGER NOT NULL, changed_by TEXT NOT NULL
  ) WITHOUT ROWID;

  -- The policy without its plans.
  CREATE TABLE IF NOT EXISTS policy (
    one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL CHECK (json_valid(document)),
    revision INTEGER NOT NULL CHECK (revision > 0), changed_ms INTEGER NOT NULL, changed_by TEXT NOT NULL
  );

  -- Versions only grow. content: the digest of what follows the version in the document, so that one that was
  -- published before need not be stored again.
  CREATE TABLE IF NOT EXISTS publications (
    version INTEGER PRIMARY KEY, content TEXT NOT NULL, digest TEXT NOT NULL, bytes INTEGER NOT NULL,
    titles INTEGER NOT NULL, plans INTEGER NOT NULL, policy_version TEXT NOT NULL,
    republishes INTEGER CHECK (republishes < version), published_ms INTEGER NOT NULL, published_by TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS pieces (
    content TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (content, number)
  ) WITHOUT ROWID;

  -- epoch: only of an entry of that kind, which denies the tokens of a subject below it. until: seconds, UTC.
  CREATE TABLE IF NOT EXISTS denied (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK (kind IN ('token', 'subject', 'epoch')),
    value TEXT NOT NULL CHECK (value <> ''), epoch INTEGER, until INTEGER NOT NULL,
    added_ms INTEGER NOT NULL, added_by TEXT NOT NULL, UNIQUE (kind, value),
    CHECK ((kind = 'epoch') = (epoch IS NOT NULL))
  );
  CREATE INDEX IF NOT EXISTS denied_by_end ON denied (until);
`;
