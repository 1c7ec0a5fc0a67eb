/** The verifier on servers: honest ones, busy ones, and what others may answer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HttpServer } from '../../dist/verifier/index.js'
import { eventsOf, KEY, reportOf, reportsOf, startLog, stateOf, type TestLog, verify } from './support.js'

const COUNT = 600
let log: TestLog
beforeAll(async () => {
  log = await startLog()
  await log.record('acme', eventsOf(0, COUNT))
})

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing.splice(0)) close()
})

type Handle = (request: IncomingMessage, response: ServerResponse) => boolean | void

/** A server in front of the log's, that may answer by itself. */
async function before(handle: Handle): Promise<string> {
  const server = createServer((request, response) => {
    if (handle(request, response) === true) return
    void pass(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization = '' } = request.headers
  const answer = await fetch(log.url + (request.url ?? ''), { headers: { authorization } })
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
  response.end(Buffer.from(await answer.arrayBuffer()))
}

const withKey = { env: { SEALEDLOG_KEY: KEY } }

describe('a server', () => {
  test('is verified over HTTP, all its organizations or the one that is named', async () => {
    const { code, reports } = await reportsOf([log.url], withKey)
    expect(code).toBe(0)
    expect(reports.map(({ org }) => org)).toContain('acme')
    expect(await reportOf([log.url, '--key', KEY])).toMatchObject({
      code: 0,
      verdict: 'verified',
      size: COUNT,
      groups: { disclosed: 3 * COUNT },
    })
  })

  test('is not asked without a key, and the key is told to nobody', async () => {
    expect(await verify([log.url, '--org', 'acme'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[missing_key]'),
    })
    const wrong = await reportOf([log.url, '--key', `${KEY}x`])
    expect([wrong.code, wrong.verdict]).toEqual([2, 'unchecked'])
    expect(JSON.stringify(wrong)).not.toContain(KEY)
    const redirecting = await before((_request, response) => {
      response.writeHead(302, { location: `${log.url}/v1/organizations/acme/tlog/checkpoint?stolen` }).end()
      return true
    })
    expect(await reportOf([redirecting], withKey)).toMatchObject({ code: 2, verdict: 'unchecked' })
  })

  test('that is nobody’s, or not there, could not be checked', async () => {
    expect(await reportOf(['http://127.0.0.1:9'], withKey)).toMatchObject({ code: 2, verdict: 'unchecked' })
    const other = await before((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>')
      return true
    })
    expect(await reportOf([other], withKey)).toMatchObject({ code: 2, verdict: 'unchecked' })
    expect(await verify([log.url, '--org', 'nobody'], withKey)).toMatchObject({ code: 2 })
  })

  test('that alters a tile, a leaf or a disclosure is found out', async () => {
    for (const [part, check] of [
      ['/tile/0/001', 'tree'],
      ['/tile/entries/001', 'tree'],
      ['/disclosures/001', 'disclosures'],
    ] as const) {
      const url = await before((request, response) => {
        if (request.url?.endsWith(part) !== true) return false
        void fetch(log.url + request.url, { headers: { authorization: `Bearer ${KEY}` } })
          .then((answer) => answer.arrayBuffer())
          .then((bytes) => {
            const altered = Buffer.from(bytes)
            altered[altered.length - 40] = (altered.at(-40) ?? 0) ^ 1
            return response.end(altered)
          })
        return true
      })
      const report = await reportOf([url], withKey)
      expect([part, report.code, stateOf(report, check)]).toEqual([part, 1, 'failed'])
    }
  })

  test('that sends without end is cut off', async () => {
    const url = await before((request, response) => {
      if (request.url?.includes('/checkpoint') !== true) return false
      const pour = (): void => void (response.destroyed || response.write(Buffer.alloc(65_536), pour))
      pour()
      return true
    })
    const report = await reportOf([url], withKey)
    expect([report.verdict, JSON.stringify(report)]).toEqual(['unchecked', expect.stringContaining('more than')])
  })

  test('that lists organizations without end is not listened to', async () => {
    const url = await before((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'acme' }], has_more: true }))
      return true
    })
    expect(await verify([url], withKey)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Name one (--org)'),
    })
  })
})

describe('a busy server', () => {
  const answers = (statuses: readonly number[], retryAfter = '2') => {
    const left = [...statuses]
    const paused: number[] = []
    const server = new HttpServer({
      url: 'https://audit.example.com',
      key: KEY,
      fetch: async () => {
        const status = left.shift() ?? 200
        return new Response(status === 200 ? 'bytes' : '{"code":"rate_limited","detail":"Slower."}', {
          status,
          headers: status === 429 ? { 'retry-after': retryAfter } : {},
        })
      },
      nowMs: () => 0,
      random: () => 1,
      sleep: async (ms) => void paused.push(ms),
    })
    return { source: server.source('acme'), paused, left }
  }

  test('is given the time it asks for, and tried again', async () => {
    const { source, paused } = answers([429, 503, 500, 429])
    expect(await source.checkpoint()).toBe('bytes')
    expect(paused).toEqual([2_000, 500, 1_000, 2_000])
  })

  test('is not tried for ever, nor where it refused', async () => {
    const busy = answers(Array.from({ length: 20 }, () => 503))
    await expect(busy.source.checkpoint()).rejects.toThrowError(/answered 503: Slower/)
    expect(busy.left).toHaveLength(12)
    const refused = answers([403, 200])
    await expect(refused.source.checkpoint()).rejects.toThrowError(/answered 403/)
    expect(refused.left).toHaveLength(1)
  })
})
