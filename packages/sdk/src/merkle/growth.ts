/** The text that shows how a log grew: an old size, hashes, and the checkpoint they lead to (c2sp.org/tlog-witness, add-checkpoint). */
import { assert } from '../base/index.js'
import { isCount, parseCount } from './counts.js'
import { parseNote } from './note.js'
import { formatProofText, malformedBy, parseHashLines, splitProofText } from './proof-text.js'

export interface LogGrowth {
  /** the size from which the log grew */
  readonly oldSize: number
  /** the consistency proof of RFC 6962 §2.1.2, 32 bytes each: none from 0, or from the size itself */
  readonly hashes: readonly Uint8Array[]
  /** the whole signed note, verbatim */
  readonly checkpoint: string
}

/**
 * The text of a growth: what a witness is sent, and what `GET …/tlog/consistency` answers.
 *
 * @throws AuditError `malformed_note` when the checkpoint is no note
 * @example
 * formatGrowth({ oldSize: 0, hashes: [], checkpoint: note }) // 'old 0\n\n…'
 */
export function formatGrowth({ oldSize, hashes, checkpoint }: LogGrowth): string {
  assert(isCount(oldSize), 'a size is a whole number below 2^53')
  return formatProofText([`old ${oldSize}`], hashes, checkpoint)
}

/**
 * Reads a growth. Nothing is verified: open `checkpoint` with `openNote`, then give hashes and both roots to
 * `checkConsistency`.
 *
 * @throws AuditError `proof_failed` when it is malformed, `malformed_note` when its checkpoint is no note
 */
export function parseGrowth(text: string): LogGrowth {
  const {
    lines: [first = '', ...lines],
    checkpoint,
  } = splitProofText(text, malformed)
  const oldSize = first.startsWith('old ') ? parseCount(first.slice('old '.length)) : undefined
  if (oldSize === undefined) throw malformed('its first line is not "old" and a decimal below 2^53')
  const hashes = parseHashLines(lines, malformed)
  parseNote(checkpoint)
  return { oldSize, hashes, checkpoint }
}

const malformed = malformedBy('the growth of a log', 'c2sp.org/tlog-witness')
