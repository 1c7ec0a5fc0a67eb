/** What the embedded engine keeps of each log for its next append: read beside it, for the checks at start-up. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { EngineRow, EngineRows } from '../start-checks.js'

/** Every statement, by name. */
export const LOG_ROWS_STATEMENTS = {
  row: 'SELECT n, size, edge FROM log WHERE org = ?',
  beyond: 'SELECT idx FROM entry WHERE log = ? AND idx >= ? ORDER BY idx LIMIT 1',
} as const

/** Opens the log's file for reading. */
export function openLogRows(path: string): { readonly rows: EngineRows; readonly close: () => void } {
  if (!existsSync(path)) return { rows: () => undefined, close: () => undefined }
  const db = new DatabaseSync(path, { readOnly: true })
  const [row, beyond] = [db.prepare(LOG_ROWS_STATEMENTS.row), db.prepare(LOG_ROWS_STATEMENTS.beyond)]
  const rows = (org: string): EngineRow | undefined => {
    const found = row.get(org)
    if (found === undefined) return undefined
    const first = beyond.get(found.n as number, found.size as number)
    return { edge: found.edge as Uint8Array, beyond: first?.idx as number | undefined }
  }
  return { rows, close: () => db.close() }
}
