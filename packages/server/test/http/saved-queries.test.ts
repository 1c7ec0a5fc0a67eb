/** Saved queries: kept by name for one organization, asked by name, and refused where nobody could ask them again. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { formatQuery, parseQuery } from '@sealedlog/sdk/query'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { as, type Asks, makeKey, makeOrganizations, start } from './support.js'

let server: RunningServer
let admin: Asks
let reader: Asks
let other: Asks
let nowMs = Date.UTC(2026, 10, 20, 12)

beforeAll(async () => {
  server = await start({ nowMs: () => nowMs })
  await makeOrganizations(server, 'acme', 'beta')
  admin = as(server, (await makeKey(server, 'acme', ['write', 'read', 'admin'])).key)
  reader = as(server, (await makeKey(server, 'acme', ['read'])).key)
  other = as(server, (await makeKey(server, 'beta', ['read', 'admin'])).key)
  await admin('POST /v1/events/batch', [
    { id: 'old', type: 'api_key.created', occurred_at: '2026-11-01T00:00:00Z' },
    { id: 'new', type: 'api_key.created', occurred_at: '2026-11-20T00:00:00Z' },
    { id: 'login', type: 'login.failed', occurred_at: '2026-11-20T00:00:00Z' },
  ])
})

const idsOf = (answer: { readonly json: { readonly data: readonly { readonly id: string }[] } }) =>
  answer.json.data.map(({ id }) => id)

describe('a saved query', () => {
  test('is kept in words and as a tree, and saying it again puts it in place of the one before', async () => {
    const made = await admin('PUT /v1/saved-queries/keys', { q: '  type:api_key.*   since:7d ', description: 'Keys' })
    const saved = {
      object: 'saved_query',
      name: 'keys',
      q: 'type:api_key.* since:7d',
      description: 'Keys',
      saved_at: '2026-11-20T12:00:00.000Z',
      query: parseQuery('type:api_key.* since:7d'),
    }
    expect([made.status, made.json]).toEqual([201, saved])
    expect((await reader('GET /v1/saved-queries/keys')).json).toEqual(saved)
    expect((await reader('GET /v1/saved-queries')).json).toEqual({ object: 'list', data: [saved], has_more: false })
    const again = await admin('PUT /v1/saved-queries/keys', { query: { field: 'type', starts_with: 'api_key.' } })
    expect([again.status, again.json.q, again.json.description]).toEqual([200, 'type:api_key.*', undefined])
  })

  test('is asked by its name, with what else is asked, on the list and on the tail', async () => {
    await admin('PUT /v1/saved-queries/recent', { q: 'since:7d' })
    expect(idsOf(await reader('GET /v1/events?saved=recent'))).toEqual(['login', 'new'])
    expect(idsOf(await reader('GET /v1/events?saved=recent&q=-outcome:failure&type=api_key.*'))).toEqual(['new'])
    expect(idsOf(await reader('GET /v1/events/tail?saved=recent'))).toEqual(['new', 'login'])
  })

  test('counts its spans back from when it is asked, not from when it was saved', async () => {
    nowMs += 30 * 86_400_000
    expect(idsOf(await reader('GET /v1/events?saved=recent'))).toEqual([])
    nowMs -= 30 * 86_400_000
  })

  test('is forgotten when it is deleted, once', async () => {
    await admin('PUT /v1/saved-queries/gone', { q: 'x' })
    expect((await admin('DELETE /v1/saved-queries/gone')).json).toEqual({
      object: 'saved_query',
      name: 'gone',
      deleted: true,
    })
    for (const line of ['DELETE /v1/saved-queries/gone', 'GET /v1/saved-queries/gone', 'GET /v1/events?saved=gone'])
      expect((await admin(line)).json).toMatchObject({ status: 404, code: 'saved_query_not_found' })
  })

  test('that is misspelled is answered with the nearest', async () => {
    expect((await reader('GET /v1/events?saved=recnt')).json.detail).toContain('Did you mean "recent"')
  })

  test('belongs to its organization alone', async () => {
    expect((await other('GET /v1/saved-queries')).json.data).toEqual([])
    expect((await other('GET /v1/events?saved=recent')).json).toMatchObject({ code: 'saved_query_not_found' })
  })
})

describe('what is refused', () => {
  test.each([
    ['name%20space', { q: 'x' }, 'invalid_saved_query', 'letters, digits'],
    ['x'.repeat(BOUNDS.KIND_CHARS_MAX + 1), { q: 'x' }, 'invalid_saved_query', 'KIND_CHARS_MAX'],
    ['x', [], 'invalid_saved_query', 'object'],
    ['x', {}, 'invalid_saved_query', 'either q'],
    ['x', { q: 'x', query: {} }, 'invalid_saved_query', 'either q'],
    ['x', { q: 5 }, 'invalid_saved_query', 'string'],
    ['x', { q: 'actr:x' }, 'invalid_query', 'Did you mean "actor"'],
    ['x', { query: { field: 'actr', is: 'x' } }, 'invalid_query', '/query/field'],
    ['x', { q: 'x', descripton: 'x' }, 'invalid_saved_query', 'Did you mean "description"'],
    ['x', { q: 'x', description: 'x'.repeat(BOUNDS.NAME_CHARS_MAX + 1) }, 'invalid_saved_query', 'NAME_CHARS_MAX'],
  ])('%s %j', async (name, body, code, says) => {
    const { json } = await admin(`PUT /v1/saved-queries/${name}`, body)
    expect([json.code, json.detail]).toEqual([code, expect.stringContaining(says)])
  })

  test('a change by whoever may only read', async () => {
    expect((await reader('PUT /v1/saved-queries/x', { q: 'x' })).status).toBe(403)
    expect((await reader('DELETE /v1/saved-queries/recent')).status).toBe(403)
  })

  test('a tree that is too long in words', async () => {
    const or = Array.from({ length: 100 }, (_, i) => ({ text: `${i}`.padEnd(100, 'x') }))
    expect(formatQuery({ or }).length).toBeGreaterThan(BOUNDS.QUERY_CHARS_MAX)
    const { json } = await admin('PUT /v1/saved-queries/x', { query: { or } })
    expect([json.code, json.detail]).toEqual(['invalid_query', expect.stringContaining('QUERY_CHARS_MAX')])
  })

  test('one more than there may be; one in place of another is no more', async () => {
    for (let i = 0; i < BOUNDS.SAVED_QUERIES_MAX; i++)
      expect((await other(`PUT /v1/saved-queries/q${i}`, { q: `index:${i}` })).status).toBe(201)
    const { json } = await other('PUT /v1/saved-queries/more', { q: 'x' })
    expect([json.code, json.detail]).toEqual(['invalid_saved_query', expect.stringContaining('SAVED_QUERIES_MAX')])
    expect((await other('PUT /v1/saved-queries/q7', { q: 'x' })).status).toBe(200)
  })
})
