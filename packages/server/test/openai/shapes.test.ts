/** OpenAI's route shows every event, in a form that OpenAI's own schema accepts, and its own documents unchanged. */
import { readFileSync } from 'node:fs'
import type { Json, JsonObject } from '@sealedlog/sdk/base'
import { CATALOGUE, type RecordedEvent } from '@sealedlog/sdk/event'
import { Ajv2020 } from 'ajv/dist/2020.js'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Batch, makeCorpus, SEED } from './corpus.js'
import { isTenant, secondOf } from './oracle.js'
import { CLIENTS, connect, gather, idsOf, startWorld, type World } from './support.js'

const fixture = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../../../sdk/test/fixtures/openai/${name}`, import.meta.url), 'utf8')) as Json

const openApi = fixture('audit-logs.openapi.json') as JsonObject

/** The types are an open set, so their enum is taken out. */
function compileSchema() {
  const open = JSON.parse(
    JSON.stringify(openApi, (name, value: JsonObject) => {
      if (name !== 'AuditLogEventType') return value
      const { enum: _, ...type } = value
      return type
    }),
  ) as JsonObject
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(open, 'openai')
  return ajv.compile({ $ref: 'openai#/components/schemas/AuditLog' })
}
const validate = compileSchema()

/** OpenAI's printed examples are not all JSON: some have trailing commas. */
const repaired = (text: string) => JSON.parse(text.replaceAll(/,(\s*[}\]])/g, '$1')) as JsonObject

function printedExamples(): readonly JsonObject[] {
  const { components, paths } = openApi as unknown as {
    readonly components: { readonly schemas: { readonly AuditLog: { readonly 'x-oaiMeta': { example: string } } } }
    readonly paths: {
      readonly '/organization/audit_logs': {
        readonly get: { readonly 'x-oaiMeta': { examples: { response: string } } }
      }
    }
  }
  const list = repaired(paths['/organization/audit_logs'].get['x-oaiMeta'].examples.response)
  return [repaired(components.schemas.AuditLog['x-oaiMeta'].example), ...(list['data'] as JsonObject[])]
}

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** Records, and lists all of it through a client. */
async function throughServer(org: string, batches: readonly Batch[]): Promise<ReadonlyMap<string, JsonObject>> {
  const client = connect(OpenAI, world, await world.organization(org))
  await world.record(org, batches)
  const plain = await gather(client, { limit: 100 })
  const tenant = await gather(client, { limit: 100, tenant_only: true })
  return new Map([...plain, ...tenant].map((item) => [item['id'] as string, item]))
}

const expectValid = (item: JsonObject): void =>
  expect(validate(item), `${JSON.stringify(item)}\n${JSON.stringify(validate.errors)}`).toBe(true)

describe('documents of OpenAI’s come back unchanged', () => {
  const rows = CATALOGUE.filter((row) => row.origin === 'openai')
  test.each<readonly [string, readonly JsonObject[]]>([
    ['printed', printedExamples()],
    ['live', fixture('live-shaped.json') as unknown as readonly JsonObject[]],
    ['catalogue', rows.map(({ example }) => example)],
  ])('%s', async (name, documents) => {
    expect(documents.length).toBeGreaterThan(2)
    // Printed examples may say one id twice: each goes into an organization of its own.
    for (const [i, document] of name === 'printed' ? documents.entries() : [[0, documents] as const]) {
      const said = [document].flat() as readonly JsonObject[]
      const items = await throughServer(`${name}-${i}`, [{ dialect: 'openai', documents: said }])
      expect([...items.keys()].sort()).toEqual([...idsOf(said)].sort())
      for (const one of said) expect(items.get(one['id'] as string)).toStrictEqual(one)
    }
  })

  test('also what the schema does not know: fields, nulls, empties, actors, types', async () => {
    const odd = { effective_at: 1_795_000_000 }
    const documents: readonly JsonObject[] = [
      {
        id: 'o1',
        type: 'quantum.entangled',
        ...odd,
        'quantum.entangled': { id: 'q', deep: [null, {}, []] },
        new: null,
      },
      { id: 'o2', type: 'a.b', ...odd, actor: { type: 'robot', robot: { id: 'r2' } } },
      { id: 'o3', type: 'a.b', ...odd, actor: null, project: null, 'a.b': null },
      { id: 'o4', type: 'a.b', ...odd, actor: {}, project: {}, 'a.b': {}, 'c.d': { id: 'z' } },
      { id: 'o5', type: 'a.b', ...odd },
      { id: 'o6', type: 'tenant.a', ...odd, object: 'organization.audit_log', actor: { type: 'session', session: {} } },
    ]
    const items = await throughServer('odd', [{ dialect: 'openai', documents }])
    for (const document of documents) expect(items.get(document['id'] as string)).toStrictEqual(document)
  })
})

describe('every event of every dialect', () => {
  let events: readonly RecordedEvent[]
  let items: ReadonlyMap<string, JsonObject>
  beforeAll(async () => {
    const org = 'mix'
    const unkey = CATALOGUE.filter((row) => row.origin === 'unkey').map(
      ({ example }): JsonObject => ({ ...example, workspace_id: org }),
    )
    items = await throughServer(org, [{ dialect: 'unkey', documents: unkey }, ...makeCorpus(SEED, org, 900)])
    events = await world.listed(org)
    expect(events).toHaveLength(900 + unkey.length)
  })

  test(`is shown once (SEED=${SEED})`, () => {
    expect([...items.keys()].sort()).toEqual(events.map(({ id }) => id).sort())
  })

  test('has the members that clients count on', () => {
    for (const event of events) {
      const item = items.get(event.id)
      expect(item).toMatchObject({ id: event.id, type: event.type, effective_at: secondOf(event) })
      expect(item?.['actor']).toBeTypeOf('object')
    }
  })

  test('is valid by OpenAI’s schema', () => {
    for (const item of items.values()) expectValid(item)
  })

  test('which refuses what is wrong', () => {
    const item: JsonObject = { id: 'a', type: 'a.b', effective_at: 1, actor: {} }
    expectValid(item)
    for (const wrong of [
      { ...item, effective_at: 'now' },
      { ...item, actor: null, type: 5 },
      { ...item, actor: { type: 'robot' } },
      { ...item, 'api_key.created': { id: 7 } },
      { type: 'a.b', effective_at: 1 },
    ])
      expect(validate(wrong), JSON.stringify(wrong)).toBe(false)
  })

  test('says nothing by null, and nothing that OpenAI’s form has no place for', () => {
    for (const event of events) {
      if (event.extra && 'openai' in event.extra) continue
      const item = items.get(event.id) as JsonObject
      const known = new Set(['id', 'type', 'effective_at', 'actor', 'project', event.type])
      expect(Object.keys(item).filter((name) => !known.has(name))).toEqual([])
      const { [event.type]: _, ...core } = item
      expect(JSON.stringify(core)).not.toContain('null')
      expect(Object.values(item)).not.toContain(null)
    }
  })

  test('shows a project, and the id of what it was done to', () => {
    let shown = 0
    for (const { id, type, project, targets, details, extra } of events) {
      if (extra && 'openai' in extra) continue
      const item = items.get(id) as JsonObject
      expect(item['project']).toEqual(project)
      const [target] = targets ?? []
      expect(item[type]).toEqual(details ?? (target && { id: target.id }))
      if (details === undefined && target) shown++
    }
    expect(shown).toBeGreaterThan(100)
  })
})

test.each<readonly [string, JsonObject, JsonObject]>([
  ['no actor', {}, {}],
  [
    'a user',
    { actor: { type: 'user', id: 'u1', email: 'ada@example.com', name: 'Ada', metadata: { team: 1 } } },
    { type: 'session', session: { user: { id: 'u1', email: 'ada@example.com' } } },
  ],
  [
    'a user at an address',
    { actor: { type: 'user', id: 'u1' }, context: { ip_address: '192.0.2.1', user_agent: 'curl/8', trace_id: 't' } },
    { type: 'session', session: { user: { id: 'u1' }, ip_address: '192.0.2.1', user_agent: 'curl/8' } },
  ],
  [
    'a user with a key',
    { actor: { type: 'user', id: 'u1', email: 'ada@example.com', api_key: { id: 'key_1' } } },
    { type: 'api_key', api_key: { id: 'key_1', type: 'user', user: { id: 'u1', email: 'ada@example.com' } } },
  ],
  [
    'a service account',
    { actor: { type: 'service_account', id: 'svc_1' } },
    { type: 'api_key', api_key: { type: 'service_account', service_account: { id: 'svc_1' } } },
  ],
  [
    'a service account with a key',
    { actor: { type: 'service_account', id: 'svc_1', api_key: { id: 'key_1' } } },
    { type: 'api_key', api_key: { id: 'key_1', type: 'service_account', service_account: { id: 'svc_1' } } },
  ],
  ['a root key', { actor: { type: 'rootkey', id: 'root_1' } }, { type: 'api_key', api_key: { id: 'root_1' } }],
  ['a key', { actor: { type: 'key', id: 'key_1', name: 'CI' } }, { type: 'api_key', api_key: { id: 'key_1' } }],
  ['an agent', { actor: { type: 'agent', id: 'a1', name: 'Bot' }, on_behalf_of: { type: 'user', id: 'u' } }, {}],
  ['the system', { actor: { type: 'system' } }, {}],
  ['an actor of a kind that nobody knows', { actor: { type: 'robot', id: 'r2', email: 'r@example.com' } }, {}],
])('%s is shown as OpenAI’s clients expect', async (name, members, actor) => {
  const org = `actor-${name.replaceAll(/\W/g, '-')}`
  const documents = [{ id: 'e1', type: 'a.b', ...members }]
  const item = (await throughServer(org, [{ dialect: 'native', documents }])).get('e1') as JsonObject
  expect(item['actor']).toStrictEqual(actor)
  expectValid(item)
})

test('a type that is tenant-scoped is shown with tenant_only alone', async () => {
  const key = await world.organization('scoped')
  const types = CATALOGUE.filter((row) => row.origin === 'openai').map(({ type }) => type)
  const documents = types.map((type, i) => ({ id: `e${i}`, type }))
  await world.record('scoped', [{ dialect: 'native', documents }])
  for (const [, Client] of CLIENTS) {
    const client = connect(Client, world, key)
    const typesOf = async (tenant_only: boolean) =>
      (await gather(client, { limit: 100, tenant_only })).map(({ type }) => type as string).sort()
    expect(await typesOf(true)).toEqual(types.filter(isTenant).sort())
    expect(await typesOf(false)).toEqual(types.filter((type) => !isTenant(type)).sort())
  }
})
