/** The algebra of ordinals obeys the laws of sets, however a walk moves, and knows what it may take. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Effort, intersect, nothing, type Scope, Stretch, TooLong, union, without } from '../../dist/index/algebra.js'
import { ArrayList } from '../../dist/index/array-list.js'
import { END, type Ordinals } from '../../dist/index/segment.js'

const ENTRIES = 64
const EVERY: Scope = { end: END, effort: new Effort(Number.POSITIVE_INFINITY) }

const ordinals = fc.uniqueArray(fc.nat(ENTRIES - 1), { maxLength: ENTRIES }).map((set) => set.sort((a, b) => a - b))
/** how a walk moves: to the next, or on to a target */
const moves = fc.array(fc.option(fc.nat(ENTRIES + 2)), { maxLength: 40 })

const listOf = (set: readonly number[], entries = ENTRIES): ArrayList => new ArrayList(Uint32Array.from(set), entries)

function take(walk: Ordinals, end = END): number[] {
  const taken: number[] = []
  for (; walk.head < end; walk.next()) taken.push(walk.head)
  return taken
}

/** Moves along, and holds the walk against what should be left. */
function checkMoves(walk: Ordinals, members: readonly number[], moves: readonly (number | null)[]): void {
  let left = members
  for (const target of moves) {
    expect(walk.head).toBe(left[0] ?? END)
    if (target !== null) walk.seek(target)
    else if (left.length > 0) walk.next()
    left = target === null ? left.slice(1) : left.filter((ordinal) => ordinal >= target)
  }
  expect(take(walk)).toEqual(left)
}

describe('a walk', () => {
  test('over a list moves as over a sorted array, forwards and backwards', () => {
    fc.assert(
      fc.property(ordinals, moves, fc.boolean(), (set, moves, backwards) => {
        const members = backwards ? set.map((ordinal) => ENTRIES - 1 - ordinal).toReversed() : set
        checkMoves(listOf(set).walk(backwards), members, moves)
      }),
    )
  })

  test('over a stretch holds all of it', () => {
    fc.assert(
      fc.property(fc.nat(ENTRIES), fc.nat(ENTRIES), moves, (from, to, moves) => {
        const members = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
        checkMoves(new Stretch(from, to), members, moves)
      }),
    )
  })

  test('over lists combined at random moves as over a sorted array', () => {
    fc.assert(
      fc.property(expression(3), moves, (build, moves) => {
        const { walk, members } = build(EVERY)
        checkMoves(walk, members, moves)
      }),
      { numRuns: 500 },
    )
  })

  test('ends where its scope does, for whoever looks no further', () => {
    fc.assert(
      fc.property(expression(3), fc.nat(ENTRIES), (build, end) => {
        const { walk, members } = build({ ...EVERY, end })
        expect(take(walk, end)).toEqual(members.filter((ordinal) => ordinal < end))
      }),
    )
  })
})

test('nothing stays nothing', () => {
  for (const walk of [nothing(), union([], EVERY), union([nothing(), nothing()], EVERY), intersect([], EVERY)]) {
    walk.seek(1)
    expect(take(walk)).toEqual([])
  }
})

describe('the steps of a walk', () => {
  const all = Array.from({ length: 20_000 }, (_, i) => i)
  /** What it takes to walk to the end, as found by allowing it less and less. */
  const stepsOf = (build: (scope: Scope) => Ordinals): number => {
    const takes = (steps: number): boolean => {
      try {
        take(build({ end: END, effort: new Effort(steps) }))
        return true
      } catch (error) {
        if (error instanceof TooLong) return false
        throw error
      }
    }
    let [low, high] = [0, 1_000_000]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (takes(middle)) high = middle
      else low = middle + 1
    }
    return low
  }
  const walks = (...sets: (readonly number[])[]): Ordinals[] => sets.map((set) => listOf(set, 20_000).walk(false))

  test('leap over what the other list lacks', () => {
    const rare = [100, 9_000, 19_000]
    expect(stepsOf((scope) => intersect(walks(rare, all), scope))).toBeLessThan(10)
    expect(stepsOf((scope) => without(walks(rare)[0] as Ordinals, walks(all)[0] as Ordinals, scope))).toBeLessThan(10)
  })

  test('are few when two halves never meet, and as many as the lists have when they alternate', () => {
    const halves = [all.slice(0, 10_000), all.slice(10_000)]
    expect(stepsOf((scope) => intersect(walks(...halves), scope))).toBeLessThan(3)
    const [even, odd] = [0, 1].map((rest) => all.filter((ordinal) => ordinal % 2 === rest)) as [number[], number[]]
    expect(stepsOf((scope) => intersect(walks(even, odd), scope))).toBe(10_000)
  })

  test('of a union are as many as its tree is deep', () => {
    const sets = Array.from({ length: 64 }, (_, rest) => all.filter((ordinal) => ordinal % 64 === rest))
    expect(stepsOf((scope) => union(walks(...sets), scope))).toBe(all.length * Math.log2(64))
  })
})

interface Built {
  readonly walk: Ordinals
  readonly members: readonly number[]
}

/** A tree of unions, intersections and differences, beside the members that it must have. */
function expression(depth: number): fc.Arbitrary<(scope: Scope) => Built> {
  const leaf = ordinals.map((members) => (): Built => ({ walk: listOf(members).walk(false), members }))
  if (depth === 0) return leaf
  const parts = fc.array(expression(depth - 1), { minLength: 1, maxLength: 4 })
  const node = fc.tuple(fc.constantFrom('union', 'intersect', 'without'), parts).map(([kind, parts]) => {
    return (scope: Scope): Built => {
      const built = parts.map((part) => part(scope))
      const walks = built.map(({ walk }) => walk)
      const sets = built.map(({ members }) => new Set(members))
      const keep = (holds: (ordinal: number) => boolean) => Array.from({ length: ENTRIES }, (_, i) => i).filter(holds)
      if (kind === 'union')
        return { walk: union(walks, scope), members: keep((ordinal) => sets.some((set) => set.has(ordinal))) }
      if (kind === 'intersect')
        return { walk: intersect(walks, scope), members: keep((ordinal) => sets.every((set) => set.has(ordinal))) }
      const [kept, ...dropped] = walks
      return {
        walk: without(kept as Ordinals, union(dropped, scope), scope),
        members: keep((ordinal) => sets[0]?.has(ordinal) === true && !sets.slice(1).some((set) => set.has(ordinal))),
      }
    }
  })
  return fc.oneof(leaf, node)
}
