/** How a list is asked of sorted postings: what an entry is posted under, and a search as a walk over them. Pure. */
import { aliasesOf, type Facts, type Field, FIELDS, type ListPosition } from '@sealedlog/sdk/event'
import {
  type Between,
  type Condition,
  factTest,
  isBetween,
  kindOf,
  type Query,
  rangeMsOf,
  type Words,
} from '@sealedlog/sdk/query'
import { type Found, type SearchRequest, STEPS_MAX, VALUES_MAX, WALKS_MAX } from './port.js'
import {
  chunked,
  type Compare,
  compareIn,
  following,
  intersect,
  NOTHING,
  type Postings,
  type Range,
  type ReadChunk,
  take,
  union,
  without,
} from './postings.js'

const FIELD_NAMES = Object.keys(FIELDS) as readonly Field[]

/** The postings of one organization, each in the order of the walk. */
export interface PostingSource {
  /** every entry */
  all(): ReadChunk
  /** the entries posted under a value, or undefined when there is none */
  exactly(field: Field, value: string): ReadChunk | undefined
  /** the values of a field that start with a prefix, at most `max` of them */
  valuesFrom(field: Field, prefix: string, max: number): readonly PostedValue[]
}

export interface PostedValue {
  readonly value: string
  readonly read: ReadChunk
}

/** Whether a value is posted. Every entry is tenant-scoped or not: one of the two says both. */
const isPosted = (field: Field, value: string): boolean => field !== 'tenant' || value !== 'no'

/** Calls back for each value under which an entry is posted. */
export function eachPosted(facts: Facts, post: (field: Field, value: string) => void): void {
  for (const field of FIELD_NAMES) {
    for (const value of facts[field]) if (isPosted(field, value)) post(field, value)
  }
}

/** The answer to a search, by leaps over the postings of its terms. */
export function searchPostings(request: SearchRequest, source: PostingSource): Found {
  const range = rangeOf(request)
  if (range.compare(range.first, range.end) >= 0) return { positions: [], exact: true }
  const effort = new Effort()
  try {
    const walk = new Walk(source, { ...range, compare: effort.counting(range.compare) }, effort)
    const postings = walk.over(request.query)
    return { positions: take(postings, request.limit), exact: walk.exact }
  } catch (error) {
    if (!(error instanceof TooLong)) throw error
    return { positions: take(chunked(source.all(), range), request.limit), exact: false }
  }
}

class TooLong extends Error {
  override readonly name = 'TooLong'
}

/** What a read takes, in comparisons, and each row of it. */
const STEPS_A_READ = 50
const STEPS_A_ROW = 8

/** What one search has done so far: the others wait for it. */
class Effort {
  #steps = 0

  counting(compare: Compare): Compare {
    return (a, b) => {
      this.#spend(1)
      return compare(a, b)
    }
  }

  /** Postings as they are read, row by row. */
  reading(read: ReadChunk): ReadChunk {
    return (from, rows) => {
      const chunk = read(from, rows)
      this.#spend(STEPS_A_READ + chunk.length * STEPS_A_ROW)
      return chunk
    }
  }

  #spend(steps: number): void {
    this.#steps += steps
    if (this.#steps > STEPS_MAX) throw new TooLong('a search has taken as many steps as it may')
  }
}

/** Where a search starts and ends, in its order: its cursors, and the times that all of it must keep. */
export function rangeOf({ query, order, after, before }: SearchRequest): Range {
  const compare = compareIn(order)
  const { sinceMs, untilMs } = timesOf(query)
  const span = spanOf(sinceMs, untilMs, order)
  const range = { order, compare, ...span }
  return narrow(range, { first: after && following(after, order), end: before })
}

/** The stretch between two times: since is inclusive, until exclusive, in both orders. */
function spanOf(sinceMs: number, untilMs: number, order: SearchRequest['order']): Pick<Range, 'first' | 'end'> {
  // All of a millisecond's entries stand between its edges.
  const since = { atMs: Math.max(sinceMs, -Number.MAX_SAFE_INTEGER), index: -1 }
  const until = { atMs: Math.min(untilMs, Number.MAX_SAFE_INTEGER), index: -1 }
  const [first, end] = order === 'asc' ? [since, until] : [until, since]
  return { first, end }
}

/** The ends that lie further in, of a range and of what is known besides. */
function narrow(
  range: Range,
  { first, end }: { readonly first: ListPosition | undefined; readonly end: ListPosition | undefined },
): Range {
  const { compare } = range
  return {
    ...range,
    first: first && compare(first, range.first) > 0 ? first : range.first,
    end: end && compare(end, range.end) < 0 ? end : range.end,
  }
}

