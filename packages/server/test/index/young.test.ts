/** Young entries are a segment, whatever the order of their times, and what a part of a run is made from. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Random, random, randomEntries, type SaidEntry, withoutGroups } from '../../dist/index/contract-data.js'
import { fieldOf, keyOf, valueOf } from '../../dist/index/runs/key.js'
import { keyTextOf, type PartSource } from '../../dist/index/runs/source.js'
import { END, type PostingList, type Segment } from '../../dist/index/segment.js'
import { eachTerm } from '../../dist/index/terms.js'
import { YoungSegments } from '../../dist/index/young.js'
import { Utf8Order } from '../../dist/index/young/utf8-order.js'
import type { ByteTexts } from '../../dist/index/young/young-terms.js'

const SEEDS = [1, 20_261_121]

/** By time, then by index: an entry's ordinal is its place here. */
const inTime = (entries: readonly SaidEntry[]): readonly SaidEntry[] =>
  entries.toSorted((a, b) => a.atMs - b.atMs || a.index - b.index)

/** The keys of all terms, each with the ordinals that it should have: the definition. */
function termsOf(entries: readonly SaidEntry[]): ReadonlyMap<string, readonly number[]> {
  const terms = new Map<string, number[]>()
  for (const [ordinal, entry] of inTime(entries).entries())
    eachTerm(entry, (field, value) => {
      const key = keyOf(field, value)
      terms.set(key, [...(terms.get(key) ?? []), ordinal])
    })
  return terms
}

function ordinalsOf(list: PostingList | undefined, backwards: boolean): readonly number[] {
  const ordinals: number[] = []
  if (list === undefined) return ordinals
  for (const walk = list.walk(backwards); walk.head !== END; walk.next()) ordinals.push(walk.head)
  return ordinals
}

/** Holds a segment against its entries. */
function checkSegment(segment: Segment, entries: readonly SaidEntry[]): void {
  const sorted = inTime(entries)
  expect([segment.count, segment.first]).toEqual([entries.length, entries[0]?.index])
  expect([segment.leastMs, segment.greatestMs]).toEqual([sorted[0]?.atMs, sorted.at(-1)?.atMs])
  for (const [ordinal, { atMs, index }] of sorted.entries()) {
    expect(segment.positionOf(ordinal)).toEqual({ atMs, index })
    expect(segment.ordinalOf({ atMs, index })).toBe(ordinal)
    expect(segment.ordinalOf({ atMs, index: index + 0.5 })).toBe(ordinal + 1)
  }
  expect(segment.ordinalOf({ atMs: Infinity, index: 0 })).toBe(entries.length)
  for (const [key, ordinals] of termsOf(entries)) {
    const list = segment.find(fieldOf(key), valueOf(key))
    expect(list?.count).toBe(ordinals.length)
    expect(ordinalsOf(list, false)).toEqual(ordinals)
    for (const [before, ordinal] of [...ordinals, entries.length].entries())
      expect(list?.countBelow(ordinal)).toBe(before)
    expect(ordinalsOf(list, true)).toEqual(ordinals.map((ordinal) => entries.length - 1 - ordinal).toReversed())
  }
  expect(segment.find('word', 'never said')).toBeUndefined()
  const { hours, firsts } = segment.hours()
  const hourOf = ({ atMs }: SaidEntry) => Math.floor(atMs / 3_600_000)
  expect([...hours]).toEqual([...new Set(sorted.map(hourOf))])
  expect([...firsts]).toEqual([...hours].map((hour) => sorted.findIndex((entry) => hourOf(entry) === hour)))
}

