/** Bytes and their text forms: UTF-8, hex, base64 and base64url, and joining. */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const encodeUtf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** Bytes that many texts share: making a buffer for each costs more than writing it. */
const SLAB_BYTES = 65_536
/** A UTF-16 code unit is at most so many bytes of UTF-8. */
const UNIT_BYTES_MAX = 3
let slab = new Uint8Array(SLAB_BYTES)
let slabUsed = 0

/**
 * The same, as a view of a buffer that others have a part in: for what is written by the thousand, and copied from here
 * or let go soon. The view's own bytes are nobody else's, but its `buffer` must not be handed to another thread.
 */
export function encodeUtf8Shared(text: string): Uint8Array<ArrayBuffer> {
  const room = text.length * UNIT_BYTES_MAX
  if (room > SLAB_BYTES) return encodeUtf8(text)
  // Asked of the buffer itself: one that was handed away after all has no room any more.
  if (slabUsed + room > slab.length) {
    slab = new Uint8Array(SLAB_BYTES)
    slabUsed = 0
  }
  const start = slabUsed
  slabUsed += encoder.encodeInto(text, slab.subarray(start)).written
  return slab.subarray(start, slabUsed)
}

/** Throws a TypeError on bytes that are not UTF-8; a byte order mark is kept as a character. */
export const decodeUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export function encodeHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** The bytes of lower-case hex, or undefined when the text is not that. */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Two letters for each twelve bits: half the steps of one letter for six. */
const pairsOf = (alphabet: string): readonly string[] =>
  Array.from({ length: 4096 }, (_, bits) => alphabet.charAt(bits >> 6) + alphabet.charAt(bits & 63))
const BASE64_PAIRS = pairsOf(BASE64)
const BASE64URL_PAIRS = pairsOf(BASE64URL)

/** RFC 4648 §4, with padding: what signed notes and proofs use. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encodeWith(BASE64_PAIRS, bytes)
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}

/** RFC 4648 §5, without padding: what commitments, salts and cursors use. */
export const encodeBase64Url = (bytes: Uint8Array): string => encodeWith(BASE64URL_PAIRS, bytes)

/** The bytes of padded base64, or undefined when the text is not its only spelling. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined
  const bytes = decodeWith(BASE64_VALUES, text.replace(/={1,2}$/, ''))
  return bytes !== undefined && encodeBase64(bytes) === text ? bytes : undefined
}

/** The bytes of unpadded base64url, or undefined when the text is not its only spelling. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = decodeWith(BASE64URL_VALUES, text)
  return bytes !== undefined && encodeBase64Url(bytes) === text ? bytes : undefined
}

const BASE64_VALUES = valuesOf(BASE64)
const BASE64URL_VALUES = valuesOf(BASE64URL)

function valuesOf(alphabet: string): ReadonlyMap<string, number> {
  return new Map(Array.from(alphabet, (letter, value) => [letter, value]))
}

function encodeWith(pairs: readonly string[], bytes: Uint8Array): string {
  const pair = (bits: number): string => pairs[bits] as string
  const whole = bytes.length - (bytes.length % 3)
  let text = ''
  for (let i = 0; i < whole; i += 3) {
    const word = (at(bytes, i) << 16) | (at(bytes, i + 1) << 8) | at(bytes, i + 2)
    text += pair(word >> 12) + pair(word & 4095)
  }
  const left = bytes.length - whole
  if (left === 1) text += pair(at(bytes, whole) << 4)
  if (left === 2) {
    const word = (at(bytes, whole) << 10) | (at(bytes, whole + 1) << 2)
    text += pair(word >> 6) + pair((word & 63) << 6).charAt(0)
  }
  return text
}

function decodeWith(values: ReadonlyMap<string, number>, text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let word = 0
  let bits = 0
  let length = 0
  for (const letter of text) {
    const value = values.get(letter)
    if (value === undefined) return undefined
    word = ((word << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (word >> bits) & 0xff
    }
  }
  return bytes
}

const at = (bytes: Uint8Array, i: number): number => bytes[i] ?? 0
