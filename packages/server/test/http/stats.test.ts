/** Counts over HTTP: those of the list with the same filters, for whoever may read it, within bounds that have names. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { beforeAll, expect, test } from 'vitest'
import { pick, random, SEED, times } from '../../../sdk/test/query/support.js'
import type { RunningServer } from '../../dist/server.js'
import { STATS_BY } from '../../dist/http/filters.js'
import { DAY_MS, startWorld } from './kept-world.js'
import { as, type Asks, type Body, makeKey, makeOrganizations, start } from './support.js'

const EVENTS = 900
const TYPES = ['login.failed', 'login.succeeded', 'api_key.created', 'api_key.deleted']
const rnd = random(SEED)
let server: RunningServer
let ask: Asks

beforeAll(async () => {
  server = await start()
  await makeOrganizations(server, 'acme', 'beta')
  ask = as(server, (await makeKey(server, 'acme', ['write', 'read', 'admin'])).key)
  const { status, text } = await ask(
    'POST /v1/events/batch',
    times(EVENTS, (i) => ({
      id: `evt_${i}`,
      type: pick(rnd, TYPES),
      occurred_at: new Date(Date.UTC(2026, 0, 1) + rnd(30) * DAY_MS + rnd(DAY_MS)).toISOString(),
      outcome: pick(rnd, ['success', 'failure', 'denied']),
      actor: { type: 'user', id: `user_${rnd(12)}`, ...(rnd(2) === 0 && { email: `u${rnd(5)}@example.com` }) },
      targets: times(rnd(3), () => ({ type: 'thing', id: `thing_${rnd(40)}` })),
      description: pick(rnd, ['said in other words', 'other words', 'words in the other order']),
      metadata: { plan: pick(rnd, ['free', 'pro']) },
    })),
  )
  expect([status, text]).toEqual([201, expect.any(String)])
})

const get = async (path: string): Promise<Body> => {
  const { status, json } = await ask(`GET ${path}`)
  expect([path, status, json.detail]).toEqual([path, 200, undefined])
  return json
}

/** Filters of a list, decided by the index or not, as a query string. */
const FILTERS: readonly (() => string)[] = [
  () => `type=${pick(rnd, [...TYPES, 'login.*', 'api_key.*', 'no.such'])}`,
  () => `outcome=${pick(rnd, ['success', 'failure'])}&outcome=denied`,
  () => `actor_id=user_${rnd(14)}`,
  () => `since=2026-01-${String(1 + rnd(15)).padStart(2, '0')}`,
  () => `until=2026-01-${16 + rnd(15)}T${10 + rnd(13)}:30:00Z`,
  () =>
    `q=${encodeURIComponent(pick(rnd, ['"other words"', 'words', '-type:login.*', 'metadata.plan:pro', 'plan OR order']))}`,
  () => `target_id=thing_${rnd(41)}`,
]

/** What an event is counted under, told from the document that a list shows. */
function keysOf(event: Body, by: string): readonly string[] {
  if (by === 'hour') return [`${event.occurred_at.slice(0, 13)}:00:00.000Z`]
  if (by === 'day') return [`${event.occurred_at.slice(0, 10)}T00:00:00.000Z`]
  const targets: readonly Body[] = event.targets ?? []
  const values: { readonly [field: string]: readonly (string | undefined)[] } = {
    type: [event.type],
    outcome: [event.outcome],
    bucket: [event.bucket],
    actor_id: [event.actor?.id],
    actor_type: [event.actor?.type],
    actor_email: [event.actor?.email],
    target_id: targets.map(({ id }) => id),
    target_type: targets.map(({ type }) => type),
  }
  return [...new Set((values[by] ?? []).filter((value) => value !== undefined))]
}

test(`it counts what the list shows (QUERY_SEED=${SEED})`, async () => {
  // Targets count by where the catalogue says they stand, too: the events of this test have none there.
  for (const i of times(60, (n) => n)) {
    const filters = FILTERS.filter(() => rnd(4) === 0).map((filter) => filter())
    const by = pick(
      rnd,
      STATS_BY.filter((each) => each !== 'target_type'),
    )
    const asked = [...filters, `by=${by}`].join('&')
    const all = (await get(`/v1/events?limit=1000&${filters.join('&')}`)).data as readonly Body[]
    const counts = new Map<string, number>()
    for (const key of all.flatMap((event) => keysOf(event, by))) counts.set(key, (counts.get(key) ?? 0) + 1)
    const { data, ...rest } = await get(`/v1/events/stats?${asked}`)
    expect([i, asked, rest]).toEqual([
      i,
      asked,
      { object: 'stats', by, total: all.length, has_more: false, exact: true },
    ])
    expect([i, asked, new Map(data.map(({ key, count }: Body) => [key, count]))]).toEqual([i, asked, counts])
    const order = data.map(({ key, count }: Body) => (by === 'hour' || by === 'day' ? key : -count))
    expect([i, asked, order]).toEqual([i, asked, order.toSorted((a: never, b: never) => (a < b ? -1 : Number(a > b)))])
  }
})

