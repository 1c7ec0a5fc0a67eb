/** The tables of the SQLite index, and what its file says of itself. */

/** Kept in `user_version`: a file that says another is thrown away, for it is only a view. Goes up with any change below. */
export const SCHEMA_VERSION = 2

const createTerm = (name: string): string => `
CREATE TABLE ${name} (
  org INTEGER NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  term INTEGER NOT NULL,
  PRIMARY KEY (org, field, value)
) STRICT, WITHOUT ROWID;
`

/**
 * Terms are numbered, so that a posting is three small integers. An organization's own number is that of the term
 * under which all of its entries are posted. Numbers count up over terms and organizations alike, and each has a
 * posting: the greatest one given is therefore found at the end of `posting`. An entry's row says under which terms it
 * is posted, numbers with spaces between: erasing need not look for them.
 */
export const SCHEMA = `
CREATE TABLE organization (
  org TEXT NOT NULL PRIMARY KEY,
  term INTEGER NOT NULL,
  size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

${createTerm('term')}
CREATE TABLE posting (
  term INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  PRIMARY KEY (term, at_ms, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
  org INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  terms TEXT NOT NULL,
  PRIMARY KEY (org, idx)
) STRICT, WITHOUT ROWID;
`

/**
 * What writes the terms anew, but for those whose numbers are given as a JSON list. Rows of a B-tree move from page to
 * page, and a page keeps the old bytes of what moved away in its unused part, which `secure_delete` does not reach;
 * the pages of a table that is dropped it zeroes whole.
 */
export const REWRITE_TERMS = {
  create: createTerm('term_anew'),
  copy: `INSERT INTO term_anew (org, field, value, term)
    SELECT org, field, value, term FROM term
    WHERE term NOT IN (SELECT value FROM json_each(?)) ORDER BY org, field, value`,
  replace: 'DROP TABLE term; ALTER TABLE term_anew RENAME TO term',
} as const

/**
 * WAL with NORMAL: after a power cut the newest commits may be missing, and the log fills them in again.
 * Random index pages are what an index costs: a large cache and rare, large checkpoints write each fewer times.
 */
export const PRAGMAS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -131072;
PRAGMA wal_autocheckpoint = 10000;
PRAGMA temp_store = MEMORY;
PRAGMA secure_delete = ON;
PRAGMA cell_size_check = ON;
`
