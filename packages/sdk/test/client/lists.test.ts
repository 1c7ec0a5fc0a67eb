/** Reading: every event of a list once, through pages of any length, and parameters as the HTTP API names them. */
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { ListParams, Sealedlog } from '../../dist/client/index.js'
import {
  all,
  type Body,
  clientOf,
  errorOf,
  type Log,
  makeClock,
  type Proxy,
  problem,
  startLog,
  startProxy,
  without,
} from './support.js'

let log: Log
let proxy: Proxy
let client: Sealedlog

/** One event an hour. */
const at = (hour: number): string => `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`
const EVENTS = Array.from({ length: 10 }, (_, i) => ({
  id: `evt_${i}`,
  type: i % 2 === 0 ? 'api_key.created' : 'user.added',
  occurred_at: at(i),
  actor: { type: 'user', id: `user_${i % 3}` },
}))

beforeAll(async () => {
  log = await startLog()
  proxy = await startProxy(log)
  client = clientOf(proxy, log, makeClock())
  await client.recordAll(EVENTS)
})
beforeEach(() => {
  proxy.seen.length = 0
  proxy.next()
})

const idsOf = async (params: ListParams): Promise<readonly string[]> =>
  (await all(client.list(params))).map(({ id }) => id)
const said = EVENTS.map(({ id }) => id)

test('a list goes through all pages, whatever their length, in both orders', async () => {
  for (const limit of [1, 3, 9, 10, 11]) {
    expect(await idsOf({ limit })).toEqual(said.toReversed())
    expect(await idsOf({ limit, order: 'asc' })).toEqual(said)
  }
})

test('a failure between pages loses nothing and repeats nothing', async () => {
  proxy.next('lose answer', 'pass', problem(503, 'shutting_down'), 'lose request', 'pass')
  expect(await idsOf({ limit: 4, order: 'asc' })).toEqual(said)
})

const FILTERED: readonly (readonly [params: ListParams, ids: readonly number[]])[] = [
  [{ type: 'api_key.*' }, [0, 2, 4, 6, 8]],
  [{ type: ['api_key.created', 'user.added'], actor_id: ['user_0', 'user_1'] }, [0, 1, 3, 4, 6, 7, 9]],
  [{ actor_id: 'user_2', since: new Date(at(3)) }, [5, 8]],
  [{ since: at(2), until: new Date(at(5)) }, [2, 3, 4]],
  [{ since: '2026-01-01T08:00:00+00:00', bucket: undefined }, [8, 9]],
  [{ outcome: 'denied' }, []],
]

test.each(FILTERED)('%j', async (params, ids) => {
  expect(await idsOf({ ...params, order: 'asc', limit: 2 })).toEqual(ids.map((i) => `evt_${i}`))
})

test('a page is one call, and its cursor is where the next begins', async () => {
  const first = await client.list({ limit: 4, order: 'asc' }).page()
  expect(first).toMatchObject({ has_more: true, next_cursor: expect.any(String) })
  expect(proxy.seen).toHaveLength(1)
  const rest = client.list({ limit: 4, order: 'asc', cursor: first.next_cursor ?? '' })
  expect([...first.data, ...(await all(rest))].map(({ id }) => id)).toEqual(said)
  expect((await all(rest.pages())).map(({ data }) => data.length)).toEqual([4, 2])
})

test('a list that is left early asks for no more', async () => {
  for await (const event of client.list({ limit: 2 })) if (event.id === 'evt_9') break
  expect(proxy.seen).toHaveLength(1)
})

test('a page may be empty while more follow', async () => {
  const empty = (answer: Body): Body => ({ ...answer, data: [] })
  proxy.next(empty, 'pass', empty, 'pass')
  expect(await idsOf({ limit: 2, order: 'asc' })).toEqual(['evt_2', 'evt_3', 'evt_6', 'evt_7', 'evt_8', 'evt_9'])
})

test('a list that would end as if it were whole, or never, is refused', async () => {
  const stuck = await client.list({ limit: 1 }).page()
  const answers: readonly ((answer: Body) => Body)[] = [
    (answer) => ({ ...answer, next_cursor: null }),
    (answer) => without(answer, 'has_more'),
    (answer) => ({ ...answer, data: {} }),
    (answer) => ({ ...answer, data: [null] }),
  ]
  for (const answer of answers) {
    proxy.next(answer)
    expect(await errorOf(idsOf({ limit: 2 }))).toMatchObject({ code: 'unexpected_answer' })
  }
  const again = (answer: Body): Body => ({ ...answer, next_cursor: stuck.next_cursor })
  proxy.next(again, again)
  expect(await errorOf(idsOf({ limit: 1 }))).toMatchObject({ code: 'unexpected_answer' })
})

