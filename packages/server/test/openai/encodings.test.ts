/** Every way in which clients have been seen to write the list's query, as raw text, each read as the same question. */
import type { RecordedEvent } from '@sealedlog/sdk/event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCorpus, SEED } from './corpus.js'
import { answerOf, type Query, secondOf } from './oracle.js'
import { expectEnvelope, idsOf, LIST_PATH, startWorld, type WirePage, type World } from './support.js'

const SIZE = 600

let world: World
let key: string
let listed: readonly RecordedEvent[]
/** What really went over the wire. */
const urls: string[] = []

beforeAll(async () => {
  world = await startWorld()
  world.server.app.server.on('request', (request: { readonly url: string }) => urls.push(request.url))
  key = await world.organization('acme')
  await world.record('acme', makeCorpus(SEED, 'acme', SIZE))
  listed = await world.listed('acme')
})
afterAll(() => world.close())

/** Seconds and ids of the mix stand in the text as names: $S, $T, $AFTER, $BEFORE. */
function fill(text: string): string {
  const event = (share: number) => listed[Math.floor(share * SIZE)] as RecordedEvent
  return text
    .replaceAll('$S', String(secondOf(event(0.6))))
    .replaceAll('$T', String(secondOf(event(0.3))))
    .replaceAll('$AFTER', event(0.2).id)
    .replaceAll('$BEFORE', event(0.7).id)
}

const filled = (query: object): Query => {
  const text = fill(JSON.stringify(query)).replaceAll(/"(\d{8,})"/g, '$1')
  return JSON.parse(text) as Query
}

const TYPES = { event_types: ['invoice.paid', 'api_key.created'] }
const RANGE = { effective_at: { gte: '$S', lt: '$T' } }

describe('a query is read', () => {
  test.each<readonly [how: string, raw: string, query: object]>([
    ['with no parameters', '', {}],
    ['with encoded brackets', 'event_types%5B%5D=invoice.paid&event_types%5B%5D=api_key.created', TYPES],
    ['with encoded brackets, small letters', 'event_types%5b%5d=invoice.paid&event_types%5b%5d=api_key.created', TYPES],
    ['with raw brackets', 'event_types[]=invoice.paid&event_types[]=api_key.created', TYPES],
    ['with bare repeated names', 'event_types=invoice.paid&event_types=api_key.created', TYPES],
    ['with raw indexes', 'event_types[0]=invoice.paid&event_types[1]=api_key.created', TYPES],
    ['with encoded indexes', 'event_types%5B0%5D=invoice.paid&event_types%5B1%5D=api_key.created', TYPES],
    [
      'with three of these together',
      'event_types=invoice.paid&event_types[]=no.such&event_types[7]=api_key.created',
      TYPES,
    ],
    ['with a bare project', 'project_ids=proj_1', { project_ids: ['proj_1'] }],
    ['with a bare actor', 'actor_ids=user-1', { actor_ids: ['user-1'] }],
    ['with bare addresses', 'actor_emails=ada@example.com&actor_emails=c', { actor_emails: ['ada@example.com'] }],
    ['with a bare resource', 'resource_ids=res_2', { resource_ids: ['res_2'] }],
    ['with encoded effective_at', 'effective_at%5Bgte%5D=$S&effective_at%5Blt%5D=$T', RANGE],
    ['with raw effective_at', 'effective_at[gte]=$S&effective_at[lt]=$T', RANGE],
    ['with top-level comparisons', 'gte=$S&lt=$T', RANGE],
    ['with both kinds of comparison', 'gte=$S&effective_at[lt]=$T', RANGE],
    ['with the other comparisons', 'gt=$S&lte=$T', { effective_at: { gt: '$S', lte: '$T' } }],
    [
      'with all four',
      'effective_at[gt]=$S&effective_at[gte]=1&effective_at[lte]=$T&effective_at[lt]=9999999999',
      {
        effective_at: { gt: '$S', lte: '$T' },
      },
    ],
    ['with the narrower of two that are alike', 'gte=1&effective_at[gte]=$S', { effective_at: { gte: '$S' } }],
    ['with a comparison before 1970', 'effective_at[gte]=-5', {}],
    ['with spaces as node writes them', 'resource_ids%5B%5D=res%201', { resource_ids: ['res 1'] }],
    ['with spaces as python writes them', 'resource_ids%5B%5D=res+1', { resource_ids: ['res 1'] }],
    ['with an encoded plus', 'actor_emails[]=a%2Bb%40example.org', { actor_emails: ['a+b@example.org'] }],
    ['with a raw @', 'actor_emails[]=a%2Bb@example.org', { actor_emails: ['a+b@example.org'] }],
    ['with a comma, which is literal', 'resource_ids[]=a,b', { resource_ids: ['a,b'] }],
    ['with an encoded comma, which is literal', 'resource_ids%5B%5D=a%2Cb', { resource_ids: ['a,b'] }],
    ['with a comma that separates nothing', 'event_types[]=invoice.paid,api_key.created', { event_types: ['no.such'] }],
    [
      'with letters beyond ASCII',
      'resource_ids[]=%C3%BCn%C3%AF%2Bcode%2F%25%26%3D%3F%23',
      {
        resource_ids: ['ünï+code/%&=?#'],
      },
    ],
    ['with an empty after', 'after=&limit=5', { limit: 5 }],
    ['with an empty before', 'before=&limit=5', { limit: 5 }],
    ['with both cursors empty', 'after=&before=', {}],
    ['with an empty array', 'project_ids[]=&limit=', {}],
    ['with an empty comparison', 'effective_at[gte]=&lt=&tenant_only=', {}],
    ['with names alone', 'after&before', {}],
    ['with stray ampersands', '&&limit=3&', { limit: 3 }],
    ['with a cursor', 'after=$AFTER', { after: '$AFTER' }],
    ['with another cursor', 'before=$BEFORE&limit=7', { before: '$BEFORE', limit: 7 }],
    ['with two cursors', 'after=$AFTER&before=$BEFORE&limit=7', { after: '$AFTER', before: '$BEFORE', limit: 7 }],
    ['with tenant_only=false', 'tenant_only=false', { tenant_only: false }],
    ['with tenant_only=true', 'tenant_only=true', { tenant_only: true }],
    ['with the smallest limit', 'limit=1', { limit: 1 }],
    ['with the largest limit', 'limit=100', { limit: 100 }],
  ])('%s: %s', async (_, raw, query) => {
    const text = fill(raw)
    const response = await world.get(key, text)
    expect(urls.at(-1)).toBe(text === '' ? LIST_PATH : `${LIST_PATH}?${text}`)
    const body = (await response.json()) as WirePage
    expect(response.status, JSON.stringify(body)).toBe(200)
    const { ids, ...said } = answerOf(listed, filled(query))
    expect(idsOf(body.data), `SEED=${SEED} ${text}`).toEqual(ids)
    expect(body).toMatchObject(said)
  })

  test('and what these queries ask for is there to be found', () => {
    for (const query of [TYPES, RANGE, { resource_ids: ['res 1'] }, { resource_ids: ['a,b'] }, { tenant_only: true }])
      expect(answerOf(listed, filled(query)).ids.length, JSON.stringify(query)).toBeGreaterThan(2)
    expect(answerOf(listed, { actor_emails: ['a+b@example.org'] }).ids.length).toBeGreaterThan(2)
  })
})

