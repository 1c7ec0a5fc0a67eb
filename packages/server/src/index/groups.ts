/** Groups of a count: sorted, and cut to as many as were asked for. */
import type { CountGroup, Counts } from './port.js'

type Groups = Pick<Counts, 'groups' | 'more'>

/** Stretches of time, ascending, by their number since 1970; the newest where there are too many. */
export function ascendingGroups(counts: ReadonlyMap<number, number>, limit: number, lengthMs: number): Groups {
  const groups = [...counts].sort(([a], [b]) => a - b).map(([place, count]) => ({ key: place * lengthMs, count }))
  return { groups: groups.slice(-limit), more: groups.length > limit }
}

/** Values by count descending, then ascending: there may be many more than are asked for, so only those are sorted. */
export function largestGroups(counts: ReadonlyMap<string, number>, limit: number): Groups {
  const groups: ValueGroup[] = []
  for (const [key, count] of counts) {
    const group = { key, count }
    const last = groups.at(-1)
    if (groups.length === limit && last && !comesBefore(group, last)) continue
    groups.splice(placeOf(groups, group), 0, group)
    if (groups.length > limit) groups.pop()
  }
  return { groups, more: counts.size > limit }
}

interface ValueGroup extends CountGroup {
  readonly key: string
}

const comesBefore = (a: ValueGroup, b: ValueGroup): boolean =>
  a.count > b.count || (a.count === b.count && a.key < b.key)

function placeOf(groups: readonly ValueGroup[], group: ValueGroup): number {
  let low = 0
  let high = groups.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (comesBefore(groups[middle] as ValueGroup, group)) low = middle + 1
    else high = middle
  }
  return low
}
