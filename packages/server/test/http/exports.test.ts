/** Declaring exports: what is put on record, what is answered, and what is refused. */
import { openNote, parseCheckpoint } from '@sealedlog/sdk/merkle'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { verifierOf } from '../../dist/store/signing.js'
import { as, type Asks, makeKey, makeOrganizations, manyOf, start } from './support.js'

const SIZE = 40

let server: RunningServer
let ask: Asks
let key: { readonly id: string; readonly key: string }

beforeAll(async () => {
  server = await start()
  await makeOrganizations(server, 'acme', 'beta')
  key = await makeKey(server, 'acme', ['read', 'write'])
  ask = as(server, key.key)
  await ask('POST /v1/events/batch', manyOf(SIZE, { type: 'a.b' }))
})

const declarations = async (): Promise<readonly { readonly [member: string]: unknown }[]> =>
  (await ask('GET /v1/events?bucket=sealedlog&order=asc')).json.data

describe('an export', () => {
  test('is on record before a byte of it is read, under the checkpoint that is answered', async () => {
    const { status, json } = await ask('POST /v1/exports', { reason: 'SOC 2' })
    const index = json.index as number
    expect([status, json]).toEqual([
      201,
      {
        object: 'export',
        id: expect.stringMatching(/^exp_/),
        org: 'acme',
        index: SIZE,
        size: SIZE + 1,
        checkpoint: expect.any(String),
        from: 0,
        to: SIZE + 1,
        entries: SIZE + 1,
      },
    ])
    const vkey = (await ask('GET /v1/organizations/acme/tlog/vkey')).text.trim()
    expect(parseCheckpoint(openNote(json.checkpoint, [verifierOf(vkey)]).text).size).toBe(SIZE + 1)
    const [entry] = await declarations()
    expect(entry).toMatchObject({
      type: 'sealedlog.export.created',
      index,
      bucket: 'sealedlog',
      actor: { type: 'key', id: key.id, name: 'read and write of acme' },
      targets: [{ type: 'export', id: json.id }],
      details: { id: json.id, format: 'bundle', filter: {}, reason: 'SOC 2' },
    })
  })

  test('of a range or a filter says what was asked for, as it was said', async () => {
    const ranged = (await ask('POST /v1/exports', { from: 3, to: 9, withhold: ['actor', 'targets', 'actor'] })).json
    expect([ranged.from, ranged.to, ranged.entries]).toEqual([3, 9, 6])
    const filters = { type: ['a.*', 'c.d'], since: '2026-01-01' }
    const filtered = (await ask('POST /v1/exports', { q: 'outcome:success', filters })).json
    expect([filtered.from, filtered.to, filtered.entries]).toEqual([0, filtered.size, null])
    const details = (await declarations()).slice(-2).map((entry) => entry.details)
    expect(details).toEqual([
      { id: ranged.id, format: 'bundle', entries: 6, filter: { from: 3, to: 9 }, withhold: ['actor', 'targets'] },
      {
        id: filtered.id,
        format: 'bundle',
        filter: { type: ['a.*', 'c.d'], since: ['2026-01-01'], q: ['outcome:success'] },
      },
    ])
  })

  test.each<readonly [unknown, number, string, string]>([
    [[], 422, 'invalid_export', 'JSON object'],
    [{ reson: 'x' }, 422, 'invalid_export', 'Did you mean "reason"?'],
    [{ from: -1 }, 422, 'invalid_export', 'from must be'],
    [{ from: 5, to: 5 }, 422, 'invalid_export', 'above from'],
    [{ from: 1.5 }, 422, 'invalid_export', 'from must be'],
    [{ to: 100_000 }, 422, 'invalid_export', 'to is 100000'],
    [{ from: 100_000 }, 422, 'invalid_export', 'from is 100000'],
    [{ withhold: ['actr'] }, 422, 'invalid_export', 'Did you mean "actor"?'],
    [{ withhold: ['targets/100'] }, 422, 'invalid_export', 'no group'],
    [{ withhold: 'actor' }, 422, 'invalid_export', 'list of groups'],
    [{ reason: 7 }, 422, 'invalid_export', 'reason'],
    [{ q: 7 }, 422, 'invalid_export', 'q must be'],
    [{ q: '(' }, 400, 'invalid_query', ''],
    [{ filters: { typ: 'a.b' } }, 422, 'invalid_export', 'Did you mean "type"?'],
    [{ filters: { type: [7] } }, 422, 'invalid_export', 'filters/type'],
    [{ filters: { outcome: 'fine' } }, 400, 'invalid_parameter', 'outcome'],
    [{ filters: { saved: 'nobody' } }, 404, 'saved_query_not_found', 'nobody'],
  ])('%j is refused, and puts nothing on record', async (body, status, code, says) => {
    const before = (await declarations()).length
    const { json } = await ask('POST /v1/exports', body)
    expect([json.status, json.code, json.detail]).toEqual([status, code, expect.stringContaining(says)])
    expect((await declarations()).length).toBe(before)
  })

  test('takes a key of the organization with the scope read', async () => {
    for (const [organization, scopes, headers, expected] of [
      ['acme', ['read'], {}, 201],
      ['acme', ['write', 'admin'], {}, 403],
      ['beta', ['read'], { 'sealedlog-organization': 'acme' }, 403],
    ] as const) {
      const asked = as(server, (await makeKey(server, organization, scopes)).key)
      expect((await asked('POST /v1/exports', {}, headers)).status).toBe(expected)
    }
    expect((await as(server, null)('POST /v1/exports', {})).status).toBe(401)
  })

  test('of an empty log holds the entry that says so', async () => {
    const asked = as(server, (await makeKey(server, 'beta', ['read'])).key)
    expect((await asked('POST /v1/exports', {})).json).toMatchObject({ index: 0, size: 1, from: 0, to: 1, entries: 1 })
  })
})
