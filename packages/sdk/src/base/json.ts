/**
 * Strict JSON (RFC 8259, I-JSON of RFC 7493): bytes in, a value out, or an error that names the place.
 *
 * JSON.parse is fast but lenient: it keeps the last of two equal members, rounds large integers and
 * passes lone surrogates. One scan over the text counts what JSON.parse would hide, and one walk over
 * the value refuses the rest; only a document that fails pays for finding where.
 */
import { decodeUtf8 } from './bytes.js'
import { AuditError, type Issue } from './errors.js'
import { isJsonArray, type Json } from './jcs.js'
import { locateRefusal } from './json-locate.js'
import { endOfString, parseText } from './json-text.js'

/** Members that JavaScript treats as its own; a document that names one is up to something. */
const FORBIDDEN_MEMBERS: ReadonlySet<string> = new Set(['__proto__'])

const INTEGER_DIGITS_SAFE = 15

export interface ParseLimits {
  /** how many arrays and objects may stand inside one another */
  readonly depthMax: number
}

/**
 * Parses one JSON text.
 *
 * @throws AuditError `invalid_utf8`, or `invalid_json` with one issue that points at the place
 * @example
 * parseJson(encodeUtf8('{"a":1}'), { depthMax: 32 }) // { a: 1 }
 */
export function parseJson(bytes: Uint8Array, limits: ParseLimits): Json {
  return parseJsonText(decodeStrictly(bytes), limits)
}

/** The same for text that is Unicode already. */
export function parseJsonText(text: string, limits: ParseLimits): Json {
  const scan = scanJson(text)
  if (scan.depth > limits.depthMax) throw refusalIn(text, limits.depthMax)
  const value = parseLeniently(text)
  if (scan.oddNumbers || countMembers(value) !== scan.members) throw refusalIn(text, limits.depthMax)
  return value
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes)
  } catch {
    throw new AuditError('invalid_utf8', 'The body is not UTF-8. Send JSON as UTF-8 (RFC 8259 §8.1).')
  }
}

function parseLeniently(text: string): Json {
  try {
    return parseText(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AuditError('invalid_json', `The body is not JSON: ${why}.`)
  }
}

interface Scan {
  depth: number
  /** how many members the text writes, equal ones included */
  members: number
  /** a number that a double may not hold exactly */
  oddNumbers: boolean
}

/** One pass over the text; it need not be valid, JSON.parse judges that. */
function scanJson(text: string): Scan {
  const scan: Scan = { depth: 0, members: 0, oddNumbers: false }
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) i = endOfString(text, i + 1)
    else if (code === COLON) scan.members++
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) scan.depth = Math.max(scan.depth, ++depth)
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
    else if (isDigit(code)) {
      const end = endOfNumber(text, i)
      if (end - i > INTEGER_DIGITS_SAFE || hasExponent(text, i, end)) scan.oddNumbers ||= !isExact(text.slice(i, end))
      i = end - 1
    }
  }
  return scan
}

const QUOTE = 34
const COLON = 58
const OPEN_BRACE = 123
const OPEN_BRACKET = 91
const CLOSE_BRACE = 125
const CLOSE_BRACKET = 93

const isDigit = (code: number): boolean => code >= 48 && code <= 57

function endOfNumber(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && NUMBER_CHARS.has(text.charCodeAt(end))) end++
  return end
}

const NUMBER_CHARS = new Set(Array.from('0123456789.eE+-', (c) => c.charCodeAt(0)))

function hasExponent(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((text.charCodeAt(i) | 32) === 101) return true
  return false
}

/**
 * Whether a number is finite and, if it is an integer, one that a double holds exactly. How it is spelled
 * does not matter below 1e21: canonical JSON writes 1e16 as an integer, which would then be refused.
 */
export function isExact(token: string): boolean {
  const value = Number(token)
  if (!Number.isInteger(value)) return Number.isFinite(value)
  return Number.isSafeInteger(value) || (Math.abs(value) >= EXPONENT_FROM && /[.eE]/.test(token))
}

/** From here on ECMAScript, and so RFC 8785, writes a number with an exponent. */
const EXPONENT_FROM = 1e21

/** How many members a value has, or NaN when one of its strings or names may not stand in it. */
function countMembers(value: Json): number {
  if (typeof value === 'string') return value.isWellFormed() ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (isJsonArray(value)) {
    for (const item of value) count += countMembers(item)
    return count
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_MEMBERS.has(key) || !key.isWellFormed()) return Number.NaN
    count += 1 + countMembers(value[key] as Json)
  }
  return count
}

function refusalIn(text: string, depthMax: number): AuditError {
  const issue: Issue = locateRefusal(text, { depthMax, forbidden: FORBIDDEN_MEMBERS, isExact })
  return new AuditError('invalid_json', issue.message, { issues: [issue] })
}
