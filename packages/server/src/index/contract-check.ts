/** What the laws of the index share: what a search or a count must find, and how an answer is held against it. */
import assert from 'node:assert/strict'
import type { ListPosition } from '@sealedlog/sdk/event'
import {
  conditionsOf,
  EVERYTHING,
  isBetween,
  judge,
  kindOf,
  type Matcher,
  matcherOf,
  type Query,
} from '@sealedlog/sdk/query'
import type { SaidEntry } from './contract-data.js'
import { type CountGroup, type CountRequest, type Counts, type EventIndex, type Found, IndexBehind } from './port.js'
import type { SearchRequest } from './port.js'

/** A runner's `test`. */
export type RunTest = (name: string, body: () => Promise<void>) => void

/** The same for a body that is given an empty index. */
export type WithIndex = (name: string, body: (index: EventIndex) => Promise<void>) => void

/** Asks for everything an organization has, newest first. */
export const everything = (org: string, limit: number): SearchRequest => ({
  org,
  query: EVERYTHING,
  order: 'desc',
  limit,
  covering: 0,
})

/** Compares one search with its definition. */
export async function checkSearch(
  index: Pick<EventIndex, 'search'>,
  entries: readonly SaidEntry[],
  request: SearchRequest,
  seed: number,
): Promise<Found> {
  const found = await index.search(request)
  const where = `seed ${seed}, ${JSON.stringify(request)}, exact: ${found.exact}`
  const { held, candidates } = answersTo(entries, request)
  if (found.exact || isOfFacts(request.query)) assert.deepEqual(found.positions, held.slice(0, request.limit), where)
  else assertCandidates(found.positions, held, candidates, request.limit, where)
  assert.ok(found.exact || !isOfFacts(request.query), `facts and times decide: ${where}`)
  return found
}

/** In order, nothing that facts bar, and nothing left out that holds, up to the last of a full page. */
function assertCandidates(
  positions: readonly ListPosition[],
  held: readonly ListPosition[],
  candidates: readonly ListPosition[],
  limit: number,
  where: string,
): void {
  const found = new Set(positions.map(keyOf))
  assert.deepEqual(
    positions,
    candidates.filter((position) => found.has(keyOf(position))),
    where,
  )
  assert.ok(positions.length <= limit, where)
  const last = positions.at(-1)
  const end =
    positions.length < limit || !last ? candidates.length : candidates.findIndex((each) => keyOf(each) === keyOf(last))
  const left = candidates.slice(0, end + 1).filter((position) => !found.has(keyOf(position)))
  const holding = new Set(held.map(keyOf))
  assert.deepEqual(
    left.filter((position) => holding.has(keyOf(position))),
    [],
    where,
  )
}

const keyOf = ({ atMs, index }: ListPosition): string => `${atMs}/${index}`

/** Whether facts and times decide a query alone. */
export const isOfFacts = (query: Query): boolean =>
  [...conditionsOf(query)].every(
    (condition) =>
      !('text' in condition) &&
      (kindOf(condition.field) === 'fact' || (condition.field === 'occurred_at' && isBetween(condition))),
  )

export const positionsOf = async (index: EventIndex, request: SearchRequest): Promise<readonly ListPosition[]> =>
  (await index.search(request)).positions

/** The definition of a search: for what the query holds. */
export const expected = (entries: readonly SaidEntry[], request: SearchRequest): ListPosition[] =>
  answersTo(entries, request).held.slice(0, request.limit)

/** What the query holds for between the cursors, and what neither facts nor times bar: in order. */
function answersTo(
  entries: readonly SaidEntry[],
  { org, query, order, after, before }: SearchRequest,
): { readonly held: readonly ListPosition[]; readonly candidates: readonly ListPosition[] } {
  const sign = order === 'asc' ? 1 : -1
  const compare = (a: ListPosition, b: ListPosition) => sign * (a.atMs - b.atMs || a.index - b.index)
  const isBetweenCursors = (entry: ListPosition): boolean =>
    (!after || compare(entry, after) > 0) && (!before || compare(entry, before) < 0)
  const sorted = entries
    .filter((entry) => entry.org === org && isBetweenCursors(entry))
    .map((entry) => ({ entry, decided: judge(query, entry.facts, entry.atMs) }))
    .filter(({ decided }) => decided !== false)
    .sort((a, b) => compare(a.entry, b.entry))
  const matches = matcherOf(query, 0)
  const position = ({ entry: { atMs, index } }: { readonly entry: ListPosition }): ListPosition => ({ atMs, index })
  return {
    held: sorted.filter(({ entry, decided }) => decided ?? matches(entry.event)).map(position),
    candidates: sorted.map(position),
  }
}

/** Facts are asked first: that is quicker. */
const holds = (query: Query, matches: Matcher, { facts, atMs, event }: SaidEntry): boolean =>
  judge(query, facts, atMs) ?? matches(event)

/** Compares one count with its definition. */
export async function checkCount(
  index: Pick<EventIndex, 'count'>,
  entries: readonly SaidEntry[],
  request: CountRequest,
  seed: number,
): Promise<Counts> {
  const counts = await index.count(request)
  const where = `seed ${seed}, ${JSON.stringify(request)}, exact: ${counts.exact}`
  const { org, query } = request
  const own = entries.filter((entry) => entry.org === org)
  const matches = matcherOf(query, 0)
  const held = own.filter((entry) => holds(query, matches, entry))
  assert.ok(counts.exact || !isOfFacts(query), `facts and times decide: ${where}`)
  if (counts.exact) assert.deepEqual(counts, { ...countsOf(held, request), exact: true }, where)
  else {
    const candidates = own.filter((entry) => judge(query, entry.facts, entry.atMs) !== false)
    assertBetween(counts, groupsOf(held, request.by), groupsOf(candidates, request.by), where)
    assert.ok(counts.total >= held.length && counts.total <= candidates.length, where)
  }
  return counts
}

/** The definition of a count. */
function countsOf(entries: readonly SaidEntry[], { by, limit }: CountRequest): Omit<Counts, 'exact'> {
  const all = [...groupsOf(entries, by)].map(([key, count]): CountGroup => ({ key, count }))
  const isByTime = by === 'hour' || by === 'day'
  const byKey = (a: CountGroup, b: CountGroup) => (a.key < b.key ? -1 : 1)
  const sorted = all.sort((a, b) => (isByTime ? 0 : b.count - a.count) || byKey(a, b))
  const groups = isByTime ? sorted.slice(-limit) : sorted.slice(0, limit)
  return { total: entries.length, groups, more: all.length > limit }
}

function groupsOf(entries: readonly SaidEntry[], by: CountRequest['by']): Map<number | string, number> {
  const counts = new Map<number | string, number>()
  for (const { atMs, facts } of entries) {
    const lengthMs = by === 'hour' ? 3_600_000 : 86_400_000
    const keys = by === 'hour' || by === 'day' ? [Math.floor(atMs / lengthMs) * lengthMs] : facts[by]
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

function assertBetween(
  { groups }: Counts,
  least: ReadonlyMap<number | string, number>,
  most: ReadonlyMap<number | string, number>,
  where: string,
): void {
  for (const { key, count } of groups)
    assert.ok(count > 0 && count >= (least.get(key) ?? 0) && count <= (most.get(key) ?? 0), `${key}: ${where}`)
}

export const refusesAsBehind = (call: Promise<unknown>, org: string): Promise<void> =>
  assert.rejects(call, (error) => {
    assert.ok(error instanceof IndexBehind, `IndexBehind, not ${String(error)}`)
    assert.equal(error.org, org)
    return true
  })
