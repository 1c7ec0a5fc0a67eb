/** Searching and counting over segments: the promises of the port, whatever the entries are split into. */
import { describe, expect, test } from 'vitest'
import { everything } from '../../dist/index/contract-check.js'
import { random, type Random, randomEntries } from '../../dist/index/contract-data.js'
import { countSegments } from '../../dist/index/counting.js'
import { freshEntries } from '../../dist/index/fresh.js'
import {
  type CountRequest,
  type Counts,
  type EventIndex,
  type Found,
  IndexBehind,
  indexContract,
  type IndexEntry,
  type SearchRequest,
} from '../../dist/index/index.js'
import { searchSegments } from '../../dist/index/search.js'
import type { Segment } from '../../dist/index/segment.js'
import { openViewEntry } from '../../dist/index/view-entry.js'
import { YoungSegments } from '../../dist/index/young.js'

/** An engine in memory whose entries are parted at random places, and searched after any of them. */
class PartedIndex implements EventIndex {
  #parts = [new YoungSegments()]
  readonly #sizes = new Map<string, number>()
  readonly #rnd: Random
  /** one in so many entries begins another segment */
  readonly #share: number

  constructor(rnd: Random, share: number) {
    this.#rnd = rnd
    this.#share = share
  }

  async put(entries: readonly IndexEntry[]): Promise<void> {
    const fresh = freshEntries(entries, (org) => this.#sizes.get(org) ?? 0)
    if (fresh instanceof IndexBehind) throw fresh
    for (const entry of fresh.entries.map(openViewEntry)) {
      if (this.#rnd(this.#share) === 0) this.#parts.push(new YoungSegments())
      this.#parts.at(-1)?.add(entry)
    }
    for (const [org, size] of fresh.sizes) this.#sizes.set(org, size)
  }

  async erase(org: string, entries: readonly IndexEntry[]): Promise<void> {
    if (entries.some(({ index }) => index >= (this.#sizes.get(org) ?? 0))) throw new IndexBehind(org)
    const survivors = new Map(entries.map((entry) => [entry.index, openViewEntry(entry)]))
    for (const part of this.#parts) part.erase(org, survivors)
  }

  async finishErasing(): Promise<boolean> {
    return true
  }

  async search(request: SearchRequest): Promise<Found> {
    return searchSegments(request, this.#segments(request))
  }

  async count(request: CountRequest): Promise<Counts> {
    return countSegments(request, this.#segments(request))
  }

  #segments({ org, covering }: { readonly org: string; readonly covering: number }): readonly Segment[] {
    if ((this.#sizes.get(org) ?? 0) < covering) throw new IndexBehind(org)
    const segments = this.#parts.map((part) => part.segment(org)).filter((segment) => segment !== undefined)
    // in any order
    return segments.sort(() => this.#rnd(3) - 1)
  }

  async size(org: string): Promise<number> {
    return this.#sizes.get(org) ?? 0
  }

  async clear(): Promise<void> {
    this.#parts = [new YoungSegments()]
    this.#sizes.clear()
  }

  async close(): Promise<void> {}
}

for (const share of [300, 9]) {
  describe(`an index of segments, one begun every ${share} entries`, () =>
    indexContract(test, async () => new PartedIndex(random(share), share)))
}

/** A segment that says when something of it is read. */
function watched(segment: Segment, onRead: () => void): Segment {
  return new Proxy(segment, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (typeof value !== 'function') return value
      onRead()
      return value.bind(target) as unknown
    },
  })
}

test('the newest page touches one or two of twenty segments, and so does a page in the middle', () => {
  const entries = randomEntries(random(5), 'acme', 2_000).map((entry) => ({ ...entry, atMs: entry.index * 10 }))
  const parts = Array.from({ length: 20 }, () => new YoungSegments())
  for (const entry of entries) parts[Math.floor(entry.index / 100)]?.add(entry)
  const read = new Set<number>()
  const segments = parts.map((part, i) => watched(part.segment('acme') as Segment, () => read.add(i)))
  const ask = (request: Partial<SearchRequest>): readonly number[] => {
    read.clear()
    const found = searchSegments({ ...everything('acme', 20), ...request }, segments)
    expect(found.positions.length).toBe(20)
    return [...read].sort((a, b) => a - b)
  }
  expect(ask({})).toEqual([19])
  expect(ask({ order: 'asc' })).toEqual([0])
  expect(ask({ after: { atMs: 10_050, index: 1_005 } })).toEqual([9, 10])
  expect(ask({ order: 'asc', after: { atMs: 10_050, index: 1_005 } })).toEqual([10])
  expect(ask({ query: { field: 'occurred_at', lt: '1970-01-01T00:00:05.000Z' } })).toEqual([4])
})
