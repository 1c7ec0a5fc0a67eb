/** Lists: a bounded page of events, newest first or oldest first, between two positions. */
import { type ListPosition, positionOf, type RecordedEvent, RESERVED_BUCKET } from '@sealedlog/sdk/event'
import { allOf, atTime, conditionsOf, type Matcher, matcherOf, type Query } from '@sealedlog/sdk/query'
import type { SearchRequest } from '../index/index.js'
import type { LogStore } from '../store/index.js'
import { Slices } from './slices.js'
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
 * Candidates looked at for one page, and the milliseconds spent on them. What the index does not decide is read and looked
 * at: a page is given as it is before that takes longer than others may wait, and says where to go on.
 */
export const PAGE_SCAN_MAX = 10_000
const PAGE_MS_MAX = 1_000
/** Candidates read in one go. */
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
  const sieve = new Sieve(source, ask)
  let candidates = found
  let asked = ask.limit
  for (let looked = 0; ; ) {
    const page = await sieve.look(candidates)
    if (page) return page
    looked += candidates.length
    const last = candidates.at(-1)
    if (last === undefined || candidates.length < asked) return { events: sieve.events }
    if (looked >= PAGE_SCAN_MAX) return { events: sieve.events, next: last }
    asked = Math.min(PAGE_SCAN_MAX - looked, Math.max(asked * 2, PAGE_CHUNK))
    candidates = (await source.views.search({ ...ask, after: last, limit: asked })).positions
  }
}

/** Keeps, of the candidates it is shown, those for which the query holds. */
class Sieve {
  readonly events: RecordedEvent[] = []
  readonly #source: PageSource
  readonly #ask: SearchRequest
  readonly #holds: Matcher
  readonly #slices = new Slices()

  constructor(source: PageSource, ask: SearchRequest) {
    this.#source = source
    this.#ask = ask
    this.#holds = matcherOf(ask.query, source.nowMs)
  }

  /** The page, where it is full or has taken long enough; undefined where there is time for more. */
  async look(candidates: readonly ListPosition[]): Promise<Page | undefined> {
    const { org, limit } = this.#ask
    for (let at = 0; at < candidates.length; at += PAGE_CHUNK) {
      for (const event of await readEvents(this.#source, org, candidates.slice(at, at + PAGE_CHUNK))) {
        if (this.#holds(event) && this.events.push(event) === limit) return cutPage(this.events, limit - 1)
        if (this.#slices.spentMs >= PAGE_MS_MAX) return { events: this.events, next: positionOf(event) }
        await this.#slices.turn()
      }
    }
    return undefined
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
