CREATE TABLE mark (
  seed         TEXT NOT NULL,
  origin       TEXT NOT NULL,
  org          TEXT NOT NULL,
  size         INTEGER NOT NULL,
  root         TEXT NOT NULL,
  note         TEXT NOT NULL,
  updated_at   INTEGER NOT NULL,
  continued_by TEXT,
  continued_at INTEGER,
  PRIMARY KEY (seed, origin)
) STRICT, WITHOUT ROWID;

CREATE TABLE redaction (
  seed    TEXT NOT NULL,
  origin  TEXT NOT NULL,
  idx     INTEGER NOT NULL,
  redacts TEXT NOT NULL,
  PRIMARY KEY (seed, origin, idx)
) STRICT, WITHOUT ROWID;
