/** Recording: no event is lost, none is recorded twice, and what was refused says why. */
import * as fc from 'fast-check'
import { createServer } from 'node:http'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { CallFailed, Sealedlog } from '../../dist/client/index.js'
import {
  type Body,
  clientOf,
  entriesOf,
  errorOf,
  listen,
  type Log,
  makeClock,
  problem,
  type Proxy,
  type Rule,
  startLog,
  startProxy,
} from './support.js'

let log: Log
let proxy: Proxy

beforeAll(async () => {
  log = await startLog()
  proxy = await startProxy(log)
})
beforeEach(() => {
  proxy.seen.length = 0
  proxy.next()
})

const countOf = async (id: string): Promise<number> => (await entriesOf(log)).filter((event) => event.id === id).length

/** What a network or a server may do to a request, and what a client should survive. */
const PASSING: readonly Rule[] = [
  'lose request',
  'lose answer',
  problem(503, 'shutting_down', { 'retry-after': '2' }),
  problem(503, 'storage_failed'),
  problem(429, 'rate_limited', { 'retry-after': '1' }),
  problem(408, 'request_timeout'),
  { status: 502, body: '<html>Bad gateway</html>' },
  { status: 504, body: '' },
]

test('whatever is lost on the way, in whatever order, the event is recorded exactly once, under one id', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...PASSING), { maxLength: 8 }), async (rules) => {
      const from = proxy.seen.length
      proxy.next(...rules)
      const { id, status } = await clientOf(proxy, log, { ...makeClock(), timeoutMs: 600_000 }).record({
        type: 'user.added',
      })
      expect(await countOf(id)).toBe(1)
      expect(status).toBe(rules.includes('lose answer') ? 'duplicate' : 'recorded')
      const bodies = proxy.seen.slice(from).map(({ body }) => body)
      expect(bodies).toEqual(Array.from({ length: rules.length + 1 }, () => bodies[0]))
    }),
    { numRuns: 40 },
  )
})

test('a caller who changes the object while it is tried changes nothing', async () => {
  const event: Body = { type: 'user.added', metadata: { plan: 'pro' } }
  proxy.next('lose request', 'lose answer')
  const client = clientOf(proxy, log, {
    async sleep() {
      event.metadata.plan = 'free'
      event.id = 'evt_other'
    },
  })
  const { id } = await client.record(event, { proof: true })
  expect((await client.get(id)).metadata).toEqual({ plan: 'pro' })
})

test('the pause is what Retry-After says, in seconds or as a date, and at most a minute', async () => {
  const clock = makeClock()
  const client = clientOf(proxy, log, { ...clock, timeoutMs: 600_000 })
  const after = (text: string): Rule => problem(429, 'rate_limited', { 'retry-after': text })
  const date = new Date(Math.ceil(clock.nowMs() / 1000) * 1000 + 20_000)
  proxy.next(after('7'), after('0'), after('900'))
  await client.record({ type: 'user.added' })
  expect(clock.slept).toEqual([7_000, 0, 60_000])
  proxy.next(after(new Date(date.getTime() + 60_000).toUTCString()))
  await client.record({ type: 'user.added' })
  expect(clock.slept[3]).toBeGreaterThan(11_000)
  expect(clock.slept[3]).toBeLessThan(15_000)
})

test('without it the pause doubles up to ten seconds, and is never everybody’s', async () => {
  const pausesOf = async (byte: number): Promise<readonly number[]> => {
    const clock = makeClock()
    proxy.next(...Array.from({ length: 8 }, (): Rule => 'lose request'))
    const random = (length: number) => new Uint8Array(length).fill(byte)
    const id = `evt_pause_${byte}`
    await clientOf(proxy, log, { ...clock, random, timeoutMs: 600_000 }).record({ id, type: 'user.added' })
    return clock.slept
  }
  expect(await pausesOf(0)).toEqual([125, 250, 500, 1000, 2000, 4000, 5000, 5000])
  const longest = await pausesOf(255)
  longest.forEach((ms, i) => expect(ms).toBeGreaterThan(0.99 * Math.min(10_000, 250 * 2 ** i)))
  expect(Math.max(...longest)).toBeLessThan(10_000)
})

test('a call gives up after its tries or its time, and says under which id to go on', async () => {
  for (const more of [{ retries: 2 }, { timeoutMs: 1_000 }]) {
    const clock = makeClock()
    proxy.next('lose request', 'lose answer', ...Array.from({ length: 20 }, (): Rule => 'lose request'))
    const event = { type: 'user.added', description: 'once' } as const
    const error: CallFailed = await errorOf(clientOf(proxy, log, { ...clock, ...more }).record(event))
    expect(error).toBeInstanceOf(CallFailed)
    expect(error).toMatchObject({ code: 'no_answer', status: 0, isUncertain: true, isPassing: true })
    expect(clock.slept.reduce((a, b) => a + b, 0)).toBeLessThan(1_000)
    const [id = ''] = error.eventIds
    expect(error.message).toContain(id)
    proxy.next()
    expect(await clientOf(proxy, log).record({ ...event, id })).toMatchObject({ id, status: 'duplicate' })
    expect(await countOf(id)).toBe(1)
  }
})

