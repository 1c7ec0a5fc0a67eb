/** The tail as an event stream: how it begins, what it holds, whom it refuses, and how it ends. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Subscriber, until } from './sse.js'
import { BIG, range, type StreamWorld, streamWorld } from './stream-world.js'
import { as, call, makeKey, manyOf } from './support.js'

let { server, key, ask, record, subscribe, gauge }: StreamWorld = {} as StreamWorld

/** A server of one's own for what follows. */
async function world(...options: Parameters<typeof streamWorld>): Promise<void> {
  ;({ server, key, ask, record, subscribe, gauge } = await streamWorld(...options))
}

describe('a stream', () => {
  beforeAll(() => world({ heartbeatMs: 50 }))

  test('says at once that it is one, where it begins, and when to come back', async () => {
    const subscriber = await subscribe({ query: '?after=latest' }).opened
    expect(subscriber.status).toBe(200)
    expect(subscriber.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/./),
    })
    await subscriber.until(({ lastEventId }) => lastEventId === '-1')
    expect(subscriber.parser.reconnectionTime).toBeGreaterThanOrEqual(1_000)
    expect(subscriber.parser.reconnectionTime).toBeLessThanOrEqual(3_000)
    subscriber.cut()
  })

  test('holds what was recorded and what comes, each event as the tail shows it', async () => {
    await record(100)
    const subscriber = subscribe()
    await subscriber.until(({ dispatched }) => dispatched.length === 100)
    await record(1, 'live.one', { description: 'two\nlines\u2028and \u{1f600}\r' })
    await subscriber.until(({ dispatched }) => dispatched.length === 101)
    const { json } = await ask('GET /v1/events/tail?limit=1000')
    expect(subscriber.parser.dispatched.map(({ data }) => JSON.parse(data))).toEqual(json.data)
    expect(subscriber.indexes).toEqual(range(0, 101))
    subscriber.cut()
  })

  test('goes on after `after`, and after Last-Event-ID although `after` says otherwise', async () => {
    const [after, last] = [subscribe({ query: '?after=97' }), subscribe({ query: '?after=2', lastEventId: '98' })]
    await after.until(({ dispatched }) => dispatched.length === 3)
    await last.until(({ dispatched }) => dispatched.length === 2)
    expect([after.indexes, last.indexes]).toEqual([
      [98, 99, 100],
      [99, 100],
    ])
    for (const each of [after, last]) each.cut()
  })

  test('is filtered as the tail is, and its id moves past what is hidden', async () => {
    const subscriber = subscribe({ query: '?type=live.*' })
    await subscriber.until(({ dispatched }) => dispatched.length === 1)
    await record(70, 'hidden.one')
    await subscriber.until(({ lastEventId }) => lastEventId === '170')
    expect(subscriber.indexes).toEqual([100])
    await record(1, 'live.two')
    await subscriber.until(({ dispatched }) => dispatched.length === 2)
    expect(subscriber.indexes).toEqual([100, 171])
    subscriber.cut()
  })

  test('speaks the dialect that it is asked for', async () => {
    const subscriber = subscribe({ query: '?dialect=unkey&after=170' })
    await subscriber.until(({ dispatched }) => dispatched.length === 1)
    expect(JSON.parse(subscriber.parser.dispatched[0]?.data ?? '')).toMatchObject({
      event: 'live.two',
      workspace_id: 'acme',
    })
    subscriber.cut()
  })

  test('shows nothing of another organization, and is not woken by it', async () => {
    const { key: other } = await makeKey(server, 'beta', ['write', 'read'])
    const subscriber = new Subscriber(server, { key: other })
    await record(3)
    await subscriber.until(({ comments }) => comments > 1)
    await as(server, other)('POST /v1/events', { type: 'beta.one' })
    await subscriber.until(({ dispatched }) => dispatched.length > 0)
    expect(subscriber.parser.dispatched.map(({ data }) => JSON.parse(data).org)).toEqual(['beta'])
    subscriber.cut()
  })

  test('beats while nothing comes, and leaves nothing behind when its client is gone', async () => {
    const many = Array.from({ length: 50 }, () => subscribe({ query: '?after=latest' }))
    await Promise.all(many.map((each) => each.until(({ comments }) => comments >= 3)))
    expect(await gauge('sealedlog_streams')).toBeGreaterThanOrEqual(50)
    for (const each of many) each.cut()
    await until(async () => (await gauge('sealedlog_streams')) === 0)
    expect(await gauge('sealedlog_stream_buffer_bytes')).toBe(0)
  })

  test('is only a head for HEAD', async () => {
    const { status, headers, text } = await call(server.url, {
      method: 'HEAD',
      path: '/v1/events/tail',
      key: key.key,
      headers: { accept: 'text/event-stream' },
    })
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/event-stream', ''])
  })
})

