/** What the laws of the index share: what a search must find, and how an answer is held against it. */
import assert from 'node:assert/strict'
import type { ListPosition } from '@sealedlog/sdk/event'
import { EVERYTHING, judge } from '@sealedlog/sdk/query'
import { type EventIndex, IndexBehind, type IndexEntry, type SearchRequest } from './port.js'

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

/** Compares one search with its definition: the very positions, and exact where it says so. */
export async function checkSearch(
  index: EventIndex,
  entries: readonly IndexEntry[],
  request: SearchRequest,
  seed: number,
): Promise<void> {
  const { positions, exact } = await index.search(request)
  const where = `seed ${seed}, ${JSON.stringify(request)}`
  assert.deepEqual(positions, expected(entries, request), where)
  const holds = ({ index }: ListPosition) => {
    const entry = entries.find((each) => each.org === request.org && each.index === index)
    return entry && judge(request.query, entry.facts, entry.atMs)
  }
  assert.ok(!exact || positions.every((position) => holds(position) === true), where)
}

export const positionsOf = async (index: EventIndex, request: SearchRequest): Promise<readonly ListPosition[]> =>
  (await index.search(request)).positions

/** The definition of a search: what neither facts nor times bar. */
export function expected(entries: readonly IndexEntry[], request: SearchRequest): ListPosition[] {
  const { org, query, order, after, before, limit } = request
  const sign = order === 'asc' ? 1 : -1
  const compare = (a: ListPosition, b: ListPosition) => sign * (a.atMs - b.atMs || a.index - b.index)
  return entries
    .filter((entry) => entry.org === org && judge(query, entry.facts, entry.atMs) !== false)
    .filter((entry) => (!after || compare(entry, after) > 0) && (!before || compare(entry, before) < 0))
    .map(({ atMs, index }) => ({ atMs, index }))
    .sort(compare)
    .slice(0, limit)
}

export const refusesAsBehind = (call: Promise<unknown>, org: string): Promise<void> =>
  assert.rejects(call, (error) => {
    assert.ok(error instanceof IndexBehind, `IndexBehind, not ${String(error)}`)
    assert.equal(error.org, org)
    return true
  })
