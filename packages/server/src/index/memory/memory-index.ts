/** The index in memory: an array for each organization, filtered, sorted and counted by the definition itself. */
import { comparePositions, openEntry, type RecordedEvent } from '@sealedlog/sdk/event'
import {
  conditionsOf,
  EVERYTHING,
  judge,
  mapConditions,
  matcherOf,
  NOTHING,
  type Query,
  type Words,
} from '@sealedlog/sdk/query'
import { freshEntries } from '../fresh.js'
import { ascendingGroups, largestGroups } from '../groups.js'
import {
  COUNT_VALUES_MAX,
  type CountRequest,
  type Counts,
  type EventIndex,
  type Found,
  IndexBehind,
  type IndexEntry,
  type SearchRequest,
  TooMuchToCount,
} from '../port.js'
import { toViewEntry, type ViewEntry } from '../view-entry.js'

interface Kept extends ViewEntry {
  readonly event: RecordedEvent
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export class MemoryIndex implements EventIndex {
  readonly #entries = new Map<string, Kept[]>()

  async put(entries: readonly IndexEntry[]): Promise<void> {
    const fresh = freshEntries(entries, (org) => this.#of(org).length)
    if (fresh instanceof IndexBehind) throw fresh
    for (const entry of fresh.entries.map(opened)) {
      const kept = this.#entries.get(entry.org)
      if (kept) kept.push(entry)
      else this.#entries.set(entry.org, [entry])
    }
  }

  async erase(org: string, entries: readonly IndexEntry[]): Promise<void> {
    const kept = this.#entries.get(org) ?? []
    if (entries.some(({ index }) => index >= kept.length)) throw new IndexBehind(org)
    for (const entry of entries) kept[entry.index] = opened(entry)
  }

  async finishErasing(): Promise<boolean> {
    return true
  }

  async search(request: SearchRequest): Promise<Found> {
    const { order, after, before, limit } = request
    const { candidates, exact } = this.#candidates(request)
    const compare = order === 'asc' ? comparePositions : (a: Kept, b: Kept) => comparePositions(b, a)
    const isPast = (entry: Kept): boolean => {
      const from = after && comparePositions(entry, after)
      const to = before && comparePositions(entry, before)
      const sign = order === 'asc' ? 1 : -1
      return (from === undefined || sign * from > 0) && (to === undefined || sign * to < 0)
    }
    const positions = candidates
      .filter(isPast)
      .sort(compare)
      .slice(0, limit)
      .map(({ atMs, index }) => ({ atMs, index }))
    return { positions, exact }
  }

  async count(request: CountRequest): Promise<Counts> {
    const { by, limit } = request
    const { candidates, exact } = this.#candidates(request)
    const rest = { total: candidates.length, exact }
    if (by === 'hour' || by === 'day') {
      const lengthMs = by === 'hour' ? HOUR_MS : DAY_MS
      const times = countOf(candidates.map(({ atMs }) => Math.floor(atMs / lengthMs)))
      return { ...rest, ...ascendingGroups(times, limit, lengthMs) }
    }
    const values = countOf(candidates.flatMap(({ facts }) => facts[by]))
    if (values.size > COUNT_VALUES_MAX) throw new TooMuchToCount(`${by} has more than ${COUNT_VALUES_MAX} values`)
    return { ...rest, ...largestGroups(values, limit) }
  }

  /** What facts, times and words do not bar, in the order of the log. @throws IndexBehind */
  #candidates({ org, query, covering }: SearchRequest | CountRequest): { candidates: Kept[]; exact: boolean } {
    const entries = this.#of(org)
    if (entries.length < covering) throw new IndexBehind(org)
    const decide = decider(query)
    const judged = entries.map((entry) => ({ entry, holds: decide(entry) }))
    return {
      candidates: judged.filter(({ holds }) => holds !== false).map(({ entry }) => entry),
      exact: judged.every(({ holds }) => holds !== undefined),
    }
  }

  async size(org: string): Promise<number> {
    return this.#of(org).length
  }

  async clear(): Promise<void> {
    this.#entries.clear()
  }

  async close(): Promise<void> {}

  #of(org: string): readonly Kept[] {
    return this.#entries.get(org) ?? []
  }
}

function opened({ org, index, leaf, disclosures }: IndexEntry): Kept {
  const event = openEntry(leaf, disclosures, index)
  return { ...toViewEntry(org, event), event }
}

/** Whether a query holds as far as facts, times and free text say: what stands at paths is not known. */
function decider(query: Query): (entry: Kept) => boolean | undefined {
  const texts = [...conditionsOf(query)].filter((condition): condition is Words => 'text' in condition)
  if (texts.length === 0) return ({ facts, atMs }) => judge(query, facts, atMs)
  const matchers = new Map(texts.map((text) => [text, matcherOf(text, 0)]))
  return ({ event, facts, atMs }) => {
    const said = mapConditions(query, (condition) => {
      const matches = 'text' in condition ? matchers.get(condition) : undefined
      return matches === undefined ? condition : matches(event) ? EVERYTHING : NOTHING
    })
    return judge(said, facts, atMs)
  }
}

function countOf<K>(keys: readonly K[]): Map<K, number> {
  const counts = new Map<K, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
