/** The tail: entries in the order of their indexes, which no late event can disturb. */
import { AuditError } from '@sealedlog/sdk/base'
import { BOUNDS, type RecordedEvent } from '@sealedlog/sdk/event'
import { type Matcher, matcherOf, type Query } from '@sealedlog/sdk/query'
import { type LogStore, organizationNotFound } from '../store/index.js'
import type { Bell } from './bell.js'
import { bytesOf, hideServerEntries } from './listing.js'
import { Slices } from './slices.js'
import { eventOf } from './views.js'

/** Entries read in one go: that many of the largest are in memory for a moment. */
const TAIL_CHUNK = 32

/** The index that stands before the first entry. */
export const BEFORE_FIRST = -1

export interface TailRequest {
  readonly org: string
  /** the index after which to read, or `latest` */
  readonly after: number | 'latest'
  readonly query: Query
  readonly limit: number
  /** how long to wait for an entry when there is none yet */
  readonly waitMs: number
  readonly signal?: AbortSignal
}

export interface TailPage {
  readonly events: readonly RecordedEvent[]
  /** what to pass as `after` next: past everything shown and everything hidden */
  readonly next: number
}

/** @throws AuditError `organization_not_found` or `after_beyond_end` */
export async function readTail(
  store: LogStore,
  bell: Bell,
  nowMs: () => number,
  request: TailRequest,
): Promise<TailPage> {
  const { org, signal } = request
  const holds = matcherOf(hideServerEntries(request.query), nowMs())
  const deadlineMs = nowMs() + request.waitMs
  const after = await startOf(store, org, request.after)
  for (let next = after; ; ) {
    const page = await scan(store, org, next, holds, request.limit)
    next = page.next
    const waitMs = deadlineMs - nowMs()
    if (page.events.length > 0 || waitMs <= 0 || signal?.aborted || bell.closed) return page
    // Entries that came while this scan ran have rung already; only an end that still stands is waited at.
    if (next === (await sizeOf(store, org)) - 1) await bell.wait(org, waitMs, signal)
  }
}

/** The index after which to read. @throws AuditError `organization_not_found` or `after_beyond_end` */
export async function startOf(store: LogStore, org: string, asked: number | 'latest'): Promise<number> {
  const size = await sizeOf(store, org)
  const after = asked === 'latest' ? size - 1 : asked
  if (after >= size) {
    throw new AuditError(
      'after_beyond_end',
      `The log has ${size} entries; nothing stands after index ${after} and nothing ever stood there. If the server was restored from a backup, compare checkpoints before reading on from ${size - 1}.`,
      { param: 'after' },
    )
  }
  return after
}

async function sizeOf(store: LogStore, org: string): Promise<number> {
  const head = await store.head(org)
  if (head === undefined) throw organizationNotFound(org)
  return head.size
}

async function scan(store: LogStore, org: string, after: number, holds: Matcher, limit: number): Promise<TailPage> {
  const events: RecordedEvent[] = []
  const slices = new Slices()
  let next = after
  let bytes = 0
  const isFull = () => events.length === limit || bytes >= BOUNDS.PAGE_BYTES_MAX || slices.spentMs >= BOUNDS.PAGE_MS_MAX
  while (!isFull() && next - after < BOUNDS.PAGE_SCAN_MAX) {
    const entries = await store.readRange(org, next + 1, next + 1 + Math.min(TAIL_CHUNK, limit))
    if (entries.length === 0) break
    for (const entry of entries) {
      await slices.turn()
      const event = eventOf(entry)
      next = entry.index
      if (holds(event)) {
        events.push(event)
        bytes += bytesOf(entry)
      }
      if (isFull()) break
    }
  }
  return { events, next }
}