test('a parameter that the server has not is its to refuse, and one without values is refused here', async () => {
  const unknown = { actor: 'user_1' } as ListParams
  expect(await errorOf(client.list(unknown).page())).toMatchObject({
    code: 'unknown_parameter',
    param: 'actor',
    status: 400,
  })
  proxy.seen.length = 0
  expect(await errorOf(client.list({ type: [] }).page())).toMatchObject({ code: 'invalid_parameter', param: 'type' })
  expect(proxy.seen).toHaveLength(0)
})

test('one event by its id, or the word that there is none', async () => {
  expect(await client.get('evt_3')).toMatchObject({ id: 'evt_3', index: 3, occurred_at: at(3), org: 'default' })
  expect(await errorOf(client.get('evt_none'))).toMatchObject({ code: 'event_not_found', status: 404 })
  for (const id of ['..', 'tail', '', 'a/../evt_3']) expect(await errorOf(client.get(id))).toHaveProperty('code')
})

const NOT_KEYS = { not: { field: 'type', starts_with: 'api_key.' } } as const

test('a search says its query as JSON, and goes through its pages', async () => {
  const found = client.search({ query: NOT_KEYS, order: 'asc', limit: 2, organization: 'default' })
  expect((await all(found)).map(({ id }) => id)).toEqual(['evt_1', 'evt_3', 'evt_5', 'evt_7', 'evt_9'])
  expect(proxy.seen.map(({ line }) => line)).toEqual(Array.from({ length: 3 }, () => 'POST /v1/events/search'))
  expect(JSON.parse(proxy.seen[0]?.body ?? '')).toEqual({ query: NOT_KEYS, order: 'asc', limit: 2 })
  expect(proxy.seen[0]?.headers['sealedlog-organization']).toBe('default')
})

test('a query says where it cannot be read', async () => {
  const error = await errorOf(client.list({ q: 'type:user.added outcom:denied' }).page())
  expect(error).toMatchObject({ code: 'invalid_query', status: 400, fault: { position: 16, nearest: 'outcome' } })
  expect(await idsOf({ q: 'type:user.added actor:user_1' })).toEqual(['evt_7', 'evt_1'])
})

test('a query is saved, asked by its name, and forgotten', async () => {
  const { savedQueries } = client
  const saved = await savedQueries.save('no-keys', { q: '-type:api_key.*', description: 'All but keys' })
  expect(saved).toMatchObject({ name: 'no-keys', query: NOT_KEYS })
  expect(await savedQueries.save('no-keys', { query: NOT_KEYS })).toMatchObject({ q: '-type:api_key.*' })
  expect(await savedQueries.list()).toEqual([await savedQueries.get('no-keys')])
  expect(await idsOf({ saved: 'no-keys', actor_id: 'user_1' })).toEqual(['evt_7', 'evt_1'])
  proxy.next('lose answer')
  await savedQueries.delete('no-keys')
  expect(await errorOf(savedQueries.delete('no-keys'))).toMatchObject({ code: 'saved_query_not_found' })
})

test('counts are asked like a list, and an answer that holds none is refused', async () => {
  const { data, ...rest } = await client.stats({ by: 'type', actor_id: ['user_0', 'user_1'] })
  expect([rest, data]).toEqual([
    { by: 'type', total: 7, has_more: false },
    [
      { key: 'user.added', count: 4 },
      { key: 'api_key.created', count: 3 },
    ],
  ])
  expect(await client.stats()).toEqual({
    by: 'day',
    total: 10,
    data: [{ key: '2026-01-01T00:00:00.000Z', count: 10 }],
    has_more: false,
  })
  expect(await client.stats({ by: 'hour', limit: 1 })).toMatchObject({
    data: [{ key: at(9), count: 1 }],
    has_more: true,
  })
  const answers: readonly ((answer: Body) => Body)[] = [
    (answer) => without(answer, 'total'),
    (answer) => ({ ...answer, data: {} }),
    (answer) => ({ ...answer, data: [{ key: 'a', count: '1' }] }),
  ]
  for (const answer of answers) {
    proxy.next(answer)
    expect(await errorOf(client.stats())).toMatchObject({ code: 'unexpected_answer' })
  }
})
