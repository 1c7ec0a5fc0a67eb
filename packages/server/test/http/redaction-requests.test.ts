/** What POST /v1/redactions takes and refuses, and what it does to what is named. */
import { encodeUtf8 } from '@sealedlog/sdk/base'
import { parseLeaf } from '@sealedlog/sdk/event'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { as, type Asks, type Body, makeKey, makeOrganizations, manyOf, start } from './support.js'

let server: RunningServer
let ask: Asks
let keyId: string

beforeAll(async () => {
  server = await start()
  await makeOrganizations(server, 'acme', 'beta')
  const { key, id } = await makeKey(server, 'acme', ['write', 'read', 'admin'])
  ask = as(server, key)
  keyId = id
})

let number = 0
/** Records an event under an id that no other test has. */
async function said(event: Body = {}): Promise<{ readonly id: string; readonly index: number }> {
  const id = `evt_${++number}`
  const whole = {
    id,
    type: 'a.b',
    actor: { type: 'user', id: `someone_${number}` },
    details: { plan: 'pro' },
    targets: [{ type: 'doc', id: `doc_${number}` }],
    ...event,
  }
  return (await ask('POST /v1/events', whole)).json
}

const redact = (body: Body) => ask('POST /v1/redactions', { basis: 'GDPR Art. 17', ...body })
const eventOf = async (id: string): Promise<Body> => (await ask(`GET /v1/events/${id}`)).json

describe('what is refused, with a pointer, and nothing erased', () => {
  const ada = { identifiers: ['ada@example.com'] }
  test.each<readonly [name: string, body: Body, pointers: readonly string[], codes: readonly string[]]>([
    ['no object', [], [''], ['wrong_type']],
    ['nothing to erase', { basis: 'b' }, ['/events'], ['required']],
    ['no basis', { person: ada }, ['/basis'], ['required']],
    ['an empty basis', { person: ada, basis: ' ' }, ['/basis'], ['too_short']],
    ['a long basis', { person: ada, basis: 'b'.repeat(1_025) }, ['/basis'], ['too_long']],
    ['a basis that is none', { person: ada, basis: 7 }, ['/basis'], ['wrong_type']],
    ['a basis that says whom', { person: ada, basis: 'Ada@Example.com asked' }, ['/basis'], ['not_allowed']],
    [
      'a request that says whom',
      { person: ada, basis: 'b', request_id: 'ada@example.com' },
      ['/request_id'],
      ['not_allowed'],
    ],
    ['an empty request', { person: ada, basis: 'b', request_id: '' }, ['/request_id'], ['too_short']],
    ['a long request', { person: ada, basis: 'b', request_id: 'r'.repeat(129) }, ['/request_id'], ['too_long']],
    ['a word for a run', { person: ada, basis: 'b', dry_run: 'yes' }, ['/dry_run'], ['wrong_type']],
    ['a member too much', { person: ada, basis: 'b', dryrun: true }, ['/dryrun'], ['unknown_member']],
    ['a person that is none', { person: 'ada', basis: 'b' }, ['/person'], ['wrong_type']],
    [
      'a person’s member too much',
      { person: { ...ada, mach: 'word' }, basis: 'b' },
      ['/person/mach'],
      ['unknown_member'],
    ],
    ['a match that is none', { person: { ...ada, match: 'regex' }, basis: 'b' }, ['/person/match'], ['not_one_of']],
    ['no identifiers', { person: {}, basis: 'b' }, ['/person/identifiers'], ['wrong_type']],
    ['no identifier', { person: { identifiers: [] }, basis: 'b' }, ['/person/identifiers'], ['too_few']],
    ['many', { person: { identifiers: manyOf(101, 'ada') }, basis: 'b' }, ['/person/identifiers'], ['too_many']],
    [
      'identifiers that are none',
      { person: { identifiers: ['ab', 'x'.repeat(513), 7, '...', ' ada', 'e\u0301e\u0301'] }, basis: 'b' },
      [0, 1, 2, 3, 4, 5].map((i) => `/person/identifiers/${i}`),
      ['too_short', 'too_long', 'wrong_type', 'bad_format', 'bad_format', 'too_short'],
    ],
    ['no list of events', { events: {}, basis: 'b' }, ['/events'], ['wrong_type']],
    ['no event', { events: [], basis: 'b' }, ['/events'], ['too_few']],
    ['many events', { events: manyOf(10_001, { index: 0 }), basis: 'b' }, ['/events'], ['too_many']],
    [
      'events that are none',
      {
        events: ['x', {}, { id: 'a', index: 1 }, { index: -1 }, { index: 1.5 }, { id: 7 }, { id: 'a', group: 'actor' }],
        basis: 'b',
      },
      ['/events/0', '/events/1', '/events/2', '/events/3/index', '/events/4/index', '/events/5/id', '/events/6/group'],
      ['wrong_type', 'wrong_type', 'wrong_type', 'wrong_type', 'wrong_type', 'wrong_type', 'unknown_member'],
    ],
    [
      'groups that are none',
      { events: [{ id: 'a', groups: 'actor' }], basis: 'b' },
      ['/events/0/groups'],
      ['wrong_type'],
    ],
    ['no group', { events: [{ id: 'a', groups: [] }], basis: 'b' }, ['/events/0/groups'], ['too_few']],
    [
      'many groups',
      { events: [{ id: 'a', groups: manyOf(111, 'actor') }], basis: 'b' },
      ['/events/0/groups'],
      ['too_many'],
    ],
  ])('%s', async (_name, body, pointers, codes) => {
    const { status, json } = await ask('POST /v1/redactions', body)
    expect([status, json.code]).toEqual([422, 'invalid_redaction'])
    expect(json.errors.map((issue: Body) => issue.pointer)).toEqual(pointers)
    expect(json.errors.map((issue: Body) => issue.code)).toEqual(codes)
    expect(json.detail).toMatch(/Nothing was erased\.$/)
  })

  test('events and groups that the log does not hold, each of them', async () => {
    const { id, index } = await said({ details: undefined })
    const events = [{ id }, { id: 'nobody' }, { index: 9_999 }, { index, groups: ['actr', 'actor', 'details'] }]
    const { status, json } = await redact({ events })
    expect([status, json.code]).toEqual([422, 'invalid_redaction'])
    expect(json.errors.map((issue: Body) => issue.pointer)).toEqual([
      '/events/1/id',
      '/events/2/index',
      '/events/3/groups/0',
      '/events/3/groups/2',
    ])
    expect(json.errors[2].message).toContain('Did you mean "actor"')
    expect((await eventOf(id)).redacted).toBeUndefined()
  })

  test('whoever may not administer, and another organization’s events', async () => {
    const { id } = await said()
    const body = { events: [{ id }], basis: 'b' }
    for (const scope of ['write', 'read']) {
      const { key } = await makeKey(server, 'acme', [scope])
      const { status, json } = await as(server, key)('POST /v1/redactions', body)
      expect([scope, status, json.code]).toEqual([scope, 403, 'insufficient_scope'])
    }
    const { key } = await makeKey(server, 'beta', ['admin'])
    expect((await as(server, key)('POST /v1/redactions', body)).json.code).toBe('invalid_redaction')
    const headers = { 'sealedlog-organization': 'acme' }
    expect((await as(server, key)('POST /v1/redactions', body, headers)).json.code).toBe('organization_mismatch')
    expect((await eventOf(id)).redacted).toBeUndefined()
  })

  test('what stands at a bound is taken', async () => {
    const { index } = await said()
    for (const body of [
      { events: manyOf(10_000, { index }) },
      { events: [{ index, groups: manyOf(110, 'actor') }] },
      { person: { identifiers: ['abc', 'x'.repeat(512), ...manyOf(98, 'nobody')] } },
      { person: { identifiers: ['nobody'] }, basis: 'b'.repeat(1_024), request_id: 'r'.repeat(128) },
    ]) {
      const { status, json } = await redact({ ...body, dry_run: true })
      expect([status, json.code, json.errors]).toEqual([200, undefined, undefined])
    }
  })
})

