/** Recording events over HTTP, and getting them back. */
import { gzipSync } from 'node:zlib'
import { decodeBase64, encodeBase64, encodeUtf8 } from '@sealedlog/sdk/base'
import { hashLeaf } from '@sealedlog/sdk/merkle'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { checkEvidence } from './proofs.js'
import { as, type Asks, makeKey, makeOrganizations, manyOf, start } from './support.js'

const NOW = '2026-11-20T09:12:21.340Z'
const KEY_CREATED = {
  id: 'evt_1',
  type: 'api_key.created',
  occurred_at: '2026-11-20T09:12:21.123Z',
  actor: { type: 'user', id: 'user_1', name: 'Ada', email: 'ada@example.com' },
  targets: [{ type: 'api_key', id: 'key_1' }],
  context: { ip_address: '203.0.113.7' },
}
const NDJSON = { 'content-type': 'application/x-ndjson' }
const GZIP = { 'content-encoding': 'gzip' }
const zip = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(text))
const linesOf = (events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('')

let server: RunningServer
let ask: Asks
let vkey: string
beforeAll(async () => {
  server = await start({ nowMs: () => Date.parse(NOW), originBase: 'log.example.com' })
  await makeOrganizations(server, 'acme')
  ask = as(server, (await makeKey(server, 'acme', ['write', 'read'])).key)
  vkey = (await ask('GET /v1/organizations/acme')).json.vkey
})

describe('an event', () => {
  test('is recorded, and answered with where it stands', async () => {
    const { status, json } = await ask('POST /v1/events', KEY_CREATED)
    expect(status).toBe(201)
    expect(json).toEqual({
      id: 'evt_1',
      org: 'acme',
      index: 0,
      recorded_at: NOW,
      leaf_hash: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      status: 'recorded',
      checkpoint: expect.stringMatching(/^log\.example\.com\/[a-z2-7]{26}\n1\n[^\n]+\n\n— /),
    })
  })

  test('that is said again is not recorded again', async () => {
    const { status, json } = await ask('POST /v1/events', KEY_CREATED)
    expect(status).toBe(200)
    expect(json).toMatchObject({ id: 'evt_1', index: 0, recorded_at: NOW, status: 'duplicate' })
  })

  test('that is said again in other words, of which the server drops some, is the same', async () => {
    const again = {
      ...KEY_CREATED,
      occurred_at: '2026-11-20T10:12:21.1234+01:00',
      outcome: 'success',
      bucket: 'default',
    }
    expect((await ask('POST /v1/events', again)).json).toMatchObject({ index: 0, status: 'duplicate' })
  })

  test('comes back as it was said, with what the server fills in', async () => {
    const { status, json } = await ask('GET /v1/events/evt_1')
    expect(status).toBe(200)
    expect(json).toEqual({
      ...KEY_CREATED,
      org: 'acme',
      index: 0,
      recorded_at: NOW,
      outcome: 'success',
      bucket: 'default',
    })
  })

  test('needs no more than a type', async () => {
    const { status, json } = await ask('POST /v1/events', { type: 'login.failed' })
    expect([status, json.id]).toEqual([201, expect.stringMatching(/^evt_[0-9A-HJKMNP-TV-Z]{26}$/)])
    expect((await ask(`GET /v1/events/${json.id}`)).json).toEqual({
      id: json.id,
      type: 'login.failed',
      org: 'acme',
      index: 1,
      occurred_at: NOW,
      recorded_at: NOW,
      outcome: 'failure',
      bucket: 'default',
    })
  })

  test('may come as gzip', async () => {
    expect((await ask('POST /v1/events', zip('{"id":"zipped","type":"a.b"}'), GZIP)).status).toBe(201)
    expect((await ask('GET /v1/events/zipped')).json.type).toBe('a.b')
  })

  test('may come in another dialect, and be read in every one', async () => {
    const auditLog = {
      id: 'audit_log-1',
      type: 'api_key.created',
      effective_at: 1_720_804_090,
      actor: {
        type: 'session',
        session: { user: { id: 'user-1', email: 'a@example.com' }, ip_address: '127.0.0.1', ja3: 'x' },
      },
      'api_key.created': { id: 'key_1', data: { scopes: ['resource.operation'] } },
    }
    expect((await ask('POST /v1/events?dialect=openai', auditLog)).status).toBe(201)
    expect((await ask('GET /v1/events/audit_log-1?dialect=openai')).json).toEqual(auditLog)
    expect((await ask('GET /v1/events/audit_log-1')).json).toMatchObject({ actor: { type: 'user', id: 'user-1' } })
    expect((await ask('GET /v1/events/audit_log-1?dialect=unkey')).json).toMatchObject({ event: 'api_key.created' })
  })

  test('with include=proof is answered with what proves it', async () => {
    const { json } = await ask('POST /v1/events?include=proof', { ...KEY_CREATED, id: 'proven' })
    const leaf = checkEvidence(json, json.checkpoint, json.index, vkey)
    expect(leaf).toMatchObject({ id: 'proven', org: 'acme', type: 'api_key.created', actor: 'user', recorded_at: NOW })
    expect(encodeBase64(hashLeaf(encodeUtf8(json.leaf)))).toBe(json.leaf_hash)
    expect(decodeBase64(json.leaf_hash)).toHaveLength(32)
  })

  test('that is got with include=proof is proven under the checkpoint of now', async () => {
    const { json } = await ask('GET /v1/events/evt_1?include=proof')
    const { proof, ...event } = json
    expect(event).toMatchObject(KEY_CREATED)
    expect(checkEvidence(proof, proof.checkpoint, 0, vkey).id).toBe('evt_1')
  })
})

describe('a batch', () => {
  const events = (prefix: string) => [1, 2, 3].map((n) => ({ id: `${prefix}-${n}`, type: 'a.b', details: { n } }))

  test('is recorded whole, from a JSON array', async () => {
    const { status, json } = await ask('POST /v1/events/batch', events('json'))
    expect(status).toBe(201)
    const [first] = json.data
    expect(json.data).toEqual(
      [1, 2, 3].map((n, i) => ({
        id: `json-${n}`,
        org: 'acme',
        index: first.index + i,
        recorded_at: NOW,
        leaf_hash: expect.any(String),
        status: 'recorded',
      })),
    )
    expect(Number(json.checkpoint.split('\n')[1])).toBe(first.index + 3)
  })

  test('is recorded whole, from NDJSON, empty lines and line ends of any kind', async () => {
    const text = linesOf(events('ndjson')).replaceAll('\n', '\r\n\n').trimEnd()
    const { status, json } = await ask('POST /v1/events/batch', text, NDJSON)
    expect([status, json.data.length]).toEqual([201, 3])
  })

  test('may come as gzip, in either form', async () => {
    const array = await ask('POST /v1/events/batch', zip(JSON.stringify(events('zip'))), GZIP)
    const lines = await ask('POST /v1/events/batch', zip(linesOf(events('zip-lines'))), { ...GZIP, ...NDJSON })
    expect([array.status, lines.status]).toEqual([201, 201])
  })

  test('that is said again is answered with where each stands', async () => {
    const before = await ask('POST /v1/events/batch', events('again'))
    const { status, json } = await ask('POST /v1/events/batch', events('again'))
    expect(status).toBe(200)
    expect(json.data).toEqual(before.json.data.map((receipt: object) => ({ ...receipt, status: 'duplicate' })))
  })

  test('may hold old and new, and the same twice', async () => {
    const [one, two] = events('mixed')
    await ask('POST /v1/events', one)
    const { status, json } = await ask('POST /v1/events/batch', [two, one, two])
    expect(status).toBe(201)
    expect(json.data.map((receipt: { status: string }) => receipt.status)).toEqual([
      'recorded',
      'duplicate',
      'duplicate',
    ])
    expect(json.data[2].index).toBe(json.data[0].index)
  })

  test('with include=proof proves each of its events under one checkpoint', async () => {
    const { json } = await ask('POST /v1/events/batch?include=proof', events('proven'))
    for (const receipt of json.data) {
      expect(checkEvidence(receipt, json.checkpoint, receipt.index, vkey).id).toBe(receipt.id)
    }
  })

  test('of which many are refused names each, up to a hundred, and nothing is recorded', async () => {
    const size = (await ask('GET /v1/organizations/acme')).json.size
    const bad = Array.from({ length: 150 }, (_, i) => ({ type: 'a.b', actor: { id: i }, extra: i }))
    const { status, json } = await ask('POST /v1/events/batch', [{ type: 'a.b' }, ...bad])
    expect(status).toBe(422)
    expect(json.detail).toContain('100 or more of 151 events are refused')
    expect(json.errors).toHaveLength(100)
    const named = new Set(json.errors.map(({ pointer }: { pointer: string }) => Number(pointer.split('/')[1])))
    expect([...named]).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    expect((await ask('GET /v1/organizations/acme')).json.size).toBe(size)
  })

  test('of which few are refused in many ways names every one of them', async () => {
    const chatty = { type: 'a.b', targets: manyOf(99, { type: 7 }) }
    const { json } = await ask('POST /v1/events/batch', [chatty, chatty, { type: 7 }])
    const pointers: readonly string[] = json.errors.map(({ pointer }: { pointer: string }) => pointer)
    expect(pointers).toHaveLength(100)
    expect(pointers.filter((pointer) => pointer.startsWith('/1/'))).not.toEqual([])
    expect(pointers).toContain('/2/type')
  })
})

describe('every route', () => {
  test('echoes a request’s id, and makes one where there is none that is harmless', async () => {
    const echoed = await ask('GET /v1/events', undefined, { 'x-request-id': 'trace/1:a+b=c.d' })
    expect(echoed.headers.get('x-request-id')).toBe('trace/1:a+b=c.d')
    for (const odd of ['a b', '<script>', 'x'.repeat(129)]) {
      const { headers } = await ask('GET /v1/events', undefined, { 'x-request-id': odd })
      expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{26}$/)
    }
  })

  test('answers HEAD as GET without a body, and OPTIONS with its methods', async () => {
    const got = await ask('GET /v1/events/evt_1')
    const head = await ask('HEAD /v1/events/evt_1')
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(got.text)))
    expect((await ask('HEAD /v1/events/nobody')).status).toBe(404)
    expect((await as(server, null)('HEAD /v1/events')).status).toBe(401)
    const options = await as(server, null)('OPTIONS /v1/events')
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, GET, HEAD, OPTIONS'])
    expect((await ask('OPTIONS /nowhere')).status).toBe(404)
  })
})
