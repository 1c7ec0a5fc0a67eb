/** Counting for charts: how many events a query holds for, by hour, by day, or by the values of a field. */
import { AuditError, formatTime } from '@sealedlog/sdk/base'
import { BOUNDS, type Field, factsOf, type ListPosition } from '@sealedlog/sdk/event'
import { atTime, matcherOf, type Query } from '@sealedlog/sdk/query'
import { type CountGroup, type CountRequest, type Counts, TooMuchToCount } from '../index/index.js'
import { type Candidate, candidatesAt, hideServerEntries, type PageSource } from './listing.js'
import { Slices } from './slices.js'

export type CountedBy = 'hour' | 'day' | Field

export interface StatsRequest {
  readonly org: string
  readonly query: Query
  readonly by: CountedBy
  /** groups that are named at most */
  readonly limit: number
}

/** A start of an hour or day in RFC 3339, or a value, and how many events have it. */
export interface StatsGroup {
  readonly key: string
  readonly count: number
}

export interface Stats {
  /** all that the query holds for, in a group or in none */
  readonly total: number
  /** none is empty: hours and days ascending, values by count descending and then by value */
  readonly groups: readonly StatsGroup[]
  /** whether there are groups that are not named: earlier hours or days, or rarer values */
  readonly more: boolean
}

/** Candidates asked of the index at once. */
const CANDIDATES = 1_000
const HOUR_MS = 3_600_000

export const isByTime = (by: CountedBy): by is 'hour' | 'day' => by === 'hour' || by === 'day'

/**
 * Counts what a list would show of a log of `size` entries. Where the index does not decide the query, the events are
 * looked at one by one; where there are too many of them, nothing is said rather than something wrong.
 *
 * @throws AuditError `too_much_to_count`
 */
export async function countEvents(source: PageSource, request: StatsRequest, size: number): Promise<Stats> {
  const query = hideServerEntries(atTime(request.query, source.nowMs))
  const ask: CountRequest = { ...request, query, covering: size }
  const counts = await source.views.count(ask).catch((error: unknown) => {
    throw error instanceof TooMuchToCount ? tooMuch('than the index counts at once') : error
  })
  const { total, groups, more } = counts.exact || counts.total === 0 ? counts : await sift(source, ask, counts.total)
  return { total, groups: groups.map(({ key, count }) => ({ key: formatKey(key), count })), more }
}

const formatKey = (key: number | string): string => (typeof key === 'number' ? formatTime(key) : key)

const tooMuch = (what: string): AuditError =>
  new AuditError(
    'too_much_to_count',
    `The query leaves more ${what}. Narrow it by since and until, or by another filter.`,
  )

/** Looks at candidate after candidate. @throws AuditError `too_much_to_count` when that takes too long, or there are too many */
async function sift(source: PageSource, ask: CountRequest, candidates: number): Promise<Omit<Counts, 'exact'>> {
  // No call of the index is made for nothing: it knows how many there can be.
  if (candidates > BOUNDS.STATS_SCAN_MAX) throw tooMuchToLookAt()
  const { org, query, covering, by, limit } = ask
  const holds = matcherOf(query, source.nowMs)
  const tally = new Tally(by)
  const slices = new Slices()
  let after: ListPosition | undefined
  for (let looked = 0; ; ) {
    const page = { org, query, covering, order: 'asc' as const, limit: CANDIDATES, ...(after && { after }) }
    const { positions } = await source.views.search(page)
    for await (const candidate of candidatesAt(source, org, positions)) {
      await slices.turn()
      if (++looked > BOUNDS.STATS_SCAN_MAX) throw tooMuchToLookAt()
      if (slices.spentMs > BOUNDS.STATS_MS_MAX) throw tooMuch('work than counting may take (limit STATS_MS_MAX)')
      if (holds(candidate.event)) tally.add(candidate)
    }
    after = positions.at(-1)
    if (after === undefined || positions.length < CANDIDATES) return tally.take(limit)
  }
}

const tooMuchToLookAt = (): AuditError =>
  tooMuch(`than ${BOUNDS.STATS_SCAN_MAX.toLocaleString('en')} events to look at one by one (limit STATS_SCAN_MAX)`)

/** Counts as they grow, event by event. */
class Tally {
  readonly #by: CountedBy
  readonly #counts = new Map<number | string, number>()
  #total = 0

  constructor(by: CountedBy) {
    this.#by = by
  }

  add(candidate: Candidate): void {
    this.#total += 1
    for (const key of this.#keysOf(candidate)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  #keysOf({ event, position: { atMs } }: Candidate): readonly (number | string)[] {
    const by = this.#by
    if (!isByTime(by)) return factsOf(event)[by]
    const widthMs = by === 'hour' ? HOUR_MS : 24 * HOUR_MS
    return [Math.floor(atMs / widthMs) * widthMs]
  }

  /** As the index gives them: see `Counts`. */
  take(limit: number): Omit<Counts, 'exact'> {
    const all = Array.from(this.#counts, ([key, count]): CountGroup => ({ key, count }))
    const sorted = isByTime(this.#by) ? all.sort(byKey) : all.sort((a, b) => b.count - a.count || byKey(a, b))
    const groups = isByTime(this.#by) ? sorted.slice(-limit) : sorted.slice(0, limit)
    return { total: this.#total, groups, more: groups.length < all.length }
  }
}

const byKey = (a: CountGroup, b: CountGroup): number => (a.key < b.key ? -1 : Number(a.key > b.key))