describe('what is refused is refused before the stream begins', () => {
  beforeAll(() => world())

  test.each([
    ['', { 'last-event-id': 'latest' }, 400, 'invalid_parameter', 'Last-Event-ID'],
    ['', { 'last-event-id': '-2' }, 400, 'invalid_parameter', 'Last-Event-ID'],
    ['', { 'last-event-id': '1.5' }, 400, 'invalid_parameter', 'Last-Event-ID'],
    ['', { 'last-event-id': '' }, 400, 'invalid_parameter', 'Last-Event-ID'],
    ['', { 'last-event-id': '9007199254740993' }, 400, 'invalid_parameter', 'Last-Event-ID'],
    ['?after=soon', { 'last-event-id': '-1' }, 400, 'invalid_parameter', 'after'],
    ['?wait=1', {}, 400, 'invalid_parameter', 'wait'],
    ['?limit=1', {}, 400, 'invalid_parameter', 'limit'],
    ['?afte=1', {}, 400, 'unknown_parameter', 'afte'],
    ['?after=7', {}, 409, 'after_beyond_end', 'after'],
    ['', { 'last-event-id': '7' }, 409, 'after_beyond_end', 'after'],
    ['', { authorization: 'Bearer slk_wrong' }, 401, 'invalid_key', undefined],
    ['', { 'sealedlog-organization': 'beta' }, 403, 'organization_mismatch', undefined],
  ])('%s %o', async (query, headers, status, code, param) => {
    const answer = await call(server.url, {
      path: `/v1/events/tail${query}`,
      key: key.key,
      headers: { accept: 'text/event-stream', ...headers },
    })
    expect([answer.status, answer.json.code, answer.json.param]).toEqual([status, code, param])
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  })

  test.each([
    ['text/event-stream', true],
    ['TEXT/Event-Stream; charset=utf-8', true],
    ['application/json;q=0.5, text/event-stream', true],
    ['text/event-stream;q=0.001', true],
    ['text/event-stream, application/json', true],
    ['text/event-stream;q=0', false],
    ['text/event-stream;q=0.000', false],
    ['text/event-stream;q=2', false],
    ['application/json, text/event-stream;q=0.9', false],
    ['text/*', false],
    ['*/*', false],
    ['text/event-streams', false],
    ['text/plain; note=", text/event-stream, "', false],
    ['', false],
  ])('Accept: %s asks for a stream: %s', async (accept, streams) => {
    const { status, headers } = await call(server.url, {
      method: 'HEAD',
      path: '/v1/events/tail',
      key: key.key,
      headers: { accept },
    })
    const type = streams ? 'text/event-stream' : 'application/json'
    expect([status, headers.get('content-type')?.split(';')[0], headers.get('vary')]).toEqual([200, type, 'Accept'])
  })
})

