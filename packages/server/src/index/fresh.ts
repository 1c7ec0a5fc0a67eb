/** Which entries of a put are new: the gap-free rule of the port, the same for every engine. Pure. */
import { IndexBehind } from './port.js'

interface Placed {
  readonly org: string
  readonly index: number
}

/** The entries not covered yet, and the size of each organization once they are. */
export interface Fresh<E extends Placed> {
  readonly entries: readonly E[]
  readonly sizes: ReadonlyMap<string, number>
}

/** Passes over what is covered and answers IndexBehind at the first gap. `sizeOf` says what is covered so far. */
export function freshEntries<E extends Placed>(
  entries: readonly E[],
  sizeOf: (org: string) => number,
): Fresh<E> | IndexBehind {
  const sizes = new Map<string, number>()
  const fresh: E[] = []
  for (const entry of entries) {
    const size = sizes.get(entry.org) ?? sizeOf(entry.org)
    if (entry.index > size) return new IndexBehind(entry.org)
    if (entry.index < size) continue
    fresh.push(entry)
    sizes.set(entry.org, size + 1)
  }
  return { entries: fresh, sizes }
}
