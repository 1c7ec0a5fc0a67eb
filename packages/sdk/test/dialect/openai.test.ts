/** OpenAI's form: what stands where natively, how other events look in it, and what is refused. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { AuditError, type Issue, type JsonObject } from '../../dist/base/index.js'
import { DIALECT_TABLES, DIALECTS, effectiveAtSeconds, wirePointerOf } from '../../dist/dialect/index.js'
import type { EventInput } from '../../dist/event/index.js'
import { openaiDocuments, openApi, record, unkeyDocuments, unkeyGoDocuments } from './support.js'

const { openai, unkey, unkey_go } = DIALECTS

const document = (members: JsonObject): JsonObject => ({
  id: 'a1',
  type: 'a.b',
  effective_at: 1_795_165_941,
  ...members,
})

const native = (members: Partial<EventInput>): EventInput => ({
  id: 'evt_1',
  type: 'a.b',
  occurred_at: '2026-11-20T09:12:21.999Z',
  ...members,
})

function issuesOf(run: () => unknown): readonly Issue[] {
  try {
    run()
  } catch (error) {
    if (error instanceof AuditError && error.code === 'invalid_event') return error.issues
    throw error
  }
  return []
}

describe('what OpenAI says becomes', () => {
  test('a user with a session', () => {
    const user = { id: 'user-1', email: 'ada@example.com' }
    const session = { user, ip_address: '192.0.2.1', user_agent: 'curl/8', ja3: 'j' }
    expect(openai.from(document({ actor: { type: 'session', session } }))).toEqual({
      id: 'a1',
      type: 'a.b',
      occurred_at: '2026-11-20T09:12:21.000Z',
      outcome: 'unknown',
      actor: { type: 'user', ...user, session: { extra: { openai: { ja3: 'j' } } } },
      context: { ip_address: '192.0.2.1', user_agent: 'curl/8' },
      extra: { openai: {} },
    })
  })

  test.each<readonly [string, JsonObject, JsonObject]>([
    [
      'a user with a key',
      { type: 'api_key', api_key: { id: 'key_1', type: 'user', user: { id: 'user-1', email: 'a@b.c' } } },
      { type: 'user', id: 'user-1', email: 'a@b.c', api_key: { id: 'key_1', type: 'user' } },
    ],
    [
      'a service account',
      { type: 'api_key', api_key: { id: 'key_1', type: 'service_account', service_account: { id: 'svc_1' } } },
      { type: 'service_account', id: 'svc_1', api_key: { id: 'key_1', type: 'service_account' } },
    ],
    [
      'an actor with residue, each part in its own object',
      { type: 'session', session: { user: { id: 5, vip: true } }, api_key: { id: 'stray' } },
      {
        type: 'user',
        session: { extra: { openai: { user: { id: 5, vip: true } } } },
        extra: { openai: { api_key: { id: 'stray' } } },
      },
    ],
    [
      'an unknown actor, kept whole',
      { type: 'robot', id: 'r2' },
      { type: 'unknown', extra: { openai: { type: 'robot', id: 'r2' } } },
    ],
    ['an unknown actor, even when it is empty', {}, { type: 'unknown', extra: { openai: {} } }],
    [
      'an unknown actor, when the key is of no known type',
      { type: 'api_key', api_key: { id: 'k', type: 'team' } },
      { type: 'unknown', extra: { openai: { type: 'api_key', api_key: { id: 'k', type: 'team' } } } },
    ],
  ])('%s', (_, said, actor) => {
    const event = openai.from(document({ actor: said }))
    expect(event.actor).toEqual(actor)
    expect(openai.to(record(event)).actor).toEqual(said)
  })

  test('an actor that is not an object stays with the actor, null with the event', () => {
    expect(openai.from(document({ actor: 'Ada' }))).toMatchObject({
      actor: { type: 'invalid', extra: { openai: { actor: 'Ada' } } },
      extra: { openai: {} },
    })
    const event = openai.from(document({ actor: null }))
    expect(event).toMatchObject({ extra: { openai: { actor: null } } })
    expect(event).not.toHaveProperty('actor')
  })

  test('a failure or a success where the catalogue knows', () => {
    expect(openai.from(document({ type: 'login.failed' })).outcome).toBe('failure')
    expect(openai.from(document({ type: 'made.up' })).outcome).toBe('unknown')
  })

  test('no details when the type is called like a core member', () => {
    const event = openai.from(document({ type: 'actor', actor: { type: 'robot', name: 'Ada' } }))
    expect(event).not.toHaveProperty('details')
  })
})

describe('a document is refused for', () => {
  test.each<readonly [string, JsonObject, string, string]>([
    ['no type', { type: 7 }, '/type', 'wrong_type'],
    ['a type that is no name', { type: 'a b' }, '/type', 'bad_format'],
    ['an id that no leaf can hold', { id: 'ä' }, '/id', 'bad_format'],
    ['null for an id', { id: null }, '/id', 'wrong_type'],
    ['a time that is text', { effective_at: '2026' }, '/effective_at', 'wrong_type'],
    ['half a second', { effective_at: 1.5 }, '/effective_at', 'bad_format'],
    ['a time before 1970', { effective_at: -1 }, '/effective_at', 'too_early'],
    ['milliseconds for seconds', { effective_at: 1_795_165_941_123 }, '/effective_at', 'too_late'],
  ])('%s', (_, members, pointer, code) => {
    expect(issuesOf(() => openai.from(document(members)))).toMatchObject([{ pointer, code }])
  })

  test('an absent type, and says everything at once', () => {
    expect(
      issuesOf(() => openai.from({ id: '', effective_at: null })).map(({ pointer, code }) => [pointer, code]),
    ).toEqual([
      ['/id', 'too_short'],
      ['/type', 'required'],
      ['/effective_at', 'wrong_type'],
    ])
  })

  test('what the server finds, under the name that was sent', () => {
    const [issue] = issuesOf(() => record(openai.from(document({ effective_at: 4_000_000_000 }))))
    expect(issue?.code).toBe('too_late')
    expect(wirePointerOf(DIALECT_TABLES.openai, issue?.pointer ?? '')).toBe('/effective_at')
    expect(wirePointerOf(DIALECT_TABLES.unkey, '/targets/3')).toBe('/targets/3')
    expect(wirePointerOf(DIALECT_TABLES.unkey, '')).toBe('')
  })
})

describe('a native event is shown', () => {
  test.each<readonly [string, Partial<EventInput>, JsonObject]>([
    [
      'with a user in a session',
      {
        actor: { type: 'user', id: 'u', email: 'a@b.c', name: 'Ada', metadata: { a: 1 } },
        context: { ip_address: '192.0.2.1', user_agent: 'x', request_id: 'r' },
      },
      { type: 'session', session: { user: { id: 'u', email: 'a@b.c' }, ip_address: '192.0.2.1', user_agent: 'x' } },
    ],
    [
      'with a user by means of a key',
      { actor: { type: 'user', id: 'u', api_key: { id: 'k' } } },
      { type: 'api_key', api_key: { id: 'k', type: 'user', user: { id: 'u' } } },
    ],
    [
      'with a service account',
      { actor: { type: 'service_account', id: 's', api_key: { id: 'k', name: 'n' } } },
      { type: 'api_key', api_key: { id: 'k', type: 'service_account', service_account: { id: 's' } } },
    ],
    [
      'with a service account that has no key',
      { actor: { type: 'service_account', id: 's' } },
      { type: 'api_key', api_key: { type: 'service_account', service_account: { id: 's' } } },
    ],
    ['with a root key', { actor: { type: 'rootkey', id: 'k', name: 'n' } }, { type: 'api_key', api_key: { id: 'k' } }],
    ['with a key', { actor: { type: 'key', id: 'k' } }, { type: 'api_key', api_key: { id: 'k' } }],
    ['with an empty actor for any other', { actor: { type: 'system', id: 's' } }, {}],
    ['with an empty actor for an unknown one', { actor: { type: 'unknown' } }, {}],
    ['with an empty actor for none', {}, {}],
  ])('%s', (_, members, actor) => {
    expect(openai.to(native(members)).actor).toEqual(actor)
  })

  test('by its second, its project, its details, and nothing that OpenAI has no member for', () => {
    const event = native({
      org: 'acme',
      details: { id: 'd' },
      targets: [{ type: 't', id: 't1' }],
      project: { id: 'p', name: 'P', extra: { other: { secret: 1 } } },
      metadata: { m: 1 },
      changes: [{ path: 'role' }],
      description: 'A sentence.',
      context: { correlation_id: 'c' },
      on_behalf_of: { type: 'user', id: 'x' },
      extra: { unkey: { a: 1 } },
    })
    expect(openai.to({ ...event, index: 4, recorded_at: '2026-11-20T09:12:21.999Z' })).toEqual({
      id: 'evt_1',
      type: 'a.b',
      effective_at: 1_795_165_941,
      project: { id: 'p', name: 'P' },
      actor: {},
      'a.b': { id: 'd' },
    })
  })

  test('with the id of what it was done to, where it has no details', () => {
    const event = native({
      targets: [
        { type: 't', id: 't1' },
        { type: 't', id: 't2' },
      ],
    })
    expect(openai.to(event)).toMatchObject({ 'a.b': { id: 't1' } })
    const erased = { ...event, redacted: ['details'] }
    expect(openai.to(erased)).not.toHaveProperty(['a.b'])
    expect(openai.to({ ...event, type: 'project' })).not.toHaveProperty('project')
  })
})

test('an erased actor is an empty one, however the event came', () => {
  for (const [, said] of openaiDocuments) {
    const { extra, ...whole } = record(openai.from(said))
    const { ip_address: _ip, user_agent: _agent, ...context } = whole.context ?? {}
    const actor = whole.actor && { actor: { type: whole.actor.type } }
    const erased = { ...whole, context, ...actor, redacted: ['actor'] }
    expect(openai.to({ ...erased, ...(extra && { extra }) }).actor).toEqual({})
    expect(openai.to(erased).actor).toEqual({})
  }
})

test('an event whose content is erased still shows its actor', () => {
  const live = openaiDocuments.find(([name]) => name === 'live: login.succeeded')?.[1]
  const { extra: _, ...event } = record(openai.from(live as JsonObject))
  expect(openai.to({ ...event, redacted: ['content'] }).actor).toEqual(live?.actor)
})

test('the second of an instant is rounded down', () => {
  expect(effectiveAtSeconds('2026-11-20T09:12:21.999Z')).toBe(1_795_165_941)
  expect(effectiveAtSeconds('1970-01-01T00:00:00.000Z')).toBe(0)
})

describe('OpenAI’s own schema', () => {
  /** The types are an open set: their enum is taken out. */
  const schema = JSON.parse(
    JSON.stringify(openApi, (name, value: { enum?: unknown }) => {
      if (name !== 'AuditLogEventType') return value
      const { enum: _, ...open } = value
      return open
    }),
  ) as JsonObject
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(schema, 'openai')
  const validate = ajv.compile({ $ref: 'openai#/components/schemas/AuditLog' })

  const others: readonly (readonly [string, EventInput])[] = [
    ...unkeyDocuments.map(([name, said]) => [`unkey: ${name}`, unkey.from(said)] as const),
    ...unkeyGoDocuments.map(([name, said]) => [`unkey_go: ${name}`, unkey_go.from(said)] as const),
  ]
  test.each(others)('accepts %s', (_, event) => {
    const wire = openai.to(record(event))
    expect(validate(wire), JSON.stringify(validate.errors)).toBe(true)
    expect(wire).toHaveProperty('actor')
  })

  test('refuses what is wrong, so the check is one', () => {
    expect(validate({ id: 'a', type: 'a.b' })).toBe(false)
    expect(validate({ id: 'a', type: 'a.b', effective_at: 1, actor: { type: 'user' } })).toBe(false)
  })
})
