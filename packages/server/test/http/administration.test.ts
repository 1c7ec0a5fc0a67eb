/** Organizations and keys over HTTP. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { as, type Asks, type Body, makeKey, makeOrganizations, start } from './support.js'

const NOW_MS = Date.UTC(2026, 10, 20, 9, 12, 21, 340)

let nowMs = NOW_MS
let server: RunningServer
let root: Asks

beforeAll(async () => {
  server = await start({ nowMs: () => nowMs, originBase: 'log.example.com' })
  root = as(server, server.rootKey.value)
})

const idsOf = (json: Body): readonly string[] => json.data.map(({ id }: { id: string }) => id)

describe('an organization', () => {
  test('need not be named while `default` is alone', async () => {
    expect((await root('POST /v1/events', { type: 'a.b' })).json).toMatchObject({ org: 'default', index: 0 })
    expect(idsOf((await root('GET /v1/events?type=a.b')).json)).toHaveLength(1)
  })

  test('is created once, however often somebody says so', async () => {
    const created = await root('PUT /v1/organizations/acme', { name: 'Acme Inc.' })
    expect(created.status).toBe(201)
    expect(created.json).toEqual({
      object: 'organization',
      id: 'acme',
      name: 'Acme Inc.',
      created_at: '2026-11-20T09:12:21.340Z',
      origin: expect.stringMatching(/^log\.example\.com\/[a-z2-7]{26}$/),
      vkey: expect.stringMatching(/^log\.example\.com\/[a-z2-7]{26}\+[0-9a-f]{8}\+\S+$/),
      size: 0,
    })
    const again = await root('PUT /v1/organizations/acme', { name: 'Another name' })
    expect([again.status, again.json]).toEqual([200, created.json])
    expect((await root('PUT /v1/organizations/acme')).json).toEqual(created.json)
  })

  test('may be created by its id in the body, and is called like its id where it has no name', async () => {
    const { status, json } = await root('POST /v1/organizations', { id: 'beta' })
    expect([status, json.name]).toEqual([201, 'beta'])
    expect((await root('POST /v1/organizations', { id: 'beta', name: 'Beta' })).status).toBe(200)
  })

  test('must be named once there is a second one', async () => {
    expect((await root('POST /v1/events', { type: 'a.b' })).json.code).toBe('organization_required')
    for (const [body, headers] of [
      [{ type: 'a.b', org: 'acme' }, {}],
      [{ type: 'a.b' }, { 'sealedlog-organization': 'acme' }],
      [
        { type: 'a.b', org: 'acme' },
        { 'openai-organization': 'acme', 'sealedlog-organization': 'acme' },
      ],
    ] as const) {
      expect((await root('POST /v1/events', body, headers)).json.org).toBe('acme')
    }
  })

  test('is listed by id, page by page', async () => {
    await makeOrganizations(server, 'o1', 'o2', 'o3')
    expect(idsOf((await root('GET /v1/organizations')).json)).toEqual(['acme', 'beta', 'default', 'o1', 'o2', 'o3'])
    const { json } = await root('GET /v1/organizations?limit=2&after=beta')
    expect([idsOf(json), json.has_more]).toEqual([['default', 'o1'], true])
    expect((await root('GET /v1/organizations?after=o1')).json).toMatchObject({
      data: [{ id: 'o2' }, { id: 'o3' }],
      has_more: false,
    })
  })

  test('tells the size of its log', async () => {
    expect((await root('GET /v1/organizations/acme')).json.size).toBe(3)
  })
})

describe('a key', () => {
  test('is shown once, when it is made', async () => {
    const { status, json, headers } = await root('POST /v1/keys', {
      organization: 'acme',
      name: 'CI',
      scopes: ['write'],
    })
    expect(status).toBe(201)
    expect(json).toEqual({
      object: 'key',
      id: expect.stringMatching(/^key_[0-9A-Z]{26}$/),
      organization: 'acme',
      name: 'CI',
      scopes: ['write'],
      created_at: '2026-11-20T09:12:21.340Z',
      expires_at: null,
      revoked_at: null,
      key: expect.stringMatching(/^slk_[\w-]{43}$/),
    })
    expect(headers.get('cache-control')).toBe('no-store')
    const { key, ...rest } = json
    const list = await root('GET /v1/keys?organization=acme')
    expect(list.json).toEqual({ object: 'list', data: [rest], has_more: false })
    expect(list.text).not.toContain(key)
  })

  test('that is bound opens its own organization and shows no other', async () => {
    const ask = as(server, (await makeKey(server, 'acme', ['read', 'write', 'admin'])).key)
    expect((await ask('POST /v1/events', { type: 'a.b' })).json.org).toBe('acme')
    expect(idsOf((await ask('GET /v1/organizations')).json)).toEqual(['acme'])
    const organizations = (await ask('GET /v1/keys')).json.data.map(({ organization }: Body) => organization)
    expect(new Set(organizations)).toEqual(new Set(['acme']))
    const mine = await ask('POST /v1/keys', { name: 'mine', scopes: ['read'] })
    expect([mine.status, mine.json.organization]).toEqual([201, 'acme'])
  })

  test('that is bound hears the same of an organization that exists and of one that does not', async () => {
    const ask = as(server, (await makeKey(server, 'acme', ['read', 'write', 'admin'])).key)
    for (const line of [
      'GET /v1/organizations/NAME',
      'GET /v1/organizations/NAME/tlog/checkpoint',
      'GET /v1/keys?organization=NAME',
    ]) {
      const [there, nowhere] = await Promise.all(['beta', 'nope'].map((name) => ask(line.replace('NAME', name))))
      expect(there?.status).toBe(403)
      expect({ ...there?.json, request_id: '' }).toEqual({
        ...nowhere?.json,
        detail: nowhere?.json.detail.replace('nope', 'beta'),
        request_id: '',
      })
    }
  })

  test('that is bound to none reaches every organization, by name', async () => {
    const ask = as(server, (await makeKey(server, '*', ['read', 'write', 'admin'])).key)
    for (const org of ['acme', 'beta']) {
      expect((await ask('POST /v1/events', { type: 'a.b', org })).json.org).toBe(org)
      expect((await ask('GET /v1/events', undefined, { 'sealedlog-organization': org })).status).toBe(200)
    }
    expect((await ask('GET /v1/keys')).json.data.length).toBeGreaterThan(3)
    expect((await ask('PUT /v1/organizations/made-by-unbound')).status).toBe(201)
    const unbound = (await root('GET /v1/keys?organization=*')).json.data
    expect(unbound.map(({ organization }: Body) => organization)).toEqual(['*'])
  })

  test('that is revoked opens nothing from then on', async () => {
    const { id, key } = await makeKey(server, 'acme', ['read'])
    const ask = as(server, key)
    expect((await ask('GET /v1/events')).status).toBe(200)
    const revoked = await root(`DELETE /v1/keys/${id}`)
    expect(revoked.json).toMatchObject({ id, revoked_at: '2026-11-20T09:12:21.340Z' })
    const { status, json } = await ask('GET /v1/events')
    expect([status, json.code, json.detail]).toEqual([401, 'invalid_key', `The key ${id} was revoked.`])
    nowMs += 1_000
    expect((await root(`DELETE /v1/keys/${id}`)).json).toEqual(revoked.json)
  })

  test('that has an end opens nothing from that instant on', async () => {
    const expires_at = new Date(nowMs + 60_000).toISOString()
    const ask = as(server, (await makeKey(server, 'acme', ['read'], { expires_at })).key)
    nowMs += 59_999
    expect((await ask('GET /v1/events')).status).toBe(200)
    nowMs += 1
    expect((await ask('GET /v1/events')).json).toMatchObject({ status: 401, code: 'invalid_key' })
  })

  test('may be sent in any letters of Bearer', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER  ']) {
      const { status } = await as(server, null)('GET /v1/organizations', undefined, {
        authorization: `${scheme} ${server.rootKey.value}`,
      })
      expect([scheme, status]).toEqual([scheme, 200])
    }
  })
})
