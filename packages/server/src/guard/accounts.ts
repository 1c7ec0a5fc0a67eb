/** Accounting for disclosures: each that is gone must be one that an entry says was erased, and none of those may be there. */
import type { IndexRange, Redaction } from '@sealedlog/sdk/event'

/** Indexes by group, as ranges that grow at their end: what is gone lies together more often than not. */
export class Gone {
  readonly #ranges = new Map<string, [number, number][]>()

  add(group: string, index: number): void {
    const ranges = this.#ranges.get(group) ?? []
    if (ranges.length === 0) this.#ranges.set(group, ranges)
    const last = ranges.at(-1)
    if (last && index === last[1] + 1) last[1] = index
    else ranges.push([index, index])
  }

  /** The first group and index that no redaction accounts for. */
  unaccounted(redactions: readonly Redaction[]): { readonly group: string; readonly index: number } | undefined {
    for (const [group, ranges] of this.#ranges) {
      const index = firstOutside(ranges, rangesOf(redactions, group))
      if (index !== undefined) return { group, index }
    }
    return undefined
  }
}

/** What redactions say of one group: ascending, without overlaps. */
export function rangesOf(redactions: readonly Redaction[], group: string): readonly IndexRange[] {
  const said = redactions.filter((each) => each.groups.includes(group)).flatMap((each) => each.ranges)
  const merged: [number, number][] = []
  for (const [first, last] of said.toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1)
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else merged.push([first, last])
  }
  return merged
}

/** The first index of ascending ranges that other ascending ranges, merged ones, do not hold. */
function firstOutside(ranges: readonly IndexRange[], others: readonly IndexRange[]): number | undefined {
  let at = 0
  for (const [first, last] of ranges) {
    while ((others[at]?.[1] ?? Number.POSITIVE_INFINITY) < first) at++
    const other = others[at]
    if (other === undefined || first < other[0]) return first
    if (last > other[1]) return other[1] + 1
  }
  return undefined
}
