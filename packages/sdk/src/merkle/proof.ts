/** The proof file of one entry: index, hashes and the checkpoint they lead to (c2sp.org/tlog-proof). */
import { AuditError, assert, decodeBase64, encodeBase64 } from '../base/index.js'
import { isCount, parseCount } from './counts.js'
import { NOTE_BYTES_MAX, parseNote } from './note.js'
import { HASH_BYTES, PROOF_HASHES_MAX } from './tree.js'

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
  assert(hashes.length <= PROOF_HASHES_MAX, 'a proof holds at most PROOF_HASHES_MAX hashes')
  assert(
    hashes.every((hash) => hash.length === HASH_BYTES),
    'a hash has 32 bytes',
  )
  parseNote(checkpoint)
  const extraLine = extra === undefined ? [] : [`extra ${encodeBase64(extra)}`]
  return [PROOF_V1, ...extraLine, `index ${index}`, ...hashes.map(encodeBase64), '', checkpoint].join('\n')
}

/**
 * Reads a proof. Nothing is verified: open `checkpoint` with `openNote`, then give hashes and root to
 * `checkInclusion`.
 *
 * @throws AuditError `proof_failed` when it is malformed, `unsupported_version` when it is another
 * version's, `malformed_note` when its checkpoint is no note
 */
export function parseProof(text: string): LogProof {
  if (text.length > NOTE_BYTES_MAX) throw malformed(`it is longer than ${NOTE_BYTES_MAX} (limit NOTE_BYTES_MAX)`)
  const split = text.indexOf('\n\n')
  if (split < 0) throw malformed('no empty line divides its hashes from its checkpoint')
  const [version = '', ...lines] = text.slice(0, split).split('\n')
  checkVersion(version)
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift() ?? '') : undefined
  const index = parseIndex(lines.shift() ?? '')
  if (lines.length > PROOF_HASHES_MAX)
    throw malformed(`it has ${lines.length} hashes; at most ${PROOF_HASHES_MAX} (limit PROOF_HASHES_MAX)`)
  const checkpoint = text.slice(split + 2)
  parseNote(checkpoint)
  const proof = { index, hashes: lines.map(parseHash), checkpoint }
  return extra === undefined ? proof : { ...proof, extra }
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

function parseHash(line: string, i: number): Uint8Array {
  const hash = decodeBase64(line)
  if (hash?.length !== HASH_BYTES) throw malformed(`its hash ${i} is not ${HASH_BYTES} bytes in base64`)
  return hash
}

const malformed = (why: string): AuditError =>
  new AuditError('proof_failed', `This is not a proof: ${why} (c2sp.org/tlog-proof).`)