describe('a query is refused', () => {
  test.each<readonly [raw: string, param: string, code: string]>([
    ['limit=0', 'limit', 'invalid_parameter'],
    ['limit=101', 'limit', 'invalid_parameter'],
    ['limit=-1', 'limit', 'invalid_parameter'],
    ['limit=1.5', 'limit', 'invalid_parameter'],
    ['limit=1e1', 'limit', 'invalid_parameter'],
    ['limit=+5', 'limit', 'invalid_parameter'],
    ['limit=x', 'limit', 'invalid_parameter'],
    ['limit=5&limit=6', 'limit', 'invalid_parameter'],
    ['after=a&after=b', 'after', 'invalid_parameter'],
    ['tenant_only=yes', 'tenant_only', 'invalid_parameter'],
    ['tenant_only=1', 'tenant_only', 'invalid_parameter'],
    ['effective_at[gte]=yesterday', 'effective_at[gte]', 'invalid_parameter'],
    ['effective_at[gte]=1.5', 'effective_at[gte]', 'invalid_parameter'],
    ['lt=99999999999999999', 'lt', 'invalid_parameter'],
    ['effective_at=5', 'effective_at', 'unknown_parameter'],
    ['effective_at[eq]=5', 'effective_at[eq]', 'unknown_parameter'],
    ['effective_at[constructor]=5', 'effective_at[constructor]', 'unknown_parameter'],
    ['constructor[]=5', 'constructor[]', 'unknown_parameter'],
    ['__proto__=5', '__proto__', 'unknown_parameter'],
    ['order=asc', 'order', 'unknown_parameter'],
    ['offset=3', 'offset', 'unknown_parameter'],
    ['event_type=a.b', 'event_type', 'unknown_parameter'],
    ['limit[]=5', 'limit[]', 'unknown_parameter'],
    ['after=no_such_event', 'after', 'invalid_cursor'],
    ['before=no_such_event', 'before', 'invalid_cursor'],
    [`after=${'x'.repeat(5_000)}`, 'after', 'invalid_cursor'],
    ['after=a%00b', 'after', 'invalid_cursor'],
    ['tenant_only=true&event_types[]=role.bound_to_resource&event_types[]=a.b', 'event_types[]', 'invalid_parameter'],
  ])('%s', async (raw, param, code) => {
    const response = await world.get(key, raw)
    expect(await expectEnvelope(response)).toMatchObject({ type: 'invalid_request_error', param, code })
    expect(response.status).toBe(400)
  })

  test.each(['resource_ids[]=%ff', 'limit=%', 'after=%e0%80%80'])('%s, which is no UTF-8', async (raw) => {
    const response = await world.get(key, raw)
    expect(await expectEnvelope(response)).toMatchObject({ type: 'invalid_request_error', code: 'malformed_request' })
    expect(response.status).toBe(400)
  })

  test('with more values than PARAMETER_VALUES_MAX', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `actor_ids[]=a${i}`).join('&')
    expect((await world.get(key, many(250))).status).toBe(200)
    expect(await expectEnvelope(await world.get(key, many(251)))).toMatchObject({ param: 'actor_ids[]' })
  })
})

