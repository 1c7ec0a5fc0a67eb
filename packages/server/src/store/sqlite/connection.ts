/** Opening the log's file: for the one writer, and for readers beside it. */
import { DatabaseSync } from 'node:sqlite'
import { migrate } from './migrations.js'

export const WAIT_MS_MAX = 10_000

/** Pages in the write-ahead log after which a commit brings them into the file: 16 MB. */
const CHECKPOINT_PAGES = 4_000
/** What is left of a write-ahead log that had to grow, because somebody read an older state for long: twice of that. */
const WRITE_AHEAD_BYTES = 33_554_432

/** Pages that are kept: at two million random ids, four times as many inserted no more a second. */
const WRITER_CACHE_KIB = 16_384
const READER_CACHE_KIB = 16_384

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
    PRAGMA cache_size = -${WRITER_CACHE_KIB};
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

/**
 * A reader's connection: it sees every commit, and cannot write. The file is not mapped: that would save a sixth of a
 * list's reads, count up to a quarter of a gigabyte as the process's own, and end it where the disk cannot be read.
 */
export function openForReading(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: WAIT_MS_MAX })
  db.exec(`PRAGMA query_only = ON; PRAGMA cache_size = -${READER_CACHE_KIB}`)
  return db
}
