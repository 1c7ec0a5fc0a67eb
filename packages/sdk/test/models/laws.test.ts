/** What holds of every family of models: a document that goes in comes out deep-equal, whatever it is called. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, type JsonObject } from '../../dist/base/index.js'
import { CATALOGUE } from '../../dist/event/index.js'
import { auditLogFromJSON, auditLogToJSON } from '../../dist/models/components/index.js'
import * as openapi from '../../dist/models/openapi/index.js'
import { MODELS } from '../../dist/models/table.js'
import { expectSame } from '../dialect/support.js'
import { documents, futureDocument, namedDocuments, odd, spoiltDocument } from './support.js'

/** Through each family and back. */
const TRIPS: { readonly [trip: string]: (wire: JsonObject) => unknown } = {
  'Speakeasy: text → camelCase → text': (wire) => {
    const read = auditLogFromJSON(JSON.stringify(wire))
    if (!read.ok) throw read.error
    return JSON.parse(auditLogToJSON(read.value))
  },
  'openapi-generator, TypeScript: object → camelCase → object': (wire) =>
    openapi.AuditLogToJSON(openapi.AuditLogFromJSON(wire)),
  'openapi-generator, Python: dict → model → dict': (wire) => openapi.AuditLog.fromDict(wire).toDict(),
  'openapi-generator, Python: text → model → text': (wire) =>
    JSON.parse(openapi.AuditLog.fromJson(JSON.stringify(wire)).toJson()),
}

describe.each(Object.entries(TRIPS))('%s', (_, trip) => {
  test.each(documents)('%s', (_type, document) => expectSame(trip(document) as object, document))

  test('any document with strangers in it, as long as the text can be read', () => {
    fc.assert(
      fc.property(spoiltDocument, (document) => {
        // The strict reader refuses this one name, wherever it stands; the objects' families carry it.
        fc.pre(!JSON.stringify(document).includes('"__proto__"'))
        expectSame(trip(document) as object, document)
      }),
      { numRuns: 500 },
    )
  })
})

test('229 names went through', () => {
  expect(namedDocuments.map(([type]) => type)).toHaveLength(151 + 78)
  expect(new Set(namedDocuments.map(([, document]) => document.type)).size).toBe(229)
})

test('any JSON object comes back from every model, at every name', () => {
  const names = [...MODELS.keys()]
  const functions = openapi as unknown as { readonly [name: string]: (value: unknown) => unknown } & {
    readonly [name: string]: { fromDict(dict: object): { toDict(): object } }
  }
  fc.assert(
    fc.property(fc.constantFrom(...names), odd, (name, wire) => {
      const before = canonicalJson(wire)
      const camel = functions[`${name}FromJSON`]?.(wire)
      expect(canonicalJson(functions[`${name}ToJSON`]?.(camel) as JsonObject)).toBe(before)
      expect(canonicalJson(functions[name]?.fromDict(wire).toDict() as JsonObject)).toBe(before)
      // Nothing hidden holds it together: a model survives being written down and read again.
      const copied = JSON.parse(JSON.stringify(camel)) as JsonObject
      expect(canonicalJson(functions[`${name}ToJSON`]?.(copied) as JsonObject)).toBe(before)
      expect(canonicalJson(wire)).toBe(before)
    }),
    { numRuns: 2_000 },
  )
})

test('a type from the future keeps its wire name, and so does what stands in it', () => {
  const model = openapi.AuditLogFromJSON(futureDocument)
  expect(model['future_thing.created']).toEqual(futureDocument['future_thing.created'])
  expect(model).toMatchObject({ effectiveAt: 1_790_000_000, risk_score: 0.3, actor: { robot: { serial_number: 7 } } })
})

test('a stranger called like a member of the model is marked, and loses the mark on its way back', () => {
  const wire = { effective_at: 1, effectiveAt: 2, '=effectiveAt': 3, apiKeyCreated: {}, 'api_key.created': { id: 'k' } }
  expect(openapi.AuditLogFromJSON(wire)).toEqual({
    effectiveAt: 1,
    '=effectiveAt': 2,
    '==effectiveAt': 3,
    '=apiKeyCreated': {},
    apiKeyCreated: { id: 'k' },
  })
  expect(openapi.AuditLogToJSON(openapi.AuditLogFromJSON(wire))).toEqual(wire)
})

test('every catalogued type has its camelCase and its snake_case name, but for two retired spellings', () => {
  const types = CATALOGUE.filter((row) => !row.retired || row.origin === 'unkey').map((row) => row.type)
  for (const type of types) {
    const wire = { id: '1', type, effective_at: 1, [type]: { id: 'x' } }
    const camel = type.replaceAll(/[._]([a-z])/g, (_, first: string) => first.toUpperCase())
    expect(openapi.AuditLogFromJSON(wire)).toHaveProperty([camel], { id: 'x' })
    expect(openapi.AuditLog.fromDict(wire)).toHaveProperty([type.replaceAll('.', '_'), 'id'], 'x')
  }
  const both = { 'checkpoint_permission.created': { id: 'old' }, 'checkpoint.permission.created': { id: 'new' } }
  const model = openapi.AuditLogFromJSON(both)
  expect(model.checkpointPermissionCreated).toEqual({ id: 'new' })
  expect(model['checkpoint_permission.created']).toEqual({ id: 'old' })
})
