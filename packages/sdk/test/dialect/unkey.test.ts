/** Unkey's envelope and Go struct: what stands where natively, and how other events look in them. */
import { describe, expect, test } from 'vitest'
import { AuditError, isJsonObject, type JsonObject } from '../../dist/base/index.js'
import { DIALECTS } from '../../dist/dialect/index.js'
import type { EventInput, RecordedEvent } from '../../dist/event/index.js'
import { openaiDocuments, record, unkeyDocuments, unkeyGoDocuments } from './support.js'

const { openai, unkey, unkey_go } = DIALECTS

const envelope = unkeyDocuments.find(([name]) => name === 'every member')?.[1] as JsonObject
const struct = unkeyGoDocuments.find(([name]) => name === 'every member')?.[1] as JsonObject
const foreign: EventInput = {
  id: 'evt_1',
  type: 'api_key.created',
  org: 'acme',
  occurred_at: '2026-11-20T09:12:21.123Z',
  actor: { type: 'user', id: 'user_1', name: 'Ada', email: 'ada@example.com' },
  targets: [{ type: 'api_key', id: 'key_1', display_name: 'Production' }, { type: 'project' }],
  details: { id: 'key_1' },
  context: { ip_address: '192.0.2.1', user_agent: '', request_id: 'r' },
}

describe('the envelope', () => {
  test('becomes a native event, member for member', () => {
    expect(unkey.from(envelope)).toEqual({
      id: 'log_3kfjW9xQz',
      type: 'key.create',
      org: 'ws_1',
      occurred_at: '2026-11-20T09:12:21.123Z',
      outcome: 'unknown',
      bucket: 'unkey_mutations',
      description: 'Created key_1',
      actor: { type: 'rootkey', id: 'unkey_1', name: 'CI', metadata: { a: null } },
      targets: [
        { type: 'key', id: 'key_1', name: 'Key', metadata: {} },
        { type: 'api', id: 'api_1' },
      ],
      context: { ip_address: '2001:DB8::1', user_agent: 'curl/8', correlation_id: 'c1' },
      metadata: { b: [] },
      extra: { unkey: { source: 'platform' } },
    })
  })

  test('keeps an address that is none with the actor, apart from the actor’s own unknown members', () => {
    const said = { event: 'a.b', remote_ip: 'here', actor: { type: 'user', remote_ip: 'there' } }
    expect(unkey.from(said).actor).toEqual({
      type: 'user',
      extra: { unkey: { actor: { remote_ip: 'there' }, remote_ip: 'here' } },
    })
  })

  test('keeps a list that holds more than objects, or is empty, whole', () => {
    for (const targets of [[], [null], [{ type: 'key' }, 'x'], Array.from({ length: 101 }, () => ({ type: 'key' }))]) {
      const event = unkey.from({ event: 'a.b', targets })
      expect(event).not.toHaveProperty('targets')
      expect(event.extra).toEqual({ unkey: { targets } })
    }
  })

  test('says a type of its own where the wire says none that is usable', () => {
    expect(
      unkey.from({ event: 'a.b', actor: { type: '', id: 'x' }, targets: [{}, { type: 'unknown' }] }),
    ).toMatchObject({
      actor: { type: 'unknown', id: 'x', extra: { unkey: { actor: { type: '' } } } },
      targets: [
        { type: 'unknown', extra: { unkey: {} } },
        { type: 'unknown', extra: { unkey: { type: 'unknown' } } },
      ],
    })
  })

  test.each<readonly [string, JsonObject]>([
    ['/event', { event: '' }],
    ['/event', {}],
    ['/time', { event: 'a.b', time: '1' }],
    ['/time', { event: 'a.b', time: -1 }],
    ['/event_id', { event: 'a.b', event_id: 'a b' }],
    ['/workspace_id', { event: 'a.b', workspace_id: null }],
  ])('is refused at %s', (pointer, said) => {
    expect(() => unkey.from(said)).toThrowError(
      expect.objectContaining({ code: 'invalid_event', issues: [expect.objectContaining({ pointer })] }) as AuditError,
    )
  })

  test('is written for an event that came another way, with all that an envelope must have', () => {
    expect(unkey.to(foreign)).toEqual({
      event_id: 'evt_1',
      time: 1_795_165_941_123,
      workspace_id: 'acme',
      bucket: 'default',
      source: 'customer',
      event: 'api_key.created',
      description: 'Ada created API key Production',
      actor: { type: 'user', id: 'user_1', name: 'Ada' },
      remote_ip: '192.0.2.1',
      meta: { details: { id: 'key_1' } },
      targets: [
        { type: 'api_key', id: 'key_1', name: 'Production' },
        { type: 'project', id: '' },
      ],
    })
  })

  test.each(openaiDocuments)('is complete for what OpenAI says: %s', (_, said) => {
    const wire = unkey.to(record(openai.from(said)))
    expect(wire).toMatchObject({
      event_id: said.id,
      time: Number(said.effective_at) * 1000,
      workspace_id: expect.any(String) as string,
      bucket: expect.any(String) as string,
      source: 'customer',
      event: said.type,
      description: expect.stringMatching(/./) as string,
      actor: { type: expect.stringMatching(/./) as string, id: expect.any(String) as string },
    })
    for (const value of Object.values(wire)) {
      expect(value).not.toBe('')
      expect(value).not.toBe(null)
      if (isJsonObject(value)) expect(value).not.toEqual({})
    }
  })

  test('names the type of an erased actor, and nothing else', () => {
    const event = unkey.from(envelope)
    const erased = {
      ...event,
      context: { correlation_id: 'c1' },
      actor: { type: 'rootkey' },
      redacted: ['actor', 'targets/1'],
    } as unknown as RecordedEvent
    const wire = unkey.to({ ...erased, targets: [event.targets?.[0] ?? { type: '' }, { type: 'api' }] })
    const { remote_ip: _ip, user_agent: _agent, ...rest } = envelope
    expect(wire).toEqual({
      ...rest,
      actor: { type: 'rootkey', id: '' },
      targets: [(envelope.targets as JsonObject[])[0], { type: 'api', id: '' }],
    })
  })
})

