/** Every statement by which a data folder's log is read, by name: written for this reader, so that no code of the server is believed. */
import { BOUNDS } from '../../event/index.js'
import { HASH_BYTES, LEAF_BYTES_MAX, TILE_WIDTH } from '../../merkle/index.js'

/** Longer disclosures of one entry than a server writes, line feeds included. */
const PLAIN_BYTES_MAX = 2 * BOUNDS.EVENT_BYTES_MAX

/** Of a leaf’s end. */
const ID_WITHIN_BYTES = 256

export const STATEMENTS = {
  organizations: 'SELECT org FROM log ORDER BY org',
  log: 'SELECT n, origin, generation, vkey, size, recorded_at, checkpoint FROM log WHERE org = ?',
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
  // A leaf is canonical JSON in which only the id is a member of that name, and no id has characters that JSON escapes. It
  // stands behind the commitments: mostly it is found in the last bytes, and the others are looked through whole.
  misnamed: `SELECT idx, id, leaf FROM (
      SELECT idx, id, leaf, CAST('"id":"' || id || '"' AS BLOB) AS member FROM entry
      WHERE log = ? AND idx >= ? AND idx < ? AND typeof(leaf) = 'blob' AND length(leaf) <= ${LEAF_BYTES_MAX})
    WHERE instr(substr(leaf, -${ID_WITHIN_BYTES}), member) = 0 AND instr(leaf, member) = 0 ORDER BY idx`,
  tile: 'SELECT hashes FROM tile WHERE log = ? AND level = ? AND idx = ?',
  roots: 'SELECT idx, root FROM tile WHERE log = ? AND level = ? AND idx >= ? AND idx < ? ORDER BY idx',
  // the root of a tile, and the hash that the full tile above it has for it
  strayRoot: `SELECT t.level, t.idx, t.root AS found, substr(p.hashes, t.idx % ${TILE_WIDTH} * ${HASH_BYTES} + 1, ${HASH_BYTES}) AS expected
    FROM tile AS t JOIN tile AS p ON p.log = t.log AND p.level = t.level + 1 AND p.idx = t.idx / ${TILE_WIDTH}
    WHERE t.log = ? AND found IS NOT expected ORDER BY t.level, t.idx LIMIT 1`,
  keys: 'SELECT origin, generation, vkey, since, handover FROM log_key WHERE log = ? ORDER BY since DESC',
  // what witnesses signed is kept as a document: {v, size, checkpoint, note}
  cosigned: "SELECT name, body FROM document WHERE org = ? AND kind = 'cosigned' ORDER BY name",
  tables: "SELECT name FROM sqlite_schema WHERE type = 'table'",
} as const

export type StatementName = keyof typeof STATEMENTS
