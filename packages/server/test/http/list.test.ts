/** The list over HTTP: every parameter, alone and combined, page by page and in both orders, against the oracle. */
import { formatTime } from '@sealedlog/sdk/base'
import { canonicalIp, comparePositions, positionOf, type RecordedEvent } from '@sealedlog/sdk/event'
import { allOf, anyOf, matcherOf, type Query } from '@sealedlog/sdk/query'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { pick, seededEvents, seededPairs, seededRandom, VALUES } from './seeded.js'
import { as, type Asks, makeKey, makeOrganizations, start } from './support.js'

const SEED = 20_261_120
const EVENTS = 500
const NOW_MS = Date.UTC(2026, 10, 20, 9, 12, 21, 340)

let server: RunningServer
let ask: Asks
let all: readonly RecordedEvent[]

beforeAll(async () => {
  server = await start({ nowMs: () => NOW_MS })
  await makeOrganizations(server, 'acme', 'beta')
  ask = as(server, (await makeKey(server, 'acme', ['write', 'read'])).key)
  const events = seededEvents(EVENTS, SEED, NOW_MS)
  await ask('POST /v1/events/batch', events)
  await as(server, (await makeKey(server, 'beta', ['write'])).key)('POST /v1/events/batch', events)
  all = (await ask('GET /v1/events/tail?limit=1000')).json.data
})

type Pairs = readonly (readonly [string, string])[]

const queryOf = (pairs: Pairs): string =>
  String(new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])))

/** What the oracle says that these parameters list. */
function expectedIds(pairs: Pairs): readonly string[] {
  const valuesOf = (name: string) => pairs.filter(([each]) => each === name).map(([, value]) => value)
  const fields = Object.keys(VALUES) as (keyof typeof VALUES)[]
  const [since] = valuesOf('since')
  const [until] = valuesOf('until')
  const holds = matcherOf(
    allOf([
      ...fields
        .filter((field) => valuesOf(field).length > 0)
        .map((field) => anyOf(valuesOf(field).map((value) => meaningOf(field, value)))),
      ...(since === undefined ? [] : [{ field: 'occurred_at', gte: since }]),
      ...(until === undefined ? [] : [{ field: 'occurred_at', lt: until }]),
    ]),
    NOW_MS,
  )
  const ids = all
    .filter(holds)
    .sort((a, b) => comparePositions(positionOf(a), positionOf(b)))
    .map((event) => event.id)
  return valuesOf('order')[0] === 'asc' ? ids : ids.toReversed()
}

/** What a value of a parameter means. */
function meaningOf(field: keyof typeof VALUES, value: string): Query {
  if (field === 'type' && value.endsWith('*')) return { field, starts_with: value.slice(0, -1) }
  if (field === 'actor_email') return { field, is: value.toLowerCase() }
  return { field, is: field === 'ip_address' ? (canonicalIp(value) ?? value) : value }
}

/** Every id that the list shows, page by page. */
async function listedIds(pairs: Pairs, limit: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = queryOf([...pairs, ['limit', String(limit)], ...(cursor ? [['cursor', cursor] as const] : [])])
    const { status, json, headers } = await ask(`GET /v1/events?${query}`)
    expect([query, status, json.object]).toEqual([query, 200, 'list'])
    expect(json.data.length).toBeLessThanOrEqual(limit)
    expect(json.has_more).toBe(json.next_cursor !== null)
    expect(headers.has('link')).toBe(json.has_more)
    if (json.has_more) expect(json.data).toHaveLength(limit)
    ids.push(...json.data.map((event: RecordedEvent) => event.id))
    cursor = json.next_cursor
  }
  return ids
}

const at = (steps: number): string => formatTime(NOW_MS - steps * 500)

test('the seed makes events with many ties, and the log has them all', () => {
  console.log(`seed ${SEED}`)
  expect(all).toHaveLength(EVENTS)
  expect(new Set(all.map((event) => event.occurred_at)).size).toBeLessThan(25)
})

