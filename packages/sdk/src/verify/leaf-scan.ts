/**
 * Reads leaves as they usually are, byte by byte and without making a value of them: ten times as fast as `parseLeaf`.
 *
 * It takes nothing that `parseLeaf` refuses; what it does not take, `parseLeaf` reads and explains: leaves with an act,
 * and text beyond plain ASCII.
 */
import { encodeUtf8, TIME_CHARS } from '../base/index.js'
import { isTimeAt } from './time-scan.js'

/** More than any event has: a hundred targets and five others. */
const GROUPS_MAX = 128

const ACTOR = encodeUtf8('{"actor":')
const NULL = encodeUtf8('null')
const BUCKET = encodeUtf8(',"bucket":"')
const GROUPS = encodeUtf8('","groups":{')
const ID = encodeUtf8('},"id":"')
const OCCURRED = encodeUtf8('","occurred_at":"')
const ORG = encodeUtf8('","org":"')
const OUTCOME = encodeUtf8('","outcome":"')
const RECORDED = encodeUtf8('","recorded_at":"')
const TARGETS = encodeUtf8('","targets":[')
const TYPE = encodeUtf8('],"type":"')
const END = encodeUtf8('","v":1}')

const QUOTE = 34
const COMMA = 44
const COLON = 58
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const UNDERSCORE = 95
const CLOSE_BRACE = 125
const SPACE = 32
const LAST_PLAIN = 126

/** Where the parts of the last leaf stand. One is used for many leaves. */
export class LeafScan {
  groupCount = 0
  /** of each group: where its name begins and ends, where its commitment begins and ends */
  readonly groups = new Int32Array(4 * GROUPS_MAX)
  idAt = 0
  idEnd = 0
  orgAt = 0
  orgEnd = 0
  recordedAt = 0

  /** Whether these bytes are a leaf for sure; false says nothing. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    let at = follow(bytes, start, ACTOR)
    if (at > 0) at = bytes[at] === QUOTE ? endOfText(bytes, at + 1, end) + 1 : follow(bytes, at, NULL)
    if (at > 0) at = follow(bytes, at, BUCKET)
    if (at > 0) at = follow(bytes, endOfText(bytes, at, end), GROUPS)
    if (at > 0) at = this.#scanGroups(bytes, at, end)
    if (at > 0) this.idAt = at = follow(bytes, at, ID)
    if (at > 0) this.idEnd = at = endOfText(bytes, at, end)
    if (at > 0) at = follow(bytes, at, OCCURRED)
    if (at > 0) at = isTimeAt(bytes, at) ? at + TIME_CHARS : GONE
    if (at > 0) this.orgAt = at = follow(bytes, at, ORG)
    if (at > 0) this.orgEnd = at = endOfText(bytes, at, end)
    if (at > 0) at = follow(bytes, at, OUTCOME)
    if (at > 0) at = endOfText(bytes, at, end)
    if (at > 0) this.recordedAt = at = follow(bytes, at, RECORDED)
    if (at > 0) at = isTimeAt(bytes, at) ? at + TIME_CHARS : GONE
    if (at > 0) at = follow(bytes, at, TARGETS)
    if (at > 0) at = scanTexts(bytes, at, end)
    if (at > 0) at = follow(bytes, at, TYPE)
    if (at > 0) at = endOfText(bytes, at, end)
    if (at > 0) at = follow(bytes, at, END)
    return at > 0 && at === end
  }

  /** Up to the closing brace. Names ascend: canonical JSON sorts them, and so none stands twice. */
  #scanGroups(bytes: Uint8Array, start: number, end: number): number {
    const { groups } = this
    this.groupCount = 0
    let at = start
    if (bytes[at] === CLOSE_BRACE) return at
    for (;;) {
      const base = 4 * this.groupCount
      // `__proto__` is no member of anything.
      if (base === groups.length || bytes[at] !== QUOTE || bytes[at + 1] === UNDERSCORE) return GONE
      const nameEnd = endOfText(bytes, at + 1, end)
      if (nameEnd < 0 || bytes[nameEnd + 1] !== COLON || bytes[nameEnd + 2] !== QUOTE) return GONE
      const valueEnd = endOfText(bytes, nameEnd + 3, end)
      if (valueEnd < 0) return GONE
      groups[base] = at + 1
      groups[base + 1] = nameEnd
      groups[base + 2] = nameEnd + 3
      groups[base + 3] = valueEnd
      if (base > 0 && !ascends(bytes, groups, base)) return GONE
      this.groupCount++
      at = valueEnd + 1
      if (bytes[at] === CLOSE_BRACE) return at
      if (bytes[at++] !== COMMA) return GONE
    }
  }
}

const GONE = -1

/** Where a text ends that must stand here. */
function follow(bytes: Uint8Array, at: number, expected: Uint8Array): number {
  if (at < 0) return GONE
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return GONE
  return at + expected.length
}

/** The closing quote of a string of plain ASCII without escapes, which canonical JSON writes as it is. */
function endOfText(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) return at
    if (byte < SPACE || byte > LAST_PLAIN || byte === BACKSLASH) return GONE
  }
  return GONE
}

/** Strings with commas between them, up to the closing bracket. */
function scanTexts(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  if (bytes[at] === CLOSE_BRACKET) return at
  for (;;) {
    if (bytes[at] !== QUOTE) return GONE
    at = endOfText(bytes, at + 1, end)
    if (at < 0 || bytes[++at] === CLOSE_BRACKET) return at
    if (bytes[at++] !== COMMA) return GONE
  }
}

/** Whether the name at `base` comes after the one before it. */
function ascends(bytes: Uint8Array, groups: Int32Array, base: number): boolean {
  const [at, end] = [groups[base] ?? 0, groups[base + 1] ?? 0]
  const [before, beforeEnd] = [groups[base - 4] ?? 0, groups[base - 3] ?? 0]
  for (let i = 0; before + i < beforeEnd; i++) {
    if (at + i === end) return false
    const difference = (bytes[at + i] ?? 0) - (bytes[before + i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return end - at > beforeEnd - before
}
