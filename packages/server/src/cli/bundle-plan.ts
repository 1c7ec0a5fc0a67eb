/** Which parts of a log a bundle takes along (docs/decisions/0008): arithmetic on sizes and indexes alone. */
import type { IndexRange, Redaction } from '@sealedlog/sdk/event'
import { TILE_WIDTH, type TileName, tileWidth } from '@sealedlog/sdk/merkle'

/**
 * The tiles of hashes that a bundle needs: all of level 1 and above, of level 0 those beside its entry bundles and the
 * rightmost one, without which the root could not be computed.
 *
 * @param bundles the entry bundles inside; undefined for all
 * @example
 * hashTilesOf(70_000, new Set([3])) // level 0: tiles 3 and 273; level 1: tiles 0 and 1; level 2: tile 0
 */
export function hashTilesOf(size: number, bundles?: ReadonlySet<number>): readonly TileName[] {
  const tiles: TileName[] = []
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const last = Math.ceil(hashes / TILE_WIDTH) - 1
    for (let index = 0; index <= last; index++)
      if (level > 0 || bundles === undefined || bundles.has(index) || index === last)
        tiles.push({ level, index, width: tileWidth(level, index, size) })
  }
  return tiles
}

/** The entry bundles that hold entries of some ranges, ascending. */
export function bundlesOf(ranges: readonly IndexRange[]): readonly number[] {
  const bundles = new Set<number>()
  for (const [first, last] of ranges)
    for (let n = Math.floor(first / TILE_WIDTH); n <= Math.floor(last / TILE_WIDTH); n++) bundles.add(n)
  return [...bundles].sort((a, b) => a - b)
}

/** The entries that stand in some bundles of a log of that size. */
export function entriesOf(bundles: readonly number[], size: number): readonly IndexRange[] {
  return joinRanges(bundles.map((n): IndexRange => [n * TILE_WIDTH, Math.min(size, (n + 1) * TILE_WIDTH) - 1]))
}

/** Ascending ranges with neighbours joined. */
export function joinRanges(ascending: Iterable<IndexRange>): readonly IndexRange[] {
  const joined: [number, number][] = []
  for (const [first, last] of ascending) {
    const before = joined.at(-1)
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else joined.push([first, last])
  }
  return joined
}

/** What of some ranges stands from `from` up to `to`, which is not included. */
export const clip = (ranges: readonly IndexRange[], from: number, to: number): readonly IndexRange[] =>
  ranges
    .map(([first, last]): IndexRange => [Math.max(first, from), Math.min(last, to - 1)])
    .filter(([first, last]) => first <= last)

/** What of some ranges is in none of the others. Both ascend. */
export function without(ranges: readonly IndexRange[], others: readonly IndexRange[]): readonly IndexRange[] {
  const left: IndexRange[] = []
  for (const [first, last] of ranges) {
    let from = first
    for (const [otherFirst, otherLast] of clip(others, first, last + 1)) {
      if (otherFirst > from) left.push([from, otherFirst - 1])
      from = otherLast + 1
    }
    if (from <= last) left.push([from, last])
  }
  return left
}

export const isIn = (ranges: readonly IndexRange[], index: number): boolean =>
  ranges.some(([first, last]) => first <= index && index <= last)

export const countOf = (ranges: readonly IndexRange[]): number =>
  ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)

/** Every group of an entry, in what a manifest says is withheld. */
export const EVERY_GROUP = '*'

/**
 * What a bundle leaves out, in the form of redactions: groups that are left out of the same entries share one.
 *
 * @param byGroup ascending ranges for each group
 */
export function withheldOf(byGroup: ReadonlyMap<string, readonly IndexRange[]>): readonly Redaction[] {
  const byRanges = new Map<string, { readonly groups: string[]; readonly ranges: readonly IndexRange[] }>()
  for (const [group, some] of [...byGroup].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const ranges = joinRanges(some)
    if (ranges.length === 0) continue
    const shared = byRanges.get(JSON.stringify(ranges))
    if (shared) shared.groups.push(group)
    else byRanges.set(JSON.stringify(ranges), { groups: [group], ranges })
  }
  return [...byRanges.values()]
}