/** Holds what is written to a run against the entries. */
function checkSource(source: PartSource, entries: readonly SaidEntry[]): void {
  const { times, offsets } = source.positions()
  expect([...times]).toEqual(inTime(entries).map(({ atMs }) => atMs))
  expect([...offsets]).toEqual(inTime(entries).map(({ index }) => index - source.first))
  const found: (readonly [string, readonly number[]])[] = []
  for (const terms = source.eachTerm(); terms.next(); )
    found.push([keyTextOf(terms), [...terms.ordinals.subarray(0, terms.count)]])
  expect(found).toEqual([...termsOf(entries)].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Other entries of the same log, whose first is not 0. */
const entriesFrom = (rnd: Random, first: number, count: number): SaidEntry[] =>
  randomEntries(rnd, 'acme', first + count).slice(first)

describe('young entries', () => {
  for (const seed of SEEDS) {
    test(`are a segment after each of them, late ones in their place (seed ${seed})`, () => {
      const rnd = random(seed)
      const entries = entriesFrom(rnd, 30, 90)
      const young = new YoungSegments()
      for (const [i, entry] of entries.entries()) {
        young.add(entry)
        if (rnd(12) === 0) checkSegment(young.segment('acme') as Segment, entries.slice(0, i + 1))
      }
      checkSegment(young.segment('acme') as Segment, entries)
      expect(young.entries).toBe(entries.length)
      expect(young.postings).toBe([...termsOf(entries).values()].reduce((sum, { length }) => sum + length, 0))
    })

    test(`are written by key, by the bytes of organizations’ names (seed ${seed})`, () => {
      const rnd = random(seed)
      const orgs = ['b', 'B', '_', 'a.1', 'a', 'ﬁ', '🐟']
      const entries = orgs.flatMap((org) => randomEntries(rnd, 'acme', 1 + rnd(40)).map((entry) => ({ ...entry, org })))
      const young = new YoungSegments()
      for (const entry of entries) young.add(entry)
      const parts = young.parts()
      expect(parts.map(([org]) => org)).toEqual(['B', '_', 'a', 'a.1', 'b', 'ﬁ', '🐟'])
      for (const [org, source] of parts)
        checkSource(
          source,
          entries.filter((entry) => entry.org === org),
        )
    })

    test(`keep nothing of what is erased (seed ${seed})`, () => {
      const rnd = random(seed)
      const before = entriesFrom(rnd, 10, 80)
      const young = new YoungSegments()
      for (const entry of before) young.add(entry)
      const entries = before.map((entry) => (rnd(3) === 0 ? withoutGroups(entry, () => rnd(2) === 0) : entry))
      const survivors = new Map(entries.filter((entry) => !before.includes(entry)).map((entry) => [entry.index, entry]))
      const [outside] = randomEntries(rnd, 'acme', 1) as [SaidEntry]
      young.erase('acme', new Map([...survivors, [0, outside]]))
      young.erase('nobody', survivors)
      checkSegment(young.segment('acme') as Segment, entries)
      const [[, source]] = young.parts() as [[string, PartSource]]
      checkSource(source, entries)
      expect(young.postings).toBe([...termsOf(entries).values()].reduce((sum, { length }) => sum + length, 0))
      const more = entriesFrom(rnd, 90, 20)
      for (const entry of more) young.add(entry)
      checkSegment(young.segment('acme') as Segment, [...entries, ...more])
    })
  }

  test('say which of their values start with a prefix, by bytes, up to so many', () => {
    const entries = randomEntries(random(4), 'acme', 200)
    const young = new YoungSegments()
    for (const entry of entries) young.add(entry)
    const segment = young.segment('acme') as Segment
    const keys = [...termsOf(entries).keys()].sort()
    const words = keys.filter((key) => fieldOf(key) === 'word')
    for (const prefix of ['', 'l', 'log', 'login', 'зз', 'и', 'иван', '日', 'e', ...words.map(valueOf)]) {
      const known = words.filter((key) => key.startsWith(keyOf('word', prefix)))
      const found = segment.valuesFrom('word', prefix, 10_000)
      expect(found.map(({ value }) => value)).toEqual(known.map(valueOf))
      expect(segment.valuesFrom('word', prefix, 3)).toHaveLength(Math.min(3, known.length))
    }
  })
})

/** Texts as they stand in memory. */
function bytesOf(texts: readonly string[]): ByteTexts {
  const starts = [0]
  for (const text of texts) starts.push((starts.at(-1) as number) + Buffer.byteLength(text))
  return { count: texts.length, bytes: Buffer.from(texts.join('')), starts: Uint32Array.from(starts) }
}

describe('texts in the order of their UTF-8', () => {
  const expectOrder = (texts: readonly string[]): void => {
    const order = new Utf8Order(bytesOf(texts))
    const found: string[] = []
    while (order.next()) {
      expect(Buffer.from(order.bytes.slice(order.start, order.end)).toString('utf8')).toBe(texts[order.place])
      found.push(texts[order.place] as string)
    }
    const expected = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(found).toEqual(expected)
  }

  test('are sorted as a whole sort would, however many begin alike', () => {
    const unit = fc.constantFrom('a', 'b', '\u0000', '\u007f', 'ÿ', '語', '😀', '\uffff', 'longer ')
    const text = fc.string({ unit, maxLength: 6 })
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 60 }), fc.constantFrom('', 'the same '), (some, start) => {
        const texts = some.flatMap((each) => Array.from({ length: 30 }, (_, i) => `${start}${each}${(i * 7) % 30}`))
        expectOrder([...new Set([...texts, ...some])])
      }),
      { numRuns: 40 },
    )
  })

  test('are the same where there are many, and where they are nearly nothing but zeros', () => {
    const many = Array.from(
      { length: 20_000 },
      (_, nth) => `${nth % 3 ? 'key_' : ''}${((nth * 7_919) % 20_011).toString(36)}`,
    )
    expectOrder(
      many
        .slice(0, 300)
        .map((text) => `${'long '.repeat(2_000)}${text}`)
        .filter((text, at, all) => all.indexOf(text) === at),
    )
    expectOrder([...new Set([...many, ...Array.from({ length: 200 }, (_, nth) => '\u0000'.repeat(nth))])])
  })
})
