/**
 * Reading files of which nobody knows who wrote them: bounded in size, and nothing but regular files.
 *
 * Read while the thread waits: a bundle has three small files for 256 entries, and handing each to another thread and back
 * takes four times as long as reading it. Where files are far away, more threads wait for them side by side.
 */
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { AuditError, decodeUtf8 } from '../base/index.js'

/** Bytes read at once while a file is hashed. */
const HASH_CHUNK_BYTES = 1_048_576
/** A pipe is not waited for: it is opened, and then refused. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * The bytes of a file, or undefined where there is none.
 *
 * @throws AuditError `storage_failed` when it is no regular file, is larger than `bytesMax`, or cannot be read
 */
export async function readBytes(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
  return withFile(path, (file, size) => {
    if (size > bytesMax) throw failed(path, `it has ${size} bytes, and may have ${bytesMax}`)
    const bytes = Buffer.allocUnsafeSlow(size)
    let length = 0
    for (let read = -1; read !== 0 && length < size; length += read)
      read = readSync(file, bytes, length, size - length, null)
    return bytes.subarray(0, length)
  })
}

/** The same as text. @throws AuditError also for what is no UTF-8 */
export async function readText(path: string, bytesMax: number): Promise<string | undefined> {
  const bytes = await readBytes(path, bytesMax)
  if (bytes === undefined) return undefined
  try {
    return decodeUtf8(bytes)
  } catch {
    throw failed(path, 'it is not UTF-8')
  }
}

const chunk = new Uint8Array(HASH_CHUNK_BYTES)

/** The size of a file and its SHA-256 in hex, read once from end to end; undefined where there is none. */
export async function digestOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  return withFile(path, (file) => {
    const hash = createHash('sha256')
    let bytes = 0
    for (let read = -1; read !== 0; bytes += read) {
      read = readSync(file, chunk, 0, HASH_CHUNK_BYTES, null)
      hash.update(chunk.subarray(0, read))
    }
    return { bytes, sha256: hash.digest('hex') }
  })
}

function withFile<T>(path: string, read: (file: number, size: number) => T): T | undefined {
  let file: number | undefined
  try {
    file = openSync(path, READ)
    const stat = fstatSync(file)
    if (!stat.isFile()) throw failed(path, 'it is no regular file')
    return read(file, stat.size)
  } catch (error) {
    if (file === undefined && isMissing(error)) return undefined
    throw error instanceof AuditError ? error : failed(path, reasonOf(error))
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const failed = (path: string, why: string): AuditError =>
  new AuditError('storage_failed', `${path} cannot be read: ${why}.`)
