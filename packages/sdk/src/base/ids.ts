/** Time-ordered ids: 48 bits of Unix milliseconds, then 80 random bits, in Crockford's base 32 (the ULID layout). */

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_CHARS = 10
const RANDOM_CHARS = 16

/** Random bytes, handed in from above: `crypto.getRandomValues` or a seeded source in tests. */
export type RandomBytes = (length: number) => Uint8Array

/**
 * A fresh event id. Ids that are made later sort later, which keeps the log's id index append-only.
 *
 * @example
 * newEventId(Date.now(), randomBytes) // 'evt_01KAGZ3Q5V8W…', 30 characters
 */
export function newEventId(nowMs: number, random: RandomBytes): string {
  return `evt_${timeChars(nowMs)}${randomChars(CROCKFORD, RANDOM_CHARS, random)}`
}

/** `length` letters of a 32-letter alphabet, 5 random bits each. */
export function randomChars(alphabet: string, length: number, random: RandomBytes): string {
  let text = ''
  for (const byte of random(length)) text += alphabet.charAt(byte & 31)
  return text
}

function timeChars(nowMs: number): string {
  let rest = nowMs
  let text = ''
  for (let i = 0; i < TIME_CHARS; i++) {
    text = CROCKFORD.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}
