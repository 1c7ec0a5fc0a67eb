/** The file of the SQLite index: opened, made anew when it is not one of ours, its statements prepared. */
import { rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { assert } from '@sealedlog/sdk/base'
import { PRAGMAS, REWRITE_TERMS, SCHEMA, SCHEMA_VERSION } from './schema.js'
import { STATEMENTS, type StatementName } from './statements.js'

/** SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html) */
const BROKEN_FILE_CODES: ReadonlySet<number> = new Set([11, 26])
/** SQLITE_ERROR: a statement that means nothing to the file’s tables */
const OTHER_TABLES_CODE = 1

/** Nobody else has business with the file; one who reads it all the same is waited for no longer. */
const STRANGERS_WAIT_MS_MAX = 1_000

export interface IndexFile {
  readonly statements: Readonly<Record<StatementName, StatementSync>>
  /** Writes the table of terms anew without some of them, so that no page holds what was in it. Within a transaction. */
  rewriteTerms(without: Iterable<number>): void
  /** Writes all commits into the file itself and cuts the write-ahead log to nothing: false while that cannot be done. */
  emptyWriteAhead(): boolean
  close(): void
}

/** Opens the file. One that is broken or of another version is thrown away: the log has all it held. */
export function openIndexFile(path: string): IndexFile {
  const file = tryOpen(path)
  if (file) return file
  deleteIndexFile(path)
  const fresh = tryOpen(path)
  assert(fresh, `an empty file becomes an index: ${path}`)
  return fresh
}

/** Deletes what is there. No one may have it open. */
export function deleteIndexFile(path: string): void {
  // The database first: without it SQLite throws a leftover WAL away (pagerOpenWalIfPresent), while a database
  // that lost its WAL may be half of a checkpoint.
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}

/** Whether an error says that the file is no database, or no longer. */
export const saysBroken = (error: unknown): boolean => BROKEN_FILE_CODES.has(codeOf(error))

/** SQLite's primary result code of an error, or 0. */
function codeOf(error: unknown): number {
  const code: unknown = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code & 0xff : 0
}

/** The file, or undefined when it is not one of ours. */
function tryOpen(path: string): IndexFile | undefined {
  const db = new DatabaseSync(path, { timeout: STRANGERS_WAIT_MS_MAX })
  try {
    if (prepareSchema(db)) return indexFile(db)
  } catch (error) {
    db.close()
    if (saysBroken(error) || codeOf(error) === OTHER_TABLES_CODE) return undefined
    throw error
  }
  db.close()
  return undefined
}

function indexFile(db: DatabaseSync): IndexFile {
  return {
    statements: prepareStatements(db),
    rewriteTerms(without) {
      db.exec(REWRITE_TERMS.create)
      db.prepare(REWRITE_TERMS.copy).run(JSON.stringify([...without]))
      db.exec(REWRITE_TERMS.replace)
    },
    emptyWriteAhead() {
      try {
        return db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0
      } catch (error) {
        if (saysBroken(error)) throw error
        return false
      }
    },
    close: () => db.close(),
  }
}

/** Gives an empty file its tables. False when there are tables of someone else's in it. */
function prepareSchema(db: DatabaseSync): boolean {
  const version = db.prepare('PRAGMA user_version').get()?.['user_version']
  if (version === SCHEMA_VERSION) {
    db.exec(PRAGMAS)
    return true
  }
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (version !== 0 || !isEmpty) return false
  db.exec(PRAGMAS)
  // tables and version in one commit: no file has the one without the other
  db.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
  return true
}

function prepareStatements(db: DatabaseSync): Record<StatementName, StatementSync> {
  const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, db.prepare(sql)])
  const statements = Object.fromEntries(prepared) as Record<StatementName, StatementSync>
  statements.readAscending.setReturnArrays(true)
  statements.readDescending.setReturnArrays(true)
  return statements
}
