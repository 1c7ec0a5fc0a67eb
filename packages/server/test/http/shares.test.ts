/** Rates and shares: whoever floods is told to wait, and nobody else is. */
import { describe, expect, test } from 'vitest'
import { COMMITTER_LIMITS } from '../../dist/log/index.js'
import { as, makeKey, makeOrganizations, manyOf, start } from './support.js'

const statusesOf = (answers: readonly { readonly status: number }[]): { readonly [status: number]: number } =>
  Object.fromEntries(
    Object.entries(Object.groupBy(answers, ({ status }) => status)).map(([status, some = []]) => [status, some.length]),
  )

describe('rates', () => {
  test('a key that is over its rate waits as long as it is told, and another key does not', async () => {
    let nowMs = Date.UTC(2026, 10, 20)
    const server = await start({ nowMs: () => nowMs, rates: { perKey: 5, perOrganization: 0 } })
    await makeOrganizations(server, 'acme')
    const [fast, slow] = [await makeKey(server, 'acme', ['write', 'read']), await makeKey(server, 'acme', ['write'])]
    const ask = as(server, fast.key)
    const answers = await Promise.all(Array.from({ length: 15 }, () => ask('POST /v1/events', { type: 'a.b' })))
    expect(statusesOf(answers)).toEqual({ 201: 10, 429: 5 })
    const { json, headers } = await ask('GET /v1/events')
    expect(json).toMatchObject({ status: 429, code: 'rate_limited', detail: expect.stringContaining(fast.id) })
    expect(headers.get('retry-after')).toBe('1')
    expect((await as(server, slow.key)('POST /v1/events', { type: 'a.b' })).status).toBe(201)
    nowMs += 1_000 * Number(headers.get('retry-after'))
    expect((await ask('GET /v1/events')).status).toBe(200)
  })

  test('a batch costs as much as its events, and one that no bucket holds empties it', async () => {
    let nowMs = Date.UTC(2026, 10, 20)
    const server = await start({ nowMs: () => nowMs, rates: { perKey: 5, perOrganization: 0 } })
    const ask = as(server, server.rootKey.value)
    expect((await ask('POST /v1/events/batch', manyOf(100, { type: 'a.b' }))).status).toBe(201)
    const { headers } = await ask('POST /v1/events/batch', manyOf(100, { type: 'a.b' }))
    expect(headers.get('retry-after')).toBe('2')
    nowMs += 2_000
    expect((await ask('POST /v1/events/batch', manyOf(100, { type: 'a.b' }))).status).toBe(201)
  })

  test('an organization that is over its rate waits with all its keys, and another does not', async () => {
    const server = await start({ nowMs: () => Date.UTC(2026, 10, 20), rates: { perKey: 0, perOrganization: 5 } })
    await makeOrganizations(server, 'acme', 'beta')
    const asks = await Promise.all([1, 2].map(async () => as(server, (await makeKey(server, 'acme', ['write'])).key)))
    const answers = await Promise.all(
      asks.flatMap((ask) => Array.from({ length: 10 }, () => ask('POST /v1/events', { type: 'a.b' }))),
    )
    expect(statusesOf(answers)).toEqual({ 201: 10, 429: 10 })
    const beta = as(server, (await makeKey(server, 'beta', ['write'])).key)
    expect((await beta('POST /v1/events', { type: 'a.b' })).status).toBe(201)
  })

  test('OpenAI’s clients are told in their own words', async () => {
    const server = await start({ nowMs: () => Date.UTC(2026, 10, 20), rates: { perKey: 1, perOrganization: 0 } })
    const ask = as(server, server.rootKey.value)
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask('GET /v1/organization/audit_logs')))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.json.error).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded', param: null })
    expect(refused?.headers.get('retry-after')).toBe('1')
  })
})

describe('shares of the queue', () => {
  test('one organization that floods is refused what is over its share; another is not, and nothing is lost', async () => {
    const server = await start({ limits: { ...COMMITTER_LIMITS, shareBytesMax: 100_000, groupEventsMax: 5 } })
    await makeOrganizations(server, 'acme', 'beta')
    const flood = as(server, (await makeKey(server, 'acme', ['write', 'read'])).key)
    const calm = as(server, (await makeKey(server, 'beta', ['write'])).key)
    const event = { type: 'a.b', details: { padding: 'x'.repeat(40_000) } }
    const flooding = Array.from({ length: 300 }, () => flood('POST /v1/events', event))
    const calmly = await Promise.all(Array.from({ length: 5 }, () => calm('POST /v1/events', { type: 'a.b' })))
    const answers = await Promise.all(flooding)
    expect(statusesOf(calmly)).toEqual({ 201: 5 })
    const { 201: recorded = 0, 429: refused = 0 } = statusesOf(answers)
    expect(recorded + refused).toBe(300)
    expect([recorded > 0, refused > 0]).toEqual([true, true])
    const full = answers.find(({ status }) => status === 429)
    expect(full?.json).toMatchObject({ code: 'queue_full', detail: expect.stringContaining('organization acme') })
    expect(full?.headers.get('retry-after')).toBe('1')
    expect((await flood('GET /v1/organizations/acme')).json.size).toBe(recorded)
    expect((await flood('POST /v1/events', event)).status).toBe(201)
  })
})
