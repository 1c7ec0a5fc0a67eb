/** Emptying the write-ahead log, which holds pages as they were before something on them was erased. */
import type { DatabaseSync } from 'node:sqlite'
import { WAIT_MS_MAX } from './connection.js'

/** Readers of this process are done within milliseconds; a stranger who reads for longer must not hold up the writer. */
export const READERS_WAIT_MS_MAX = 1_000

/**
 * Writes all commits into the file itself and cuts the write-ahead log to nothing. False when that could not be done
 * within `waitMs`: somebody still reads an older state of the file, or the disk is full. Nothing is lost by it; try
 * again later.
 */
export function emptyWriteAhead(db: DatabaseSync, waitMs: number): boolean {
  try {
    db.exec(`PRAGMA busy_timeout = ${waitMs}`)
    return db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0
  } catch {
    return false
  } finally {
    db.exec(`PRAGMA busy_timeout = ${WAIT_MS_MAX}`)
  }
}
