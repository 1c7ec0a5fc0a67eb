/** Which disclosures are not there, and who accounts for it: a redaction entry, or what a bundle withholds. */
import type { IndexRange, Redaction } from '../event/index.js'
import { TILE_WIDTH } from '../merkle/index.js'
import type { Missing } from './segment-types.js'

const WORD_BITS = 32
const WORDS = TILE_WIDTH / WORD_BITS

/** In a manifest: every group. */
export const ALL_GROUPS = '*'

/** Ranges of indexes by group, joined: who named what. */
export class Cover {
  readonly #ranges = new Map<string, IndexRange[]>()
  #isJoined = true

  add(redactions: readonly Redaction[]): void {
    for (const { groups, ranges } of redactions)
      for (const group of groups) {
        const known = this.#ranges.get(group)
        if (known === undefined) this.#ranges.set(group, [...ranges])
        else for (const range of ranges) known.push(range)
      }
    this.#isJoined = false
  }

  groups(): Iterable<string> {
    return this.#ranges.keys()
  }

  /** Ascending, without overlaps. */
  rangesOf(group: string): readonly IndexRange[] {
    if (!this.#isJoined) {
      for (const [name, ranges] of this.#ranges) this.#ranges.set(name, joined(ranges))
      this.#isJoined = true
    }
    return this.#ranges.get(group) ?? []
  }

  has(group: string, index: number): boolean {
    const ranges = this.rangesOf(group)
    const range = ranges[firstEndingFrom(ranges, index)]
    return range !== undefined && range[0] <= index
  }
}

function joined(ranges: readonly IndexRange[]): IndexRange[] {
  const result: [number, number][] = []
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const before = result.at(-1)
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else result.push([first, last])
  }
  return result
}

/** The place of the first range that ends at an index or behind it. */
function firstEndingFrom(ranges: readonly IndexRange[], index: number): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((ranges[middle]?.[1] ?? 0) < index) low = middle + 1
    else high = middle
  }
  return low
}

/** How missing disclosures are accounted for. */
export interface Accounts {
  readonly redacted: number
  readonly withheld: number
  readonly missing: number
  /** the first of those that nobody accounts for, by index */
  readonly first?: { readonly group: string; readonly index: number }
}

/** Missing disclosures by group, a bit an entry: 32 bytes for a bundle in which one is missing. */
export class MissingGroups {
  readonly #bundles = new Map<string, { readonly bundles: number[]; readonly bits: number[] }>()

  /** Bundles come in ascending order. */
  add({ group, bundle, bits }: Missing): void {
    let known = this.#bundles.get(group)
    if (known === undefined) this.#bundles.set(group, (known = { bundles: [], bits: [] }))
    known.bundles.push(bundle)
    for (const word of bits) known.bits.push(word)
  }

  account(redactions: Cover, withheld: Cover): Accounts {
    const total = { redacted: 0, withheld: 0, missing: 0 }
    let first: { readonly group: string; readonly index: number } | undefined
    for (const [group, { bundles, bits }] of this.#bundles) {
      bundles.forEach((bundle, i) => {
        const left = bits.slice(i * WORDS, (i + 1) * WORDS)
        const from = bundle * TILE_WIDTH
        total.redacted += take(left, from, redactions.rangesOf(group))
        total.withheld += take(left, from, withheld.rangesOf(group)) + take(left, from, withheld.rangesOf(ALL_GROUPS))
        const index = firstBit(left, from)
        if (index === undefined) return
        total.missing += left.reduce((sum, word) => sum + bitCount(word), 0)
        if (first === undefined || index < first.index) first = { group, index }
      })
    }
    return { ...total, ...(first === undefined ? {} : { first }) }
  }
}

/** Clears the bits that ranges cover, and counts them. */
function take(bits: number[], from: number, ranges: readonly IndexRange[]): number {
  let taken = 0
  for (let i = firstEndingFrom(ranges, from); i < ranges.length; i++) {
    const [first, last] = ranges[i] as IndexRange
    if (first >= from + TILE_WIDTH) break
    for (let word = 0; word < WORDS; word++) {
      const mask = maskOf(first - from - word * WORD_BITS, last - from - word * WORD_BITS)
      taken += bitCount((bits[word] ?? 0) & mask)
      bits[word] = (bits[word] ?? 0) & ~mask
    }
  }
  return taken
}

/** The bits of a word from `first` to `last`, which may lie outside of it. */
function maskOf(first: number, last: number): number {
  if (first >= WORD_BITS || last < 0) return 0
  const low = -1 << Math.max(0, first)
  return last >= WORD_BITS - 1 ? low : low & ~(-1 << (last + 1))
}

function bitCount(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count++
  return count
}

function firstBit(bits: readonly number[], from: number): number | undefined {
  const word = bits.findIndex((each) => each !== 0)
  if (word < 0) return undefined
  return from + word * WORD_BITS + (31 - Math.clz32((bits[word] ?? 0) & -(bits[word] ?? 0)))
}
