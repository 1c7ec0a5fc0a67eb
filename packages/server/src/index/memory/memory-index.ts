/** The index in memory: an array for each organization, filtered and sorted by the definition itself. */
import { judge } from '@sealedlog/sdk/query'
import { freshEntries } from '../fresh.js'
import { type EventIndex, type Found, IndexBehind, type IndexEntry, type SearchRequest } from '../port.js'
import { compareIn } from '../postings.js'

export class MemoryIndex implements EventIndex {
  readonly #entries = new Map<string, IndexEntry[]>()

  async put(entries: readonly IndexEntry[]): Promise<void> {
    const fresh = freshEntries(entries, (org) => this.#of(org).length)
    if (fresh instanceof IndexBehind) throw fresh
    for (const entry of fresh.entries) {
      const kept = this.#entries.get(entry.org)
      if (kept) kept.push(entry)
      else this.#entries.set(entry.org, [entry])
    }
  }

  async erase(org: string, entries: readonly IndexEntry[]): Promise<void> {
    const kept = this.#entries.get(org) ?? []
    if (entries.some(({ index }) => index >= kept.length)) throw new IndexBehind(org)
    for (const { index, facts } of entries) kept[index] = { ...(kept[index] as IndexEntry), facts }
  }

  async finishErasing(): Promise<boolean> {
    return true
  }

  async search(request: SearchRequest): Promise<Found> {
    const { org, query, order, after, before, limit, covering } = request
    const entries = this.#of(org)
    if (entries.length < covering) throw new IndexBehind(org)
    const compare = compareIn(order)
    const judged = entries.map((entry) => ({ ...entry, holds: judge(query, entry.facts, entry.atMs) }))
    const positions = judged
      .filter(({ holds }) => holds !== false)
      .filter((entry) => (!after || compare(entry, after) > 0) && (!before || compare(entry, before) < 0))
      .map(({ atMs, index }) => ({ atMs, index }))
      .sort(compare)
      .slice(0, limit)
    return { positions, exact: judged.every(({ holds }) => holds !== undefined) }
  }

  async size(org: string): Promise<number> {
    return this.#of(org).length
  }

  async clear(): Promise<void> {
    this.#entries.clear()
  }

  async close(): Promise<void> {}

  #of(org: string): readonly IndexEntry[] {
    return this.#entries.get(org) ?? []
  }
}
