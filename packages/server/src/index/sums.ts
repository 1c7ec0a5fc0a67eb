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

/** Numbers of terms that are remembered: most words come again and again. */
const TERMS_MAX = 200_000

const SUM_WORDS = 2

/** Says the numbers of terms and entries: the same for the same seed. */
export class PostingNumbers {
  readonly #seed: string
  readonly #terms = new Map<string, Map<string, Numbers>>()
  #known = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  term(field: string, value: string): Numbers {
    let values = this.#terms.get(field)
    if (values === undefined) this.#terms.set(field, (values = new Map()))
    const known = values.get(value)
    if (known) return known
    if (++this.#known > TERMS_MAX) this.#forget()
    const numbers = this.#numbersOf(`term\n${field}\n${value}`)
    values.set(value, numbers)
    return numbers
  }

  entry(atMs: number, index: number): Numbers {
    return this.#numbersOf(`entry\n${atMs}\n${index}`)
  }

  #forget(): void {
    for (const values of this.#terms.values()) values.clear()
    this.#known = 1
  }

  #numbersOf(text: string): Numbers {
    const digest = hash('sha256', `${this.#seed}\n${text}`, 'binary')
    return { a: wordAt(digest, 0), b: wordAt(digest, 4) }
  }
}

/** Sums of the postings of a range of entries, in runs of `width` entries each. */
export class PostingSums {
  readonly from: number
  readonly to: number
  readonly width: number
  readonly #sums: Int32Array

  /** @param runs how many, at most: what the sums take in memory, and how closely they locate a difference */
  constructor(from: number, to: number, runs: number) {
    this.from = from
    this.to = to
    this.width = Math.max(1, Math.ceil((to - from) / runs))
    this.#sums = new Int32Array(Math.ceil((to - from) / this.width) * SUM_WORDS)
  }

  /** Adds a posting to the run of its entry; one of an entry outside of the range adds nothing. */
  add(term: Numbers, entry: Numbers, index: number): void {
    // The last run may reach further than the range, and what stands there is not asked for.
    if (index < this.from || index >= this.to) return
    const sums = this.#sums
    const at = Math.floor((index - this.from) / this.width) * SUM_WORDS
    sums[at] = (sums[at] as number) + Math.imul(term.a, entry.a)
    sums[at + 1] = (sums[at + 1] as number) + Math.imul(term.b, entry.b)
  }

  /**
   * The first entry of the first run that differs; undefined where none does. Both must be of the same range and seed.
   *
   * @example
   * demanded.firstDifference(found) // undefined
   */
  firstDifference(other: PostingSums): number | undefined {
    const at = this.#sums.findIndex((sum, i) => sum !== other.#sums[i])
    return at === -1 ? undefined : this.from + Math.floor(at / SUM_WORDS) * this.width
  }
}

/** 32 bits of text of one byte a character. */
const wordAt = (latin1: string, at: number): number =>
  (latin1.charCodeAt(at) << 24) |
  (latin1.charCodeAt(at + 1) << 16) |
  (latin1.charCodeAt(at + 2) << 8) |
  latin1.charCodeAt(at + 3)
