/** Lists: a bounded page of events, newest first or oldest first, between two positions. */
import { BOUNDS, type ListPosition, type RecordedEvent, RESERVED_BUCKET } from '@sealedlog/sdk/event'
import { allOf, atTime, conditionsOf, matcherOf, type Query } from '@sealedlog/sdk/query'
import type { SearchRequest } from '../index/index.js'
import type { LogStore, StoredEntry } from '../store/index.js'
import { Slices } from './slices.js'
import { type Asked, eventOf } from './views.js'

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

/** Candidates asked of the index at least, once more than a page of them is needed. */
const CANDIDATES_MIN = 200
/** Entries read in one go: that many of the largest are in memory for a moment. */
const READ_CHUNK = 32

/** Where pages are read from. */
export interface PageSource {
  readonly store: LogStore
  readonly views: Asked
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

/** Every position found is one to show; the one past the limit says that there are more, and is not read. */
async function readAll(source: PageSource, ask: SearchRequest, found: readonly ListPosition[]): Promise<Page> {
  const limit = ask.limit - 1
  const page = new PageBuilder(limit)
  for await (const candidate of candidatesAt(source, ask.org, found.slice(0, limit))) {
    if (page.isFull) return page.endingHere()
    page.add(candidate)
  }
  return found.length > limit ? page.endingHere() : page.atEnd()
}

/**
 * Looks at candidate after candidate, until the page is full and one more is known, or it has been long enough: a page is
 * given as it is before that takes longer than others may wait, and says where to go on.
 */
async function sift(source: PageSource, ask: SearchRequest, found: readonly ListPosition[]): Promise<Page> {
  const page = new PageBuilder(ask.limit - 1)
  const holds = matcherOf(ask.query, source.nowMs)
  const slices = new Slices()
  let candidates = found
  let asked = ask.limit
  for (let looked = 0; ; ) {
    for await (const candidate of candidatesAt(source, ask.org, candidates)) {
      await slices.turn()
      const isShown = holds(candidate.event)
      if (isShown && page.isFull) return page.endingHere()
      if (isShown) page.add(candidate)
      else page.pass(candidate)
      // Looked at after each: however long one takes, a page moves on.
      if (slices.spentMs >= BOUNDS.PAGE_MS_MAX) return page.endingHere()
    }
    looked += candidates.length
    const last = candidates.at(-1)
    if (last === undefined || candidates.length < asked) return page.atEnd()
    if (looked >= BOUNDS.PAGE_SCAN_MAX) return page.endingHere()
    asked = Math.min(BOUNDS.PAGE_SCAN_MAX - looked, Math.max(asked * 2, CANDIDATES_MIN))
    candidates = (await source.views.search({ ...ask, after: last, limit: asked })).positions
  }
}

/** An event where the index has it: a list goes on from there, whatever the event says of itself. */
export interface Candidate {
  readonly position: ListPosition
  readonly event: RecordedEvent
  readonly bytes: number
}

/** A page as it fills. */
class PageBuilder {
  readonly #events: RecordedEvent[] = []
  readonly #limit: number
  #bytes = 0
  #next: ListPosition | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  get isFull(): boolean {
    return this.#events.length >= this.#limit || this.#bytes >= BOUNDS.PAGE_BYTES_MAX
  }

  add({ event, position, bytes }: Candidate): void {
    this.#events.push(event)
    this.#bytes += bytes
    this.#next = position
  }

  /** Of a full page, what is passed over behind its last event is looked at again on the next: few are. */
  pass({ position }: Candidate): void {
    if (!this.isFull) this.#next = position
  }

  /** There are more, behind what was shown or passed over. */
  endingHere(): Page {
    return { events: this.#events, ...(this.#next && { next: this.#next }) }
  }

  atEnd(): Page {
    return { events: this.#events }
  }
}

/** The events at some positions, a few of the largest in memory at a time. */
export async function* candidatesAt(
  { store }: PageSource,
  org: string,
  positions: readonly ListPosition[],
): AsyncGenerator<Candidate> {
  for (let at = 0; at < positions.length; at += READ_CHUNK) {
    const chunk = positions.slice(at, at + READ_CHUNK)
    const byIndex = new Map(chunk.map((position) => [position.index, position]))
    for (const entry of await store.readAt(org, [...byIndex.keys()])) {
      const position = byIndex.get(entry.index)
      if (position) yield { position, event: eventOf(entry), bytes: bytesOf(entry) }
    }
  }
}

export const bytesOf = ({ leaf, disclosures }: StoredEntry): number => leaf.length + disclosures.length

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