describe('the list equals the oracle', () => {
  for (const order of ['desc', 'asc'] as const) {
    test(`for each value of each parameter, ${order}`, async () => {
      for (const [name, values] of Object.entries(VALUES)) {
        for (const value of values) {
          const pairs: Pairs = [
            [name, value],
            ['order', order],
          ]
          expect([name, value, await listedIds(pairs, 1_000)]).toEqual([name, value, expectedIds(pairs)])
        }
      }
    })

    test(`for every range of time, ${order}`, async () => {
      for (const [since, until] of [
        [19, 0],
        [10, 5],
        [5, 5],
        [7, undefined],
        [undefined, 7],
        [30, 25],
      ]) {
        const pairs: Pairs = [
          ['order', order],
          ...(since === undefined ? [] : [['since', at(since)] as const]),
          ...(until === undefined ? [] : [['until', at(until)] as const]),
        ]
        expect([pairs, await listedIds(pairs, 1_000)]).toEqual([pairs, expectedIds(pairs)])
      }
    })
  }

  test('for parameters of all kinds together, page by page', async () => {
    const random = seededRandom(SEED)
    let shown = 0
    for (let i = 0; i < 120; i++) {
      const pairs: Pairs = [
        ...seededPairs(random),
        ['order', pick(random, ['asc', 'desc'])],
        ...(random() < 0.3 ? [['since', at(15)] as const] : []),
        ...(random() < 0.3 ? [['until', at(3)] as const] : []),
      ]
      const expected = expectedIds(pairs)
      shown += expected.length
      expect([pairs, await listedIds(pairs, pick(random, [3, 7, 50, 100]))]).toEqual([pairs, expected])
    }
    expect(shown).toBeGreaterThan(1_000)
  })

  test('for no parameters: a hundred, newest first', async () => {
    const { json } = await ask('GET /v1/events')
    expect(json.data.map((event: RecordedEvent) => event.id)).toEqual(expectedIds([]).slice(0, 100))
  })
})

describe('a page', () => {
  test('of which the Link header names the next one, filters and all', async () => {
    const { json, headers } = await ask(
      'GET /v1/events?type=api_key.*&type=user.added&project_id=proj+3%2F%C3%A4%26%3F&limit=2',
    )
    const next = /^<(\S+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? ''
    expect(new URL(next, server.url).searchParams.getAll('type')).toEqual(['api_key.*', 'user.added'])
    const expected = expectedIds([
      ['type', 'api_key.*'],
      ['type', 'user.added'],
      ['project_id', 'proj 3/ä&?'],
    ])
    expect(json.data.map((event: RecordedEvent) => event.id)).toEqual(expected.slice(0, 2))
    expect((await ask(`GET ${next}`)).json.data.map((event: RecordedEvent) => event.id)).toEqual(expected.slice(2, 4))
  })

  test('stays where it is while newer events arrive', async () => {
    const page = await ask('GET /v1/events?limit=10')
    await ask('POST /v1/events', { id: 'newest', type: 'a.b', occurred_at: formatTime(NOW_MS + 1_000) })
    const next = await ask(`GET /v1/events?limit=10&cursor=${page.json.next_cursor}`)
    expect(next.json.data.map((event: RecordedEvent) => event.id)).toEqual(expectedIds([]).slice(10, 20))
    expect((await ask('GET /v1/events?limit=1')).json.data[0].id).toBe('newest')
  })

  test('that is exactly full has no more', async () => {
    const count = expectedIds([['type', 'login.failed']]).length
    const { json, headers } = await ask(`GET /v1/events?type=login.failed&limit=${count}`)
    expect([json.data.length, json.has_more, json.next_cursor, headers.get('link')]).toEqual([count, false, null, null])
  })

  test('of nothing is an empty list', async () => {
    expect((await ask('GET /v1/events?actor_id=nobody')).json).toEqual({
      object: 'list',
      data: [],
      has_more: false,
      next_cursor: null,
    })
  })

  test('may be read in another dialect', async () => {
    const { json } = await ask('GET /v1/events?dialect=openai&limit=3&type=login.failed')
    expect(json.data).toHaveLength(3)
    for (const event of json.data)
      expect(event).toMatchObject({ type: 'login.failed', effective_at: expect.any(Number) })
  })

  test('holds events the moment their receipt is out', async () => {
    for (let i = 0; i < 20; i++) {
      const id = `fresh-${i}`
      await ask('POST /v1/events', { id, type: 'fresh.made' })
      expect((await ask('GET /v1/events?type=fresh.*&limit=1')).json.data[0].id).toBe(id)
    }
  })
})