describe('a stream ends', () => {
  test('when its key is revoked, with a last event that says so', async () => {
    await world({ heartbeatMs: 50 })
    await record(3)
    const subscriber = subscribe()
    await subscriber.until(({ dispatched }) => dispatched.length === 3)
    await as(server, server.rootKey.value)(`DELETE /v1/keys/${key.id}`)
    expect(await subscriber.ended).toBe('end')
    expect(subscriber.last).toMatchObject({ code: 'invalid_key', next: 2, message: expect.stringContaining('revoked') })
  })

  test('when its key expires, also while events come', async () => {
    let nowMs = Date.UTC(2026, 10, 20)
    await world({ heartbeatMs: 50 }, { nowMs: () => nowMs })
    const expires_at = new Date(nowMs + 60_000).toISOString()
    const { key: short } = await makeKey(server, 'acme', ['read'], { expires_at })
    const subscriber = new Subscriber(server, { key: short })
    await record(1)
    await subscriber.until(({ dispatched }) => dispatched.length === 1)
    nowMs += 60_000
    while (subscriber.last === undefined) await record(1)
    expect(subscriber.last).toMatchObject({ code: 'invalid_key', message: expect.stringContaining('expired') })
  })

  test('when the server shuts down, and the shutdown waits for none: neither who reads nor who does not', async () => {
    await world({ stallMs: 60_000, lingerMs: 60_000 })
    for (let at = 0; at < 40; at += 5) await record(5, 'big.one', BIG)
    const readers = Array.from({ length: 20 }, () => subscribe({ query: '?after=latest' }))
    const deaf = await subscribe({ deaf: true }).opened
    await Promise.all(readers.map((each) => each.until(({ lastEventId }) => lastEventId === '39')))
    const startedMs = performance.now()
    await server.close()
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    for (const reader of readers) {
      expect(await reader.ended).toBe('end')
      expect(reader.last).toMatchObject({ code: 'shutting_down', next: 39 })
    }
    deaf.cut()
  })

  test('with 503 before it begins while the server drains', async () => {
    await world({}, { drainMs: 500 })
    const closing = server.close()
    const { status, json } = await call(server.url, {
      path: '/v1/events/tail',
      key: key.key,
      headers: { accept: 'text/event-stream' },
    })
    expect([status, json.code]).toEqual([503, 'shutting_down'])
    await closing
  })
})

describe('how many streams there may be', () => {
  const refusalOf = async (more: object = {}, who = key.key) => {
    const subscriber = await new Subscriber(server, { key: who, ...more }).opened
    const { status, headers } = subscriber
    subscriber.cut()
    return [status, headers['retry-after']]
  }

  test('is bounded for a key, for an organization with all its keys, and for the server', async () => {
    await world({ streamsMax: 5, shareMax: 3 })
    const { key: sameOrganization } = await makeKey(server, 'acme', ['read'])
    const { key: other } = await makeKey(server, 'beta', ['read'])
    const open = async (count: number, who: string) =>
      Promise.all(manyOf(count, 0).map(() => new Subscriber(server, { key: who }).opened))
    const first = await open(3, key.key)
    expect(first.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await refusalOf()).toEqual([429, '5'])
    expect(await refusalOf({}, sameOrganization)).toEqual([429, '5'])
    const second = await open(2, other)
    expect(second.map(({ status }) => status)).toEqual([200, 200])
    expect(await refusalOf({}, other)).toEqual([429, '5'])
    // The long poll is no stream, and a stream that ends makes room.
    expect((await as(server, other)('GET /v1/events/tail')).status).toBe(200)
    first[0]?.cut()
    await until(async () => (await gauge('sealedlog_streams')) === 4)
    const third = await open(1, sameOrganization)
    expect(third.map(({ status }) => status)).toEqual([200])
    for (const each of [...first, ...second, ...third]) each.cut()
  })

  test('says which limit it is', async () => {
    await world({ streamsMax: 1, shareMax: 1 })
    const first = await subscribe().opened
    const headers = { accept: 'text/event-stream' }
    const { json } = await call(server.url, { path: '/v1/events/tail', key: key.key, headers })
    expect(json).toMatchObject({ code: 'too_many_streams', detail: expect.stringContaining('STREAMS_MAX') })
    first.cut()
  })
})

test('a stream that outruns the rate waits, and leaves half of it to those who cannot wait', async () => {
  await world({}, { rates: { perKey: 100, perOrganization: 0 } })
  const writers = [await makeKey(server, 'acme', ['write']), await makeKey(server, 'acme', ['write'])]
  const subscriber = subscribe({ query: '?after=latest' })
  await subscriber.until(({ lastEventId }) => lastEventId === '-1')
  // Each that comes alone is a page of its own: more pages than half a bucket holds.
  for (let number = 0; number < 200; number++)
    await as(server, writers[number % 2]?.key ?? '')('POST /v1/events', { type: 'a.b' })
  expect((await ask('GET /v1/events?limit=1')).status).toBe(200)
  await subscriber.until(({ dispatched }) => dispatched.length === 200)
  expect(subscriber.indexes).toEqual(range(0, 200))
  subscriber.cut()
})
