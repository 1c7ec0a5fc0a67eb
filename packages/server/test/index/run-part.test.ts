/** A part says what the entries say that it was written from, however it is read. */
import type { ListPosition } from '@sealedlog/sdk/event'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { ByteWriter } from '../../dist/index/runs/bytes.js'
import { KEY_BYTES_MAX, keyOf, valueOf } from '../../dist/index/runs/key.js'
import { CHUNK_ORDINALS, chunksOf, decodeChunk, encodeList, TABLE_ENTRY_BYTES } from '../../dist/index/runs/lists.js'
import { PAGE_BYTES, PART_ENTRIES_MAX, POSITIONS_A_PAGE } from '../../dist/index/runs/part-format.js'
import { PartWriter } from '../../dist/index/runs/part-writer.js'
import { END, type PostingList } from '../../dist/index/segment.js'
import { seededRandom } from '../http/seeded.js'
import { entries, everythingOf, Files, key, many, ordinalsOf, Plain, partsOfKey } from './run-kit.js'

const files = new Files()
afterAll(() => files.close())

/** of two pages: each page that is read pushes another out */
const TINY_CACHE = 2 * PAGE_BYTES
const cacheBytes = fc.constantFrom(TINY_CACHE, 2 ** 25)
const HOUR_MS = 3_600_000

describe('a part', () => {
  test('says each term, each position and each hour of its entries', () => {
    fc.assert(
      fc.property(entries(60), cacheBytes, (plain, cacheBytes) => {
        const part = files.part([plain], { cacheBytes })
        expect(everythingOf(part)).toEqual(everythingOf(plain))
        expect(plain.entries.map((_, ordinal) => part.positionOf(ordinal))).toEqual(positionsOf(plain))
        expect(part.hours()).toEqual(hoursOf(plain))
        expect([part.leastMs, part.greatestMs]).toEqual([plain.entries[0]?.atMs, plain.entries.at(-1)?.atMs])
        for (const [key, ordinals] of plain.terms()) expect(ordinalsOf(part.find(...partsOfKey(key)))).toEqual(ordinals)
        expect(part.sums).toEqual({
          terms: plain.terms().size,
          postings: [...plain.terms().values()].reduce((sum, list) => sum + list.length, 0),
        })
      }),
      { numRuns: 150 },
    )
  })

  test('finds no term that it does not have, and all values that start with a prefix', () => {
    fc.assert(
      fc.property(entries(40), key, fc.integer({ min: 1, max: 12 }), (plain, key, max) => {
        const part = files.part([plain])
        const terms = plain.terms()
        const [field, value] = partsOfKey(key)
        expect(ordinalsOf(part.find(field, value))).toEqual(terms.get(key) ?? [])
        const starting = [...terms].filter(([known]) => known.startsWith(key)).slice(0, max)
        const found = part.valuesFrom(field, value, max).map((term) => [term.value, ordinalsOf(term.list)])
        expect(found).toEqual(starting.map(([known, ordinals]) => [valueOf(known), ordinals]))
      }),
      { numRuns: 150 },
    )
  })

  test('says where a position stands, or would', () => {
    const bound = fc.record({
      atMs: fc.oneof(
        fc.integer({ min: -4 * HOUR_MS, max: 51 * HOUR_MS }),
        fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
      ),
      index: fc.constantFrom(-1, 0, 3, 1_003, 2 ** 33 + 5, Number.MAX_SAFE_INTEGER),
    })
    fc.assert(
      fc.property(entries(60), fc.array(bound, { maxLength: 20 }), (plain, bounds) => {
        const part = files.part([plain])
        const asked = [...bounds, ...positionsOf(plain), ...positionsOf(plain).map(following)]
        expect(asked.map((position) => part.ordinalOf(position))).toEqual(asked.map((each) => ordinalIn(plain, each)))
      }),
      { numRuns: 150 },
    )
  })

  test('of many entries says the same through a cache of two pages', () => {
    const plain = many(6_000, 7)
    const part = files.part([plain], { cacheBytes: TINY_CACHE })
    expect(everythingOf(part)).toEqual(everythingOf(plain))
    const terms = [...plain.terms()]
    for (const [key, ordinals] of terms.filter((_, nth) => nth % 17 === 0))
      expect(ordinalsOf(part.find(...partsOfKey(key)))).toEqual(ordinals)
    const users = terms.filter(([key]) => key.startsWith(keyOf('actor_id', 'user_1')))
    expect(part.valuesFrom('actor_id', 'user_1', 1_000).map(({ value }) => value)).toEqual(
      users.map(([key]) => valueOf(key)),
    )
    expect(part.hours()).toEqual(hoursOf(plain))
  })

  test.each([
    POSITIONS_A_PAGE - 1,
    POSITIONS_A_PAGE,
    POSITIONS_A_PAGE + 1,
    2 * POSITIONS_A_PAGE,
    3 * POSITIONS_A_PAGE + 1,
  ])('of %i entries, about as many as its pages hold, says the position of each', (count) => {
    const plain = many(count, count)
    const part = files.part([plain], { cacheBytes: TINY_CACHE })
    expect(plain.entries.map((_, ordinal) => part.positionOf(ordinal))).toEqual(positionsOf(plain))
    expect(part.positions()).toEqual(plain.positions())
    expect(part.hours()).toEqual(hoursOf(plain))
    expect(everythingOf(part)).toEqual(everythingOf(plain))
  })

  test('holds values as long as an event, and lists at both sides of what stands in the dictionary', () => {
    const words = [
      '',
      'w',
      'é'.repeat(1_024),
      'x'.repeat(5_000),
      `${'x'.repeat(5_000)}y`,
      'y'.repeat(KEY_BYTES_MAX - 1),
    ]
    const counts = [1, 2, 15, 16, 17, 127, 128, 129, 255, 256, 257, 640]
    const plain = plainOf(700, (nth) => [
      ...words.filter((_, word) => nth % (word + 1) === 0).map((word) => keyOf('word', word)),
      ...counts.filter((count) => nth < count).map((count) => keyOf('type', `first_${count}`)),
      ...counts.filter((count) => nth * 7 < count * 7 && nth % 2 === 0).map((count) => keyOf('type', `even_${count}`)),
    ])
    const part = files.part([plain])
    expect(everythingOf(part)).toEqual(everythingOf(plain))
    for (const [key, ordinals] of plain.terms()) expect(ordinalsOf(part.find(...partsOfKey(key)))).toEqual(ordinals)
    expect(part.find('word', 'z'.repeat(KEY_BYTES_MAX * 2))).toBeUndefined()
  })

  test('may have no terms at all', () => {
    const part = files.part([plainOf(3, () => [])])
    expect([part.find('type', 'a'), part.valuesFrom('type', '', 5), part.sums.terms]).toEqual([undefined, [], 0])
  })
})

