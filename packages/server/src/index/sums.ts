/**
 * Sums over postings that do not depend on their order: two sets of postings with the same sums are the same.
 *
 * A posting adds the product of a number for its term and a number for its entry. Both are hashes with a seed that
 * nobody could know beforehand, so whoever edits an index cannot make changes cancel out: of two different sets, the
 * difference is a polynomial of degree two in these numbers, and is nought by a chance of about 2 ** -54.
 */
import { hash } from 'node:crypto'

/** Two numbers of 32 bits. */
export interface Numbers {
  readonly a: number
  readonly b: number
}

const SUM_WORDS = 2

/** Says the numbers of terms and entries: the same for the same seed. */
export class PostingNumbers {
  readonly seed: string

  constructor(seed: string) {
    this.seed = seed
  }

  term(field: string, value: string): Numbers {
    return this.#numbersOf(`term\n${field}\n${value}`)
  }

  entry(atMs: number, index: number): Numbers {
    return this.#numbersOf(`entry\n${atMs}\n${index}`)
  }

  #numbersOf(text: string): Numbers {
    const digest = hash('sha256', `${this.seed}\n${text}`, 'binary')
    return { a: wordAt(digest, 0), b: wordAt(digest, 4) }
  }
}

/** A stretch of entries, in runs of a width each that has its own sums. */
export interface SumsRange {
  readonly from: number
  readonly to: number
  /** how many, at most: what the sums take in memory, and how closely they locate a difference */
  readonly runs: number
}

/** Sums of the postings of a range of entries. */
export class PostingSums {
  readonly range: SumsRange
  readonly width: number
  /** two for each run */
  readonly words: Int32Array<ArrayBuffer>

  constructor(range: SumsRange) {
    const { from, to, runs } = range
    this.range = range
    this.width = Math.max(1, Math.ceil((to - from) / runs))
    this.words = new Int32Array(Math.ceil((to - from) / this.width) * SUM_WORDS)
  }

  /** Where the postings of an entry are added up; -1 for one outside of the range. */
  slotOf(index: number): number {
    const { from, to } = this.range
    // The last run may reach further than the range, and what stands there is not asked for.
    return index < from || index >= to ? -1 : Math.floor((index - from) / this.width) * SUM_WORDS
  }

  /** Adds a posting to a slot of the range. */
  add(slot: number, term: Numbers, entry: Numbers): void {
    const { words } = this
    words[slot] = (words[slot] as number) + Math.imul(term.a, entry.a)
    words[slot + 1] = (words[slot + 1] as number) + Math.imul(term.b, entry.b)
  }

  /** Adds what somebody else added up, over the same range. */
  addAll(words: Int32Array): void {
    for (let at = 0; at < words.length; at++) this.words[at] = (this.words[at] as number) + (words[at] as number)
  }

  /**
   * The first entry of the first run that differs; undefined where none does. Both must be of the same range and seed.
   *
   * @example
   * demanded.firstDifference(found) // undefined
   */
  firstDifference(other: PostingSums): number | undefined {
    const at = this.words.findIndex((sum, i) => sum !== other.words[i])
    return at === -1 ? undefined : this.range.from + Math.floor(at / SUM_WORDS) * this.width
  }
}

/** 32 bits of text of one byte a character. */
const wordAt = (latin1: string, at: number): number =>
  (latin1.charCodeAt(at) << 24) |
  (latin1.charCodeAt(at + 1) << 16) |
  (latin1.charCodeAt(at + 2) << 8) |
  latin1.charCodeAt(at + 3)
