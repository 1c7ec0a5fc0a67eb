/** Opening the log's file: for the one writer, and for readers beside it. */
import { DatabaseSync } from 'node:sqlite'
import { migrate } from './migrations.js'

export const WAIT_MS_MAX = 10_000

/** Pages in the write-ahead log after which a commit brings them into the file: 16 MB. */
const CHECKPOINT_PAGES = 4_000
/** What is left of a write-ahead log that had to grow, because somebody read an older state for long: twice of that. */
const WRITE_AHEAD_BYTES = 33_554_432

/**
 * The writer's connection. A commit returns when the write-ahead log is synced (`synchronous=FULL`; on macOS
 * `fullfsync`, where a plain sync stops at the drive's cache). `secure_delete` overwrites what is erased,
 * and \`temp_store\` keeps copies of it out of temporary files.
 * Without `recursive_triggers`, INSERT OR REPLACE would delete rows past the triggers that forbid it.
 */
export function openForWriting(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: WAIT_MS_MAX })
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA secure_delete = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = ${WRITE_AHEAD_BYTES};
    PRAGMA cache_size = -65536;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
  `)
  try {
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A reader's connection: it sees every commit, and cannot write. */
export function openForReading(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: WAIT_MS_MAX })
  db.exec('PRAGMA query_only = ON; PRAGMA cache_size = -32768; PRAGMA mmap_size = 268435456')
  return db
}
