/** What one search or count may cost: past that a search leaves candidates and loses nothing, and a count is refused. */
import { type Facts, FIELDS } from '@sealedlog/sdk/event'
import { parseQuery, type Query } from '@sealedlog/sdk/query'
import { expect, test } from 'vitest'
import { countSegments } from '../../dist/index/counting.js'
import { TooMuchToCount, VALUES_MAX, WALKS_MAX } from '../../dist/index/index.js'
import { searchSegments } from '../../dist/index/search.js'
import type { Segment } from '../../dist/index/segment.js'
import { YoungSegments } from '../../dist/index/young.js'

const ENTRIES = 20_000
const NO_FACTS = Object.fromEntries(Object.keys(FIELDS).map((field) => [field, []])) as unknown as Facts

const young = new YoungSegments()
for (let index = 0; index < ENTRIES; index += 1) {
  const facts = { ...NO_FACTS, type: [`t${index % 7}`], actor_id: [`u${index % VALUES_MAX}`], target_id: [`n${index}`] }
  young.add({ org: 'acme', index, atMs: index, facts, texts: [`w${index % (VALUES_MAX + 1)} x`] })
}
const segments = [young.segment('acme') as Segment]

const found = (query: string | Query) =>
  searchSegments(
    {
      org: 'acme',
      query: typeof query === 'string' ? parseQuery(query) : query,
      order: 'asc',
      limit: ENTRIES,
      covering: ENTRIES,
    },
    segments,
  )

const repeated = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join(' ')

/** Each part holds for all, and all are asked of each. */
const ENDLESS: Query = {
  and: Array.from({ length: 500 }, (_, i) => {
    const actor: Query = { field: 'actor_id', is: `u${i % VALUES_MAX}` }
    return { or: [actor, { not: actor }] }
  }),
}

test('a search walks no more values than WALKS_MAX, and of one prefix no more than VALUES_MAX', () => {
  const prefixes = WALKS_MAX / VALUES_MAX
  expect(found(repeated(prefixes, () => 'actor:u*'))).toMatchObject({ exact: true })
  const many = found(`${repeated(prefixes + 1, () => 'actor:u*')} type:t1`)
  expect([many.exact, many.positions.length]).toEqual([false, Math.ceil((ENTRIES - 1) / 7)])
  const words = found({ text: 'w', prefix: true })
  expect([words.exact, words.positions.length]).toEqual([false, ENTRIES])
  expect(found({ text: 'w25', prefix: true }).exact).toBe(true)
})

test('a search takes no more steps than STEPS_MAX', () => {
  const endless = found(ENDLESS)
  expect([endless.exact, endless.positions.length]).toEqual([false, ENTRIES])
})

test('a count takes no more steps than STEPS_MAX', () => {
  const count = (query: Query, by: 'day' | 'target_id') =>
    countSegments({ org: 'acme', query, by, limit: 3, covering: ENTRIES }, segments)
  expect(() => count(ENDLESS, 'day')).toThrow(TooMuchToCount)
  expect(count(parseQuery('type:t1'), 'target_id').total).toBe(Math.ceil((ENTRIES - 1) / 7))
})