/** The times that every event of the answer lies between, as far as the query says so at its top. */
function timesOf(query: Query): { readonly sinceMs: number; readonly untilMs: number } {
  const parts = 'and' in query ? query.and : [query]
  let sinceMs = -Infinity
  let untilMs = Infinity
  for (const part of parts) {
    if (!isOccurredBetween(part)) continue
    const times = rangeMsOf(part, 0)
    sinceMs = Math.max(sinceMs, times.sinceMs)
    untilMs = Math.min(untilMs, times.untilMs)
  }
  return { sinceMs, untilMs }
}

const isOccurredBetween = (query: Query): query is Between =>
  'field' in query && query.field === 'occurred_at' && isBetween(query)

/**
 * A query as walks over postings. Where postings do not decide, the walk goes over all that may hold; behind a
 * negation it must then go over what surely holds, so that nothing is left out in the end.
 */
class Walk {
  /** whether postings decided everything so far */
  exact = true
  readonly #source: PostingSource
  readonly #range: Range
  readonly #effort: Effort
  /** opened for prefixes and networks, all conditions together */
  #walks = 0

  constructor(source: PostingSource, range: Range, effort: Effort) {
    this.#source = source
    this.#range = range
    this.#effort = effort
  }

  /** Every entry for which the query may hold. */
  over(query: Query): Postings {
    return this.#walk(query, true)
  }

  #walk(query: Query, isOver: boolean): Postings {
    const { compare } = this.#range
    if ('and' in query) return this.#all(query.and, isOver)
    if ('or' in query)
      return union(
        query.or.map((part) => this.#walk(part, isOver)),
        compare,
      )
    if ('not' in query) return without(this.#everything(), this.#walk(query.not, !isOver), compare)
    return this.#condition(query) ?? this.#undecided(isOver)
  }

  /** What is asked is intersected, what is barred is left out of it: one walk over all entries where nothing is asked. */
  #all(parts: readonly Query[], isOver: boolean): Postings {
    const { compare } = this.#range
    const asked = parts.filter((part) => !('not' in part)).map((part) => this.#walk(part, isOver))
    const barred = parts.flatMap((part) => ('not' in part ? [this.#walk(part.not, !isOver)] : []))
    const kept = asked.length > 0 ? intersect(asked, compare) : this.#everything()
    return barred.length > 0 ? without(kept, union(barred, compare), compare) : kept
  }

  #open(read: ReadChunk, range = this.#range): Postings {
    return chunked(this.#effort.reading(read), range)
  }

  #everything(): Postings {
    return this.#open(this.#source.all())
  }

  #undecided(isOver: boolean): Postings {
    this.exact = false
    return isOver ? this.#everything() : NOTHING
  }

  /** The entries for which a condition holds, or undefined where postings do not say. */
  #condition(condition: Condition): Postings | undefined {
    if ('text' in condition) return undefined
    if (isOccurredBetween(condition)) return this.#between(condition)
    if (kindOf(condition.field) !== 'fact') return undefined
    const field = condition.field as Field
    if ('is' in condition) return this.#anyOf(field, field === 'type' ? aliasesOf(condition.is) : [condition.is])
    return this.#matching(field, condition)
  }

  #between(condition: Between): Postings {
    const { sinceMs, untilMs } = rangeMsOf(condition, 0)
    const range = narrow(this.#range, spanOf(sinceMs, untilMs, this.#range.order))
    return range.compare(range.first, range.end) < 0 ? this.#open(this.#source.all(), range) : NOTHING
  }

  #anyOf(field: Field, values: readonly string[]): Postings {
    const walks = values.flatMap((value) => {
      if (!isPosted(field, value)) return [this.#withoutTenant()]
      const read = this.#source.exactly(field, value)
      return read ? [this.#open(read)] : []
    })
    return union(walks, this.#range.compare)
  }

  #matching(field: Field, condition: Exclude<Condition, Words>): Postings | undefined {
    const accepts = factTest(condition)
    if (field === 'tenant') return this.#anyOf(field, ['yes', 'no'].filter(accepts))
    const prefix = 'starts_with' in condition ? condition.starts_with : ''
    // every event has a type: the empty prefix needs no walk for each
    if ('starts_with' in condition && prefix === '' && field === 'type') return this.#everything()
    const known = this.#source.valuesFrom(field, prefix, VALUES_MAX + 1)
    if (known.length > VALUES_MAX) return undefined
    const accepted = known.filter(({ value }) => accepts(value))
    this.#walks += accepted.length
    if (this.#walks > WALKS_MAX) return undefined
    const walks = accepted.map(({ read }) => this.#open(read))
    return union(walks, this.#range.compare)
  }

  #withoutTenant(): Postings {
    const tenant = this.#source.exactly('tenant', 'yes')
    const all = this.#everything()
    return tenant ? without(all, this.#open(tenant), this.#range.compare) : all
  }
}
