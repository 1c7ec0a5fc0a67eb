/** Lists: a bounded page of events, newest first or oldest first, between two positions. */
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { type ListPosition, positionOf, type RecordedEvent, RESERVED_BUCKET } from '@sealedlog/sdk/event'
import { allOf, atTime, conditionsOf, matcherOf, type Query } from '@sealedlog/sdk/query'
import type { SearchRequest } from '../index/index.js'
import type { LogStore } from '../store/index.js'
import { eventOf, type Views } from './views.js'

export interface PageRequest {
  readonly org: string
  readonly query: Query
  readonly order: 'asc' | 'desc'
  /** strictly after this position, in the direction of `order` */
  readonly after?: ListPosition
  /** strictly before this position, in the direction of `order` */
  readonly before?: ListPosition
  /** with `before` alone: the page that ends there, not the one that begins the list */
  readonly backwards?: boolean
  readonly limit: number
}

export interface Page {
  readonly events: readonly RecordedEvent[]
  /** the position after which to go on, in the direction in which the page was read; absent at the end */
  readonly next?: ListPosition
}

/**
 * Candidates looked at for one page. What the index does not decide is read and looked at: a page is given as it is
 * before that takes longer than others may wait, and says where to go on.
 */
export const PAGE_SCAN_MAX = 10_000
/** Candidates looked at in one go: a few milliseconds, then others have their turn. */
const PAGE_CHUNK = 200

/** Where pages are read from. */
export interface PageSource {
  readonly store: LogStore
  readonly views: Views
  readonly nowMs: number
}

/** Reads a page of a log of `size` entries: positions from the index, every event from the log's own bytes. */
export async function readPage(source: PageSource, request: PageRequest, size: number): Promise<Page> {
  const { backwards = false, limit, ...range } = backwardsTurned(request)
  const query = hideServerEntries(atTime(range.query, source.nowMs))
  const ask = { ...range, query, covering: size, limit: limit + 1 }
  const { positions, exact } = await source.views.search(ask)
  const page = exact ? await readAll(source, ask, positions) : await sift(source, ask, positions)
  return backwards ? { ...page, events: page.events.toReversed() } : page
}

/** Every position found is one to show; the one past the limit says that there are more. */
async function readAll(source: PageSource, ask: SearchRequest, found: readonly ListPosition[]): Promise<Page> {
  const shown = found.slice(0, ask.limit - 1)
  const last = shown.at(-1)
  return { events: await readEvents(source, ask.org, shown), ...(found.length === ask.limit && last && { next: last }) }
}

/** Looks at candidate after candidate, until the page is full and one more is known, or it has been long enough. */
async function sift(source: PageSource, ask: SearchRequest, found: readonly ListPosition[]): Promise<Page> {
  const { views, nowMs } = source
  const holds = matcherOf(ask.query, nowMs)
  const events: RecordedEvent[] = []
  let candidates = found
  let asked = ask.limit
  for (let looked = 0; ; ) {
    for (let at = 0; at < candidates.length; at += PAGE_CHUNK) {
      await letOthersRun()
      const chunk = await readEvents(source, ask.org, candidates.slice(at, at + PAGE_CHUNK))
      events.push(...chunk.filter(holds))
      if (events.length >= ask.limit) return cutPage(events, ask.limit - 1)
    }
    looked += candidates.length
    const last = candidates.at(-1)
    if (last === undefined || candidates.length < asked) return { events }
    if (looked >= PAGE_SCAN_MAX) return { events, next: last }
    asked = Math.min(PAGE_SCAN_MAX - looked, Math.max(asked * 2, PAGE_CHUNK))
    candidates = (await views.search({ ...ask, after: last, limit: asked })).positions
  }
}

function cutPage(events: readonly RecordedEvent[], limit: number): Page {
  const shown = events.slice(0, limit)
  const last = shown.at(-1)
  return { events: shown, ...(last && { next: positionOf(last) }) }
}

async function readEvents(
  { store }: PageSource,
  org: string,
  positions: readonly ListPosition[],
): Promise<RecordedEvent[]> {
  const entries = await store.readAt(
    org,
    positions.map(({ index }) => index),
  )
  return entries.map(eventOf)
}

/** The same window, read from its other end where it is asked for backwards. */
function backwardsTurned(request: PageRequest): PageRequest {
  if (!request.backwards) return request
  const { after, before, order, ...rest } = request
  return {
    ...rest,
    order: order === 'asc' ? 'desc' : 'asc',
    ...(before && { after: before }),
    ...(after && { before: after }),
  }
}

const SERVER_ENTRIES: Query = { field: 'bucket', is: RESERVED_BUCKET }

/** The server's own bucket is shown only when it is asked for (design §6, promise 6). */
export function hideServerEntries(query: Query): Query {
  for (const condition of conditionsOf(query)) if ('field' in condition && condition.field === 'bucket') return query
  return allOf([query, { not: SERVER_ENTRIES }])
}
