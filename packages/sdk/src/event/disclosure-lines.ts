/**
 * The disclosures of many entries as one text: what stands beside an entry bundle (docs/format.md).
 *
 * One line a disclosure: the entry's index in decimal, a space, the disclosure's exact bytes, a line feed. Ascending by
 * index, and within an entry in the order in which the log holds them. An entry without any has no line.
 */
import { AuditError, decodeUtf8 } from '../base/index.js'
import { splitDisclosures } from './leaf.js'

/** One disclosure, and whose. */
export interface DisclosureLine {
  readonly index: number
  /** its exact bytes: what is hashed */
  readonly disclosure: Uint8Array
}

const LINE_FEED = 10
const SPACE = 32

/**
 * Writes disclosures.
 *
 * @param entries ascending by index; `disclosures` as the log holds them, one a line
 * @example
 * formatDisclosureLines([{ index: 7, disclosures: encodeUtf8('["…","actor",{"id":"user_1"}]') }]) // '7 ["…","actor",…]\n'
 */
export function formatDisclosureLines(
  entries: readonly { readonly index: number; readonly disclosures: Uint8Array }[],
): Uint8Array {
  // Written at once into bytes that are as long as it takes: a verifier does this for each bundle of a log.
  const lines = entries.map(({ index, disclosures }) => ({
    prefix: `${index} `,
    disclosures: splitDisclosures(disclosures),
  }))
  let length = 0
  for (const { prefix, disclosures } of lines) for (const line of disclosures) length += prefix.length + line.length + 1
  const bytes = new Uint8Array(length)
  let at = 0
  for (const { prefix, disclosures } of lines)
    for (const line of disclosures) {
      for (let i = 0; i < prefix.length; i++) bytes[at++] = prefix.charCodeAt(i)
      bytes.set(line, at)
      at += line.length
      bytes[at++] = LINE_FEED
    }
  return bytes
}

/**
 * Reads them again, as views of the bytes. Whether each belongs to its entry is the commitment's to say.
 *
 * @throws AuditError `malformed_leaf` when a line has no index, they do not ascend, or the last one does not end
 */
export function parseDisclosureLines(bytes: Uint8Array): DisclosureLine[] {
  const lines: DisclosureLine[] = []
  let before = -1
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, start)
    const space = bytes.indexOf(SPACE, start)
    if (end < 0 || space < 0 || space > end) throw malformed(lines.length, 'has no index, or does not end')
    const index = readIndex(bytes.subarray(start, space))
    if (index === undefined || index < before)
      throw malformed(lines.length, 'has no index, or a smaller one than before')
    lines.push({ index, disclosure: bytes.subarray(space + 1, end) })
    before = index
    start = end + 1
  }
  return lines
}

function readIndex(digits: Uint8Array): number | undefined {
  if (digits.length > 16) return undefined
  const text = decodeUtf8(digits)
  const index = Number(text)
  return Number.isSafeInteger(index) && index >= 0 && String(index) === text ? index : undefined
}

const malformed = (line: number, why: string): AuditError =>
  new AuditError('malformed_leaf', `Line ${line + 1} of the disclosures ${why}. Fetch them again.`)
