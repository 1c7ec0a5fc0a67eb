/** Bytes and their text forms: UTF-8, hex, base64 and base64url, and joining. */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const encodeUtf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

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

/** RFC 4648 §4, with padding: what signed notes and proofs use. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encodeWith(BASE64, bytes)
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}

/** RFC 4648 §5, without padding: what commitments, salts and cursors use. */
export const encodeBase64Url = (bytes: Uint8Array): string => encodeWith(BASE64URL, bytes)

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

function encodeWith(alphabet: string, bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const word = (at(bytes, i) << 16) | (at(bytes, i + 1) << 8) | at(bytes, i + 2)
    text += alphabet.charAt(word >> 18) + alphabet.charAt((word >> 12) & 63)
    if (left > 1) text += alphabet.charAt((word >> 6) & 63)
    if (left > 2) text += alphabet.charAt(word & 63)
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
