/** The tail: each entry once and in order, through lost connections and a server that restarts. */
import * as fc from 'fast-check'
import { createServer } from 'node:http'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { Sealedlog, type Tail } from '../../dist/client/index.js'
import type { RecordedEvent } from '../../dist/event/index.js'
import {
  type Body,
  clientOf,
  errorOf,
  listen,
  type Log,
  makeClock,
  problem,
  type Proxy,
  type Rule,
  startLog,
  startProxy,
  without,
  until,
} from './support.js'

let log: Log
let proxy: Proxy
let writer: Sealedlog

beforeAll(async () => {
  log = await startLog()
  proxy = await startProxy(log)
  writer = new Sealedlog({ url: log.url(), key: log.key })
  await writer.recordAll(Array.from({ length: 20 }, (_, i) => ({ type: i % 4 === 0 ? 'role.created' : 'user.added' })))
})
beforeEach(() => {
  proxy.seen.length = 0
  proxy.next()
})

/** Reads that many events, then leaves. */
async function take(tail: Tail, count: number): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of tail) if (events.push(event) === count) break
  return events
}

const indexesOf = (events: readonly RecordedEvent[]): readonly number[] => events.map(({ index }) => index)
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)

test('whatever happens to the connection, each entry comes once and in order', async () => {
  const faults: readonly Rule[] = [
    'pass',
    'lose request',
    'lose answer',
    problem(503, 'shutting_down'),
    problem(429, 'rate_limited', { 'retry-after': '1' }),
    { status: 502, body: 'Bad gateway' },
  ]
  const cases = fc.record({
    rules: fc.array(fc.constantFrom(...faults), { maxLength: 40 }),
    limit: fc.integer({ min: 1, max: 8 }),
    after: fc.integer({ min: -1, max: 18 }),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ rules, limit, after }) => {
      proxy.next(...rules)
      const tail = clientOf(proxy, log, makeClock()).tail({ after, limit })
      expect(indexesOf(await take(tail, 19 - after))).toEqual(range(after + 1, 20))
      expect(tail.position).toBe(19)
    }),
    { numRuns: 40 },
  )
})

test('a tail that was left goes on where it was left, and so does one that is begun there', async () => {
  const client = clientOf(proxy, log)
  const tail = client.tail({ limit: 7 })
  const first = await take(tail, 5)
  expect(tail.position).toBe(4)
  expect(indexesOf([...first, ...(await take(tail, 5))])).toEqual(range(0, 10))
  expect(indexesOf(await take(client.tail({ after: tail.position ?? -1 }), 3))).toEqual([10, 11, 12])
})

test('a server that restarts in the middle is waited for', async () => {
  const own = await startLog()
  const before = await startProxy(own)
  const pauses: number[] = []
  const client = clientOf(before, own, {
    async sleep(ms) {
      pauses.push(ms)
      await new Promise((resolve) => setTimeout(resolve, 5))
    },
  })
  const events: RecordedEvent[] = []
  const leaving = new AbortController()
  const read = (async () => {
    for await (const event of client.tail({ signal: leaving.signal })) events.push(event)
  })()
  for (let round = 0; round < 3; round++) {
    await new Sealedlog({ url: own.url(), key: own.key }).recordAll([{ type: 'user.added' }, { type: 'user.added' }])
    await until(() => events.length === 2 * round + 2)
    await own.stop()
    const paused = pauses.length
    await until(() => pauses.length > paused + 2)
    await own.start()
  }
  leaving.abort()
  await read
  expect(indexesOf(events)).toEqual(range(0, 6))
})

test('an entry is handed out as soon as it is recorded', async () => {
  const tail = clientOf(proxy, log).tail({ after: 'latest' })
  expect(tail.position).toBeUndefined()
  const next = take(tail, 1)
  await until(() => proxy.seen.length === 2)
  const { index } = await writer.record({ type: 'role.deleted' })
  expect(indexesOf(await next)).toEqual([index])
})

test('what is recorded while the first connection is lost is not taken as past', async () => {
  const tail = clientOf(proxy, log, makeClock()).tail({ after: 'latest' })
  proxy.next('lose request', 'pass', 'lose answer', 'lose answer', 'pass')
  const next = take(tail, 1)
  await until(() => tail.position !== undefined)
  const { index } = await writer.record({ type: 'role.deleted' })
  expect(indexesOf(await next)).toEqual([index])
})

test('filters hide entries, and the position moves past them', async () => {
  const tail = clientOf(proxy, log).tail({ type: 'role.created', limit: 2 })
  expect(indexesOf(await take(tail, 5))).toEqual([0, 4, 8, 12, 16])
  const leaving = new AbortController()
  const hidden = clientOf(proxy, log).tail({ after: 16, type: 'role.created', signal: leaving.signal })
  proxy.next({ status: 200, body: JSON.stringify({ object: 'list', data: [], next: 19 }) })
  const read = take(hidden, 1)
  await until(() => hidden.position === 19)
  await until(() => proxy.seen.at(-1)?.line.includes('after=19') === true)
  leaving.abort()
  expect(await read).toEqual([])
})

test('a tail ends without an error when its signal is aborted or its reader leaves, also while it waits', async () => {
  const leaving = new AbortController()
  const client = clientOf(proxy, log)
  const read = take(client.tail({ after: 'latest', signal: leaving.signal }), 1)
  await until(() => proxy.seen.length === 2)
  leaving.abort()
  expect(await read).toEqual([])
  expect(await take(client.tail({ signal: AbortSignal.abort() }), 1)).toEqual([])
  const events = client.tail({ after: 'latest' })[Symbol.asyncIterator]()
  const pending = events.next()
  await until(() => proxy.seen.length === 4)
  expect(await events.return?.()).toEqual({ done: true, value: undefined })
  expect(await pending).toEqual({ done: true, value: undefined })
})

test('what no waiting heals is thrown', async () => {
  const client = clientOf(proxy, log)
  expect(await errorOf(take(client.tail({ after: 1_000_000 }), 1))).toMatchObject({
    code: 'after_beyond_end',
    status: 409,
  })
  const stranger = new Sealedlog({ url: proxy.url, key: 'slk_unknown' })
  expect(await errorOf(take(stranger.tail(), 1))).toMatchObject({ code: 'invalid_key', status: 401 })
})

test('a tail that runs backwards, or says nothing a tail says, is refused', async () => {
  const changes: readonly ((answer: Body) => Body)[] = [
    (answer) => ({ ...answer, data: answer.data.toReversed() }),
    (answer) => ({ ...answer, data: [answer.data[0], answer.data[0]] }),
    (answer) => ({ ...answer, next: 3 }),
    (answer) => without(answer, 'next'),
    (answer) => without(answer, 'data'),
  ]
  for (const change of changes) {
    proxy.next(change)
    expect(await errorOf(take(clientOf(proxy, log).tail(), 20))).toMatchObject({ code: 'unexpected_answer' })
  }
})

test('a server that cannot wait is asked once a second', async () => {
  const clock = makeClock()
  const body = JSON.stringify({ object: 'list', data: [], next: 4 })
  const url = await listen(createServer((_request, response) => response.end(body)))
  const leaving = new AbortController()
  const sleep = async (ms: number): Promise<void> => {
    await clock.sleep(ms)
    if (clock.slept.length === 5) leaving.abort()
  }
  await take(new Sealedlog({ url, key: 'k', ...clock, sleep }).tail({ after: 4, signal: leaving.signal }), 1)
  expect(clock.slept).toEqual([1_000, 1_000, 1_000, 1_000, 1_000])
})
