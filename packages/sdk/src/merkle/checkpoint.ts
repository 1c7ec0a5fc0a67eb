/** Checkpoints: what a log signs about itself, as the text of a note (c2sp.org/tlog-checkpoint). */
import { AuditError, decodeBase64, encodeBase64 } from '../base/index.js'
import { isCount, parseCount } from './counts.js'
import { HASH_BYTES } from './tree.js'

export interface Checkpoint {
  /** which log: one line, not empty */
  readonly origin: string
  /** how many leaves */
  readonly size: number
  /** the root of those leaves: 32 bytes */
  readonly root: Uint8Array
  /** further lines, opaque; we write none */
  readonly extensions: readonly string[]
}

/**
 * The text to be signed.
 *
 * @throws AuditError `malformed_checkpoint` when a line is empty or is several, or a number or hash is none
 * @example
 * formatCheckpoint({ origin: 'example.com/log', size: 0, root: EMPTY_ROOT, extensions: [] })
 * // 'example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n'
 */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  if (!isCount(size)) throw malformed(`its size ${String(size)} is not a whole number below 2^53`)
  if (root.length !== HASH_BYTES) throw malformed(`its root has ${root.length} bytes; expected ${HASH_BYTES}`)
  const lines = [origin, String(size), encodeBase64(root), ...extensions]
  if (lines.some((line) => line === '' || line.includes('\n'))) throw malformed('a line is empty or is several')
  return `${lines.join('\n')}\n`
}

/**
 * Reads a checkpoint's text, which comes from `openNote`. Whether it is of the log that was expected is
 * the caller's to compare: the origin.
 *
 * @throws AuditError `malformed_checkpoint`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw malformed('its last line does not end')
  if (lines.includes('')) throw malformed('it has an empty line')
  const [origin, sizeText, rootText, ...extensions] = lines
  if (origin === undefined || sizeText === undefined || rootText === undefined)
    throw malformed(`it has ${lines.length} lines; expected origin, size and root`)
  const size = parseCount(sizeText)
  if (size === undefined) throw malformed('its second line is not a decimal below 2^53 without leading zeros')
  const root = decodeBase64(rootText)
  if (root?.length !== HASH_BYTES) throw malformed(`its third line is not ${HASH_BYTES} bytes in base64`)
  return { origin, size, root, extensions }
}

const malformed = (why: string): AuditError =>
  new AuditError('malformed_checkpoint', `This is not a checkpoint: ${why} (c2sp.org/tlog-checkpoint).`)
