/** Reading files of which nobody knows who wrote them: bounded in size, and nothing but regular files. */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { AuditError, decodeUtf8 } from '../base/index.js'

/** Bytes read at once while a file is hashed. */
const HASH_CHUNK_BYTES = 1_048_576

/**
 * The bytes of a file, or undefined where there is none.
 *
 * @throws AuditError `storage_failed` when it is no regular file, is larger than `bytesMax`, or cannot be read
 */
export async function readBytes(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
  const file = await openFile(path)
  if (file === undefined) return undefined
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw failed(path, 'it is no regular file')
    if (stat.size > bytesMax) throw failed(path, `it has ${stat.size} bytes, and may have ${bytesMax}`)
    return await file.readFile()
  } catch (error) {
    throw error instanceof AuditError ? error : failed(path, reasonOf(error))
  } finally {
    await file.close()
  }
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

/** The size of a file and its SHA-256 in hex, read once from end to end; undefined where there is none. */
export async function digestOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const file = await openFile(path)
  if (file === undefined) return undefined
  try {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of file.createReadStream({ highWaterMark: HASH_CHUNK_BYTES, autoClose: false })) {
      hash.update(chunk as Buffer)
      bytes += (chunk as Buffer).length
    }
    return { bytes, sha256: hash.digest('hex') }
  } catch (error) {
    throw failed(path, reasonOf(error))
  } finally {
    await file.close()
  }
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw failed(path, reasonOf(error))
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const failed = (path: string, why: string): AuditError =>
  new AuditError('storage_failed', `${path} cannot be read: ${why}.`)
