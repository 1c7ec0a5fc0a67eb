/** Where a search starts and ends: its cursors, and the times that all of it must keep. */
import { comparePositions, type ListPosition } from '@sealedlog/sdk/event'
import { type Between, isBetween, type Query, rangeMsOf } from '@sealedlog/sdk/query'
import type { SearchRequest } from './port.js'
import type { Segment } from './segment.js'

/** Positions in time, whatever the order in which they are asked for. */
export interface Range {
  /** the least, inclusive: no entry need stand there */
  readonly least: ListPosition
  /** exclusive */
  readonly end: ListPosition
}

/** Ordinals of a segment, from … to (exclusive). */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The stretch between the cursors of a search, in either order, and the times of its query. */
export function rangeOf({ query, order, after, before }: SearchRequest): Range {
  const { least, end } = rangeOfTimes(query)
  const [low, high] = order === 'asc' ? [after, before] : [before, after]
  return {
    least: low && comparePositions(low, least) >= 0 ? { atMs: low.atMs, index: low.index + 1 } : least,
    end: high && comparePositions(high, end) < 0 ? high : end,
  }
}

/** The times that every event of an answer lies between, as far as the query says so at its top. */
export function rangeOfTimes(query: Query): Range {
  const parts = 'and' in query ? query.and : [query]
  let leastMs = -Number.MAX_SAFE_INTEGER
  let endMs = Number.MAX_SAFE_INTEGER
  for (const part of parts) {
    if (!isOccurredBetween(part)) continue
    const { sinceMs, untilMs } = rangeMsOf(part, 0)
    leastMs = Math.max(sinceMs, leastMs)
    endMs = Math.min(untilMs, endMs)
  }
  // All of a millisecond's entries stand between its edges.
  return { least: { atMs: leastMs, index: -1 }, end: { atMs: endMs, index: -1 } }
}

const isOccurredBetween = (query: Query): query is Between =>
  'field' in query && query.field === 'occurred_at' && isBetween(query)

/** The entries of a segment that lie in a range. */
export function spanOf(segment: Segment, { least, end }: Range): Span {
  const { count, first, leastMs, greatestMs } = segment
  if (greatestMs < least.atMs || comparePositions({ atMs: leastMs, index: first }, end) >= 0) return { from: 0, to: 0 }
  const from = leastMs > least.atMs ? 0 : segment.ordinalOf(least)
  const to = greatestMs < end.atMs ? count : segment.ordinalOf(end)
  return { from, to: Math.max(from, to) }
}
