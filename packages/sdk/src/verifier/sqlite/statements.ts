/** Every statement by which a data folder's log is read, by name: written for this reader, so that no code of the server is believed. */

export const STATEMENTS = {
  organizations: 'SELECT org FROM log ORDER BY org',
  log: 'SELECT n, origin, generation, vkey, size, checkpoint FROM log WHERE org = ?',
  entries: 'SELECT idx, id, leaf, disclosures FROM entry WHERE log = ? AND idx >= ? AND idx < ? ORDER BY idx',
  beyond: 'SELECT idx FROM entry WHERE log = ? AND (idx >= ? OR idx < 0) ORDER BY idx LIMIT 1',
  tile: 'SELECT hashes FROM tile WHERE log = ? AND level = ? AND idx = ?',
  roots: 'SELECT idx, root FROM tile WHERE log = ? AND level = ? AND idx >= ? AND idx < ? ORDER BY idx',
  keys: 'SELECT origin, generation, vkey, since, handover FROM log_key WHERE log = ? ORDER BY since DESC',
  // what witnesses signed is kept as a document: {v, size, checkpoint, note}
  cosigned: "SELECT name, body FROM document WHERE org = ? AND kind = 'cosigned' ORDER BY name",
  tables: "SELECT name FROM sqlite_schema WHERE type = 'table'",
} as const

export type StatementName = keyof typeof STATEMENTS
