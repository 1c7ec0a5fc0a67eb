/** What operators see: health, metrics, headers and logs, none of which says a secret. */
import { PassThrough } from 'node:stream'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { as, type Asks, call, callRaw, makeKey, makeOrganizations, start } from './support.js'

const logged: string[] = []
const stream = new PassThrough().on('data', (chunk: Buffer) => logged.push(chunk.toString()))

let server: RunningServer
let nobody: Asks
let key: { readonly id: string; readonly key: string }

beforeAll(async () => {
  server = await start({ logger: { level: 'trace', stream }, requestTimeoutMs: 1_000 })
  nobody = as(server, null)
  await makeOrganizations(server, 'secret-org')
  key = await makeKey(server, 'secret-org', ['write', 'read'])
})

describe('health', () => {
  test('is told to anybody', async () => {
    expect((await nobody('GET /healthz')).json).toEqual({ status: 'ok' })
    expect((await nobody('GET /readyz')).json).toEqual({ status: 'ready' })
  })

  test('says that it is not ready while it drains, and connections are told to close', async () => {
    const draining = await start({ drainMs: 500 })
    const closing = draining.close()
    const { status, json, headers } = await call(draining.url, { path: '/readyz' })
    expect([status, json, headers.get('connection')]).toEqual([503, { status: 'draining' }, 'close'])
    expect((await call(draining.url, { path: '/healthz' })).status).toBe(200)
    await closing
    await expect(call(draining.url, { path: '/healthz' })).rejects.toThrow('fetch failed')
  })
})

/** One line of Prometheus’ text format. */
const METRIC =
  /^(?:# (?:HELP|TYPE) [a-z][\w]* .+|[a-z][\w]*(?:\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*,?\})? (?:[-+\d.e]+|NaN|\+Inf))$/i

describe('metrics', () => {
  test('are Prometheus’ text, and count what was answered by route, never by name', async () => {
    const ask = as(server, key.key)
    await ask('POST /v1/events', { id: 'private-id', type: 'a.b', actor: { type: 'user', email: 'ada@example.com' } })
    await ask('POST /v1/events', { type: 7 })
    await ask('GET /v1/events/private-id')
    await nobody('GET /nowhere/private-path')
    await callRaw(server.url, { parts: ['nonsense\r\n\r\n'] })
    const { text, headers } = await nobody('GET /metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    for (const line of text.split('\n').filter((each) => each !== '')) expect(line).toMatch(METRIC)
    expect(text).toMatch(/^sealedlog_events_total\{status="recorded"\} 1$/m)
    expect(text).toMatch(/^sealedlog_refusals_total\{code="invalid_event"\} 1$/m)
    expect(text).toMatch(/^sealedlog_refusals_total\{code="malformed_request"\} 1$/m)
    expect(text).toMatch(/^sealedlog_queue_bytes 0$/m)
    expect(text).toMatch(
      /^sealedlog_http_request_seconds_count\{method="GET",route="\/v1\/events\/:id",status="200"\} 1$/m,
    )
    for (const secret of ['secret-org', key.id, key.key, 'private', 'ada@example.com', server.rootKey.value]) {
      expect(text).not.toContain(secret)
    }
  })
})

describe('headers', () => {
  test('of every answer forbid what a browser might do with it', async () => {
    for (const line of ['GET /healthz', 'GET /v1/events', 'GET /nowhere', 'GET /openapi.json', 'OPTIONS /v1/events']) {
      const { headers } = await nobody(line)
      expect([line, headers.get('x-content-type-options')]).toEqual([line, 'nosniff'])
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.has('x-powered-by')).toBe(false)
      expect(headers.has('access-control-allow-origin')).toBe(false)
    }
  })
})

describe('logs', () => {
  test('are JSON lines with request ids, and hold no keys, no queries and no bodies', async () => {
    const ask = as(server, key.key)
    await ask('POST /v1/events', { type: 'a.b', description: 'body-secret' }, { 'x-request-id': 'find-me' })
    await ask('POST /v1/events?dialect=query-secret', { type: 'a.b' })
    await ask('GET /v1/events?actor_email=query-secret%40example.com')
    await ask('GET /nowhere?token=query-secret')
    await ask('GET /v1/events/%FF?token=query-secret')
    await ask('POST /v1/events', '{"body-secret')
    await as(server, 'slk_wrong-secret')('GET /v1/events')
    await callRaw(server.url, {
      parts: ['POST /v1/events?query-secret HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n'],
    })
    await callRaw(server.url, { parts: ['body-secret\r\n\r\n'] })
    const text = logged.join('')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.some(({ reqId, req }) => reqId === 'find-me' && req?.path === '/v1/events')).toBe(true)
    for (const secret of [key.key, server.rootKey.value, 'body-secret', 'query-secret', 'wrong-secret']) {
      expect(text).not.toContain(secret)
    }
  })
})
