/** Bad inputs: each gets its documented error, the process lives, memory stays bounded, nothing is recorded. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, test } from 'vitest'
import { isJsonObject } from '@sealedlog/sdk/base'
import type { RunningServer } from '../../dist/server.js'
import { accessRows } from './bad/access.js'
import { administrationRows } from './bad/administration.js'
import { batchRows } from './bad/batches.js'
import { bombs, encodingRows } from './bad/encodings.js'
import { jsonRows } from './bad/json.js'
import { meaningRows } from './bad/meaning.js'
import { queryRows } from './bad/queries.js'
import type { Row, World } from './bad/row.js'
import { shapeRows } from './bad/shape.js'
import { typeRows } from './bad/types.js'
import { wireRows } from './bad/wire.js'
import { type Answer, type Body, call, callRaw, makeKey, makeOrganizations, start } from './support.js'

const NOW_MS = Date.UTC(2026, 10, 20, 9, 12, 21, 340)
const REQUEST_TIMEOUT_MS = 1_500
const BOMBS_AT_A_TIME = 18
/** what five rounds of bombs may add: they say nine gigabytes */
const RSS_GROWTH_BYTES_MAX = 256 * 1024 * 1024

const THEMES: { readonly [theme: string]: (world: World) => readonly Row[] } = {
  'the shape of an event': shapeRows,
  JSON: jsonRows,
  'what an event means': meaningRows,
  'types and encodings': encodingRows,
  batches: batchRows,
  queries: queryRows,
  'keys and organizations': accessRows,
  'administration and paths': administrationRows,
  'event types': typeRows,
  'the wire': wireRows,
}

let server: RunningServer
let world: World
let nowMs = NOW_MS - 1_000
let before: Body
let rows = 0

beforeAll(async () => {
  server = await start({ requestTimeoutMs: REQUEST_TIMEOUT_MS, nowMs: () => nowMs })
  world = await makeWorld()
  before = await everything()
})

async function makeWorld(): Promise<World> {
  await makeOrganizations(server, 'acme', 'beta')
  const all = ['write', 'read', 'admin']
  const { url, rootKey } = server
  const keyOf = async (scopes: readonly string[], more = {}) => (await makeKey(server, 'acme', scopes, more)).key
  const revoked = await makeKey(server, 'acme', all)
  await call(url, { method: 'DELETE', path: `/v1/keys/${revoked.id}`, key: rootKey.value })
  const key = await keyOf(all)
  const beta = await makeKey(server, 'beta', all)
  const expiredKey = await keyOf(all, { expires_at: new Date(nowMs + 1).toISOString() })
  nowMs = NOW_MS
  return {
    url,
    key,
    expiredKey,
    nowMs,
    rootKey: rootKey.value,
    revokedKey: revoked.key,
    betaKeyId: beta.id,
    writeKey: await keyOf(['write']),
    readKey: await keyOf(['read']),
    adminKey: await keyOf(['admin']),
    unboundKey: (await makeKey(server, '*', all)).key,
    cursor: await cursorOf(key, 'recorded'),
    betaCursor: await cursorOf(beta.key, 'beta'),
  }
}

/** Records two events and lists one of them. */
async function cursorOf(key: string, prefix: string): Promise<string> {
  const body = [1, 2].map((n) => ({ id: `${prefix}-${n}`, type: 'a.b', occurred_at: '2026-01-01T00:00:00Z' }))
  await call(server.url, { path: '/v1/events/batch', key, body })
  return (await call(server.url, { path: '/v1/events?limit=1', key })).json.next_cursor
}

/** All that a bad request could have changed. */
async function everything(): Promise<Body> {
  const key = server.rootKey.value
  const headers = { 'sealedlog-organization': 'acme' }
  const [organizations, keys, types] = await Promise.all([
    ...['/v1/organizations', '/v1/keys'].map((path) => call(server.url, { path, key })),
    call(server.url, { path: '/v1/event-types', key, headers }),
  ])
  return { organizations: organizations?.json, keys: keys?.json, types: types?.json }
}

describe('each bad input is answered with its documented error', () => {
  for (const [theme, rowsOf] of Object.entries(THEMES)) {
    test(theme, async () => {
      const table = rowsOf(world)
      rows += table.length
      expect(await faultsOf(table.filter((row) => !row.slow))).toEqual([])
      const slow = await Promise.all(table.filter((row) => row.slow).map((row) => faultsOf([row])))
      expect(slow.flat()).toEqual([])
      expect((await call(world.url, { path: '/healthz' })).json).toEqual({ status: 'ok' })
    }, 60_000)
  }
})

async function faultsOf(table: readonly Row[]): Promise<readonly object[]> {
  const faults: object[] = []
  for (const row of table) {
    const startedMs = performance.now()
    const answer = 'parts' in row.send ? await callRaw(world.url, row.send) : await call(world.url, row.send)
    const tookMs = performance.now() - startedMs
    const seen = seenIn(answer, row)
    const expected = expectedOf(row)
    if (JSON.stringify(seen) !== JSON.stringify(expected))
      faults.push({ row: row.name, seen, expected, text: answer.text.slice(0, 600) })
    if (row.slow && tookMs > REQUEST_TIMEOUT_MS + 2_000) faults.push({ row: row.name, tookMs })
  }
  return faults
}