describe('the Go struct', () => {
  test('is read where an envelope is expected, and shown as one', () => {
    const event = unkey.from(struct)
    expect(event).toEqual(unkey_go.from(struct))
    expect(unkey.to(record(event))).toMatchObject({
      workspace_id: 'ws_1',
      source: 'customer',
      event: 'key.create',
      description: 'Created key_1',
      actor: { type: 'user', id: 'user_1', name: 'Ada', meta: { a: 1 } },
      targets: [{ type: 'key', id: 'key_1', name: 'k', meta: { b: null } }],
      correlation_id: 'c1',
    })
  })

  test('keeps both names of a resource', () => {
    expect(unkey_go.from(struct).targets).toEqual([
      { type: 'key', id: 'key_1', name: 'k', display_name: 'Key', metadata: { b: null } },
    ])
  })

  test('takes an empty workspace for none, and refuses one that is no id', () => {
    expect(unkey_go.from({ Event: 'a.b', WorkspaceID: '' })).not.toHaveProperty('org')
    expect(() => unkey_go.from({ Event: 'a.b', WorkspaceID: 'ä' })).toThrowError(AuditError)
  })

  test('keeps members about the actor that it does not know with the actor', () => {
    expect(unkey_go.from({ Event: 'a.b', ActorEmail: 'ada@example.com' })).toMatchObject({
      actor: { type: 'unknown', extra: { unkey_go: { ActorEmail: 'ada@example.com' } } },
      extra: { unkey_go: {} },
    })
  })

  test('is written for an event that came another way', () => {
    expect(unkey_go.to(foreign)).toEqual({
      Event: 'api_key.created',
      WorkspaceID: 'acme',
      Display: 'Ada created API key Production',
      ActorID: 'user_1',
      ActorType: 'user',
      ActorName: 'Ada',
      Resources: [
        { ID: 'key_1', DisplayName: 'Production', Type: 'api_key' },
        { ID: '', Type: 'project' },
      ],
      RemoteIP: '192.0.2.1',
      UserAgent: '',
    })
  })
})
