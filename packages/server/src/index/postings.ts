/** The algebra of sorted postings: positions that are read in order, joined and skipped through. Pure: it knows no storage. */
import { comparePositions, type ListPosition } from '@sealedlog/sdk/event'

/** Rows of the first read of a source, and of a read after one of which little was used. */
export const CHUNK_ROWS_MIN = 16
/** Rows of one read at most. */
export const CHUNK_ROWS_MAX = 1_024
/** How many rows are read for each that was stood on in the chunk before. */
const ROWS_PER_LANDING = 4

export type Order = 'asc' | 'desc'

/** Negative when `a` comes before `b` in the order of a walk. */
export type Compare = (a: ListPosition, b: ListPosition) => number

/** A walk over sorted positions, each once: it goes forward only. */
export interface Postings {
  /** The position it stands on, or undefined past the last. */
  head(): ListPosition | undefined
  /** Moves to the next position. Only while there is a head. */
  next(): void
  /** Moves to the first position that does not come before the target; stays if it is there or beyond. */
  seek(target: ListPosition): void
}

/** The stretch of a walk, in its order. */
export interface Range {
  readonly order: Order
  readonly compare: Compare
  /** where it starts, inclusive: no entry need stand there */
  readonly first: ListPosition
  /** where it ends, exclusive */
  readonly end: ListPosition
}

/** Reads the next positions of a source in the order of the walk, from one on (inclusive): fewer only at its end. */
export type ReadChunk = (from: ListPosition, rows: number) => readonly ListPosition[]

export const compareIn = (order: Order): Compare =>
  order === 'asc' ? comparePositions : (a, b) => comparePositions(b, a)

/** The least position that comes after another. */
export const following = (position: ListPosition, order: Order): ListPosition => ({
  atMs: position.atMs,
  index: position.index + (order === 'asc' ? 1 : -1),
})

/** Nothing at all. */
export const NOTHING: Postings = { head: () => undefined, next: () => undefined, seek: () => undefined }

/**
 * A stored source within a range, read in chunks. A chunk is as large as the one before was useful, so that a walk
 * along reads many rows at once and a leap reads few.
 */
export function chunked(read: ReadChunk, range: Range): Postings {
  const { compare, order, first, end } = range
  let chunk: readonly ListPosition[] = []
  let at = 0
  let landings = 0
  let isLast = false

  const load = (from: ListPosition): void => {
    const rows = Math.min(CHUNK_ROWS_MAX, Math.max(CHUNK_ROWS_MIN, landings * ROWS_PER_LANDING))
    chunk = read(from, rows)
    isLast = chunk.length < rows
    at = 0
    landings = 1
  }
  const head = (): ListPosition | undefined => {
    const position = chunk[at]
    return position !== undefined && compare(position, end) < 0 ? position : undefined
  }
  const moveTo = (place: number, from: ListPosition): void => {
    at = place
    landings += 1
    if (at === chunk.length && !isLast) load(from)
  }

  load(first)
  return {
    head,
    next: () => moveTo(at + 1, following(chunk[at] as ListPosition, order)),
    seek: (target) => {
      const position = head()
      if (position !== undefined && compare(position, target) < 0) moveTo(gallop(chunk, at, target, compare), target)
    },
  }
}

/** What stands in any of the sources: a heap of walks, the least head on top. */
export function union(sources: readonly Postings[], compare: Compare): Postings {
  if (sources.length <= 1) return sources[0] ?? NOTHING
  const byHead = (a: Postings, b: Postings) => compare(a.head() as ListPosition, b.head() as ListPosition)
  // a sorted array is a heap
  const heap = sources.filter((source) => source.head() !== undefined).sort(byHead)

  /** Moves the least walk on and lets it sink, or drops it at its end. */
  const moveTop = (move: (top: Postings) => void): void => {
    const top = heap[0] as Postings
    move(top)
    if (top.head() === undefined) {
      const last = heap.pop() as Postings
      if (heap.length > 0) heap[0] = last
    }
    sink(heap, byHead)
  }
  return {
    head: () => heap[0]?.head(),
    next: () => {
      const left = heap[0]?.head()
      if (left === undefined) return
      const stands = () => heap[0] !== undefined && compare(heap[0].head() as ListPosition, left) === 0
      while (stands()) moveTop((top) => top.next())
    },
    seek: (target) => {
      const isBehind = () => heap[0] !== undefined && compare(heap[0].head() as ListPosition, target) < 0
      while (isBehind()) moveTop((top) => top.seek(target))
    },
  }
}

/** What stands in all of the sources: they leap to one another's heads in turn, so that what only some hold is skipped. */
export function intersect(sources: readonly Postings[], compare: Compare): Postings {
  const [lead = NOTHING] = sources
  if (sources.length <= 1) return lead
  let agreed: ListPosition | undefined

  const leapfrog = (): void => {
    let target = lead.head()
    for (let turn = 1, agreeing = 1; target !== undefined && agreeing < sources.length; turn += 1) {
      const source = sources[turn % sources.length] as Postings
      source.seek(target)
      const head = source.head()
      agreeing = head !== undefined && compare(head, target) === 0 ? agreeing + 1 : 1
      target = head
    }
    agreed = target
  }

  leapfrog()
  return {
    head: () => agreed,
    next: () => {
      lead.next()
      leapfrog()
    },
    seek: (target) => {
      if (agreed === undefined || compare(agreed, target) >= 0) return
      lead.seek(target)
      leapfrog()
    },
  }
}

/** What stands in one source and not in the other. */
export function without(kept: Postings, dropped: Postings, compare: Compare): Postings {
  const isDropped = (position: ListPosition): boolean => {
    dropped.seek(position)
    const head = dropped.head()
    return head !== undefined && compare(head, position) === 0
  }
  const settle = (): void => {
    for (let head = kept.head(); head !== undefined && isDropped(head); head = kept.head()) kept.next()
  }

  settle()
  return {
    head: () => kept.head(),
    next: () => {
      kept.next()
      settle()
    },
    seek: (target) => {
      kept.seek(target)
      settle()
    },
  }
}

/** The first positions of a walk. */
export function take(postings: Postings, limit: number): ListPosition[] {
  const taken: ListPosition[] = []
  for (let head = postings.head(); head !== undefined; head = postings.head()) {
    taken.push(head)
    if (taken.length >= limit) break
    postings.next()
  }
  return taken
}

/** The first place after `at` that does not come before the target, by doubling steps and then halving: near ones are cheap. */
function gallop(chunk: readonly ListPosition[], at: number, target: ListPosition, compare: Compare): number {
  const isBefore = (place: number) => compare(chunk[place] as ListPosition, target) < 0
  let low = at
  let high = at + 1
  for (let step = 1; high < chunk.length && isBefore(high); step *= 2) {
    low = high
    high = Math.min(chunk.length, high + step)
  }
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (isBefore(middle)) low = middle
    else high = middle
  }
  return high
}

/** Lets the top of a heap sink to its place. */
function sink<T>(heap: T[], compare: (a: T, b: T) => number): void {
  const before = (a: number, b: number) => b >= heap.length || compare(heap[a] as T, heap[b] as T) <= 0
  for (let place = 0, child = 1; child < heap.length; place = child, child = 2 * place + 1) {
    if (!before(child, child + 1)) child += 1
    if (before(place, child)) return
    const item = heap[place] as T
    heap[place] = heap[child] as T
    heap[child] = item
  }
}
