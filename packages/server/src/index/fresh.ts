/** Which entries of a put are new: the gap-free rule of the port, the same for every engine. Pure. */
import { type IndexEntry, IndexBehind } from './port.js'

/** The entries not covered yet, and the size of each organization once they are. */
export interface Fresh {
  readonly entries: readonly IndexEntry[]
  readonly sizes: ReadonlyMap<string, number>
}

/** Passes over what is covered and answers IndexBehind at the first gap. `sizeOf` says what is covered so far. */
export function freshEntries(entries: readonly IndexEntry[], sizeOf: (org: string) => number): Fresh | IndexBehind {
  const sizes = new Map<string, number>()
  const fresh: IndexEntry[] = []
  for (const entry of entries) {
    const size = sizes.get(entry.org) ?? sizeOf(entry.org)
    if (entry.index > size) return new IndexBehind(entry.org)
    if (entry.index < size) continue
    fresh.push(entry)
    sizes.set(entry.org, size + 1)
  }
  return { entries: fresh, sizes }
}
