CREATE INDEX api_key_by_org ON api_key (org, created_at, id);

CREATE UNIQUE INDEX document_by_name ON document (org, kind, name);

CREATE UNIQUE INDEX entry_by_id ON entry (id, log);

CREATE UNIQUE INDEX entry_by_index ON entry (log, idx);

CREATE UNIQUE INDEX log_key_by_origin ON log_key (origin, generation);

CREATE UNIQUE INDEX log_key_by_since ON log_key (log, since);

CREATE UNIQUE INDEX tile_by_place ON tile (log, level, idx);

CREATE TABLE api_key (
  id         TEXT PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  org        TEXT NOT NULL,
  name       TEXT NOT NULL,
  scopes     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  org      TEXT NOT NULL,
  kind     TEXT NOT NULL,
  name     TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body     TEXT NOT NULL
) STRICT;

CREATE TABLE document_revision (
  org    TEXT PRIMARY KEY,
  newest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
  log         INTEGER NOT NULL,
  idx         INTEGER NOT NULL,
  id          TEXT NOT NULL,
  leaf        BLOB NOT NULL,
  disclosures BLOB NOT NULL
) STRICT;

CREATE TABLE log (
  n           INTEGER PRIMARY KEY,
  org         TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  origin      TEXT NOT NULL UNIQUE,
  generation  INTEGER NOT NULL,
  vkey        TEXT NOT NULL,
  size        INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  edge        BLOB NOT NULL,
  checkpoint  TEXT NOT NULL
) STRICT;

CREATE TABLE log_key (
  log        INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  since_ms   INTEGER NOT NULL,
  origin     TEXT NOT NULL,
  generation INTEGER NOT NULL,
  vkey       TEXT NOT NULL,
  handover   TEXT
) STRICT;

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tile (
  log    INTEGER NOT NULL,
  level  INTEGER NOT NULL,
  idx    INTEGER NOT NULL,
  root   BLOB NOT NULL,
  hashes BLOB NOT NULL
) STRICT;

CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
  BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;

CREATE TRIGGER leaf_is_never_changed BEFORE UPDATE OF log, idx, id, leaf ON entry
  BEGIN SELECT RAISE(ABORT, 'leaves are never changed'); END;

CREATE TRIGGER log_key_is_never_changed BEFORE UPDATE ON log_key
  BEGIN SELECT RAISE(ABORT, 'the keys of a log are never changed'); END;

CREATE TRIGGER log_key_is_never_deleted BEFORE DELETE ON log_key
  BEGIN SELECT RAISE(ABORT, 'the keys of a log are never deleted'); END;

CREATE TRIGGER tile_is_never_changed BEFORE UPDATE ON tile
  BEGIN SELECT RAISE(ABORT, 'tiles are never changed'); END;

CREATE TRIGGER tile_is_never_deleted BEFORE DELETE ON tile
  BEGIN SELECT RAISE(ABORT, 'tiles are never deleted'); END;
