/** Files of backups: hashed, synced, and how much room there is for them. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, open, statfs } from 'node:fs/promises'
import { AuditError } from '@sealedlog/sdk/base'

/** How far something long has come. */
export type OnStep = (step: string, done: number, total: number) => void

const READ_BYTES = 1_048_576

/** The SHA-256 of a file, in hex. */
export async function hashFile(path: string, onBytes: (done: number) => void = () => undefined): Promise<string> {
  const hash = createHash('sha256')
  let done = 0
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    hash.update(chunk as Buffer)
    done += (chunk as Buffer).length
    onBytes(done)
  }
  return hash.digest('hex')
}

/** Resolves when a file, or the names in a folder, are on the disk. */
export async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A file that only its owner reads. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Copies a secret, for its owner alone. */
export async function copyPrivately(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const file = await open(to, 'r')
  try {
    await file.chmod(0o600)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** @throws AuditError `storage_failed` when a folder’s disk has less room than that */
export async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  throw new AuditError(
    'storage_failed',
    `${folder} has room for ${mebibytes(free)} MiB, and ${mebibytes(bytes)} are needed. Make room, or name a folder on another disk; nothing was written.`,
  )
}

const mebibytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1)