describe('by name', () => {
  test('groups go, of one event or of many, and the others stay', async () => {
    const [one, two, three] = [await said(), await said(), await said()]
    const { status, json } = await redact({
      events: [
        { id: one.id, groups: ['actor'] },
        { index: two.index, groups: 'all' },
        { id: three.id, groups: ['details'] },
      ],
      request_id: 'dsr-7',
    })
    expect([status, json.events, json.groups, json.scanned]).toEqual([201, 3, 5, 3])
    expect(json.by_group).toEqual({ actor: 2, details: 2, 'targets/0': 1 })
    expect(await eventOf(one.id)).toMatchObject({
      redacted: ['actor'],
      actor: { type: 'user' },
      details: { plan: 'pro' },
    })
    expect(await eventOf(two.id)).toMatchObject({
      redacted: ['actor', 'details', 'targets/0'],
      targets: [{ type: 'doc' }],
    })
    expect(await eventOf(three.id)).toMatchObject({ redacted: ['details'], actor: { id: `someone_${number}` } })
    const [{ id, index }] = json.redactions
    const entry = (await ask(`GET /v1/events/${id}?include=proof`)).json
    expect(entry).toMatchObject({
      index,
      actor: { type: 'key', id: keyId },
      details: { request_id: 'dsr-7', events: 3, groups: 5 },
    })
    expect(parseLeaf(encodeUtf8(entry.proof.leaf)).log).toEqual({
      redacts: [
        { groups: ['actor'], ranges: [[one.index, one.index]] },
        { groups: ['actor', 'details', 'targets/0'], ranges: [[two.index, two.index]] },
        { groups: ['details'], ranges: [[three.index, three.index]] },
      ],
    })
    expect((await ask('GET /v1/organizations/acme/tlog/checkpoint')).text).toBe(json.checkpoint)
  })

  test('named again, or twice at once, what is gone is passed over; the rest goes', async () => {
    const { id, index } = await said()
    expect((await redact({ events: [{ id, groups: ['actor'] }] })).json.groups).toBe(1)
    const rest = await redact({ events: [{ id }, { index }, { index, groups: ['actor'] }] })
    expect([rest.status, rest.json.by_group]).toEqual([201, { details: 1, 'targets/0': 1 }])
    const again = await redact({ events: [{ id }] })
    expect([again.status, again.json.redactions, again.json.groups]).toEqual([200, [], 0])
  })

  test('a dry run changes nothing, and lists what would go', async () => {
    const { id, index } = await said()
    const size = (await ask('GET /v1/organizations/acme/tlog/checkpoint')).text
    const { status, json } = await redact({ events: [{ id, groups: ['actor'] }], dry_run: true })
    expect([status, json.entries, json.redactions]).toEqual([200, [{ index, id, groups: ['actor'] }], []])
    expect((await ask('GET /v1/organizations/acme/tlog/checkpoint')).text).toBe(size)
    expect((await eventOf(id)).redacted).toBeUndefined()
  })

  test('with a person at once: what is named, and what says the person', async () => {
    const named = await said()
    const saying = await said({ description: 'for zelda@example.com' })
    const { json } = await redact({ events: [{ id: named.id }], person: { identifiers: ['zelda@example.com'] } })
    expect(json.by_group).toEqual({ actor: 1, content: 1, details: 1, 'targets/0': 1 })
    expect((await eventOf(saying.id)).redacted).toEqual(['content'])
  })
})

