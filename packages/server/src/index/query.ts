/** How a list is asked of sorted postings: what an entry is posted under, and a search as a walk over them. Pure. */
import {
  type Facts,
  type Field,
  FIELDS,
  isPrefix,
  type Filter,
  type ListPosition,
  type Term,
} from '@sealedlog/sdk/event'
import type { SearchRequest } from './port.js'
import {
  chunked,
  compareIn,
  following,
  intersect,
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
  /** the same for each value that starts with a prefix */
  startingWith(field: Field, prefix: string): readonly ReadChunk[]
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
export function searchPostings(request: SearchRequest, source: PostingSource): ListPosition[] {
  const range = rangeOf(request)
  if (range.compare(range.first, range.end) >= 0) return []
  return take(select(request.filter, source, range), request.limit)
}

/** Where a search starts and ends, in its order. */
export function rangeOf({ filter, order, after, before }: SearchRequest): Range {
  const compare = compareIn(order)
  const later = (a: ListPosition, b: ListPosition) => (compare(a, b) >= 0 ? a : b)
  const earlier = (a: ListPosition, b: ListPosition) => (compare(a, b) <= 0 ? a : b)
  // All of a millisecond's entries stand between its edges: since is inclusive, until exclusive, in both orders.
  const since = { atMs: filter.sinceMs ?? -Number.MAX_SAFE_INTEGER, index: -1 }
  const until = { atMs: filter.untilMs ?? Number.MAX_SAFE_INTEGER, index: -1 }
  const [first, end] = order === 'asc' ? [since, until] : [until, since]
  return {
    order,
    compare,
    first: after ? later(first, following(after, order)) : first,
    end: before ? earlier(end, before) : end,
  }
}

function select(filter: Filter, source: PostingSource, range: Range): Postings {
  const { compare } = range
  const walk = (terms: readonly Term[]) => terms.map((term) => union(walksOf(term, source, range), compare))
  const asked = filter.terms.filter((term) => !term.not)
  const barred = filter.terms.filter((term) => term.not)
  const kept = asked.length > 0 ? intersect(walk(asked), compare) : chunked(source.all(), range)
  return barred.length > 0 ? without(kept, union(walk(barred), compare), compare) : kept
}

function walksOf({ field, anyOf }: Term, source: PostingSource, range: Range): Postings[] {
  return anyOf.flatMap((value) => {
    if (!isPosted(field, value)) return [withoutTenant(source, range)]
    if (isPrefix(field, value)) {
      // every event has a type: the empty prefix needs no walk for each
      if (value === '*') return [chunked(source.all(), range)]
      return source.startingWith(field, value.slice(0, -1)).map((read) => chunked(read, range))
    }
    const read = source.exactly(field, value)
    return read ? [chunked(read, range)] : []
  })
}

function withoutTenant(source: PostingSource, range: Range): Postings {
  const all = chunked(source.all(), range)
  const tenant = source.exactly('tenant', 'yes')
  return tenant ? without(all, chunked(tenant, range), range.compare) : all
}
