/** openapi-generator's family: objects in and out, and Python's classes. */
import { expect, test } from 'vitest'
import { GENERATED } from '../../dist/models/generated.js'
import * as openapi from '../../dist/models/openapi/index.js'

const { AuditLog, AuditLogActor, AuditLogApiKeyCreated, AuditLogFromJSON, AuditLogToJSON, instanceOfAuditLog } = openapi

const WIRE = {
  id: 'audit_log-1',
  type: 'api_key.created',
  effective_at: 1,
  actor: { type: 'session', session: { user: { id: 'user-1', email: 'ada@example.com' } } },
  'api_key.created': { id: 'key_1', data: { scopes: ['model.request'] } },
}

test('every function and class is exported', () => {
  const exported: { readonly [name: string]: unknown } = openapi
  expect(Object.keys(GENERATED)).toHaveLength(90 * 6)
  for (const [name, value] of Object.entries(GENERATED)) expect(exported[name], name).toBe(value)
})

test('objects are mapped, null and undefined stay, nothing is checked', () => {
  expect(AuditLogFromJSON(WIRE).apiKeyCreated?.data?.scopes).toEqual(['model.request'])
  expect(openapi.AuditLogFromJSONTyped(WIRE, false)).toEqual(AuditLogFromJSON(WIRE))
  expect(openapi.AuditLogToJSONTyped(AuditLogFromJSON(WIRE), true)).toEqual(WIRE)
  for (const nothing of [null, undefined]) {
    expect(AuditLogFromJSON(nothing)).toBe(nothing)
    expect(AuditLogToJSON(nothing)).toBe(nothing)
  }
  expect(AuditLogFromJSON({ id: 7 })).toEqual({ id: 7 })
})

test('an instance has the members that its model requires', () => {
  expect(instanceOfAuditLog(AuditLogFromJSON(WIRE))).toBe(true)
  expect(instanceOfAuditLog(WIRE)).toBe(false)
  expect(instanceOfAuditLog({ ...AuditLogFromJSON(WIRE), actor: undefined })).toBe(false)
  expect(openapi.instanceOfAuditLogActor({})).toBe(true)
  expect(openapi.instanceOfListAuditLogsResponse({ object: 'list', data: [], hasMore: false })).toBe(true)
  expect(openapi.instanceOfListAuditLogsResponse({ data: [] })).toBe(false)
  expect(openapi.instanceOfAuditLogEventType('api_key.created')).toBe(true)
  expect(openapi.instanceOfAuditLogEventType('api_key.create')).toBe(false)
})

test('models that look alike share a name, as the generator has it', () => {
  expect(openapi.AuditLogInviteDeleted).toBe(openapi.AuditLogInviteAccepted)
  expect(openapi.AuditLogLogoutFailed).toBe(openapi.AuditLogLoginFailed)
  const model = AuditLog.fromDict({ 'invite.deleted': { id: 'i' }, 'logout.failed': { error_code: 'e' } })
  expect(model.invite_deleted).toBeInstanceOf(openapi.AuditLogInviteAccepted)
  expect(model.logout_failed?.error_code).toBe('e')
})

test('a model has snake_case attributes, and every object in it knows its own wire form', () => {
  const model = AuditLog.fromDict(WIRE)
  expect(model).toBeInstanceOf(AuditLog)
  expect(model.api_key_created).toBeInstanceOf(AuditLogApiKeyCreated)
  expect(model.api_key_created?.data?.scopes).toEqual(['model.request'])
  expect(model.actor?.session?.user?.email).toBe('ada@example.com')
  expect(model.toDict()).toEqual(WIRE)
  expect(model.actor?.toDict()).toEqual(WIRE.actor)
  expect(model.api_key_created?.toJson()).toBe('{"id":"key_1","data":{"scopes":["model.request"]}}')
  expect(JSON.parse(model.toStr())).toEqual(WIRE)
  expect(JSON.stringify({ model })).toBe(JSON.stringify({ model: WIRE }))
  expect(AuditLog.toDict(model)).toEqual(WIRE)
  expect(AuditLog.toJson(model)).toBe(model.toJson())
})

test('Python’s own spellings are the same functions', () => {
  const model = AuditLog.from_json(JSON.stringify(WIRE))
  expect(model.to_dict()).toEqual(AuditLog.from_dict(WIRE).toDict())
  expect(AuditLog.to_json(model)).toBe(model.to_json())
  expect(AuditLog.to_str(model)).toBe(model.to_str())
})

test('attributes may be set, changed and taken away', () => {
  const model = AuditLog.fromDict(WIRE)
  model.effective_at = 2
  model.api_key_created = undefined
  model.project = new openapi.AuditLogProject({ id: 'proj_1' })
  expect(model.toDict()).toEqual({
    id: WIRE.id,
    type: WIRE.type,
    effective_at: 2,
    actor: WIRE.actor,
    project: { id: 'proj_1' },
  })
})

test('a constructor takes attributes, wire names and models alike; a dict is read by its wire names alone', () => {
  const actor = new AuditLogActor({ type: 'session' })
  const byAttribute = new AuditLog({ id: 'a', actor, api_key_created: { id: 'k' } })
  const byAlias = new AuditLog({ id: 'a', actor: { type: 'session' }, 'api_key.created': { id: 'k' } })
  expect(byAttribute).toBeInstanceOf(AuditLog)
  expect(byAttribute.actor).toBeInstanceOf(AuditLogActor)
  expect(byAttribute.api_key_created).toBeInstanceOf(AuditLogApiKeyCreated)
  expect(byAttribute.toDict()).toEqual(byAlias.toDict())
  expect(new AuditLog().toDict()).toEqual({})
  const literal = AuditLog.fromDict({ api_key_created: { id: 'k' } })
  expect(literal.api_key_created).toBeUndefined()
  expect(literal.toDict()).toEqual({ api_key_created: { id: 'k' } })
})

test('null in gives null out; text that is no object throws, and says which model', () => {
  expect(AuditLog.fromDict(null)).toBeNull()
  expect(AuditLog.fromDict(undefined)).toBeNull()
  for (const text of ['null', '[]', '{', '{"id":1,"id":2}'])
    expect(() => AuditLogActor.fromJson(text)).toThrow(/^Failed to parse 'AuditLogActor' from JSON: /)
  expect(() => AuditLog.fromJson('')).toThrow(openapi.SDKValidationError)
  expect(() => AuditLog.fromJson(WIRE as unknown as string)).toThrow(/given is an object, not JSON text/)
})

test('a document cannot take a method away', () => {
  const wire = { toDict: 1, to_json: 2, toJSON: 3, constructor: 4, actor: { toStr: 5 } }
  const model = AuditLog.fromDict(wire)
  expect(model.toDict()).toEqual(wire)
  expect(model['=toDict']).toBe(1)
  expect(model.actor?.toStr()).toBe('{\n  "toStr": 5\n}')
})
