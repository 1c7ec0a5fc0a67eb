/** Why a log's file cannot be opened, and what to do: a damaged file is another matter than a full disk. */
import { AuditError } from '@sealedlog/sdk/base'

/** SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html) */
const DAMAGED_CODES: ReadonlySet<number> = new Set([11, 26])

/**
 * What opening a log's file failed with, in our words. Ours are passed on as they are.
 *
 * @example
 * throw unopenable('/data/log.sqlite', new Error('file is not a database'))
 * // AuditError storage_failed: The log in /data/log.sqlite cannot be opened (file is not a database). …
 */
export function unopenable(path: string, cause: unknown): unknown {
  if (cause instanceof AuditError || !(cause instanceof Error)) return cause
  const code = 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode & 0xff : 0
  const advice = DAMAGED_CODES.has(code)
    ? 'Its file is damaged: keep the data folder as evidence, and restore a backup (sealedlog restore).'
    : 'Check that its disk has room, and that the file can be read and written; nothing was changed.'
  return new AuditError('storage_failed', `The log in ${path} cannot be opened (${cause.message}). ${advice}`, {
    cause,
  })
}
