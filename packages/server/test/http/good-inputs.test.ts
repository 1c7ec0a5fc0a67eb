/** Good inputs that stand right at the edge of bad ones: each is recorded, and comes back as it was said. */
import { gzipSync } from 'node:zlib'
import { formatTime } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { bodyOfBytes, eventOfBytes } from './bad/meaning.js'
import { PLACES } from './bad/shape.js'
import { type Answer, type Body, call, makeOrganizations, manyOf, start } from './support.js'

const NOW_MS = Date.UTC(2026, 10, 20, 9, 12, 21, 340)
const LONG_ORG = 'o'.repeat(BOUNDS.ID_CHARS_MAX)

let server: RunningServer
beforeAll(async () => {
  server = await start({ nowMs: () => NOW_MS })
  await makeOrganizations(server, 'acme', LONG_ORG)
})

const record = (body: unknown, headers: { readonly [name: string]: string } = {}): Promise<Answer> =>
  call(server.url, {
    path: '/v1/events',
    key: server.rootKey.value,
    body,
    headers: { 'sealedlog-organization': 'acme', ...headers },
  })

const read = async (id: string): Promise<Body> =>
  (
    await call(server.url, {
      path: `/v1/events/${id}`,
      key: server.rootKey.value,
      headers: { 'sealedlog-organization': 'acme' },
    })
  ).json

/** Records an event and expects it back, with what the server adds. */
async function comesBack(event: object): Promise<void> {
  const { status, json, text } = await record(event)
  expect([status, text.slice(0, 300)]).toEqual([201, expect.any(String)])
  expect(await read(json.id)).toMatchObject(event)
}

/** The longest right text of each shape that has a bound. */
const longestAt = (pointer: string, max: number): string => {
  if (pointer.endsWith('/ip_address')) return '2001:0db8:0000:0000:0000:ffff:203.113.113.113'.slice(0, max)
  return 'x'.repeat(max)
}

describe('every bound is reached', () => {
  for (const { pointer, shape, eventWith } of PLACES) {
    if (shape.kind === 'text' && !shape.oneOf && shape.format !== 'date-time' && pointer !== '/org') {
      test(`${BOUNDS[shape.max]} characters at ${pointer}`, () =>
        comesBack(eventWith(longestAt(pointer, BOUNDS[shape.max]))))
    }
    if (shape.kind === 'list') {
      test(`${BOUNDS[shape.max]} items at ${pointer}`, () => {
        const item = shape.of.kind === 'object' ? Object.fromEntries(shape.of.required.map((name) => [name, 'x'])) : {}
        return comesBack(eventWith(manyOf(BOUNDS[shape.max], item)))
      })
    }
  }

  test('an organization’s id', async () => {
    const { status, json } = await record({ type: 'a.b', org: LONG_ORG }, { 'sealedlog-organization': LONG_ORG })
    expect([status, json.org]).toEqual([201, LONG_ORG])
  })

  test('depth', async () => {
    const deep = JSON.parse(`${'['.repeat(BOUNDS.DEPTH_MAX - 2)}${']'.repeat(BOUNDS.DEPTH_MAX - 2)}`)
    await comesBack({ type: 'a.b', metadata: { deep } })
  })

  test('the bytes of an event', () => comesBack(eventOfBytes(BOUNDS.EVENT_BYTES_MAX)))

  test('the bytes of a body, plain and zipped', async () => {
    const body = bodyOfBytes(BOUNDS.BODY_BYTES_MAX)
    expect((await record(body)).status).toBe(201)
    expect((await record(new Uint8Array(gzipSync(body)), { 'content-encoding': 'gzip' })).status).toBe(201)
  })

  test('the events and the bytes of a batch', async () => {
    const events = JSON.stringify(manyOf(BOUNDS.BATCH_EVENTS_MAX, { type: 'a.b' })).padEnd(BOUNDS.BATCH_BYTES_MAX)
    const { status, json } = await call(server.url, {
      path: '/v1/events/batch',
      key: server.rootKey.value,
      body: events,
      headers: { 'sealedlog-organization': 'acme' },
    })
    expect([status, json.data.length]).toEqual([201, BOUNDS.BATCH_EVENTS_MAX])
  })

  test('24 hours ahead, to the millisecond', () =>
    comesBack({ type: 'a.b', occurred_at: formatTime(NOW_MS + BOUNDS.AHEAD_MS_MAX) }))

  test('the first instant of 1970', () => comesBack({ type: 'a.b', occurred_at: '1970-01-01T00:00:00.000Z' }))
})

const SENT_AND_KEPT: { readonly [name: string]: string } = {
  'names that JavaScript knows':
    '{"constructor":{"prototype":{"admin":true}},"prototype":1,"toString":"x","hasOwnProperty":null}',
  'the empty name': '{"":1}',
  'names that differ in case': '{"a":1,"A":2}',
  'names that look like indexes': '{"2":1,"1":2,"10":3}',
  '2^53 - 1': '{"n":9007199254740991,"m":-9007199254740991}',
  '1e21, that canonical JSON writes so': '{"n":1e21}',
  'the smallest and the largest double': '{"n":5e-324,"m":1.7976931348623157e308}',
  'all that is beyond the basic plane': '{"a":"\u{1F512}\u{10FFFF}","\u{1F512}":1}',
  'every escape': '{"a":"\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\\u2028\\"\\\\\\/"}',
  'an escaped pair of surrogates': '{"a":"\\ud83d\\udd12"}',
  'nulls and empties': '{"a":null,"b":{},"c":[],"d":"","e":[null,[],{}]}',
}

describe('what looks odd and is right comes back as it was said', () => {
  for (const [name, metadata] of Object.entries(SENT_AND_KEPT)) {
    test(name, async () => {
      const { status, json } = await record(`{"type":"a.b","metadata":${metadata}}`)
      expect(status).toBe(201)
      expect((await read(json.id)).metadata).toEqual(JSON.parse(metadata))
    })
  }

  test('no prototype is changed by it', () => {
    expect(({} as Body).admin).toBeUndefined()
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
  })

  test('minus zero is zero, as RFC 8785 has it', async () => {
    const { json } = await record('{"type":"a.b","metadata":{"n":-0}}')
    expect(Object.is((await read(json.id)).metadata.n, 0)).toBe(true)
  })

  test('content types in every spelling', async () => {
    for (const type of [
      'application/json;charset=UTF-8',
      'APPLICATION/JSON',
      'application/json; charset="utf-8"',
      'application/json ; x=y',
    ]) {
      expect([type, (await record({ type: 'a.b' }, { 'content-type': type })).status]).toEqual([type, 201])
    }
  })

  test('times in every spelling', async () => {
    for (const [said, kept] of [
      ['2026-11-20T10:12:21.123456789+01:00', '2026-11-20T09:12:21.123Z'],
      ['2026-11-20t09:12:21z', '2026-11-20T09:12:21.000Z'],
      ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
      ['2024-02-29T00:00:00-00:00', '2024-02-29T00:00:00.000Z'],
    ]) {
      const { json } = await record({ type: 'a.b', occurred_at: said })
      expect((await read(json.id)).occurred_at).toBe(kept)
    }
  })
})
