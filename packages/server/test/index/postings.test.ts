/** The algebra of sorted postings obeys the laws of sets, in both orders, however a walk moves. */
import type { ListPosition } from '@sealedlog/sdk/event'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CHUNK_ROWS_MAX,
  chunked,
  compareIn,
  following,
  intersect,
  NOTHING,
  type Order,
  type Postings,
  type Range,
  type ReadChunk,
  take,
  union,
  without,
} from '../../dist/index/postings.js'

const EVERYTHING = Number.MAX_SAFE_INTEGER

const position = fc.record({ atMs: fc.integer({ min: -3, max: 30 }), index: fc.integer({ min: 0, max: 5 }) })
const positions = fc.uniqueArray(position, { selector: key, maxLength: 150 })
const order = fc.constantFrom<Order>('asc', 'desc')
/** how a walk moves: to the next, or on to a target */
const moves = fc.array(fc.option(position), { maxLength: 60 })

describe('a walk', () => {
  test('over a source holds its positions in order, within the range', () => {
    fc.assert(
      fc.property(positions, order, position, position, (set, order, first, end) => {
        const range = { order, compare: compareIn(order), first, end }
        const inRange = (p: ListPosition) => range.compare(p, first) >= 0 && range.compare(p, end) < 0
        expect(take(chunked(reader(set, range), range), EVERYTHING)).toEqual(set.filter(inRange).sort(range.compare))
      }),
    )
  })

  test('over sources combined at random moves as over a sorted array', () => {
    fc.assert(
      fc.property(order, expression(3), moves, (order, build, moves) => {
        const range = whole(order)
        const { walk, members } = build(range)
        let left = members.toSorted(range.compare)
        for (const target of moves) {
          expect(walk.head()).toEqual(left[0])
          if (target) walk.seek(target)
          else if (left.length > 0) walk.next()
          left = target ? left.filter((p) => range.compare(p, target) >= 0) : left.slice(1)
        }
        expect(take(walk, EVERYTHING)).toEqual(left)
      }),
      { numRuns: 500 },
    )
  })

  test('is cut to the limit', () => {
    fc.assert(
      fc.property(positions, fc.integer({ min: 1, max: 20 }), (set, limit) => {
        const range = whole('asc')
        const taken = take(chunked(reader(set, range), range), limit)
        expect(taken).toEqual(set.toSorted(range.compare).slice(0, limit))
      }),
    )
  })
})

describe('the reads of a source', () => {
  const long = Array.from({ length: 20_000 }, (_, index) => ({ atMs: index, index }))

  test('grow along a walk and stay within the limit', () => {
    const rows: number[] = []
    const range = whole('asc')
    take(chunked(counting(reader(long, range), rows), range), EVERYTHING)
    expect(rows.length).toBeLessThan(30)
    expect(Math.max(...rows)).toBe(CHUNK_ROWS_MAX)
  })

  test('leap over what the other source lacks', () => {
    const rows: number[] = []
    const range = whole('desc')
    const rare = [100, 9_000, 19_000].map((index) => ({ atMs: index, index }))
    const walks = [reader(long, range), reader(rare, range)].map((read) => chunked(counting(read, rows), range))
    expect(take(intersect(walks, range.compare), EVERYTHING)).toEqual(rare.toReversed())
    expect(rows.reduce((a, b) => a + b)).toBeLessThan(500)
  })

  test('are few when two halves never meet', () => {
    const rows: number[] = []
    const range = whole('asc')
    const halves = [long.slice(0, 10_000), long.slice(10_000)]
    const walks = halves.map((half) => chunked(counting(reader(half, range), rows), range))
    expect(take(intersect(walks, range.compare), EVERYTHING)).toEqual([])
    expect(rows.length).toBe(3)
  })
})

test('following is the least step', () => {
  expect(following({ atMs: 5, index: 7 }, 'asc')).toEqual({ atMs: 5, index: 8 })
  expect(following({ atMs: 5, index: 7 }, 'desc')).toEqual({ atMs: 5, index: 6 })
})

test('nothing stays nothing', () => {
  const { compare } = whole('asc')
  for (const walk of [NOTHING, union([], compare), union([NOTHING, NOTHING], compare), intersect([], compare)]) {
    walk.seek({ atMs: 1, index: 1 })
    expect(take(walk, 5)).toEqual([])
  }
})

interface Built {
  readonly walk: Postings
  readonly members: readonly ListPosition[]
}

/** A tree of unions, intersections and differences, beside the members that it must have. */
function expression(depth: number): fc.Arbitrary<(range: Range) => Built> {
  const leaf = positions.map((members) => (range: Range) => ({ walk: chunked(reader(members, range), range), members }))
  if (depth === 0) return leaf
  const parts = fc.array(expression(depth - 1), { minLength: 1, maxLength: 4 })
  const node = fc.tuple(fc.constantFrom('union', 'intersect', 'without'), parts).map(([kind, parts]) => {
    return (range: Range): Built => {
      const built = parts.map((part) => part(range))
      const walks = built.map(({ walk }) => walk)
      const sets = built.map(({ members }) => new Map(members.map((member) => [key(member), member])))
      const all = [...new Map(sets.flatMap((set) => [...set]))]
      const keep = (holds: (key: string) => boolean) => all.filter(([key]) => holds(key)).map(([, member]) => member)
      if (kind === 'union') return { walk: union(walks, range.compare), members: keep(() => true) }
      if (kind === 'intersect') {
        return { walk: intersect(walks, range.compare), members: keep((key) => sets.every((set) => set.has(key))) }
      }
      const [kept, ...dropped] = walks
      return {
        walk: without(kept as Postings, union(dropped, range.compare), range.compare),
        members: keep((key) => sets[0]?.has(key) === true && !sets.slice(1).some((set) => set.has(key))),
      }
    }
  })
  return fc.oneof(leaf, node)
}

function whole(order: Order): Range {
  const [low, high] = [-EVERYTHING, EVERYTHING].map((atMs) => ({ atMs, index: 0 })) as [ListPosition, ListPosition]
  const [first, end] = order === 'asc' ? [low, high] : [high, low]
  return { order, compare: compareIn(order), first, end }
}

function reader(set: readonly ListPosition[], { compare }: Range): ReadChunk {
  const sorted = set.toSorted(compare)
  return (from, rows) => {
    const start = sorted.findIndex((p) => compare(p, from) >= 0)
    return start < 0 ? [] : sorted.slice(start, start + rows)
  }
}

const counting =
  (read: ReadChunk, rows: number[]): ReadChunk =>
  (from, count) => {
    rows.push(count)
    return read(from, count)
  }

function key({ atMs, index }: ListPosition): string {
  return `${atMs}/${index}`
}
