/** Fingerprints of ids: 64 bits each, in a table of fixed size, so that a log of any length is looked through for twins. */
import { assert } from '../base/index.js'

/** So many ids are held at once, in 128 MiB; a longer log is gone through again for each further part. */
export const FINGERPRINTS_MAX = 8_388_608

const PRIME_A = 0x85ebca6b
const PRIME_B = 0xc2b2ae35

/** The last fingerprint, in place of a pair for each of millions of ids. */
const pair: [number, number] = [0, 0]

/**
 * A fingerprint of some bytes. Two ids that differ may share one: whoever meets it twice compares the ids.
 *
 * @param seed random for each verification, so that nobody can make ids that collide
 * @returns low and high word; the pair is overwritten by the next call
 */
export function fingerprint(
  bytes: Uint8Array,
  start: number,
  end: number,
  seed: readonly [number, number],
): readonly [number, number] {
  let a = seed[0] | 0
  let b = seed[1] | 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0
    a = Math.imul(a ^ byte, PRIME_A)
    a ^= a >>> 15
    b = Math.imul(b ^ byte, PRIME_B)
    b ^= b >>> 13
  }
  pair[0] = mix(a ^ (b >>> 7))
  pair[1] = mix(b ^ (a << 9))
  return pair
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), PRIME_A)
  mixed = Math.imul(mixed ^ (mixed >>> 13), PRIME_B)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A set of fingerprints by open addressing. */
export class FingerprintTable {
  readonly #slots: Uint32Array
  readonly #mask: number
  #left: number

  /** @param count how many will be added at most */
  constructor(count: number) {
    let capacity = 16
    while (capacity < 2 * count) capacity *= 2
    this.#slots = new Uint32Array(2 * capacity)
    this.#mask = capacity - 1
    this.#left = capacity - 1
  }

  /** Whether it was not there yet. */
  add(low: number, high: number): boolean {
    const slots = this.#slots
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = 2 * slot
      if (slots[at] === low && slots[at + 1] === high) return false
      if (slots[at] !== 0 || slots[at + 1] !== 0) continue
      assert(this.#left-- > 0, 'a table of fingerprints has room left')
      slots[at] = low
      slots[at + 1] = high
      return true
    }
  }
}

/** Which part of the space of fingerprints one belongs to. */
export const partOf = (high: number, parts: number): number => high % parts
