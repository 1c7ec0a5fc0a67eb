/** /openapi.json: clean under a linter, whole, and true of what the server answers. */
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { parseLogs } from '../../dist/witness/index.js'
import { policyText, witnessOf } from '../sink/support.js'
import { type Answer, as, type Asks, type Body, makeKey, makeOrganizations, start } from './support.js'

let server: RunningServer
let ask: Asks
let nobody: Asks
let source: string
let document: Body
let cursor: string
let keyId: string

beforeAll(async () => {
  const witness = await witnessOf()
  server = await start({ sinks: { policy: policyText(1, [{ ...witness, name: 'w' }]), witnessEveryMs: 3_600_000 } })
  await makeOrganizations(server, 'acme', 'beta')
  const made = await makeKey(server, 'acme', ['write', 'read', 'admin'])
  keyId = made.id
  ask = as(server, made.key)
  nobody = as(server, null)
  ;({ text: source, json: document } = await nobody('GET /openapi.json'))
  await ask(
    'POST /v1/events/batch',
    [1, 2, 3].map((n) => ({ id: `evt_${n}`, type: 'api_key.created' })),
  )
  witness.setLogs(parseLogs((await ask('GET /v1/organizations/acme/tlog/vkey')).text, 'vkey'))
  await server.publish()
  cursor = (await ask('GET /v1/events?limit=1')).json.next_cursor
  await ask('PUT /v1/event-types/invoice.sent', { mode: 'warn', details: { required: ['number'] } })
})

test('it is clean under every rule that Redocly recommends', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
  expect(
    problems.map(({ severity, ruleId, message, location }) => [severity, ruleId, message, location[0]?.pointer]),
  ).toEqual([])
})

interface Operation {
  readonly line: string
  readonly path: string
  readonly page: Body
}

/** Every operation of the document, with an address that can be asked. */
const operations = (): readonly Operation[] =>
  Object.entries<Body>(document.paths).flatMap(([path, item]) =>
    Object.entries<Body>(item).map(([method, page]) => ({
      path,
      page,
      line: `${method.toUpperCase()} ${addressOf(path)}`,
    })),
  )

const addressOf = (path: string): string =>
  path
    .replace('/keys/{id}', `/keys/${keyId}`)
    .replace('{id}', 'evt_1')
    .replace('{org}', 'acme')
    .replace('{type}', 'invoice.sent')
    .replace('disclosures/{path}', 'disclosures/000')
    .replace('{path}', '0/000.p/3')

/** The tree prints wildcards as one, without what stands before them. */
const WILDCARD = '/:org*'
const WILDCARDS = ['/:org/tlog/tile/*', '/:org/tlog/disclosures/*']

