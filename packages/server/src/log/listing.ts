/** Lists: a bounded page of events, newest first or oldest first, between two positions. */
import { type Filter, type ListPosition, type RecordedEvent, RESERVED_BUCKET } from '@sealedlog/sdk/event'
import type { LogStore } from '../store/index.js'
import { eventOf, type Views } from './views.js'

export interface PageRequest {
  readonly org: string
  readonly filter: Filter
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
  /** whether more follow, in the direction in which the page was read */
  readonly hasMore: boolean
}

/** Reads a page of a log of `size` entries: positions from the index, every event from the log's own bytes. */
export async function readPage(store: LogStore, views: Views, request: PageRequest, size: number): Promise<Page> {
  const { org, limit, backwards = false } = request
  const range = backwards ? turn(request) : request
  const filter = hideServerEntries(request.filter)
  const found = await views.search({ ...range, filter, limit: limit + 1, covering: size })
  const positions = found.slice(0, limit)
  const entries = await store.readAt(
    org,
    (backwards ? positions.toReversed() : positions).map(({ index }) => index),
  )
  return { events: entries.map(eventOf), hasMore: found.length > limit }
}

/** The same window, read from its other end. */
function turn({ after, before, order, ...request }: PageRequest): PageRequest {
  return {
    ...request,
    order: order === 'asc' ? 'desc' : 'asc',
    ...(before && { after: before }),
    ...(after && { before: after }),
  }
}

/** The server's own bucket is shown only when it is asked for (design §6, promise 6). */
export function hideServerEntries(filter: Filter): Filter {
  if (filter.terms.some((term) => term.field === 'bucket')) return filter
  return { ...filter, terms: [...filter.terms, { field: 'bucket', anyOf: [RESERVED_BUCKET], not: true }] }
}
