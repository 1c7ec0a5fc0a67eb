/** Every statement by which a data folder's log is read, by name: written for this reader, so that no code of the server is believed. */
import { BOUNDS } from '../../event/index.js'
import { LEAF_BYTES_MAX } from '../../merkle/index.js'

/** Longer disclosures of one entry than a server writes, line feeds included. */
const PLAIN_BYTES_MAX = 2 * BOUNDS.EVENT_BYTES_MAX

export const STATEMENTS = {
  organizations: 'SELECT org FROM log ORDER BY org',
  log: 'SELECT n, origin, generation, vkey, size, checkpoint FROM log WHERE org = ?',
  entries: 'SELECT idx, id, leaf, disclosures FROM entry WHERE log = ? AND idx >= ? AND idx < ? ORDER BY idx',
  // A bundle in one row, in the forms in which it is checked: a row an entry costs four times as much to hand over. Joined
  // as text, blobs stay what they are, byte by byte; a subquery with ORDER BY is joined in its order. Where an entry is not
  // plain, so that its row must be looked at (of another type, too long, overwritten at its end), the sum falls short.
  bundle: `SELECT
      sum(plain) AS plain,
      CAST(group_concat(CASE WHEN plain THEN unhex(printf('%04x', length(leaf))) || leaf END, '') AS BLOB) AS leaves,
      CAST(group_concat(CASE WHEN plain AND length(disclosures) > 0
        THEN idx || ' ' || replace(disclosures, x'0a', x'0a' || idx || ' ') || x'0a' END, '') AS BLOB) AS lines
    FROM (SELECT idx, leaf, disclosures,
        typeof(leaf) = 'blob' AND length(leaf) <= ${LEAF_BYTES_MAX} AND typeof(disclosures) = 'blob'
        AND length(disclosures) <= ${PLAIN_BYTES_MAX} AND ifnull(substr(disclosures, -1), x'') NOT IN (x'00', x'0a') AS plain
      FROM entry WHERE log = ? AND idx >= ? AND idx < ? ORDER BY idx)`,
  beyond: 'SELECT idx FROM entry WHERE log = ? AND (idx >= ? OR idx < 0) ORDER BY idx LIMIT 1',
  tile: 'SELECT hashes FROM tile WHERE log = ? AND level = ? AND idx = ?',
  roots: 'SELECT idx, root FROM tile WHERE log = ? AND level = ? AND idx >= ? AND idx < ? ORDER BY idx',
  keys: 'SELECT origin, generation, vkey, since, handover FROM log_key WHERE log = ? ORDER BY since DESC',
  // what witnesses signed is kept as a document: {v, size, checkpoint, note}
  cosigned: "SELECT name, body FROM document WHERE org = ? AND kind = 'cosigned' ORDER BY name",
  tables: "SELECT name FROM sqlite_schema WHERE type = 'table'",
} as const

export type StatementName = keyof typeof STATEMENTS