describe('a walk over a stored list', () => {
  const part = files.part([many(20_000, 11)], { cacheBytes: TINY_CACHE * 4 })
  const lists = [...many(20_000, 11).terms()].filter(([, { length }], nth) => length > 100 || nth % 500 === 0)

  test('goes both ways, by steps and by leaps, as over an array', () => {
    expect(lists.length).toBeGreaterThan(30)
    const move = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 9_000 }))
    fc.assert(
      fc.property(
        fc.constantFrom(...lists),
        fc.boolean(),
        fc.array(move, { maxLength: 80 }),
        ([key, ordinals], backwards, moves) => {
          const list = part.find(...partsOfKey(key)) as PostingList
          expect(list.count).toBe(ordinals.length)
          const expected = backwards ? ordinals.map((ordinal) => part.count - 1 - ordinal).toReversed() : ordinals
          const walk = list.walk(backwards)
          let at = 0
          for (const move of moves) {
            const head = expected[at] ?? END
            expect(walk.head).toBe(head)
            // a leap to where it stands, or before, is none
            if (move % 5 === 4) walk.seek(Math.max(0, head - move))
            else if (move > 0) {
              const target = head === END ? move : head + move
              walk.seek(target)
              while ((expected[at] ?? END) < target) at++
            } else if (head !== END) {
              walk.next()
              at++
            }
          }
          expect(walk.head).toBe(expected[at] ?? END)
          walk.seek(END)
          expect(walk.head).toBe(END)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('comes to each ordinal, and to the end', () => {
    for (const [key, ordinals] of lists) {
      const list = part.find(...partsOfKey(key)) as PostingList
      expect(ordinalsOf(list)).toEqual(ordinals)
      const found: number[] = []
      for (const walk = list.walk(true); walk.head !== END; walk.next()) found.push(part.count - 1 - walk.head)
      expect(found.toReversed()).toEqual(ordinals)
    }
  })

  test('is counted up to any ordinal', () => {
    for (const [key, ordinals] of lists) {
      const list = part.find(...partsOfKey(key)) as PostingList
      for (let ordinal = 0; ordinal <= part.count; ordinal += 97)
        expect(list.countBelow(ordinal)).toBe(ordinals.filter((each) => each < ordinal).length)
    }
  })

  test('holds ordinals near their limit, and gaps of every size', () => {
    const random = seededRandom(5)
    for (let bits = 1; bits <= 30; bits++) {
      const ordinals = new Set([0, PART_ENTRIES_MAX - 1])
      while (ordinals.size < Math.min(700, 2 ** bits)) ordinals.add(Math.floor(random() * 2 ** bits))
      const sorted = Uint32Array.from(ordinals).sort()
      expect(readBack(sorted)).toEqual(sorted)
    }
  })
})

describe('a part writer', () => {
  const sink = { at: 0, write: () => {} }
  const begun = (count: number): PartWriter => {
    const writer = new PartWriter(sink, { first: 0, count })
    writer.positions(
      new Float64Array(count),
      Uint32Array.from({ length: count }, (_, nth) => nth),
    )
    return writer
  }
  const say = (writer: PartWriter, key: string, count = 1): void =>
    writer.term(Buffer.from(key, 'latin1'), key.length, Uint32Array.of(0), count)

  test('refuses entries beyond its limit, and none', () => {
    expect(() => new PartWriter(sink, { first: 0, count: PART_ENTRIES_MAX })).not.toThrow()
    for (const count of [0, PART_ENTRIES_MAX + 1])
      expect(() => new PartWriter(sink, { first: 0, count })).toThrow(/1 to 1073741824 entries/)
  })

  test('refuses keys beyond their limit, and none', () => {
    expect(() => say(begun(1), 'x'.repeat(KEY_BYTES_MAX))).not.toThrow()
    for (const key of ['', 'x'.repeat(KEY_BYTES_MAX + 1)])
      expect(() => say(begun(1), key)).toThrow(/1 to 1048576 bytes/)
  })

  test('refuses what does not come in its order', () => {
    const writer = begun(2)
    say(writer, 'b')
    for (const key of ['b', 'a', 'ab']) expect(() => say(writer, key)).toThrow(/order of their keys/)
    expect(() => say(writer, 'c', 0)).toThrow(/each with an entry/)
    const early = new PartWriter(sink, { first: 0, count: 2 })
    expect(() => early.positions(Float64Array.of(5, 4), Uint32Array.of(0, 1))).toThrow(/times ascend/)
    expect(() => early.positions(Float64Array.of(4), Uint32Array.of(0, 1))).toThrow(/as many positions as entries/)
    expect(() => begun(2).positions(Float64Array.of(9), Uint32Array.of(2))).toThrow(/as many positions as entries/)
    expect(() => say(new PartWriter(sink, { first: 0, count: 1 }), 'a')).toThrow(/after the positions/)
    expect(() => new PartWriter(sink, { first: 0, count: 1 }).finish()).toThrow(/all of its positions/)
  })
})

const positionsOf = (plain: Plain): ListPosition[] => plain.entries.map(({ atMs, index }) => ({ atMs, index }))

const following = ({ atMs, index }: ListPosition): ListPosition => ({ atMs, index: index + 1 })

const ordinalIn = (plain: Plain, { atMs, index }: ListPosition): number =>
  plain.entries.filter((entry) => entry.atMs < atMs || (entry.atMs === atMs && entry.index < index)).length

function hoursOf(plain: Plain): { hours: Int32Array; firsts: Uint32Array } {
  const firsts = new Map<number, number>()
  for (const [ordinal, { atMs }] of plain.entries.entries()) {
    const hour = Math.floor(atMs / HOUR_MS)
    if (!firsts.has(hour)) firsts.set(hour, ordinal)
  }
  return { hours: Int32Array.from(firsts.keys()), firsts: Uint32Array.from(firsts.values()) }
}

/** Entries a second apart that say what they are told to. */
const plainOf = (count: number, keys: (nth: number) => readonly string[]): Plain =>
  new Plain(Array.from({ length: count }, (_, nth) => ({ atMs: nth * 1_000, index: nth, keys: keys(nth) })))

/** A list as it is written, chunk by chunk. */
function readBack(ordinals: Uint32Array): Uint32Array {
  const table = new ByteWriter(16)
  const chunks = new ByteWriter(16)
  encodeList(ordinals, ordinals.length, table, chunks)
  const read = new Uint32Array(ordinals.length)
  for (let chunk = 0, start = 0; chunk < chunksOf(ordinals.length); chunk++) {
    const first = table.bytes.readUInt32LE(chunk * TABLE_ENTRY_BYTES)
    const end = table.bytes.readUInt32LE(chunk * TABLE_ENTRY_BYTES + 4)
    const from = chunk * CHUNK_ORDINALS
    decodeChunk(chunks.bytes, start, end, first, Math.min(CHUNK_ORDINALS, ordinals.length - from), read, from)
    start = end
  }
  return read
}
