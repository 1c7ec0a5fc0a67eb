/** The answer to a search: walks over the segments of an organization, merged by time. */
import { comparePositions, type ListPosition } from '@sealedlog/sdk/event'
import { EVERYTHING, type Query } from '@sealedlog/sdk/query'
import { Effort, TooLong } from './algebra.js'
import type { Found, SearchRequest } from './port.js'
import { type Range, rangeOf, spanOf } from './range.js'
import type { Ordinals, Segment } from './segment.js'
import { walkSegment } from './walk.js'

/**
 * Searches the segments of one organization, in any order. One is opened only when its turn may have come.
 *
 * @example
 * searchSegments({ org: 'acme', query: EVERYTHING, order: 'desc', limit: 20, covering: 0 }, [part, young])
 */
export function searchSegments(request: SearchRequest, segments: readonly Segment[]): Found {
  const { query, order, limit } = request
  const range = rangeOf(request)
  const merged = (asked: Query, effort: Effort) =>
    new Merge(
      segments.map((segment) => new Cursor(segment, asked, range, order === 'desc', effort)),
      order === 'desc',
    ).take(limit)
  try {
    return merged(query, new Effort())
  } catch (error) {
    if (!(error instanceof TooLong)) throw error
    return { ...merged(EVERYTHING, new Effort(Number.POSITIVE_INFINITY)), exact: false }
  }
}

class Merge {
  /** those that may have more */
  readonly #cursors: Cursor[]
  readonly #backwards: boolean

  constructor(cursors: Cursor[], backwards: boolean) {
    this.#cursors = cursors
    this.#backwards = backwards
  }

  take(limit: number): Found {
    const positions: ListPosition[] = []
    let exact = true
    while (positions.length < limit) {
      const cursor = this.#soonest()
      if (cursor === undefined) break
      if (cursor.stage === 'walking') positions.push(cursor.position)
      cursor.advance()
      exact &&= cursor.exact
      if (cursor.stage === 'ended') this.#cursors.splice(this.#cursors.indexOf(cursor), 1)
    }
    return { positions, exact }
  }

  #soonest(): Cursor | undefined {
    let [soonest] = this.#cursors
    for (const cursor of this.#cursors) if (this.#isSooner(cursor, soonest as Cursor)) soonest = cursor
    return soonest
  }

  #isSooner(one: Cursor, other: Cursor): boolean {
    const compared = comparePositions(one.position, other.position)
    return this.#backwards ? compared > 0 : compared < 0
  }
}

/**
 * What a search has of one segment. Until it walks, its position is where its first may stand at the soonest:
 * `apart` nothing has been read, `placed` it is known where the range begins.
 */
class Cursor {
  stage: 'apart' | 'placed' | 'walking' | 'ended' = 'apart'
  position: ListPosition
  exact = true
  readonly #segment: Segment
  readonly #query: Query
  readonly #range: Range
  readonly #backwards: boolean
  readonly #effort: Effort
  /** as walks say ordinals */
  #from = 0
  #to = 0
  #ordinals: Ordinals | undefined

  constructor(segment: Segment, query: Query, range: Range, backwards: boolean, effort: Effort) {
    this.#segment = segment
    this.#query = query
    this.#range = range
    this.#backwards = backwards
    this.#effort = effort
    this.position = backwards
      ? { atMs: segment.greatestMs, index: Number.POSITIVE_INFINITY }
      : { atMs: segment.leastMs, index: -1 }
  }

  advance(): void {
    if (this.stage === 'apart') this.#place()
    else if (this.#ordinals === undefined) this.#open()
    else this.#next(this.#ordinals)
  }

  #place(): void {
    const { from, to } = spanOf(this.#segment, this.#range)
    const { count } = this.#segment
    this.#from = this.#backwards ? count - to : from
    this.#to = this.#backwards ? count - from : to
    this.stage = from < to ? 'placed' : 'ended'
    if (from < to) this.position = this.#at(this.#from)
  }

  #open(): void {
    const way = { backwards: this.#backwards, from: this.#from, to: this.#to, effort: this.#effort }
    const { ordinals, exact } = walkSegment(this.#query, this.#segment, way)
    this.exact = exact
    this.#ordinals = ordinals
    this.#stand(ordinals)
  }

  #next(ordinals: Ordinals): void {
    ordinals.next()
    this.#stand(ordinals)
  }

  #stand({ head }: Ordinals): void {
    this.stage = head < this.#to ? 'walking' : 'ended'
    if (head < this.#to) this.position = this.#at(head)
  }

  #at(ordinal: number): ListPosition {
    return this.#segment.positionOf(this.#backwards ? this.#segment.count - 1 - ordinal : ordinal)
  }
}