test('a pause that is longer than the time that is left is not begun', async () => {
  const clock = makeClock()
  proxy.next(problem(429, 'rate_limited', { 'retry-after': '30' }))
  const error = await errorOf(clientOf(proxy, log, { ...clock, timeoutMs: 20_000 }).record({ type: 'user.added' }))
  expect(error).toMatchObject({ code: 'rate_limited', status: 429, retryAfterMs: 30_000, isUncertain: false })
  expect(clock.slept).toEqual([])
})

test('a server that takes a request and never answers is given up, and asked twice', async () => {
  let asked = 0
  const url = await listen(createServer(() => asked++))
  const client = new Sealedlog({ url, key: 'k', ...makeClock(), timeoutMs: 600, retries: 1 })
  const error = await errorOf(client.record({ type: 'user.added' }))
  expect(error).toMatchObject({ code: 'no_answer', isUncertain: true })
  expect(error.message).toContain('nothing came for 0.3 s')
  expect(asked).toBe(2)
})

test('what is refused is not tried again, and names each field', async () => {
  const client = clientOf(proxy, log)
  const error: CallFailed = await errorOf(client.record({ type: 'user.added', actor: { type: 'a b' } }))
  expect(error).toMatchObject({ code: 'invalid_event', status: 422, isUncertain: false, isPassing: false })
  expect(error.issues).toMatchObject([{ pointer: '/actor/type', code: 'bad_format' }])
  expect(error.requestId).toMatch(/^req_/)
  expect(proxy.seen).toHaveLength(1)
})

test('the same id with other content is a conflict, not a retry', async () => {
  const client = clientOf(proxy, log)
  await client.record({ id: 'evt_taken', type: 'user.added' })
  const error = await errorOf(client.record({ id: 'evt_taken', type: 'user.deleted' }))
  expect(error).toMatchObject({ code: 'event_conflict', status: 409, eventIds: ['evt_taken'] })
})

test('a refusal after a lost answer leaves it open whether the event is recorded', async () => {
  proxy.next('lose answer', problem(401, 'invalid_key'))
  const error: CallFailed = await errorOf(clientOf(proxy, log, makeClock()).record({ type: 'user.added' }))
  expect(error).toMatchObject({ code: 'invalid_key', isUncertain: true })
  expect(await countOf(error.eventIds[0] ?? '')).toBe(1)
})

test('a signal ends a call: before it, while it is answered, and in a pause', async () => {
  const client = clientOf(proxy, log)
  const reason = new Error('enough')
  const before = await errorOf(client.record({ type: 'user.added' }, { signal: AbortSignal.abort(reason) }))
  expect(before).toMatchObject({ code: 'aborted', isUncertain: false, cause: reason })
  expect(proxy.seen).toHaveLength(0)
  for (const rule of [() => new Promise(() => undefined), 'lose request'] as const) {
    const controller = new AbortController()
    proxy.next(rule, rule, rule)
    const recorded = errorOf(client.record({ type: 'user.added' }, { signal: controller.signal }))
    setTimeout(() => controller.abort(), 50)
    const error: CallFailed = await recorded
    expect(error).toMatchObject({ code: 'aborted', isUncertain: true })
    expect(error.eventIds).toHaveLength(1)
  }
})

test('a value that JSON would lose is refused before anything is sent', async () => {
  const cycle: Body = {}
  cycle.cycle = cycle
  const lost: readonly Body[] = [
    Number.NaN,
    Infinity,
    1n,
    () => 1,
    Symbol('s'),
    new Map(),
    new Set(),
    [undefined],
    cycle,
  ]
  for (const value of lost) {
    const error = await errorOf(clientOf(proxy, log).record({ type: 'user.added', metadata: { value } }))
    expect(error).toMatchObject({ code: 'invalid_event', status: 0, isUncertain: false })
  }
  expect(proxy.seen).toHaveLength(0)
  const at: Body = new Date('2026-01-02T03:04:05.678Z')
  const { id } = await clientOf(proxy, log).record({
    type: 'user.added',
    occurred_at: at,
    description: undefined as Body,
  })
  expect((await clientOf(proxy, log).get(id)).occurred_at).toBe('2026-01-02T03:04:05.678Z')
})

test('a call names its organization: by itself, else by its event, else by the client', async () => {
  const organizationOf = async (more: object, event: object, call: object): Promise<unknown> => {
    proxy.next({ status: 404, body: '' })
    await errorOf(clientOf(proxy, log, more).record({ type: 'user.added', ...event }, call))
    return proxy.seen.at(-1)?.headers['sealedlog-organization']
  }
  expect(await organizationOf({}, {}, {})).toBeUndefined()
  expect(await organizationOf({ organization: 'acme' }, {}, {})).toBe('acme')
  expect(await organizationOf({ organization: 'acme' }, {}, { organization: 'other' })).toBe('other')
})

test('a redirect is not followed: the key is for one server', async () => {
  proxy.next({ status: 307, headers: { location: `${log.url()}/v1/events` }, body: '' })
  const error = await errorOf(clientOf(proxy, log).record({ type: 'user.added' }))
  expect(error).toMatchObject({ code: 'unexpected_answer', status: 307 })
})