describe('the query that openai-node was recorded to send with every parameter', () => {
  const RUN =
    'actor_emails%5B%5D=a%2Bb%40example.com&actor_emails%5B%5D=c%40d.e&actor_ids%5B%5D=user-1&actor_ids%5B%5D=key_2&before=audit_log-zzz&effective_at%5Bgt%5D=1&effective_at%5Bgte%5D=2&effective_at%5Blt%5D=3&effective_at%5Blte%5D=4&event_types%5B%5D=api_key.created&event_types%5B%5D=login.failed&limit=2&project_ids%5B%5D=proj_1&project_ids%5B%5D=proj_2&resource_ids%5B%5D=res%201&resource_ids%5B%5D=ws__conn&tenant_only=true'
  const tenantRun = RUN.replace('api_key.created', 'tenant.user.added').replace(
    'login.failed',
    'role.bound_to_resource',
  )
  let reader: string

  beforeAll(async () => {
    reader = await world.organization('run-a')
    const event = (id: string, type: string, email: string, resource: string) => ({
      id,
      type,
      occurred_at: '1970-01-01T00:00:02.500Z',
      actor: { type: 'user', id: 'user-1', email },
      project: { id: 'proj_2' },
      targets: [{ type: 'thing', id: resource }],
    })
    // Recorded from the oldest on; all in one instant, so that the index alone gives the order.
    const documents = [
      event('audit_log-4', 'tenant.user.added', 'nobody@example.com', 'res 1'),
      event('audit_log-3', 'tenant.user.added', 'c@d.e', 'ws__conn'),
      event('plain-2', 'login.failed', 'c@d.e', 'ws__conn'),
      event('audit_log-2', 'role.bound_to_resource', 'a+b@example.com', 'res 1'),
      event('plain-1', 'api_key.created', 'a+b@example.com', 'res 1'),
      event('audit_log-1', 'tenant.user.added', 'a+b@example.com', 'res 1'),
      event('audit_log-0', 'tenant.user.added', 'c@d.e', 'res 1'),
      event('audit_log-zzz', 'a.b', 'c@d.e', 'res 1'),
      event('newer', 'tenant.user.added', 'c@d.e', 'res 1'),
    ]
    // `before` closes the window at its older end, so the two cursors stand around it.
    await world.record('run-a', [
      { dialect: 'native', documents: [{ ...event('end', 'a.b', 'x@y.z', 'r'), occurred_at: '1970-01-01T00:00:01Z' }] },
      { dialect: 'native', documents },
    ])
  })

  const idsAt = async (query: string) => {
    const response = await world.get(reader, query)
    const body = (await response.json()) as WirePage
    return [response.status, idsOf(body.data), body.has_more] as const
  }

  test('is read to the last parameter: it mixes tenant-scoped types with others, and is refused for that alone', async () => {
    const response = await world.get(reader, RUN)
    expect(response.status).toBe(400)
    expect(await expectEnvelope(response)).toMatchObject({ param: 'event_types[]', code: 'invalid_parameter' })
  })

  test('lists what it asks for, page by page, with types that go together', async () => {
    const window = tenantRun.replace('before=audit_log-zzz', 'before=end')
    expect(await idsAt(`${window}&after=audit_log-0`)).toEqual([200, ['audit_log-1', 'audit_log-2'], true])
    expect(await idsAt(`${window}&after=audit_log-2`)).toEqual([200, ['audit_log-3'], false])
    expect(await idsAt(`${window}&after=audit_log-3`)).toEqual([200, [], false])
    expect(await idsAt(tenantRun)).toEqual([200, ['newer'], false])
    const plain = RUN.replace('tenant_only=true', 'tenant_only=false').replace('before=audit_log-zzz', 'before=end')
    expect(await idsAt(plain)).toEqual([200, ['plain-1', 'plain-2'], false])
  })

  test('ends where after has gone past before', async () => {
    expect(await idsAt(`${tenantRun}&after=audit_log-0`)).toEqual([200, [], false])
  })
})
