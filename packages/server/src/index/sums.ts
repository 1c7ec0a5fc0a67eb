/**
 * Sums over postings that do not depend on their order: two sets of postings with the same sums are the same.
 *
 * Each posting is hashed with a seed that nobody could know beforehand, and the hashes are added up: whoever edits an
 * index cannot make two changes cancel out.
 */
import { hash } from 'node:crypto'

const SUM_WORDS = 2
const WORD_BYTES = 4

/** What one posting adds. The line is read from both ends, so that no value can look like another posting. */
const hashPosting = (seed: string, field: string, value: string, atMs: number, index: number): string =>
  hash('sha256', `${seed}\n${field}\n${value}\n${atMs}\n${index}`, 'binary')

/** Sums of the postings of a range of entries, in runs of `width` entries each. */
export class PostingSums {
  readonly from: number
  readonly width: number
  readonly #to: number
  readonly #seed: string
  readonly #runs: number
  readonly #sums: Uint32Array

  /** @param runs how many, at most: what the sums take in memory, and how closely they locate a difference */
  constructor(seed: string, from: number, to: number, runs: number) {
    this.from = from
    this.#to = to
    this.width = Math.max(1, Math.ceil((to - from) / runs))
    this.#seed = seed
    this.#runs = Math.ceil((to - from) / this.width)
    this.#sums = new Uint32Array(this.#runs * SUM_WORDS)
  }

  /** Adds a posting to the run of its entry; one of an entry outside of the range adds nothing. */
  add(field: string, value: string, atMs: number, index: number): void {
    // The last run may reach further than the range, and what stands there is not asked for.
    if (index < this.from || index >= this.#to) return
    const run = Math.floor((index - this.from) / this.width)
    const digest = hashPosting(this.#seed, field, value, atMs, index)
    for (let word = 0; word < SUM_WORDS; word++) {
      const at = run * SUM_WORDS + word
      this.#sums[at] = (this.#sums[at] ?? 0) + wordAt(digest, word * WORD_BYTES)
    }
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
  latin1.charCodeAt(at) * 2 ** 24 +
  (latin1.charCodeAt(at + 1) << 16) +
  (latin1.charCodeAt(at + 2) << 8) +
  latin1.charCodeAt(at + 3)
