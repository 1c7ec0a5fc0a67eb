/** The proof file of one entry: index, hashes and the checkpoint they lead to (c2sp.org/tlog-proof). */
import { AuditError, assert, decodeBase64, encodeBase64 } from '../base/index.js'
import { isCount, parseCount } from './counts.js'
import { parseNote } from './note.js'
import { formatProofText, malformedBy, parseHashLines, splitProofText } from './proof-text.js'

const PROOF_V1 = 'c2sp.org/tlog-proof@v1'

export interface LogProof {
  readonly index: number
  /** from the leaf's sibling up to the root's child, 32 bytes each */
  readonly hashes: readonly Uint8Array[]
  /** the whole signed note, verbatim */
  readonly checkpoint: string
  /** nobody vouches for these bytes; we write none */
  readonly extra?: Uint8Array
}

/**
 * The text of a proof.
 *
 * @throws AuditError `malformed_note` when the checkpoint is no note
 * @example
 * formatProof({ index: 0, hashes: [], checkpoint: note }) // 'c2sp.org/tlog-proof@v1\nindex 0\n\n…'
 */
export function formatProof({ index, hashes, checkpoint, extra }: LogProof): string {
  assert(isCount(index), 'an index is a whole number below 2^53')
  const extraLine = extra === undefined ? [] : [`extra ${encodeBase64(extra)}`]
  return formatProofText([PROOF_V1, ...extraLine, `index ${index}`], hashes, checkpoint)
}

/**
 * Reads a proof. Nothing is verified: open `checkpoint` with `openNote`, then give hashes and root to
 * `checkInclusion`.
 *
 * @throws AuditError `proof_failed` when it is malformed, `unsupported_version` when it is another
 * version's, `malformed_note` when its checkpoint is no note
 */
export function parseProof(text: string): LogProof {
  const {
    lines: [version = '', ...lines],
    checkpoint,
  } = splitProofText(text, malformed)
  checkVersion(version)
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift() ?? '') : undefined
  const index = parseIndex(lines.shift() ?? '')
  const hashes = parseHashLines(lines, malformed)
  parseNote(checkpoint)
  return { index, hashes, checkpoint, ...(extra === undefined ? {} : { extra }) }
}

function checkVersion(line: string): void {
  if (line === PROOF_V1) return
  if (!/^c2sp\.org\/tlog-proof@v\d+$/.test(line)) throw malformed(`its first line is not ${PROOF_V1}`)
  throw new AuditError('unsupported_version', `This verifier reads ${PROOF_V1}, not ${line}. Use a newer one.`)
}

function parseExtra(line: string): Uint8Array {
  const extra = decodeBase64(line.slice('extra '.length))
  if (extra === undefined) throw malformed('its extra data are not base64')
  return extra
}

function parseIndex(line: string): number {
  const index = line.startsWith('index ') ? parseCount(line.slice('index '.length)) : undefined
  if (index === undefined) throw malformed('its index line is not "index" and a decimal below 2^53')
  return index
}

const malformed = malformedBy('a proof', 'c2sp.org/tlog-proof')