/** Every path that fastify routes, from the tree that it prints. */
function routedPaths(): readonly string[] {
  const parts: string[] = []
  const paths: string[] = []
  for (const line of server.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^(?<indent>[│ ]*)[├└]── (?<part>\S*)(?<methods> \()?/.exec(line)
    if (!match?.groups) continue
    const { indent = '', part = '', methods } = match.groups
    parts.splice(indent.length / 4)
    parts.push(part)
    const path = parts.join('')
    if (methods)
      paths.push(...(path.includes(WILDCARD) ? WILDCARDS.map((each) => path.replace(WILDCARD, each)) : [path]))
  }
  return [...new Set(paths)]
}

describe('it is whole', () => {
  test('every route appears in it, and nothing else does', async () => {
    const routed = await Promise.all(
      routedPaths().map(async (path) => {
        const { headers } = await nobody(`OPTIONS ${path.replaceAll(/:\w+|\*/g, 'x')}`)
        const methods = (headers.get('allow') ?? '')
          .split(', ')
          .filter((method) => !['HEAD', 'OPTIONS'].includes(method))
        return methods.map((method) => `${method} ${path.replace('*', '{path}').replaceAll(/:(\w+)/g, '{$1}')}`)
      }),
    )
    const documented = operations().map(({ line, path }) => `${line.split(' ')[0]} ${path}`)
    expect(routed.flat().sort()).toEqual(documented.sort())
    expect(documented.length).toBeGreaterThanOrEqual(20)
  })

  test('it asks for a key where the server does, and nowhere else', async () => {
    for (const { line, page } of operations()) {
      const { status } = await nobody(line)
      expect([line, status === 401]).toEqual([line, page.security === undefined])
    }
  })

  test('every operation says what it is for, and what it answers', () => {
    for (const { line, page } of operations()) {
      expect([line, page.summary, page.description]).toEqual([
        line,
        expect.stringMatching(/./),
        expect.stringMatching(/./),
      ])
      for (const answer of Object.values<Body>(page.responses))
        expect([line, answer.description]).toEqual([line, expect.stringMatching(/./)])
    }
  })
})

/** A value that a parameter takes, where its schema does not tell. */
const SAMPLES: { readonly [name: string]: () => string } = {
  cursor: () => cursor,
  after: () => 'evt_3',
  before: () => 'evt_1',
  ip_address: () => '203.0.113.7',
  outcome: () => 'success',
  organization: () => 'acme',
  withhold: () => 'actor',
}

function sampleOf(path: string, { name, schema }: Body): string {
  if (path.endsWith('/tail') && name === 'after') return 'latest'
  if (schema.enum) return schema.enum.at(-1)
  if (schema.format === 'date-time' || name === 'since' || name === 'until') return '2026-01-01T00:00:00Z'
  if (schema.type === 'integer') return String(schema.maximum === 30 ? 0 : (schema.minimum ?? 1_700_000_000))
  if (schema.type === 'boolean') return 'true'
  return SAMPLES[name]?.() ?? 'x'
}

const REFUSED_PARAMETERS = new Set(['unknown_parameter', 'invalid_parameter', 'invalid_cursor'])

const OWN_HEADERS: { readonly [line: string]: readonly string[] } = {
  'GET /v1/events/tail': ['Last-Event-ID'],
  'PUT /v1/event-types/invoice.sent': ['If-Match'],
  'DELETE /v1/event-types/invoice.sent': ['If-Match'],
}

describe('it is true of parameters', () => {
  test('each that it names is accepted, once, and where it says so many times', async () => {
    let count = 0
    for (const { line, path, page } of operations()) {
      for (const parameter of page.parameters?.filter((each: Body) => each.in === 'query') ?? []) {
        const pair = `${encodeURIComponent(parameter.name)}=${encodeURIComponent(sampleOf(path, parameter))}`
        const query = parameter.schema.type === 'array' ? `${pair}&${pair}` : pair
        const { json } = await ask(`${line}?${query}`, bodyFor(line))
        expect([line, query, REFUSED_PARAMETERS.has(json?.code ?? json?.error?.code)]).toEqual([line, query, false])
        count++
      }
    }
    expect(count).toBeGreaterThan(50)
  })

  test('each that it does not name is refused', async () => {
    for (const { line, page } of operations().filter(({ page }) => page.security === undefined)) {
      const { status, json } = await as(server, server.rootKey.value)(`${line}?undocumented=1`, bodyFor(line), {
        'sealedlog-organization': 'acme',
      })
      expect([line, status, json.code ?? json.error.code]).toEqual([line, 400, 'unknown_parameter'])
      expect(page.responses[400]).toBeDefined()
    }
  })

  test('the headers that it names are those that are read', () => {
    for (const { line, page } of operations().filter(({ page }) => page.security === undefined)) {
      const names = page.parameters.filter((each: Body) => each.in === 'header').map((each: Body) => each.name)
      const own = OWN_HEADERS[line] ?? []
      expect([line, names]).toEqual([line, ['Sealedlog-Organization', 'OpenAI-Organization', 'X-Request-Id', ...own]])
    }
  })
})

const BODIES: { readonly [line: string]: unknown } = {
  'POST /v1/events': { type: 'a.b' },
  'POST /v1/events/batch': [{ type: 'a.b' }],
  'POST /v1/exports': {},
  'POST /v1/organizations': { id: 'made' },
  'POST /v1/redactions': { person: { identifiers: ['nobody'] }, basis: 'GDPR Art. 17' },
  'POST /v1/keys': { organization: 'acme', name: 'made', scopes: ['read'] },
  'PUT /v1/organizations/acme/retention': {},
  'PUT /v1/event-types/invoice.sent': { mode: 'warn', details: { required: ['number'] } },
}
const bodyFor = (line: string): unknown => BODIES[line]

/** What is asked of each route, good and bad: [line, body, headers]. */
type Call = readonly [line: string, body?: unknown, headers?: { readonly [name: string]: string }]
const CALLS: readonly Call[] = [
  ['POST /v1/events', { type: 'a.b' }],
  ['POST /v1/events', { id: 'evt_1', type: 'api_key.created' }],
  ['POST /v1/events?include=proof', { type: 'a.b', metadata: {} }],
  ['POST /v1/events', { id: 'evt_1', type: 'a.b' }],
  ['POST /v1/events', { type: 7, acter: 1 }],
  ['POST /v1/events', { type: 'x'.repeat(129) }],
  ['POST /v1/events', { type: 'audit.x' }],
  ['POST /v1/events', '{'],
  ['POST /v1/events', '{"a":1,"a":1}'],
  ['POST /v1/events', 'x', { 'content-type': 'text/plain' }],
  ['POST /v1/events', 'x'.repeat(1_048_577)],
  ['POST /v1/events', { type: 'a.b' }, { 'sealedlog-organization': 'beta' }],
  ['POST /v1/events/batch', [{ type: 'a.b' }, { id: 'evt_1', type: 'api_key.created' }]],
  ['POST /v1/events/batch', [{ id: 'evt_1', type: 'api_key.created' }]],
  ['POST /v1/events/batch?include=proof', [{ type: 'a.b' }]],
  ['POST /v1/events/batch', [null, {}]],
  ['POST /v1/events/batch', []],
  ['POST /v1/events/batch', Array.from({ length: 1_001 }, () => ({}))],
  ['POST /v1/events', { id: 'evt_9', type: 'a.b', actor: { type: 'user', id: 'user_9' }, details: { by: 'user_9' } }],
  ['POST /v1/redactions', { events: [{ id: 'evt_9', groups: ['actor'] }], basis: 'GDPR Art. 17', request_id: 'dsr-1' }],
  ['POST /v1/redactions', { person: { identifiers: ['nobody'] }, basis: 'GDPR Art. 17' }],
  ['POST /v1/redactions', { person: { identifiers: ['user_9'] }, basis: 'GDPR Art. 17', dry_run: true }],
  ['POST /v1/redactions', { events: [{ id: 'nobody' }], basis: 'GDPR Art. 17' }],
  ['POST /v1/redactions', { person: { identifiers: ['x'] } }],
  ['GET /v1/events'],
  ['GET /v1/events?limit=1'],
  ['GET /v1/events?dialect=openai'],
  ['GET /v1/events?dialect=unkey'],
  ['GET /v1/events?dialect=unkey_go'],
  ['GET /v1/events?limit=0'],
  ['GET /v1/events?cursor=x'],
  ['GET /v1/events/stats'],
  ['GET /v1/events/stats?by=actor_id&type=api_key.*&limit=1'],
  ['GET /v1/events/stats?by=week'],
  ['GET /v1/events/stats?by=type&limit=1001'],
  ['GET /v1/events/tail'],
  ['GET /v1/events/tail?after=999'],
  ['GET /v1/events/evt_1'],
  ['GET /v1/events/evt_1?include=proof'],
  ['GET /v1/events/nobody'],
  ['GET /v1/organization/audit_logs'],
  ['GET /v1/organization/audit_logs?event_types[]=never.said'],
  ['GET /v1/organization/audit_logs?limit=0'],
  ['GET /v1/organization/audit_logs?after=nobody'],
  ['GET /v1/organizations'],
  ['GET /v1/organizations/acme'],
  ['GET /v1/organizations/beta'],
  ['POST /v1/organizations', { id: 'bound' }],
  ['GET /v1/keys'],
  ['POST /v1/keys', { name: 'x', scopes: ['read'], expires_at: '2099-01-01T00:00:00Z' }],
  ['POST /v1/keys', { name: 'x' }],
  ['DELETE /v1/keys/nobody'],
  ['POST /v1/events', { type: 'invoice.sent' }],
  ['POST /v1/events/batch', [{ type: 'invoice.sent' }, { type: 'a.b' }]],
  ['PUT /v1/event-types/order.placed', { mode: 'enforce', targets: ['order'], sentence: '{actor} ordered' }],
  ['PUT /v1/event-types/order.placed', { mode: 'off', outcome: 'unknown', description: 'x', metadata: {} }],
  ['PUT /v1/event-types/order.placed', { mode: 'sometimes' }],
  ['PUT /v1/event-types/audit.mine', {}],
  ['PUT /v1/event-types/order.placed', {}, { 'if-match': '"999"' }],
  ['GET /v1/event-types'],
  ['GET /v1/event-types?include=catalogue&limit=1000'],
  ['GET /v1/event-types?limit=0'],
  ['GET /v1/event-types/order.placed'],
  ['GET /v1/event-types/order.placed?version=1'],
  ['GET /v1/event-types/order.placed?version=9'],
  ['GET /v1/event-types/api_key.created'],
  ['GET /v1/event-types/nobody.knows'],
  ['GET /v1/event-types/order.placed/versions'],
  ['POST /v1/event-types/invoice.sent/check'],
  ['POST /v1/event-types/invoice.sent/check', { details: { properties: { a: { format: 'no' } } } }],
  ['POST /v1/event-types/nobody.knows/check'],
  ['DELETE /v1/event-types/order.placed'],
  ['DELETE /v1/event-types/order.placed'],
  ['GET /v1/organizations/acme/tlog/checkpoint'],
  ['GET /v1/organizations/acme/tlog/cosigned'],
  ['GET /v1/organizations/acme/tlog/cosigned?x=1'],
  ['GET /v1/organizations/acme/tlog/vkey'],
  ['GET /v1/organizations/acme/tlog/keys'],
  ['GET /v1/organizations/acme/tlog/disclosures/000'],
  ['GET /v1/organizations/acme/tlog/disclosures/x001/000'],
  ['GET /v1/events/evt_1/evidence'],
  ['GET /v1/events/evt_1/evidence?withhold=actor,details'],
  ['GET /v1/events/evt_1/evidence?withhold=x'],
  ['GET /v1/events/nobody/evidence'],
  ['POST /v1/exports', {}],
  [
    'POST /v1/exports',
    { to: 1, q: 'type:api_key.*', filters: { outcome: 'success' }, withhold: ['actor'], reason: 'x' },
  ],
  ['POST /v1/exports', { to: -1 }],
  ['POST /v1/exports', { q: '(' }],
  ['GET /v1/organizations/acme/tlog/tile/0/000.p/3'],
  ['GET /v1/organizations/acme/tlog/tile/9/000'],
  ['POST /v1/events/search', { query: { not: { field: 'type', starts_with: 'api_key.' } }, limit: 1 }],
  ['POST /v1/events/search', { query: { field: 'actr', is: 'x' } }],
  ['GET /v1/events?q=actr:x'],
  ['PUT /v1/saved-queries/keys', { q: 'type:api_key.*', description: 'Keys' }],
  ['PUT /v1/saved-queries/keys', { query: { text: 'ada', prefix: true } }],
  ['PUT /v1/saved-queries/keys', { q: 5 }],
  ['PUT /v1/saved-queries/keys', { q: '(' }],
  ['GET /v1/saved-queries'],
  ['GET /v1/saved-queries/keys'],
  ['GET /v1/saved-queries/nobody'],
  ['GET /v1/events?saved=nobody'],
  ['DELETE /v1/saved-queries/keys'],
  ['DELETE /v1/saved-queries/keys'],
  ['GET /v1/organizations/acme/tlog/consistency?from=1'],
  ['GET /v1/organizations/acme/tlog/consistency?from=1000000'],
  ['GET /v1/organizations/acme/tlog/consistency'],
  ['GET /v1/events/evt_1/proof'],
  ['GET /v1/events/nobody/proof'],
  ['GET /v1/organizations/acme/retention'],
  ['PUT /v1/organizations/acme/retention', { default_days: 365, buckets: { legal: null } }],
  ['PUT /v1/organizations/acme/retention', { default_days: 0 }],
  ['GET /v1/organizations/acme/retention/preview'],
  ['DELETE /v1/organizations/acme/retention'],
  ['GET /v1/organizations/acme/hold'],
  ['PUT /v1/organizations/acme/hold', { reason: 'Case 7' }],
  ['PUT /v1/organizations/acme/hold', {}],
  ['DELETE /v1/organizations/acme/hold'],
  ['POST /v1/organizations/acme/tlog/rotate'],
  ['DELETE /v1/organizations/acme'],
  ['POST /v1/reindex'],
  ['GET /v1/reindex'],
  ['GET /healthz'],
  ['GET /readyz'],
  ['GET /metrics'],
  ['GET /openapi.json'],
]
const ROOT_CALLS: readonly Call[] = [
  ['POST /v1/organizations', { id: 'one', name: 'One' }],
  ['POST /v1/organizations', { id: 'one' }],
  ['POST /v1/organizations', { id: '_one' }],
  ['PUT /v1/organizations/two'],
  ['PUT /v1/organizations/two', { name: 'Two' }],
  ['PUT /v1/organizations/two', { id: 'two' }],
  ['GET /v1/organizations?limit=1'],
  ['GET /v1/organizations/nobody'],
  ['GET /v1/events'],
  ['POST /v1/keys', { organization: '*', name: 'x', scopes: ['write', 'read', 'admin'] }],
  ['GET /v1/keys'],
  ['GET /v1/reindex'],
  ['POST /v1/reindex'],
  ['POST /v1/reindex'],
  ['POST /v1/organizations/one/tlog/rotate'],
  ['PUT /v1/organizations/one/hold', { reason: 'Case 7' }],
  ['DELETE /v1/organizations/one'],
  ['DELETE /v1/organizations/two'],
  ['GET /v1/organizations/two'],
  ['POST /v1/organizations/two/tlog/rotate'],
  ['PUT /v1/organizations/two/retention', {}],
  ['POST /v1/keys', { organization: 'two', name: 'x', scopes: ['read'] }],
  ['POST /v1/events', { org: 'two', type: 'a.b' }],
]

describe('it is true of answers', () => {
  const seen = new Set<string>()
  let ajv: Ajv2020

  beforeAll(() => {
    ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
    ajv.addSchema(document, 'openapi.json')
  })

  async function check(asks: Asks, [line, body, headers]: Call): Promise<void> {
    const answer = await asks(line, body, headers)
    const operation = operationOf(line)
    const documented = operation?.page.responses[answer.status]
    expect([line, answer.status, documented !== undefined]).toEqual([line, answer.status, true])
    seen.add(`${operation?.page.operationId} ${answer.status}`)
    const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
    // Who accepts an event stream gets one: its tests are in stream.test.ts.
    const types = Object.keys(documented.content).filter((each) => each !== 'text/event-stream')
    expect([line, answer.status, types]).toEqual([line, answer.status, [type]])
    const at = [
      operation?.path,
      line.split(' ')[0]?.toLowerCase(),
      'responses',
      answer.status,
      'content',
      type,
      'schema',
    ]
    const valid = ajv.compile({ $ref: `openapi.json#/paths/${at.map(escapePointer).join('/')}` })
    expect([line, valid(valueOf(type, answer)), valid.errors]).toEqual([line, true, null])
  }

  test('each is one that it names, and of the shape that it says', async () => {
    for (const call of CALLS) await check(ask, call)
    for (const call of ROOT_CALLS) await check(as(server, server.rootKey.value), call)
    for (const [line, body] of CALLS)
      if (operationOf(line)?.page.security === undefined) await check(nobody, [line, body])
    await check(ask, [`DELETE /v1/keys/${keyId}`])
    await check(ask, [`DELETE /v1/keys/${keyId}`])
    const ids = new Set([...seen].filter((each) => / 20\d$/.test(each)).map((each) => each.split(' ')[0]))
    expect(ids).toEqual(new Set(operations().map(({ page }) => page.operationId)))
    expect(seen.size).toBeGreaterThan(50)
  })

  test('every native event is a RecordedEvent, in the list and in the tail', async () => {
    const valid = ajv.compile({ $ref: 'openapi.json#/components/schemas/RecordedEvent' })
    const root = as(server, server.rootKey.value)
    for (const line of ['GET /v1/events', 'GET /v1/events/tail']) {
      const { json } = await root(line, undefined, { 'sealedlog-organization': 'acme' })
      for (const event of json.data) expect([event.id, valid(event), valid.errors]).toEqual([event.id, true, null])
    }
    expect(valid({ type: 'a.b' })).toBe(false)
  })
})

const escapePointer = (step: unknown): string =>
  encodeURIComponent(String(step).replaceAll('~', '~0').replaceAll('/', '~1'))

const valueOf = (type: string, { json, text }: Answer): unknown => (type.includes('json') ? json : text)

/** The operation whose address, with anything in its parameters, is this. */
function operationOf(line: string): Operation | undefined {
  const [method = '', path = ''] = (line.split('?')[0] ?? '').split(' ')
  const matching = operations().filter((operation) => {
    const pattern = operation.path.replaceAll('{path}', '.+').replaceAll(/\{\w+\}/g, '[^/]+')
    return operation.line.startsWith(`${method} `) && new RegExp(`^${pattern}$`).test(path)
  })
  return matching.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0]
}