describe('by person', () => {
  test('a word meets whole names alone, a substring every one', async () => {
    const one = await said({ details: { by: 'wilma_1' } })
    const twelve = await said({ details: { by: 'wilma_12' } })
    const person = { identifiers: ['Wilma_1'] }
    expect((await redact({ person, dry_run: true })).json.entries.map((row: Body) => row.id)).toEqual([one.id])
    const all = await redact({ person: { ...person, match: 'substring' } })
    expect(all.json.by_group).toEqual({ details: 2 })
    expect((await eventOf(twelve.id)).redacted).toEqual(['details'])
  })

  test('what stands in clear is named, since nobody can erase it', async () => {
    const { index } = await said({ type: 'quentin.added', details: { of: 'quentin' } })
    const { index: second } = await said({ id: 'evt-quentin-2', bucket: 'quentin', actor: { type: 'quentin' } })
    const { json } = await redact({ person: { identifiers: ['Quentin'] } })
    expect(json.by_group).toEqual({ details: 1 })
    expect(json.in_clear).toEqual([
      { index, id: `evt_${number - 1}`, members: ['type'] },
      { index: second, id: 'evt-quentin-2', members: ['id', 'bucket', 'actor'] },
    ])
    expect(json.in_clear_count).toBe(2)
  })

  test('the server’s own entries are erased too; what they did to the log stays said', async () => {
    const { id } = await said({ details: { of: 'rosalind' } })
    const { json } = await redact({ events: [{ id }], basis: 'The case of Ulrike', request_id: 'case-of-ulrike' })
    const [redaction] = json.redactions
    const again = await redact({ person: { identifiers: ['ulrike'] } })
    expect(again.json.by_group).toEqual({ details: 1 })
    const entry = (await ask(`GET /v1/events/${redaction.id}?include=proof`)).json
    expect(entry).toMatchObject({ actor: { id: keyId }, redacted: ['details'] })
    expect(parseLeaf(encodeUtf8(entry.proof.leaf)).log).toMatchObject({
      redacts: [{ groups: ['actor', 'details', 'targets/0'] }],
    })
  })

  test('what accounts for it does not say the person anew, by a key’s name or a request’s id', async () => {
    await said({ details: { of: 'tilda' } })
    const body = { organization: 'acme', name: 'Made for Tilda', scopes: ['admin'] }
    const { key, id } = (await as(server, server.rootKey.value)('POST /v1/keys', body)).json
    const asked = { person: { identifiers: ['tilda'] }, basis: 'b' }
    const { json } = await as(server, key)('POST /v1/redactions', asked, { 'x-request-id': 'for-tilda' })
    const entry = await eventOf(json.redactions[0].id)
    expect(entry.actor).toEqual({ type: 'key', id })
    expect(JSON.stringify(entry)).not.toMatch(/tilda/i)
    expect((await as(server, key)('POST /v1/redactions', asked)).status).toBe(200)
  })

  test('whoever follows the log from its start is told what survives', async () => {
    const { index } = await said({ description: 'from vroni' })
    const stream = async (): Promise<string> => {
      const { key } = await makeKey(server, 'acme', ['read'])
      const response = await fetch(`${server.url}/v1/events/tail?after=${index - 1}`, {
        headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
      })
      let text = ''
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString()
        if (text.includes('data:')) return text
      }
      return text
    }
    expect(await stream()).toContain('vroni')
    expect((await redact({ person: { identifiers: ['vroni'] } })).status).toBe(201)
    const after = await stream()
    expect(after).not.toContain('vroni')
    expect(after).toContain('"redacted":["content"]')
  })
})