test('a limit names the newest hours and days and the most frequent values, and says that there are more', async () => {
  const all = await get('/v1/events/stats?by=day')
  const days = await get('/v1/events/stats?limit=3')
  expect([days.by, days.total, days.has_more]).toEqual(['day', EVENTS, true])
  expect(days.data).toEqual(all.data.slice(-3))
  const actors = await get('/v1/events/stats?by=actor_id')
  const few = await get('/v1/events/stats?by=actor_id&limit=2')
  expect([few.data, few.has_more, few.total]).toEqual([actors.data.slice(0, 2), true, EVENTS])
})

test.each([
  ['by=week', 'by'],
  ['by=tenant', 'by'],
  ['by=type&by=day', 'by'],
  ['by=type&limit=0', 'limit'],
  [`by=type&limit=${BOUNDS.STATS_LIMIT_MAX + 1}`, 'limit'],
  [`by=hour&limit=${BOUNDS.STATS_TIMES_MAX + 1}`, 'limit'],
  ['since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z', 'until'],
  ['order=asc', 'order'],
  ['cursor=x', 'cursor'],
  ['dialect=openai', 'dialect'],
  ['q=actr:x', 'q'],
  ['saved=nobody', undefined],
])('%s is refused', async (query, param) => {
  const { status, json } = await ask(`GET /v1/events/stats?${query}`)
  expect([status >= 400 && status < 500, json.param]).toEqual([true, param])
})

test('the greatest limits are taken', async () => {
  await get(`/v1/events/stats?by=type&limit=${BOUNDS.STATS_LIMIT_MAX}`)
  await get(`/v1/events/stats?by=hour&limit=${BOUNDS.STATS_TIMES_MAX}`)
})

test('it takes a key that reads, of this organization', async () => {
  const refused = async (asks: Asks, headers = {}) => {
    const { status, json } = await asks('GET /v1/events/stats', undefined, headers)
    return [status, json.code]
  }
  expect(await refused(as(server, null))).toEqual([401, 'missing_key'])
  expect(await refused(as(server, (await makeKey(server, 'acme', ['write'])).key))).toEqual([403, 'insufficient_scope'])
  expect(await refused(ask, { 'sealedlog-organization': 'beta' })).toEqual([403, 'organization_mismatch'])
  const beta = as(server, (await makeKey(server, 'beta', ['read'])).key)
  expect((await beta('GET /v1/events/stats')).json).toMatchObject({ total: 0, data: [], has_more: false })
})

test('what the index does not decide is refused beyond a bound, and counted once it is narrowed', async () => {
  await makeOrganizations(server, 'big')
  const big = as(server, (await makeKey(server, 'big', ['write', 'read'])).key)
  for (let at = 0; at <= BOUNDS.STATS_SCAN_MAX; at += 1_000) {
    const events = times(1_000, (i) => ({
      type: 'a.b',
      description: 'two words',
      occurred_at: new Date(Date.UTC(2026, 0, 1) + (at + i) * 1_000).toISOString(),
    }))
    expect((await big('POST /v1/events/batch', events)).status).toBe(201)
  }
  const words = `q=${encodeURIComponent('"two words"')}`
  const { status, json } = await big(`GET /v1/events/stats?${words}`)
  expect([status, json.code]).toEqual([422, 'too_much_to_count'])
  expect(json.detail).toMatch(/limit STATS_SCAN_MAX\). Narrow it by since and until/)
  const narrowed = await big(`GET /v1/events/stats?${words}&until=2026-01-01T00:30:00Z`)
  expect(narrowed.json).toMatchObject({ total: 1_800, data: [{ key: '2026-01-01T00:00:00.000Z', count: 1_800 }] })
})

test('it is a read: it costs one of the rate, and is summed with the others', async () => {
  const limited = await start({ nowMs: () => Date.UTC(2026, 10, 20), rates: { perKey: 1, perOrganization: 0 } })
  const often = as(limited, limited.rootKey.value)
  const answers = await Promise.all(times(4, () => often('GET /v1/events/stats')))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 429, 429])

  const world = await startWorld()
  await makeOrganizations(world.server, 'acme')
  const reader = await makeKey(world.server, 'acme', ['read'])
  await as(world.server, reader.key)('GET /v1/events/stats')
  await world.pass(DAY_MS)
  const sums = (await world.entries('acme')).filter(({ actor }) => actor?.id === reader.id)
  expect(sums.map(({ details }) => details.by_kind)).toEqual([{ stats: { requests: 1, entries: 0 } }])
})
