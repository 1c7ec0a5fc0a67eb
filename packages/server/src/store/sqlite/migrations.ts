/** The log's file, as numbered steps. A step that has run somewhere is never edited; the result is a golden file. */
import type { DatabaseSync } from 'node:sqlite'
import { AuditError } from '@sealedlog/sdk/base'

const MIGRATIONS: readonly string[] = [
  // 1: logs, entries, full tiles, keys
  `
  CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One row a log: its identity and its newest signed state.
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

  -- One row an entry, in the order of arrival. The second index begins with the id: ids are time-ordered, so its
  -- pages fill from the right; beginning with the log it would be a third slower at a million rows.
  CREATE TABLE entry (
    log         INTEGER NOT NULL,
    idx         INTEGER NOT NULL,
    id          TEXT NOT NULL,
    leaf        BLOB NOT NULL,
    disclosures BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entry_by_index ON entry (log, idx);
  CREATE UNIQUE INDEX entry_by_id ON entry (id, log);

  -- Full tiles only: 256 hashes, and the root over them, which is one hash of the tile above.
  CREATE TABLE tile (
    log    INTEGER NOT NULL,
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    root   BLOB NOT NULL,
    hashes BLOB NOT NULL
  ) STRICT;
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
  CREATE INDEX api_key_by_org ON api_key (org, created_at, id);

  -- Hygiene, not evidence: what must never happen fails here first. Evidence is the tree.
  CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
  CREATE TRIGGER leaf_is_never_changed BEFORE UPDATE OF log, idx, id, leaf ON entry
    BEGIN SELECT RAISE(ABORT, 'leaves are never changed'); END;
  CREATE TRIGGER tile_is_never_deleted BEFORE DELETE ON tile
    BEGIN SELECT RAISE(ABORT, 'tiles are never deleted'); END;
  CREATE TRIGGER tile_is_never_changed BEFORE UPDATE ON tile
    BEGIN SELECT RAISE(ABORT, 'tiles are never changed'); END;
  `,
  // 2: documents
  `
  -- What organizations set up. Names are listed from the index alone: bodies may be long.
  CREATE TABLE document (
    org      TEXT NOT NULL,
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body     TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX document_by_name ON document (org, kind, name);

  -- The newest revision that an organization's documents had, deleted ones too: none is given twice.
  CREATE TABLE document_revision (
    org    TEXT PRIMARY KEY,
    newest INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // 3: keys over time
  `
  -- One row a key that signed a log: since which size, since when, and the note by which the key before it handed over.
  -- The newest one's origin, generation and verifier key stand in the log's row too.
  CREATE TABLE log_key (
    log        INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    since_ms   INTEGER NOT NULL,
    origin     TEXT NOT NULL,
    generation INTEGER NOT NULL,
    vkey       TEXT NOT NULL,
    handover   TEXT
  ) STRICT;
  CREATE UNIQUE INDEX log_key_by_since ON log_key (log, since);
  CREATE UNIQUE INDEX log_key_by_origin ON log_key (origin, generation);

  INSERT INTO log_key (log, since, since_ms, origin, generation, vkey)
    SELECT n, 0, created_at, origin, generation, vkey FROM log;

  CREATE TRIGGER log_key_is_never_deleted BEFORE DELETE ON log_key
    BEGIN SELECT RAISE(ABORT, 'the keys of a log are never deleted'); END;
  CREATE TRIGGER log_key_is_never_changed BEFORE UPDATE ON log_key
    BEGIN SELECT RAISE(ABORT, 'the keys of a log are never changed'); END;
  `,
]

/** Brings a file to the newest step, each step in a transaction of its own. */
export function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version > MIGRATIONS.length) {
    throw new AuditError(
      'invalid_configuration',
      `This data folder was written by a newer Sealedlog (schema ${version}; known ${MIGRATIONS.length}). Run that version.`,
    )
  }
  MIGRATIONS.slice(version).forEach((step, i) => {
    db.exec(`BEGIN IMMEDIATE;${step}PRAGMA user_version = ${version + i + 1};COMMIT`)
  })
}
