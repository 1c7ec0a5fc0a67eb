/** What the tests of the dialects share: documents, ways to spoil them, and the way through the server. */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { canonicalJson, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../dist/base/index.js'
import {
  CATALOGUE,
  type EventInput,
  fillEvent,
  type FilledEvent,
  openEntry,
  parseEvent,
  type RecordedEvent,
  sealEvent,
  stampLeaf,
} from '../../dist/event/index.js'

export const NOW_MS = Date.parse('2027-01-01T00:00:00Z')
const RECORDED_MS = NOW_MS + 7

const random = (length: number): Uint8Array => new Uint8Array(length).fill(7)

export type Documents = readonly (readonly [name: string, document: JsonObject])[]

const fixture = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../fixtures/openai/${name}`, import.meta.url), 'utf8')) as Json

export const openApi = fixture('audit-logs.openapi.json') as JsonObject

const repaired = (text: string) => JSON.parse(text.replaceAll(/,(\s*[}\]])/g, '$1')) as JsonObject

/** The examples inside OpenAI's document are not all JSON: some have trailing commas. */
function openApiExamples(): Documents {
  const { components, paths } = openApi as unknown as {
    components: { schemas: { AuditLog: { 'x-oaiMeta': { example: string } } } }
    paths: { '/organization/audit_logs': { get: { 'x-oaiMeta': { examples: { response: string } } } } }
  }
  const one = repaired(components.schemas.AuditLog['x-oaiMeta'].example)
  const list = repaired(paths['/organization/audit_logs'].get['x-oaiMeta'].examples.response)
  return [one, ...(list.data as JsonObject[])].map((document) => [`OpenAPI: ${document.type as string}`, document])
}

const catalogued = (origin: string): Documents =>
  CATALOGUE.filter((row) => row.origin === origin).map((row) => [row.type, row.example])

const user = { id: 'user-1', email: 'ada@example.com' }

export const openaiDocuments: Documents = [
  ...catalogued('openai'),
  ...(fixture('live-shaped.json') as JsonObject[]).map(
    (document) => [`live: ${document.type as string}`, document] as const,
  ),
  ...openApiExamples(),
  [
    'a user’s key',
    {
      id: 'audit_log-1',
      type: 'project.archived',
      effective_at: 1_722_461_446,
      actor: { type: 'api_key', api_key: { id: 'key_1', type: 'user', user } },
      project: { id: 'proj_1', name: 'One' },
      'project.archived': { id: 'proj_abc' },
    },
  ],
  [
    'a type from the future, with strays',
    {
      id: 'audit_log-2',
      type: 'quantum.entangled',
      effective_at: 0,
      actor: {
        type: 'session',
        session: { user: { ...user, name: 'Ada' }, ja3: 'x' },
        api_key: { id: 'key_2' },
        risk: 3,
      },
      project: { id: 'proj_1', region: 'eu' },
      'quantum.entangled': { id: 'q', nested: { deep: [null, {}] } },
      'quantum.other': { id: 'z' },
    },
  ],
  [
    'an actor of another kind',
    { id: 'a3', type: 'a.b', effective_at: 1, actor: { type: 'robot', robot: { id: 'r2' } } },
  ],
  ['no actor', { id: 'a4', type: 'a.b', effective_at: 1 }],
  ['null for an actor', { id: 'a5', type: 'a.b', effective_at: 1, actor: null, project: null, 'a.b': null }],
  ['empty objects', { id: 'a6', type: 'a.b', effective_at: 1, actor: {}, project: {}, 'a.b': {} }],
]

export const unkeyDocuments: Documents = [
  ...catalogued('unkey').filter(([, document]) => Object.hasOwn(document, 'event')),
  [
    'every member',
    {
      event_id: 'log_3kfjW9xQz',
      time: 1_795_165_941_123,
      workspace_id: 'ws_1',
      bucket: 'unkey_mutations',
      source: 'platform',
      event: 'key.create',
      description: 'Created key_1',
      actor: { type: 'rootkey', id: 'unkey_1', name: 'CI', meta: { a: null } },
      remote_ip: '2001:DB8::1',
      user_agent: 'curl/8',
      meta: { b: [] },
      targets: [
        { type: 'key', id: 'key_1', name: 'Key', meta: {} },
        { type: 'api', id: 'api_1' },
      ],
      correlation_id: 'c1',
    },
  ],
  [
    'odd and empty',
    {
      event_id: 'log_2',
      time: 0,
      workspace_id: 'ws_1',
      bucket: 'b',
      event: 'x.y',
      actor: { type: 'unknown', id: '' },
      remote_ip: '',
      user_agent: '',
      meta: {},
      targets: [],
      correlation_id: '',
    },
  ],
  [
    'odd targets',
    {
      event_id: 'log_3',
      time: 5,
      workspace_id: 'ws_1',
      bucket: 'b',
      event: 'x.y',
      remote_ip: 'not an address',
      targets: [{}, { type: 'unknown' }, { type: '', id: 5 }, { id: 'x', shade: 'red' }],
    },
  ],
]

export const unkeyGoDocuments: Documents = [
  ...catalogued('unkey').filter(([, document]) => Object.hasOwn(document, 'Event')),
  [
    'every member',
    {
      Event: 'key.create',
      WorkspaceID: 'ws_1',
      Display: 'Created key_1',
      ActorID: 'user_1',
      ActorType: 'user',
      ActorName: 'Ada',
      ActorMeta: { a: 1 },
      Resources: [{ ID: 'key_1', DisplayName: 'Key', Name: 'k', Meta: { b: null }, Type: 'key' }],
      RemoteIP: '192.0.2.1',
      UserAgent: 'curl/8',
      CorrelationID: 'c1',
    },
  ],
  [
    'zero values, as Go writes them',
    {
      Event: 'key.create',
      WorkspaceID: '',
      Display: '',
      ActorID: '',
      ActorType: '',
      ActorName: '',
      ActorMeta: null,
      Resources: null,
      RemoteIP: '',
      UserAgent: '',
      CorrelationID: '',
    },
  ],
  [
    'zero values inside',
    { Event: 'a.b', WorkspaceID: 'ws_1', Resources: [{ ID: '', DisplayName: '', Name: '', Meta: null, Type: '' }] },
  ],
]

export const documentsOf = { openai: openaiDocuments, unkey: unkeyDocuments, unkey_go: unkeyGoDocuments } as const
export type MappedName = keyof typeof documentsOf
export const MAPPED = Object.keys(documentsOf) as readonly MappedName[]

/** An event as the server would record it: over the wire, checked, filled in, sealed and opened. */
export function record(said: EventInput): RecordedEvent {
  const sent = JSON.parse(JSON.stringify(said)) as Json
  const sealed = sealEvent(fill(parseEvent(sent, NOW_MS)), said.org ?? 'org_of_the_key', random)
  stampLeaf(sealed.leaf, sealed.recordedAtOffset, sealed.occurredAtOffset, RECORDED_MS)
  return openEntry(sealed.leaf, sealed.disclosures, 41)
}

export const fill = (said: EventInput): FilledEvent => fillEvent(said, NOW_MS, random)

const HUGE = 'h'.repeat(20_000)
const NAMES = [
  'type',
  'id',
  'name',
  'email',
  'meta',
  'metadata',
  'extra',
  'openai',
  'unkey',
  'unkey_go',
  'user',
  'session',
  'api_key',
  'service_account',
  'actor',
  'ip_address',
  'user_agent',
  'remote_ip',
  'project',
  'targets',
  'event',
  'Event',
  'ActorID',
  'Actor/x',
  'a~b',
  '',
  'bucket',
  'redacted',
  'details',
  'quantum',
  'constructor',
  'unknown',
]
const TYPES = ['actor', 'project', 'id', 'type', 'constructor', 'object', 'targets', 'a.b', 'tenant.x.y', '__proto__']

const oddValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, {}, [], '', 0, -1, 1.5, true, false, 'x', HUGE, 'h'.repeat(700), 'unknown', 'user'),
  fc.constantFrom<Json>({ a: { b: null } }, [{ type: 'key', id: 'k' }], [null], { type: 'user', id: '' }, '192.0.2.1'),
  fc.constantFrom<Json>('session', 'api_key', 'service_account', { extra: { openai: {} } }, { id: 'only' }, [[]]),
  fc.jsonValue({ maxDepth: 2, noUnicodeString: false }).map((value) => steady(value as Json)),
)

/** JSON has no -0, and no event has a `__proto__` member. */
function steady(value: Json): Json {
  if (Object.is(value, -0)) return 0
  if (isJsonArray(value)) return value.map(steady)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '__proto__')
      .map(([name, member]) => [name, steady(member)]),
  )
}

interface Spoil {
  readonly at: number
  readonly how: 'add' | 'replace' | 'delete' | 'type'
  readonly name: string
  readonly pick: number
  readonly value: Json
}

const spoil: fc.Arbitrary<Spoil> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('add', 'replace', 'replace', 'delete', 'type'),
  name: fc.oneof(
    fc.constantFrom(...NAMES),
    fc.string({ maxLength: 5 }).filter((name) => name !== '__proto__'),
  ),
  pick: fc.nat(),
  value: oddValue,
})

type Mutable = { [member: string]: Json }

/** Documents of a dialect, with up to eight things about each changed anywhere inside. */
export const spoiled = (dialect: MappedName): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(fc.constantFrom(...documentsOf[dialect].map(([, document]) => document)), fc.array(spoil, { maxLength: 8 }))
    .map(([document, spoils]) =>
      spoils.reduce((each, one) => applySpoil(each, one, dialect), structuredClone(document)),
    )

function applySpoil(document: JsonObject, { at, how, name, pick, value }: Spoil, dialect: MappedName): JsonObject {
  const objects = objectsIn(document)
  const object = objects[at % objects.length] as Mutable
  const names = Object.keys(object)
  const chosen = names[pick % Math.max(1, names.length)]
  if (how === 'type') renameType(document, TYPES[pick % TYPES.length] as string, dialect)
  else if (how === 'add') object[name] = structuredClone(value)
  else if (chosen !== undefined && how === 'replace') object[chosen] = structuredClone(value)
  else if (chosen !== undefined) delete object[chosen]
  return document
}

function renameType(document: Mutable, type: string, dialect: MappedName): void {
  document[{ openai: 'type', unkey: 'event', unkey_go: 'Event' }[dialect]] = type
}

function objectsIn(value: Json): JsonObject[] {
  if (isJsonArray(value)) return value.flatMap(objectsIn)
  if (!isJsonObject(value)) return []
  return [value, ...Object.values(value).flatMap(objectsIn)]
}

/** Equal as JSON, member for member. (Vitest's own equality stumbles over members called `constructor`.) */
export function expectSame(actual: object, expected: object): void {
  expect(canonicalJson(actual as JsonObject)).toBe(canonicalJson(expected as JsonObject))
}
