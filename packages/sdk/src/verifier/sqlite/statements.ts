/** Every statement by which a data folder's log is read, by name: written for this reader, so that no code of the server is believed. */

export const STATEMENTS = {
  organizations: 'SELECT org FROM log ORDER BY org',
  log: 'SELECT n, origin, generation, vkey, size, checkpoint FROM log WHERE org = ?',
  entries: 'SELECT idx, id, leaf, disclosures FROM entry WHERE log = ? AND idx >= ? AND idx < ? ORDER BY idx',
  // Of a full bundle in one row, in the forms in which it is checked: a row an entry costs four times as much to hand over.
  // As text, blobs are joined byte by byte. `plain` counts the entries for which these forms are what the rows would give.
  bundle: `SELECT
      sum(typeof(leaf) = 'blob' AND length(leaf) <= 65535
        AND typeof(disclosures) = 'blob' AND substr(disclosures, -1) NOT IN (x'00', x'0a')) AS plain,
      CAST(group_concat(unhex(printf('%04x', length(leaf))) || leaf, '') AS BLOB) AS leaves,
      CAST(group_concat(CASE WHEN length(disclosures) > 0
        THEN idx || ' ' || replace(disclosures, x'0a', x'0a' || idx || ' ') || x'0a' END, '') AS BLOB) AS lines
    FROM (SELECT idx, leaf, disclosures FROM entry WHERE log = ? AND idx >= ? AND idx < ? ORDER BY idx)`,
  beyond: 'SELECT idx FROM entry WHERE log = ? AND (idx >= ? OR idx < 0) ORDER BY idx LIMIT 1',
  tile: 'SELECT hashes FROM tile WHERE log = ? AND level = ? AND idx = ?',
  roots: 'SELECT idx, root FROM tile WHERE log = ? AND level = ? AND idx >= ? AND idx < ? ORDER BY idx',
  keys: 'SELECT origin, generation, vkey, since, handover FROM log_key WHERE log = ? ORDER BY since DESC',
  // what witnesses signed is kept as a document: {v, size, checkpoint, note}
  cosigned: "SELECT name, body FROM document WHERE org = ? AND kind = 'cosigned' ORDER BY name",
  tables: "SELECT name FROM sqlite_schema WHERE type = 'table'",
} as const

export type StatementName = keyof typeof STATEMENTS
