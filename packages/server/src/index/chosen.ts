/** The entries of a segment that are counted: a stretch of ordinals, those in a list, or those of a walk. */
import type { Effort } from './algebra.js'
import type { Ordinals, PostingList } from './segment.js'

/** What is counted by time. */
export interface Chosen {
  readonly count: number
  /** How many are below an ordinal: asked for ascending ones. */
  below(ordinal: number): number
}

/** What is counted by values. */
export interface ChosenAmong extends Chosen {
  /** How many of them stand in a list. @throws TooLong */
  countOf(list: PostingList, effort: Effort): number
}

/** A leap to the next chosen, or into a list, costs so much more than a step along it. */
export const STEPS_A_LEAP = 8

/** All from … to (exclusive). */
export class ChosenStretch implements ChosenAmong {
  readonly count: number
  readonly #from: number
  readonly #to: number

  constructor(from: number, to: number) {
    this.count = to - from
    this.#from = from
    this.#to = to
  }

  below(ordinal: number): number {
    return Math.max(0, Math.min(ordinal, this.#to) - this.#from)
  }

  countOf(list: PostingList, effort: Effort): number {
    effort.spend(2 * STEPS_A_LEAP)
    return list.countBelow(this.#to) - (this.#from === 0 ? 0 : list.countBelow(this.#from))
  }
}

/** Those of a list from … to (exclusive). */
export class ChosenList implements Chosen {
  readonly count: number
  readonly #list: PostingList
  readonly #from: number
  readonly #to: number
  readonly #before: number

  constructor(list: PostingList, from: number, to: number) {
    this.#list = list
    this.#from = from
    this.#to = to
    this.#before = list.countBelow(from)
    this.count = list.countBelow(to) - this.#before
  }

  below(ordinal: number): number {
    if (ordinal <= this.#from) return 0
    return ordinal >= this.#to ? this.count : this.#list.countBelow(ordinal) - this.#before
  }
}

/** Those of a walk, up to `to`. */
export class ChosenWalk implements ChosenAmong {
  readonly #ordinals: Uint32Array
  /** a bit for each ordinal, made when a list is first held against them */
  #bits: Uint32Array | undefined
  #counted = 0

  /** @throws TooLong */
  constructor(walk: Ordinals, to: number, effort: Effort) {
    let ordinals = new Uint32Array(64)
    let count = 0
    for (; walk.head < to; walk.next()) {
      effort.step()
      if (count === ordinals.length) ordinals = grown(ordinals)
      ordinals[count++] = walk.head
    }
    this.#ordinals = ordinals.subarray(0, count)
  }

  get count(): number {
    return this.#ordinals.length
  }

  below(ordinal: number): number {
    const ordinals = this.#ordinals
    while (this.#counted < ordinals.length && (ordinals[this.#counted] as number) < ordinal) this.#counted++
    return this.#counted
  }

  countOf(list: PostingList, effort: Effort): number {
    if (this.count === 0) return 0
    const isShort = list.count <= this.count * STEPS_A_LEAP
    effort.spend(isShort ? list.count : this.count * STEPS_A_LEAP)
    return isShort ? this.#countMarked(list) : countLeaping(list.walk(false), this.#ordinals)
  }

  #countMarked(list: PostingList): number {
    const ordinals = this.#ordinals
    const first = ordinals[0] as number
    const end = (ordinals.at(-1) as number) + 1
    this.#bits ??= bitsOf(ordinals, end)
    const bits = this.#bits
    const walk = list.walk(false)
    if (walk.head < first) walk.seek(first)
    let count = 0
    for (; walk.head < end; walk.next()) count += ((bits[walk.head >>> 5] as number) >>> (walk.head & 31)) & 1
    return count
  }
}

function bitsOf(ordinals: Uint32Array, end: number): Uint32Array {
  const bits = new Uint32Array((end + 31) >>> 5)
  for (const ordinal of ordinals) bits[ordinal >>> 5] = (bits[ordinal >>> 5] as number) | (1 << (ordinal & 31))
  return bits
}

function countLeaping(walk: Ordinals, ordinals: Uint32Array): number {
  let count = 0
  for (const ordinal of ordinals) {
    if (walk.head < ordinal) walk.seek(ordinal)
    if (walk.head === ordinal) count++
  }
  return count
}

function grown(numbers: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
