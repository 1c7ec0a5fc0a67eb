/** Opening a database of a data folder so that nothing in the folder changes: it may be evidence, or a mount that cannot be written. */
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { AuditError } from '../../base/index.js'

export const LOG_FILE = 'log.sqlite'

/** A database, open for reading. */
export interface OpenDatabase {
  readonly db: DatabaseSync
  /** what another thread may open for itself; undefined for a copy, which is gone as soon as it is open */
  readonly folder: string | undefined
  /** Whether somebody wrote to a file that was opened as one that nobody writes to: then what was read may be torn. */
  isDisturbed(): boolean
  close(): void
}

const WAIT_MS_MAX = 10_000
/** SQLITE_CANTOPEN, SQLITE_READONLY (sqlite.org/rescode.html) */
const REFUSALS: ReadonlySet<unknown> = new Set([14, 8])

/**
 * Opens a database of a data folder, beside a running server or on a copy.
 *
 * Without a write-ahead file nobody has the database open: it is read as immutable, or SQLite would make a `-wal` and a
 * `-shm` in the folder. With one and its `-shm`, the latter is mapped read-only (sqlite.org/wal.html#readonly). With one
 * and no `-shm`, SQLite must write one to read at all: that is done in a copy.
 *
 * @throws AuditError `storage_failed` when it is no database or cannot be read
 * @example
 * const { db, close } = await openDatabase('./data', LOG_FILE)
 */
export async function openDatabase(folder: string, file: string): Promise<OpenDatabase> {
  // Only for data folders: elsewhere, and in browsers' bundlers, nobody needs SQLite.
  const { DatabaseSync } = await import('node:sqlite')
  const path = join(folder, file)
  const open = (options: Readonly<Record<string, string>>): DatabaseSync =>
    prepare(new DatabaseSync(urlOf(path, options), { readOnly: true, timeout: WAIT_MS_MAX }))
  try {
    if (!hasFrames(path)) return immutable(folder, path, open({ immutable: '1' }))
    if (!existsSync(`${path}-shm`)) return await openCopy(folder, file)
    return shared(folder, openShared(open))
  } catch (error) {
    if (error instanceof AuditError) throw error
    throw unreadable(path, error)
  }
}

/** An empty `-wal` beside no `-shm` holds nothing. */
const hasFrames = (path: string): boolean =>
  existsSync(`${path}-wal`) && (existsSync(`${path}-shm`) || statSync(`${path}-wal`).size > 0)

function urlOf(path: string, options: Readonly<Record<string, string>>): URL {
  const url = pathToFileURL(path)
  for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value)
  return url
}

/** What stands in the file's own schema is not trusted either; the first read finds out whether it is a database. */
function prepare(db: DatabaseSync): DatabaseSync {
  try {
    db.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON')
    refuseStrange(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** What is computed when it is read: rows without end, or values that no file has room for. */
const STRANGE = `
  SELECT name, type FROM sqlite_schema WHERE type = 'view' OR (type = 'table' AND rootpage = 0)
  UNION ALL
  SELECT x.name, 'generated column' FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS x
    WHERE s.type = 'table' AND x.hidden <> 0
  LIMIT 1`

/** The database of a data folder has tables of rows that stand there, and nothing else. */
function refuseStrange(db: DatabaseSync): void {
  const strange = db.prepare(STRANGE).get()
  if (strange === undefined) return
  const { name, type } = strange as { readonly name: unknown; readonly type: unknown }
  throw new AuditError(
    'storage_failed',
    `The database has a ${type === 'table' ? 'virtual table' : String(type)}, ${JSON.stringify(String(name).slice(0, 60))}, which no data folder of ours has. Whoever made it wants something else.`,
  )
}

/** A server that runs may leave no read mark that a read-only map could use: then we join in as its own readers do. */
function openShared(open: (options: Readonly<Record<string, string>>) => DatabaseSync): DatabaseSync {
  try {
    return open({ readonly_shm: '1' })
  } catch (error) {
    if (!REFUSALS.has(codeOf(error))) throw error
    return open({})
  }
}

function immutable(folder: string, path: string, db: DatabaseSync): OpenDatabase {
  const before = stamp(path)
  return { db, folder, isDisturbed: () => hasFrames(path) || stamp(path) !== before, close: () => db.close() }
}

const shared = (folder: string, db: DatabaseSync): OpenDatabase => ({
  db,
  folder,
  isDisturbed: () => false,
  close: () => db.close(),
})

/** A copy that nobody else can open, and that ends with this process, however that ends. */
async function openCopy(folder: string, file: string): Promise<OpenDatabase> {
  const { DatabaseSync } = await import('node:sqlite')
  const copy = mkdtempSync(join(tmpdir(), 'sealedlog-verify-'))
  const remove = (): void => rmSync(copy, { recursive: true, force: true })
  try {
    for (const name of [file, `${file}-wal`])
      copyFileSync(join(folder, name), join(copy, name), constants.COPYFILE_FICLONE)
    const db = prepare(new DatabaseSync(join(copy, file), { readOnly: true, timeout: WAIT_MS_MAX }))
    // Elsewhere than on Windows, what is open stays readable when it is deleted.
    if (process.platform !== 'win32') remove()
    const close = (): void => {
      db.close()
      remove()
    }
    return { db, folder: undefined, isDisturbed: () => false, close }
  } catch (error) {
    remove()
    throw error
  }
}

function stamp(path: string): string {
  const { size, mtimeMs, ino } = statSync(path)
  return [size, mtimeMs, ino].join()
}

/** SQLite's primary result code of an error. */
const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

/** What SQLite says of a file that it cannot read, told further. */
export const unreadable = (path: string, cause: unknown): AuditError =>
  new AuditError(
    'storage_failed',
    `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}. Is it a whole copy, with its -wal if there is one?`,
    { cause },
  )
