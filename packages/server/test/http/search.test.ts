/** POST /v1/events/search: the same list as `q`, page by page, and what its body may not be. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { formatQuery, parseQuery, type Query } from '@sealedlog/sdk/query'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { as, type Asks, makeKey, makeOrganizations, start } from './support.js'

let server: RunningServer
let ask: Asks

beforeAll(async () => {
  server = await start()
  await makeOrganizations(server, 'acme')
  ask = as(server, (await makeKey(server, 'acme', ['write', 'read'])).key)
  const events = Array.from({ length: 30 }, (_, i) => ({
    id: `e${i}`,
    type: i % 3 === 0 ? 'api_key.created' : 'user.added',
    metadata: { number: i },
  }))
  await ask('POST /v1/events/batch', events)
})

/** As many levels as there may be, alternating, around something that holds. */
function deep(levels: number): Query {
  let query: Query = { field: 'type', is: 'user.added' }
  for (let i = 0; i < levels; i++) query = { and: [{ or: [query, { text: 'nothing' }] }, { text: 'added' }] }
  return query
}

describe('a search', () => {
  test('is the list of the same words, page by page, with the same cursors', async () => {
    const q = 'type:api_key.* metadata.number:>=9'
    for (let cursor: string | null = null; ; ) {
      const asked: { json: { data: unknown; has_more: boolean; next_cursor: string | null } } = await ask(
        'POST /v1/events/search',
        { query: parseQuery(q), limit: 3, cursor },
      )
      const parameters = new URLSearchParams({ q, limit: '3', ...(cursor === null ? {} : { cursor }) })
      const { json } = await ask(`GET /v1/events?${parameters.toString()}`)
      expect(asked.json).toEqual(json)
      cursor = asked.json.next_cursor
      if (cursor === null) break
    }
  })

  test('of nothing said is everything, and of another dialect and order as asked', async () => {
    expect((await ask('POST /v1/events/search', {})).json.data).toHaveLength(30)
    const { json } = await ask('POST /v1/events/search?dialect=openai', { query: {}, order: 'asc', limit: 1 })
    expect(json.data[0]).toMatchObject({ id: 'e0', type: 'api_key.created', effective_at: expect.any(Number) })
  })

  test('may be as deep as its words may be, and no deeper', async () => {
    const levels = BOUNDS.QUERY_DEPTH_MAX - 1
    expect(parseQuery(formatQuery(deep(levels)))).toEqual(deep(levels))
    const { status, json } = await ask('POST /v1/events/search', { query: deep(levels) })
    expect([status, json.data?.length ?? json.detail]).toEqual([200, 20])
    const refused = await ask('POST /v1/events/search', { query: deep(BOUNDS.QUERY_DEPTH_MAX + 1) })
    expect(refused.json).toMatchObject({ status: 400, code: 'invalid_query', errors: [{ code: 'too_deep' }] })
  })
})

describe('what is refused', () => {
  test.each([
    [[], 'invalid_query', 'object'],
    [{ querry: {} }, 'unknown_parameter', 'Did you mean "query"'],
    [{ order: 'newest' }, 'invalid_parameter', '"desc" or "asc"'],
    [{ limit: 0 }, 'invalid_parameter', 'from 1 to 1000'],
    [{ limit: BOUNDS.LIST_LIMIT_MAX + 1 }, 'invalid_parameter', 'LIST_LIMIT_MAX'],
    [{ limit: '5' }, 'invalid_parameter', 'whole number'],
    [{ cursor: 5 }, 'invalid_parameter', 'next_cursor'],
    [{ cursor: 'x' }, 'invalid_cursor', 'Start again'],
    [{ query: 'type:a' }, 'invalid_query', '/query must be an object'],
    [{ query: { and: [{ field: 'actr', is: 'x' }] } }, 'invalid_query', 'Did you mean "actor"'],
  ])('%j', async (body, code, says) => {
    const { json } = await ask('POST /v1/events/search', body)
    expect([json.code, json.detail]).toEqual([code, expect.stringContaining(says)])
  })

  test('a key that may not read', async () => {
    const writer = as(server, (await makeKey(server, 'acme', ['write'])).key)
    expect((await writer('POST /v1/events/search', {})).status).toBe(403)
  })
})
