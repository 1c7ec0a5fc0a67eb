/** Backups: a copy of the log's file with a manifest, consistent while a server serves, verified before it is said to be one. */
import { once } from 'node:events'
import { existsSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs'
import { chmod, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AuditError, formatTime } from '@sealedlog/sdk/base'
import { LOG_FILE, openLogReader } from '../store/index.js'
import {
  BACKUP_VERSION,
  type BackedUpLog,
  type BackupManifest,
  formatManifest,
  MANIFEST_FILE,
} from './backup-manifest.js'
import { checkRoom, copyPrivately, hashFile, type OnStep, syncToDisk, writePrivately } from './files.js'
import { toMark } from './keeper.js'
import { listHeads } from './read-store.js'
import { readFacts, sizeOf } from './sqlite/copy.js'

export interface BackupOptions {
  /** the data folder; a server may serve it */
  readonly data: string
  /** the folder of the backup: one that is not there, or is empty */
  readonly out: string
  /** files of the data folder that are secrets, by name: copied when they are there */
  readonly secrets?: readonly string[]
  /** verifies the logs of a folder; throws where one does not hold */
  readonly verify: (folder: string) => Promise<void>
  /** told, before anything is in the folder, what takes it away: for whoever must end before the backup is made */
  readonly onBegun?: (remove: () => void) => void
  readonly nowMs: () => number
  readonly onStep?: OnStep
}

export interface BackupReport {
  readonly manifest: BackupManifest
  readonly entries: number
}

/** How often a copy is looked at while it grows. */
const LOOK_MS = 100
/** A copy is no larger than the original, but for what waits in the write-ahead log. */
const ROOM_SHARE = 1.1

/**
 * Makes a backup, and verifies it. When it fails, nothing of it is left.
 *
 * @throws AuditError `invalid_configuration` where there is no log, or the folder is not empty or lies in the data folder;
 * `storage_failed` for want of room; whatever `verify` throws: then the original does not hold either
 */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const { data, out } = options
  const source = join(data, LOG_FILE)
  if (!existsSync(source))
    throw new AuditError('invalid_configuration', `${data} holds no log. Name the data folder by --data.`)
  refuseWithin(data, out)
  const made = await makeEmptyFolder(out)
  const remove = (): void => removeBackup(out, made, options.secrets ?? [])
  options.onBegun?.(remove)
  try {
    await checkRoom(out, (await bytesToCopy(source)) * ROOM_SHARE)
    return await writeBackup(source, options)
  } catch (error) {
    remove()
    throw error
  }
}

async function writeBackup(source: string, options: BackupOptions): Promise<BackupReport> {
  const { data, out, secrets = [], verify, nowMs, onStep = () => undefined } = options
  const made_at = formatTime(nowMs())
  const copy = join(out, LOG_FILE)
  await copyInThread(source, copy, onStep)
  await chmod(copy, 0o600)
  await syncToDisk(copy)
  const { size: bytes } = await stat(copy)
  const sha256 = await hashFile(copy, (done) => onStep('hashed', done, bytes))
  await verify(out)
  const present = secrets.filter((name) => existsSync(join(data, name)))
  for (const name of present) await copyPrivately(join(data, name), join(out, name))
  const organizations = await listLogs(copy)
  const manifest: BackupManifest = {
    v: BACKUP_VERSION,
    object: 'backup',
    made_at,
    schema: readFacts(copy).schema,
    file: { path: LOG_FILE, bytes, sha256 },
    organizations,
    secrets: present.length > 0,
  }
  // The last of all: a folder without it is no backup.
  await writePrivately(join(out, MANIFEST_FILE), formatManifest(manifest))
  await syncToDisk(out)
  return { manifest, entries: organizations.reduce((sum, { size }) => sum + size, 0) }
}

/** What is lost with the data folder would be lost with its backup, and a restore would move it aside. */
function refuseWithin(data: string, out: string): void {
  if (!(realPathOf(out) + sep).startsWith(realpathSync(data) + sep)) return
  throw new AuditError(
    'invalid_configuration',
    `${out} is inside the data folder, and would be lost with it. Name a folder elsewhere by --out, better on another disk.`,
  )
}

/** Where a path leads, of which the end may not be there yet. */
function realPathOf(path: string): string {
  const absolute = resolve(path)
  let there = absolute
  while (!existsSync(there)) there = dirname(there)
  return join(realpathSync(there), relative(there, absolute))
}

async function makeEmptyFolder(out: string): Promise<boolean> {
  if (!existsSync(out)) {
    await mkdir(out, { recursive: true, mode: 0o700 })
    return true
  }
  const inside = (await stat(out)).isDirectory() ? await readdir(out) : [out]
  if (inside.length === 0) return false
  throw new AuditError('invalid_configuration', `${out} is there, and not an empty folder. Name another one by --out.`)
}

/**
 * Only what a backup writes: the folder was empty, and somebody may have put something into it meanwhile. At once, for a
 * process that ends does not wait.
 */
function removeBackup(out: string, made: boolean, secrets: readonly string[]): void {
  const names = [LOG_FILE, `${LOG_FILE}-journal`, `${LOG_FILE}-wal`, `${LOG_FILE}-shm`, MANIFEST_FILE, ...secrets]
  for (const name of names) rmSync(join(out, name), { force: true })
  if (made && existsSync(out) && readdirSync(out).length === 0) rmdirSync(out)
}

/** With what a server has not moved into the file yet. */
async function bytesToCopy(source: string): Promise<number> {
  const waiting = await stat(`${source}-wal`).catch(() => undefined)
  return sizeOf(source) + (waiting?.size ?? 0)
}

async function copyInThread(from: string, to: string, onStep: OnStep): Promise<void> {
  const total = await bytesToCopy(from)
  const worker = new Worker(new URL('./sqlite/copy-worker.js', import.meta.url), {
    workerData: { from, to },
    name: 'sealedlog-backup',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const look = setInterval(() => {
    void stat(to).then(
      ({ size }) => onStep('copied', Math.min(size, total), total),
      () => undefined,
    )
  }, LOOK_MS)
  try {
    // An error of the thread rejects.
    await once(worker, 'message')
    await once(worker, 'exit')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AuditError('storage_failed', `The log could not be copied (${why}). Nothing of the copy is left.`, {
      cause,
    })
  } finally {
    clearInterval(look)
  }
}

async function listLogs(path: string): Promise<readonly BackedUpLog[]> {
  const store = openLogReader(path)
  try {
    const heads = await listHeads(store)
    return heads.map(({ org, checkpoint }) => {
      const { origin, size, root } = toMark(org, checkpoint)
      return { org, origin, size, root, checkpoint }
    })
  } finally {
    await store.close()
  }
}
