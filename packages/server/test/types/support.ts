/** What the tests of types share: chance from a seed, schemas that people write, and what strangers make of them. */
import type { Json, JsonObject } from '@sealedlog/sdk/base'
import { AuditError, type Issue } from '@sealedlog/sdk/base'
import { Findings } from '@sealedlog/sdk/event'
import { Fuel } from '../../dist/types/index.js'
import { type CompiledSchema, compileSchema } from '../../dist/types/schema/compile.js'

/** Numbers from a seed (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % count
  }

  of<T>(some: readonly T[]): T {
    return some[this.below(some.length)] as T
  }
}

/** Compiles a schema that must compile. */
export function compiled(schema: Json): CompiledSchema {
  const findings = new Findings()
  const found = compileSchema(schema, '/details', findings)
  if (found === undefined) throw new AuditError('invalid_event_type', findings.issues[0]?.message ?? '')
  return found
}

export const STEPS = 300_000

export const judge = (schema: Json, value: Json, steps = STEPS): readonly Issue[] =>
  compiled(schema).judge(value, '/details', new Fuel(steps))

/** What a schema is refused for: pointer, code and named limit of each issue. */
export function faultsOf(schema: Json): readonly (readonly [pointer: string, code: string, limit?: string])[] {
  const findings = new Findings()
  compileSchema(schema, '/details', findings)
  return findings.issues.map(({ pointer, code, limit }) => (limit ? [pointer, code, limit] : [pointer, code]))
}

/** Schemas as people write them: every keyword is in one of them. */
export const ORDINARY: readonly JsonObject[] = [
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://example.com/invoice',
    title: 'Invoice',
    description: 'What an invoice says.',
    type: 'object',
    properties: {
      number: { type: 'string', pattern: '^INV-[0-9]{4,}$', minLength: 8, maxLength: 32 },
      total: { type: 'number', minimum: 0, maximum: 1e9, multipleOf: 0.01 },
      currency: { enum: ['EUR', 'USD', 'CHF'] },
      due: { type: 'string', format: 'date' },
      lines: { type: 'array', items: { $ref: '#/$defs/line' }, minItems: 1, maxItems: 100, uniqueItems: true },
      paid: { type: 'boolean', default: false },
    },
    required: ['number', 'total'],
    additionalProperties: false,
    $defs: {
      line: {
        type: 'object',
        properties: { text: { type: 'string' }, count: { type: 'integer', exclusiveMinimum: 0 } },
      },
    },
    examples: [{ number: 'INV-0001', total: 1 }],
  },
  {
    oneOf: [
      {
        properties: { kind: { const: 'card' }, last4: { type: 'string', pattern: '^\\d{4}$' } },
        required: ['kind', 'last4'],
      },
      { properties: { kind: { const: 'bank' }, iban: { type: 'string' } }, required: ['kind', 'iban'] },
    ],
  },
  {
    type: 'object',
    if: { properties: { plan: { const: 'pro' } }, required: ['plan'] },
    // oxlint-disable-next-line unicorn/no-thenable
    then: { required: ['seats'] },
    else: { not: { required: ['seats'] } },
    dependentRequired: { billing: ['plan'] },
    dependentSchemas: { billing: { properties: { plan: { minLength: 1 } } } },
    propertyNames: { pattern: '^[a-z_]+$' },
    minProperties: 1,
    maxProperties: 10,
  },
  {
    $dynamicAnchor: 'node',
    type: 'object',
    properties: { children: { type: 'array', items: { $dynamicRef: '#node' } }, name: { type: ['string', 'null'] } },
    unevaluatedProperties: false,
  },
  {
    allOf: [{ $ref: '#/$defs/base' }],
    properties: {
      tags: {
        prefixItems: [{ type: 'string' }],
        items: { type: 'integer' },
        contains: { const: 7 },
        minContains: 1,
        maxContains: 2,
      },
    },
    patternProperties: { '^x-': { type: 'string', format: 'uuid' } },
    unevaluatedProperties: { type: 'boolean' },
    $defs: {
      base: {
        properties: {
          id: { type: 'string', format: 'date-time' },
          at: { $anchor: 'at', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
        },
      },
    },
  },
  {
    properties: {
      list: { unevaluatedItems: false, prefixItems: [true, { type: 'number', exclusiveMaximum: 5 }] },
      again: { $ref: '#/properties/list' },
    },
  },
]

/** Values as events hold them. */
export const VALUES: readonly JsonObject[] = [
  {},
  { number: 'INV-0001', total: 12.5, currency: 'EUR', due: '2026-11-20', lines: [{ text: 'x', count: 1 }], paid: true },
  { number: 'inv', total: -1, currency: 'EURO', due: 'tomorrow', lines: [], extra: null },
  { kind: 'card', last4: '1234', plan: 'pro', seats: 3, billing: {} },
  { kind: 'bank', children: [{ name: 'a', children: [{ name: null, nme: 'b' }] }] },
  { id: '2026-11-20T09:12:21Z', at: '::1', tags: ['a', 7, 7, 7], 'x-id': 'no', list: [1, 2, 3], again: [0, 9] },
  { list: Array.from({ length: 200 }, (_, i) => i % 50), text: 'a'.repeat(5_000), deep: [[[[[[[[{ a: {} }]]]]]]]] },
]
