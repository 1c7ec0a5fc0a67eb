/** Following a log over HTTP. */
import type { RecordedEvent } from '@sealedlog/sdk/event'
import { matcherOf, parseQuery } from '@sealedlog/sdk/query'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { seededEvents } from './seeded.js'
import { as, type Asks, call, makeKey, makeOrganizations, start } from './support.js'

const EVENTS = 500

let server: RunningServer
let key: string
let ask: Asks
let size: number

beforeAll(async () => {
  server = await start()
  await makeOrganizations(server, 'acme', 'beta')
  ;({ key } = await makeKey(server, 'acme', ['write', 'read']))
  ask = as(server, key)
  await ask('POST /v1/events/batch', seededEvents(EVENTS, 7, Date.now()))
  size = EVENTS
})

const record = async (type: string): Promise<number> => {
  const { json } = await ask('POST /v1/events', { type })
  size = json.index + 1
  return json.index
}

const indexesOf = (json: { readonly data: readonly RecordedEvent[] }): readonly number[] =>
  json.data.map(({ index }) => index)

describe('the tail', () => {
  test('begins at the start, and `next` leads to the end', async () => {
    const seen: number[] = []
    let next = -1
    for (let query = '?limit=150'; ; query = `?limit=150&after=${next}`) {
      const { json } = await ask(`GET /v1/events/tail${query}`)
      expect(json.object).toBe('list')
      if (json.data.length === 0) break
      seen.push(...indexesOf(json))
      expect(json.next).toBe(seen.at(-1))
      next = json.next
    }
    expect(seen).toEqual(Array.from({ length: size }, (_, i) => i))
    expect(next).toBe(size - 1)
  })

  test('at the end is empty, and stays where it is', async () => {
    expect((await ask(`GET /v1/events/tail?after=${size - 1}`)).json).toEqual({
      object: 'list',
      data: [],
      next: size - 1,
    })
    expect((await ask('GET /v1/events/tail?after=latest')).json).toEqual({ object: 'list', data: [], next: size - 1 })
  })

  test('shows an event that occurred long ago when it is recorded', async () => {
    const { json } = await ask('POST /v1/events', { type: 'late.made', occurred_at: '1999-12-31T23:59:59Z' })
    size = json.index + 1
    expect(indexesOf((await ask(`GET /v1/events/tail?after=${json.index - 1}`)).json)).toEqual([json.index])
  })

  test('is filtered as the list is, and `next` moves past what is hidden', async () => {
    const all: readonly RecordedEvent[] = (await ask('GET /v1/events/tail?limit=1000')).json.data
    const holds = matcherOf(parseQuery('type:api_key.* outcome:(failure OR denied)'), 0)
    const { json } = await ask('GET /v1/events/tail?type=api_key.*&outcome=failure&outcome=denied&limit=1000')
    expect(indexesOf(json)).toEqual(all.filter(holds).map(({ index }) => index))
    expect(json.next).toBe(size - 1)
    const hidden = await ask('GET /v1/events/tail?type=never.said')
    expect(hidden.json).toEqual({ object: 'list', data: [], next: size - 1 })
  })

  test('beyond the end is a conflict: somebody went back in time', async () => {
    const { status, json } = await ask(`GET /v1/events/tail?after=${size}`)
    expect([status, json.code, json.param]).toEqual([409, 'after_beyond_end', 'after'])
  })

  test('may be read in another dialect', async () => {
    const { json } = await ask('GET /v1/events/tail?dialect=unkey&limit=2')
    for (const event of json.data) expect(event).toMatchObject({ event: expect.any(String), workspace_id: 'acme' })
  })
})

describe('a tail that waits', () => {
  test('is woken by the next event, at once', async () => {
    const waiting = ask(`GET /v1/events/tail?after=${size - 1}&wait=20`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const startedMs = performance.now()
    const index = await record('wake.up')
    const { json } = await waiting
    expect(indexesOf(json)).toEqual([index])
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('answers at once what is there already', async () => {
    const startedMs = performance.now()
    expect((await ask('GET /v1/events/tail?limit=1&wait=20')).json.data).toHaveLength(1)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('goes on waiting while its filter hides what comes', async () => {
    const waiting = ask(`GET /v1/events/tail?after=${size - 1}&wait=20&type=shown.*`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await record('hidden.made')
    const index = await record('shown.made')
    const { json } = await waiting
    expect([indexesOf(json), json.next]).toEqual([[index], index])
  })

  test('answers with nothing when its time is over', async () => {
    const startedMs = performance.now()
    const { json } = await ask(`GET /v1/events/tail?after=${size - 1}&wait=1`)
    expect(json).toEqual({ object: 'list', data: [], next: size - 1 })
    expect(performance.now() - startedMs).toBeGreaterThan(900)
  })

  test('is not woken by another organization', async () => {
    const waiting = ask(`GET /v1/events/tail?after=${size - 1}&wait=1`)
    await as(server, (await makeKey(server, 'beta', ['write'])).key)('POST /v1/events', { type: 'beta.said' })
    expect((await waiting).json.data).toEqual([])
  })

  test('may be many on few connections, come and go, and none is left over', async () => {
    const tail = { path: `/v1/events/tail?after=${size - 1}&wait=20`, key }
    const gone = Array.from({ length: 50 }, () => {
      const controller = new AbortController()
      const answer = call(server.url, { ...tail, signal: controller.signal }).then(
        () => 'answered',
        () => 'gone',
      )
      setTimeout(() => controller.abort(), 50)
      return answer
    })
    expect(new Set(await Promise.all(gone))).toEqual(new Set(['gone']))
    const waiting = Array.from({ length: 50 }, () => call(server.url, tail))
    await new Promise((resolve) => setTimeout(resolve, 200))
    const index = await record('all.wake')
    for (const { json } of await Promise.all(waiting)) expect(indexesOf(json)).toEqual([index])
  })

  test('warns of nothing after very many requests on one connection', async () => {
    const warnings: string[] = []
    const note = (warning: Error) => warnings.push(warning.name)
    process.on('warning', note)
    for (let i = 0; i < 100; i++) await ask('GET /v1/events/tail?limit=1')
    await new Promise(setImmediate)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })
})
