/** Own event types over HTTP: registered, heeded, checked against what is recorded, and nobody else's business. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { as, type Asks, type Body, makeKey, makeOrganizations, start } from './support.js'

const NOW_MS = Date.UTC(2026, 10, 20, 9, 12, 21, 340)
const NOW = '2026-11-20T09:12:21.340Z'
const INVOICE = {
  sentence: '{actor} sent invoice {target}',
  targets: ['invoice', 'customer'],
  outcome: 'unknown',
  details: {
    type: 'object',
    properties: {
      number: { type: 'string', pattern: '^INV-[0-9]+$' },
      role: { enum: ['reader', 'writer', 'owner'] },
      lines: { type: 'array', items: { type: 'integer', minimum: 1 } },
    },
    required: ['number'],
    additionalProperties: false,
  },
  metadata: { properties: { plan: { const: 'pro' } } },
}

let server: RunningServer
let ask: Asks
let other: Asks
beforeAll(async () => {
  server = await start({ nowMs: () => NOW_MS })
  await makeOrganizations(server, 'acme', 'beta')
  const all = ['write', 'read', 'admin']
  ask = as(server, (await makeKey(server, 'acme', all)).key)
  other = as(server, (await makeKey(server, 'beta', all)).key)
})

const issuesOf = (issues: readonly Body[]): readonly (readonly [string, string])[] =>
  issues.map(({ pointer, code }) => [pointer, code])

describe('a registration', () => {
  test('is made once, and changed by saying something else', async () => {
    const made = await ask('PUT /v1/event-types/invoice.sent', INVOICE)
    const row = {
      object: 'event_type',
      type: 'invoice.sent',
      origin: 'organization',
      mode: 'off',
      version: 1,
      revision: expect.any(Number),
      ...INVOICE,
      created_at: NOW,
      updated_at: NOW,
      warnings: 0,
    }
    expect([made.status, made.json]).toEqual([201, { ...row, change: 'created' }])
    expect(made.headers.get('etag')).toBe(`"${made.json.revision}"`)

    const again = await ask('PUT /v1/event-types/invoice.sent', { mode: 'off', type: 'invoice.sent', ...INVOICE })
    expect([again.status, again.json]).toEqual([200, { ...made.json, change: 'unchanged' }])
    const warn = await ask('PUT /v1/event-types/invoice.sent', { mode: 'warn', ...INVOICE })
    expect([warn.status, warn.json.change, warn.json.version]).toEqual([200, 'mode_changed', 1])
    expect(warn.json.revision).toBeGreaterThan(made.json.revision)
    const next = await ask('PUT /v1/event-types/invoice.sent', { mode: 'warn', ...INVOICE, description: 'Sent.' })
    expect([next.status, next.json.change, next.json.version]).toEqual([200, 'new_version', 2])

    const read = await ask('GET /v1/event-types/invoice.sent')
    expect(read.json).toEqual({ ...row, mode: 'warn', version: 2, description: 'Sent.' })
    expect((await ask('GET /v1/event-types/invoice.sent?version=1')).json).toMatchObject({ version: 1, ...INVOICE })
    expect((await ask('GET /v1/event-types/invoice.sent?version=1')).json.description).toBeUndefined()
    const versions = (await ask('GET /v1/event-types/invoice.sent/versions')).json
    expect(versions.data.map(({ version }: Body) => version)).toEqual([1, 2])
    const after = (await ask('GET /v1/event-types/invoice.sent/versions?after=1&limit=1')).json
    expect([after.data.length, after.has_more]).toEqual([1, false])
  })

  test('is not changed by somebody who read it before somebody else changed it', async () => {
    const { revision } = (await ask('PUT /v1/event-types/order.placed', { mode: 'off' })).json
    const etag = { 'if-match': `"${revision}"` }
    expect((await ask('PUT /v1/event-types/order.placed', { mode: 'warn' }, etag)).status).toBe(200)
    for (const [body, headers] of [
      [{ mode: 'enforce' }, etag],
      [{ mode: 'enforce', expected_version: 0 }, {}],
      [{ mode: 'enforce', expected_version: 2 }, {}],
    ] as const) {
      const { status, json } = await ask('PUT /v1/event-types/order.placed', body, headers)
      expect([status, json.code]).toEqual([412, 'revision_mismatch'])
    }
    expect((await ask('DELETE /v1/event-types/order.placed', undefined, etag)).json.code).toBe('revision_mismatch')
    expect((await ask('PUT /v1/event-types/order.placed', { mode: 'off', expected_version: 1 })).status).toBe(200)
    expect((await ask('DELETE /v1/event-types/order.placed')).json).toEqual({
      object: 'event_type',
      type: 'order.placed',
      deleted: true,
    })
    expect((await ask('GET /v1/event-types/order.placed')).json.code).toBe('event_type_not_found')
    expect((await ask('PUT /v1/event-types/order.placed', { expected_version: 0 })).json.version).toBe(1)
  })

  test('is listed by name, page by page, beside the catalogue where that is asked for', async () => {
    await other('PUT /v1/event-types/b.b', {})
    await other('PUT /v1/event-types/a.a', {})
    await other('PUT /v1/event-types/api_key.created', { mode: 'warn', sentence: '{actor} made a key' })
    const first = (await other('GET /v1/event-types?limit=2')).json
    expect([first.data.map(({ type }: Body) => type), first.has_more]).toEqual([['a.a', 'api_key.created'], true])
    expect((await other('GET /v1/event-types?after=api_key.created')).json.data).toMatchObject([{ type: 'b.b' }])
    const all = (await other('GET /v1/event-types?include=catalogue&limit=1000')).json
    expect(all.data.length).toBeGreaterThan(200)
    const find = (type: string): Body => all.data.filter((row: Body) => row.type === type)
    expect(find('api_key.created')).toMatchObject([{ origin: 'organization', mode: 'warn' }])
    expect(find('api_key.deleted')).toMatchObject([{ origin: 'openai', mode: 'off', sentence: expect.any(String) }])
    expect((await other('GET /v1/event-types/api_key.deleted')).json).toEqual(find('api_key.deleted')[0])
  })
})

describe('a type that warns', () => {
  const bad = {
    type: 'invoice.sent',
    targets: [{ type: 'invoce', id: '1' }],
    details: { number: 'INV-x', rol: 'owner', role: 'ownr', lines: [1, 0, '2'] },
    metadata: { plan: 'free' },
  }

  test('lets events be recorded, and says in the receipt what does not fit', async () => {
    const { status, json } = await ask('POST /v1/events', { id: 'w1', ...bad })
    expect(status).toBe(201)
    expect(issuesOf(json.warnings)).toEqual([
      ['/targets/0/type', 'not_one_of'],
      ['/details/number', 'bad_format'],
      ['/details/role', 'not_one_of'],
      ['/details/lines/1', 'too_small'],
      ['/details/lines/2', 'wrong_type'],
      ['/details/rol', 'unknown_member'],
      ['/metadata/plan', 'not_one_of'],
    ])
    const words = json.warnings.map(({ message }: Body) => message)
    expect(words).toEqual([
      '/targets/0/type is "invoce"; expected "invoice", "customer". Did you mean "invoice"?',
      '/details/number is "INV-x"; expected a text that matches "^INV-[0-9]+$".',
      '/details/role is the string "ownr"; expected "reader", "writer", "owner". Did you mean "owner"?',
      '/details/lines/1 is 0; expected at least 1.',
      '/details/lines/2 is the string "2"; expected an integer.',
      '/details/rol is no member that its type knows. Did you mean "role"?',
      '/metadata/plan is the string "free"; expected "pro".',
    ])
  })

  test('says it again to whoever says the event again, and counts it', async () => {
    const again = await ask('POST /v1/events', { id: 'w1', ...bad })
    expect([again.status, again.json.status, again.json.warnings.length]).toEqual([200, 'duplicate', 7])
    expect((await ask('GET /v1/event-types/invoice.sent')).json.warnings).toBe(14)
    expect((await as(server, null)('GET /metrics')).text).toContain('\nsealedlog_type_warnings_total 14\n')
  })

  test('warns each event of a batch for itself', async () => {
    const good = { type: 'invoice.sent', details: { number: 'INV-1' } }
    const { status, json } = await ask('POST /v1/events/batch', [good, bad, { type: 'a.b' }, { type: 'invoice.sent' }])
    expect(status).toBe(201)
    expect(json.data.map(({ warnings }: Body) => warnings?.length)).toEqual([undefined, 7, undefined, 1])
    expect(json.data[3].warnings).toEqual([
      { pointer: '/details/number', code: 'required', message: '/details/number is required.' },
    ])
  })

  test('names the fields of the dialect in which the event was said', async () => {
    await ask('PUT /v1/event-types/api_key.created', { mode: 'warn', details: { required: ['owner'] } })
    const said = {
      id: 'audit_log-1',
      type: 'api_key.created',
      effective_at: 1_700_000_000,
      'api_key.created': { id: 'key_1' },
    }
    const { json } = await ask('POST /v1/events?dialect=openai', said)
    const pointer = '/api_key.created/owner'
    expect(json.warnings).toEqual([{ pointer, code: 'required', message: `${pointer} is required.` }])
    await ask('PUT /v1/event-types/api_key.created', { mode: 'enforce', details: { required: ['owner'] } })
    const refused = await ask('POST /v1/events/batch?dialect=openai', [{ ...said, id: 'audit_log-2' }])
    expect([refused.status, refused.json.errors]).toEqual([
      422,
      [{ pointer: `/0${pointer}`, code: 'required', message: `${pointer} is required.` }],
    ])
  })
})

describe('a type that is enforced', () => {
  beforeAll(async () => {
    await ask('PUT /v1/event-types/role.changed', {
      mode: 'enforce',
      outcome: 'denied',
      details: { properties: { role: { enum: ['reader', 'owner'] } }, required: ['role'] },
    })
  })

  test('refuses the request whole, and names each event and field', async () => {
    const sizeBefore = (await ask('GET /v1/organizations/acme')).json.size
    const batch = [
      { type: 'role.changed', details: { role: 'owner' } },
      { type: 'role.changed', details: { role: 'ownr' } },
      { type: 'role.changed' },
    ]
    const { status, json } = await ask('POST /v1/events/batch', batch)
    expect([status, json.code]).toEqual([422, 'invalid_event'])
    expect(issuesOf(json.errors)).toEqual([
      ['/1/details/role', 'not_one_of'],
      ['/2/details/role', 'required'],
    ])
    expect(json.detail).toMatch(
      /^2 of 3 events do not fit their types; none was recorded\. The first: \/details\/role /,
    )
    const alone = await ask('POST /v1/events', batch[1])
    expect([alone.status, issuesOf(alone.json.errors)]).toEqual([422, [['/details/role', 'not_one_of']]])
    expect((await ask('GET /v1/organizations/acme')).json.size).toBe(sizeBefore)
    const fits = await ask('POST /v1/events', batch[0])
    expect([fits.status, fits.json.warnings]).toEqual([201, undefined])
    expect((await ask(`GET /v1/events/${fits.json.id}`)).json.outcome).toBe('denied')
  })

  test('still returns where an event stands that was recorded before', async () => {
    const said = { id: 'before-enforcement', type: 'team.changed', details: { old: true } }
    const first = await ask('POST /v1/events', said)
    await ask('PUT /v1/event-types/team.changed', { mode: 'enforce', details: { required: ['new'] } })
    const again = await ask('POST /v1/events', said)
    expect([again.status, again.json.index, issuesOf(again.json.warnings)]).toEqual([
      200,
      first.json.index,
      [['/details/new', 'required']],
    ])
    expect((await ask('POST /v1/events', { ...said, id: 'after-enforcement' })).status).toBe(422)
  })

  test('is one organization’s alone: the same name means nothing, or something else, to another', async () => {
    const event = { type: 'role.changed', details: { role: 'anything' } }
    expect((await other('POST /v1/events', event)).status).toBe(201)
    expect((await other('GET /v1/event-types/role.changed')).json.code).toBe('event_type_not_found')
    await other('PUT /v1/event-types/role.changed', {
      mode: 'enforce',
      details: { properties: { role: { const: 'anything' } } },
    })
    expect((await other('POST /v1/events', event)).status).toBe(201)
    expect((await ask('POST /v1/events', event)).status).toBe(422)
    await other('DELETE /v1/event-types/role.changed')
    expect((await ask('POST /v1/events', event)).status).toBe(422)
  })

  test('refuses at once after it is changed, and no more after it is gone', async () => {
    const event = { type: 'at.once', details: { n: 1 } }
    for (let round = 0; round < 3; round++) {
      expect((await ask('POST /v1/events', event)).status).toBe(201)
      await ask('PUT /v1/event-types/at.once', {
        mode: 'enforce',
        details: { properties: { n: { minimum: 2 + round } } },
      })
      expect((await ask('POST /v1/events', event)).status).toBe(422)
      await ask('DELETE /v1/event-types/at.once')
    }
    expect((await ask('POST /v1/events', event)).status).toBe(201)
  })

  test('refuses an event that would take too long to judge', async () => {
    const laughs = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        `d${i}`,
        { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
      ]),
    )
    const details = { $defs: { ...laughs, d30: { type: 'object' } }, $ref: '#/$defs/d0' }
    await ask('PUT /v1/event-types/laughs', { mode: 'enforce', details })
    const { status, json } = await ask('POST /v1/events', { type: 'laughs', details: {} })
    expect([status, json.errors]).toMatchObject([
      422,
      [{ pointer: '/details', code: 'too_large', limit: 'SCHEMA_STEPS_MAX' }],
    ])
  })
})

describe('a check against recorded events', () => {
  beforeAll(async () => {
    const events = Array.from({ length: 250 }, (_, n) => ({
      id: `c${String(n).padStart(3, '0')}`,
      type: 'seat.added',
      occurred_at: new Date(NOW_MS - 1_000_000 + n * 1_000).toISOString(),
      details: { n },
    }))
    await ask('POST /v1/events/batch', [...events, { type: 'seat.added.too', details: { n: 'x' } }])
  })
  const candidate = { details: { properties: { n: { type: 'integer', maximum: 99 } } } }

  test('says what a version would break before it is registered', async () => {
    const { status, json } = await ask('POST /v1/event-types/seat.added/check', candidate)
    expect(status).toBe(200)
    expect(json).toMatchObject({
      type: 'seat.added',
      version: null,
      checked: 250,
      failing: 150,
      has_more: false,
      next_cursor: null,
    })
    expect(json.examples).toHaveLength(20)
    expect(json.examples[0]).toMatchObject({ id: 'c249', issues: [{ pointer: '/details/n', code: 'too_large' }] })
    expect((await ask('GET /v1/event-types/seat.added')).json.code).toBe('event_type_not_found')
  })

  test('goes on where it stopped', async () => {
    const totals = { checked: 0, failing: 0, calls: 0 }
    for (let cursor = ''; ; totals.calls++) {
      const { json } = await ask(`POST /v1/event-types/seat.added/check?limit=120${cursor}`, candidate)
      totals.checked += json.checked
      totals.failing += json.failing
      if (!json.has_more) break
      cursor = `&cursor=${json.next_cursor}`
    }
    expect(totals).toEqual({ checked: 250, failing: 150, calls: 2 })
  })

  test('judges by a stored version too', async () => {
    await ask('PUT /v1/event-types/seat.added', candidate)
    await ask('PUT /v1/event-types/seat.added', { details: {} })
    expect((await ask('POST /v1/event-types/seat.added/check?version=1')).json).toMatchObject({
      version: 1,
      failing: 150,
    })
    expect((await ask('POST /v1/event-types/seat.added/check')).json).toMatchObject({ version: 2, failing: 0 })
    const unknown = await ask('POST /v1/event-types/seat.added/check?version=3')
    expect([unknown.status, unknown.json.code]).toEqual([404, 'event_type_not_found'])
  })

  test('ends early, and says where to go on, where judging is costly', async () => {
    const costly = { details: { properties: { n: { anyOf: Array.from({ length: 4_000 }, () => ({ const: -1 })) } } } }
    const { json } = await ask('POST /v1/event-types/seat.added/check', costly)
    expect(json.has_more).toBe(true)
    expect(json.checked).toBeGreaterThan(10)
    expect(json.checked).toBeLessThan(250)
    expect(
      (await ask(`POST /v1/event-types/seat.added/check?cursor=${json.next_cursor}`, costly)).json.examples[0].id,
    ).not.toBe('c249')
  })
})
