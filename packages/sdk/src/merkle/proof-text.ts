/** What the texts of proofs share: lines, an empty one, and the signed note that they lead to. */
import { AuditError, assert, decodeBase64, encodeBase64 } from '../base/index.js'
import { NOTE_BYTES_MAX, parseNote } from './note.js'
import { HASH_BYTES, PROOF_HASHES_MAX } from './tree.js'

/** Makes the error of a text that is no proof of its kind. */
export type Malformed = (why: string) => AuditError

export const malformedBy =
  (what: string, standard: string): Malformed =>
  (why) =>
    new AuditError('proof_failed', `This is not ${what}: ${why} (${standard}).`)

/** @throws AuditError `malformed_note` when the checkpoint is no note */
export function formatProofText(head: readonly string[], hashes: readonly Uint8Array[], checkpoint: string): string {
  assert(hashes.length <= PROOF_HASHES_MAX, 'a proof holds at most PROOF_HASHES_MAX hashes')
  assert(
    hashes.every((hash) => hash.length === HASH_BYTES),
    'a hash has 32 bytes',
  )
  parseNote(checkpoint)
  return [...head, ...hashes.map(encodeBase64), '', checkpoint].join('\n')
}

/** The lines before the empty one, and what stands behind it: to be read as a note. */
export function splitProofText(
  text: string,
  malformed: Malformed,
): { readonly lines: readonly string[]; readonly checkpoint: string } {
  if (text.length > NOTE_BYTES_MAX) throw malformed(`it is longer than ${NOTE_BYTES_MAX} (limit NOTE_BYTES_MAX)`)
  const split = text.indexOf('\n\n')
  if (split < 0) throw malformed('no empty line divides its hashes from its checkpoint')
  const checkpoint = text.slice(split + 2)
  return { lines: text.slice(0, split).split('\n'), checkpoint }
}

export function parseHashLines(lines: readonly string[], malformed: Malformed): Uint8Array[] {
  if (lines.length > PROOF_HASHES_MAX)
    throw malformed(`it has ${lines.length} hashes; at most ${PROOF_HASHES_MAX} (limit PROOF_HASHES_MAX)`)
  return lines.map((line, i) => {
    const hash = decodeBase64(line)
    if (hash?.length !== HASH_BYTES) throw malformed(`its hash ${i} is not ${HASH_BYTES} bytes in base64`)
    return hash
  })
}
