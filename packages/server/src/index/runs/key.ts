/**
 * Term keys: a field and a value as one string that sorts by bytes.
 *
 * The first character is the field's code, the others are the bytes of the value's UTF-8, one a character, so that `<`
 * on keys is the order of the bytes and prefixes of values are prefixes of keys. A value in ASCII stands as it is.
 */
import type { TermField } from '../segment.js'

/** The codes stand in files: a field that is added takes the next number, and none changes. */
const CODES = {
  type: 1,
  actor_id: 2,
  actor_type: 3,
  actor_email: 4,
  target_id: 5,
  target_type: 6,
  project_id: 7,
  bucket: 8,
  outcome: 9,
  correlation_id: 10,
  ip_address: 11,
  tenant: 12,
  word: 64,
} as const satisfies { readonly [F in TermField]: number }

/** Bytes of a key: more than any value of an event has. */
export const KEY_BYTES_MAX = 2 ** 20

const FIELDS_BY_CODE: ReadonlyMap<number, TermField> = new Map(
  Object.entries(CODES).map(([field, code]) => [code, field as TermField]),
)
const BEGINNINGS = Object.fromEntries(
  Object.entries(CODES).map(([field, code]) => [field, String.fromCharCode(code)]),
) as { readonly [F in TermField]: string }

/** The first byte of the keys of a field. */
export const codeOf = (field: TermField): number => CODES[field]

const NOT_ASCII = /[\u0080-\uffff]/

/**
 * The key of a term.
 *
 * @example
 * keyOf('word', 'zoé') // '@zo\u00c3\u00a9'
 */
export const keyOf = (field: TermField, value: string): string =>
  BEGINNINGS[field] + (NOT_ASCII.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value)

/** The field of a key that `keyOf` made. */
export function fieldOf(key: string): TermField {
  const field = FIELDS_BY_CODE.get(key.charCodeAt(0))
  if (field === undefined) throw new RangeError(`no field has the code ${key.charCodeAt(0)}`)
  return field
}

/** The value of a key that `keyOf` made: a lone surrogate comes back as U+FFFD. */
export function valueOf(key: string): string {
  const value = key.slice(1)
  return NOT_ASCII.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value
}

/** Writes a key's bytes to the start of an array that has room for them. */
export function putKey(key: string, bytes: Uint8Array): void {
  for (let at = 0; at < key.length; at++) bytes[at] = key.charCodeAt(at)
}

export const bytesOfKey = (key: string): Uint8Array => Buffer.from(key, 'latin1')

export const textOfKey = (key: Uint8Array, keyBytes: number): string =>
  Buffer.from(key.buffer, key.byteOffset, keyBytes).toString('latin1')

/** Negative where the one key comes before the other, 0 where they are the same. */
export function compareKeys(a: Uint8Array, aBytes: number, b: Uint8Array, bBytes: number): number {
  const both = Math.min(aBytes, bBytes)
  for (let at = 0; at < both; at++) {
    const difference = (a[at] as number) - (b[at] as number)
    if (difference !== 0) return difference
  }
  return aBytes - bBytes
}

/** The same, of bytes that stand somewhere. */
export function compareAt(bytes: Uint8Array, at: number, length: number, key: Uint8Array): number {
  const both = Math.min(length, key.length)
  for (let nth = 0; nth < both; nth++) {
    const difference = (bytes[at + nth] as number) - (key[nth] as number)
    if (difference !== 0) return difference
  }
  return length - key.length
}

/** Negative where a key comes before all that start with a prefix, 0 where it is one of them. */
export function compareStart(key: Uint8Array, keyBytes: number, prefix: Uint8Array): number {
  const both = Math.min(keyBytes, prefix.length)
  for (let at = 0; at < both; at++) {
    const difference = (key[at] as number) - (prefix[at] as number)
    if (difference !== 0) return difference
  }
  return keyBytes < prefix.length ? -1 : 0
}
