/** The lock on a data folder: two processes that wrote to one log would break it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AuditError } from '@sealedlog/sdk/base'

const LOCK_FILE = 'lock'
const HOLDER_FILE = 'lock.pid'

/** A held lock. It belongs to the process: the operating system lets go of it even after SIGKILL. */
export interface FolderLock {
  /** releasing twice is releasing once */
  release(): void
}

/** SQLite's result code for a file that someone else has locked. */
const SQLITE_BUSY = 5

/**
 * Takes the lock of a data folder, which is an exclusive transaction on an empty SQLite file. The folder is made if
 * it does not exist. Nothing else in this process may open the lock's file: closing it would let go of the lock
 * (POSIX record locks belong to the process, not to the descriptor).
 *
 * @throws AuditError `data_folder_in_use`, with the process that holds it; `storage_failed`
 */
export function lockFolder(folder: string): FolderLock {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const db = openLocked(join(folder, LOCK_FILE))
    const holder = join(folder, HOLDER_FILE)
    writeFileSync(holder, `${process.pid}\n`)
    return {
      release() {
        if (!db.isOpen) return
        rmSync(holder, { force: true })
        db.close()
      },
    }
  } catch (cause) {
    throw isBusy(cause) ? folderInUse(folder, cause) : folderUnusable(folder, cause)
  }
}

function openLocked(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY

const folderInUse = (folder: string, cause: unknown): AuditError =>
  new AuditError(
    'data_folder_in_use',
    `The data folder ${folder} is in use${holderOf(folder)}. Stop that one, or choose another folder with --data.`,
    { cause },
  )

const folderUnusable = (folder: string, cause: unknown): AuditError =>
  new AuditError(
    'storage_failed',
    `The data folder ${folder} cannot be used (${cause instanceof Error ? cause.message : String(cause)}). Check that it is a folder and can be written.`,
    { cause },
  )

function holderOf(folder: string): string {
  try {
    return ` by process ${readFileSync(join(folder, HOLDER_FILE), 'utf8').trim()}`
  } catch {
    return ''
  }
}