const isOpenAi = ({ send }: Row): boolean => 'path' in send && send.path.startsWith('/v1/organization/')

const OPENAI_TYPES: { readonly [status: number]: string } = { 401: 'invalid_api_key' }

/** What a row promises, in the order of `seenIn`. */
function expectedOf(row: Row): object {
  const { status, code, pointer, issue, limit, param, says, header } = row
  return {
    status,
    code: isOpenAi(row) ? (OPENAI_TYPES[status] ?? code) : code,
    whole: true,
    ...(pointer === undefined ? {} : { pointer }),
    ...(issue === undefined ? {} : { issue }),
    ...(limit === undefined ? {} : { limit }),
    ...(param === undefined ? {} : { param }),
    ...(says === undefined ? {} : { says }),
    ...(header === undefined ? {} : { header }),
  }
}

function seenIn(answer: Answer, row: Row): object {
  const { status, json, headers } = answer
  const body = isOpenAi(row) ? json?.error : json
  const issues: readonly Body[] = body?.errors ?? []
  const found = issues.find((each) => each.pointer === row.pointer) ?? issues[0]
  const words = `${body?.detail ?? body?.message} ${issues.map((each) => each.message).join(' ')}`
  const named = found?.limit ?? (words.includes(String(row.limit)) ? row.limit : undefined)
  const [name = ''] = row.header?.split(': ') ?? []
  return {
    status,
    code: body?.code,
    whole: isOpenAi(row) ? isWholeEnvelope(answer) : isWholeProblem(answer),
    ...(row.pointer === undefined ? {} : { pointer: found?.pointer }),
    ...(row.issue === undefined ? {} : { issue: found?.code }),
    ...(row.limit === undefined ? {} : { limit: named }),
    ...(row.param === undefined ? {} : { param: body?.param }),
    ...(row.says === undefined ? {} : { says: words.includes(row.says) ? row.says : words }),
    ...(row.header === undefined ? {} : { header: `${name}: ${sorted(headers.get(name), name)}` }),
  }
}

const sorted = (value: string | null, name: string): string | undefined =>
  name === 'allow' ? value?.split(', ').sort().join(', ') : (value ?? undefined)

/** RFC 9457 with our members, and the request’s id in the header too. */
function isWholeProblem({ status, headers, json, text }: Answer): boolean {
  return (
    headers.get('content-type')?.split(';')[0] === 'application/problem+json' &&
    isJsonObject(json) &&
    json.status === status &&
    json.type === `urn:sealedlog:error:${(json as Body).code}` &&
    [json.title, json.detail, json.request_id].every((member) => typeof member === 'string' && member !== '') &&
    json.request_id === headers.get('x-request-id') &&
    (!Array.isArray(json.errors) || json.errors.length <= 100) &&
    text.length < 100_000
  )
}

function isWholeEnvelope({ headers, json }: Answer): boolean {
  return (
    headers.get('content-type')?.split(';')[0] === 'application/json' &&
    headers.get('x-request-id') !== null &&
    isJsonObject(json?.error) &&
    Object.keys(json.error).sort().join() === 'code,message,param,type'
  )
}

describe('after all of them', () => {
  test('the process lives and takes requests', async () => {
    expect((await call(world.url, { path: '/readyz' })).json).toEqual({ status: 'ready' })
    expect((await call(world.url, { path: '/v1/events?limit=1', key: world.key })).status).toBe(200)
  })

  test('nothing was recorded, and no organization and no key was made', async () => {
    expect(await everything()).toEqual(before)
  })

  test('no prototype was changed', () => {
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(
      Object.getOwnPropertyNames(runInNewContext('Object.prototype')).sort(),
    )
    expect(({} as Body).admin).toBeUndefined()
  })

  test('bombs, many at a time and again, leave no more than a bounded trace in memory', async () => {
    const table = bombs(world)
    const round = async () => {
      const faults = await Promise.all(
        Array.from({ length: BOMBS_AT_A_TIME }, (_, i) => faultsOf(table.slice(i % table.length).slice(0, 1))),
      )
      expect(faults.flat()).toEqual([])
    }
    await round()
    const rss = usedBytes()
    for (let i = 0; i < 5; i++) await round()
    expect(usedBytes() - rss).toBeLessThan(RSS_GROWTH_BYTES_MAX)
  }, 60_000)

  test('they were very many', () => {
    console.log(`${rows} bad inputs`)
    expect(rows).toBeGreaterThanOrEqual(170)
  })
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Resident memory once the garbage is gone. */
function usedBytes(): number {
  collectGarbage()
  return process.memoryUsage.rss()
}
