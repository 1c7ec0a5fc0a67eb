/** Schemas: they mean what JSON Schema 2020-12 means by them, and nothing takes for ever. */
import type { Json, JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchFuel, Rules } from '../../dist/types/index.js'
import { compiled, faultsOf, judge, ORDINARY, STEPS, VALUES } from './support.js'

const oracle = new Ajv2020({ strict: false, validateFormats: false, addUsedSchema: false, allErrors: true })

const names = fc.constantFrom('a', 'b', 'c', 'o')
const scalars = fc.constantFrom<Json>(null, true, false, 0, 1, 2, -1, 0.5, '', 'a', 'ab', '💩', '7')
const { value: values } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalars,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}))
const count = fc.integer({ min: 0, max: 3 })

/**
 * Schemas of every keyword that judges, over few names and values, so that most of them have something to say. What is
 * contained or unevaluated stands in tables below: the oracle has its own mind about empty arrays, and about annotations.
 */
const { schema: schemas } = fc.letrec<{ schema: Json }>((tie) => {
  const schema = tie('schema')
  const byName = fc.dictionary(names, schema, { maxKeys: 2, noNullPrototype: true })
  const some = fc.array(schema, { minLength: 1, maxLength: 2 })
  const few = fc.uniqueArray(names, { maxLength: 2 })
  const keywords = {
    type: fc.constantFrom('null', 'boolean', 'object', 'array', 'number', 'string', 'integer'),
    enum: fc.uniqueArray(values, { minLength: 1, maxLength: 3, selector: (each) => JSON.stringify(each) }),
    const: values,
    minimum: count,
    exclusiveMaximum: count,
    multipleOf: fc.constantFrom(0.5, 2),
    minLength: count,
    maxLength: count,
    pattern: fc.constantFrom('^a', 'b$', '\\d', '^$'),
    minItems: count,
    maxItems: count,
    uniqueItems: fc.boolean(),
    prefixItems: some,
    items: schema,
    properties: byName,
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'o'), schema, { maxKeys: 1, noNullPrototype: true }),
    additionalProperties: schema,
    propertyNames: schema,
    required: few,
    dependentRequired: fc.dictionary(names, few, { maxKeys: 1, noNullPrototype: true }),
    dependentSchemas: byName,
    minProperties: count,
    maxProperties: count,
    allOf: some,
    anyOf: some,
    oneOf: some,
    not: schema,
    if: schema,
    // oxlint-disable-next-line unicorn/no-thenable
    then: schema,
    else: schema,
    $ref: fc.constant('#/$defs/a'),
  }
  const one = fc.oneof(
    ...Object.entries(keywords).map(([name, arb]) =>
      (arb as fc.Arbitrary<Json>).map((value) => [name, value] as const),
    ),
  )
  return {
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      fc.array(one, { minLength: 1, maxLength: 4 }).map((pairs): Json => Object.fromEntries(pairs)),
    ),
  }
})

/** What the oracle says; undefined where the code that it generated fails. */
function answerOf(validate: (value: Json) => unknown, value: Json): boolean | undefined {
  try {
    return validate(value) === true
  } catch {
    return undefined
  }
}

const hasReference = (schema: Json): boolean => JSON.stringify(schema).includes('"$ref"')

test('a schema that is taken judges as an independent validator does, and is one by the meta-schema', () => {
  let taken = 0
  fc.assert(
    fc.property(schemas, schemas, fc.array(values, { minLength: 8, maxLength: 8 }), (inner, outer, some) => {
      fc.pre(!hasReference(inner) && typeof outer === 'object')
      const schema = { ...(outer as JsonObject), $defs: { a: inner } }
      const own = compiled(schema)
      expect(oracle.validateSchema(schema)).toBe(true)
      const theirs = oracle.compile(schema)
      for (const value of some) {
        const holds = own.judge(value, '/details', batchFuel()).length === 0
        const expected = answerOf(theirs, value)
        if (expected === undefined) continue
        expect([value, holds]).toEqual([value, expected])
        taken++
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 2_500) },
  )
  expect(taken).toBeGreaterThan(10_000)
})

const UNEVALUATED: readonly (readonly [name: string, schema: JsonObject, value: Json, holds: boolean])[] = [
  [
    'a member that a part knows',
    { allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
    { a: 1 },
    true,
  ],
  [
    'a member that no part knows',
    { allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
    { b: 1 },
    false,
  ],
  [
    'the form that holds',
    {
      anyOf: [{ required: ['a'], properties: { a: true } }, { properties: { b: true } }],
      unevaluatedProperties: false,
    },
    { a: 1, b: 1 },
    true,
  ],
  [
    'a form that does not hold',
    {
      anyOf: [{ required: ['c'], properties: { a: true, c: true } }, { properties: { b: true } }],
      unevaluatedProperties: false,
    },
    { a: 1 },
    false,
  ],
  [
    'the condition, where it holds',
    { if: { properties: { a: true }, required: ['a'] }, unevaluatedProperties: false },
    { a: 1 },
    true,
  ],
  ['what is ruled out', { not: { not: { properties: { a: true } } }, unevaluatedProperties: false }, { a: 1 }, false],
  ['a cousin', { allOf: [{ properties: { a: true } }, { unevaluatedProperties: false }] }, { a: 1 }, false],
  [
    'a reference',
    { $ref: '#/$defs/x', $defs: { x: { properties: { a: true } } }, unevaluatedProperties: { type: 'null' } },
    { a: 1, b: null },
    true,
  ],
  [
    'other members, by a schema',
    { additionalProperties: { type: 'integer' }, unevaluatedProperties: false },
    { a: 1 },
    true,
  ],
  [
    'what stands further down',
    { properties: { a: { properties: { b: true } } }, unevaluatedProperties: false },
    { a: {}, b: 1 },
    false,
  ],
  [
    'a dependent schema',
    { dependentSchemas: { a: { properties: { a: true, b: true } } }, unevaluatedProperties: false },
    { a: 1, b: 2 },
    true,
  ],
  [
    'one that demands nothing',
    { allOf: [{ unevaluatedProperties: true }], unevaluatedProperties: false },
    { a: 1 },
    true,
  ],
  ['items before', { prefixItems: [true], unevaluatedItems: false }, [1], true],
  ['items after', { prefixItems: [true], unevaluatedItems: false }, [1, 2], false],
  ['contained items', { contains: { type: 'string' }, unevaluatedItems: { type: 'integer' } }, ['a', 1], true],
  ['items that are not contained', { contains: { type: 'string' }, unevaluatedItems: false }, ['a', 1], false],
  ['all items', { allOf: [{ items: true }], unevaluatedItems: false }, [1, 2], true],
  [
    'items of a longer part',
    { anyOf: [{ prefixItems: [true, true] }, { prefixItems: [true] }], unevaluatedItems: false },
    [1, 2],
    true,
  ],
]

const CONTAINED: readonly (readonly [name: string, schema: JsonObject, value: Json, holds: boolean])[] = [
  ['nothing', { contains: true }, [], false],
  ['nothing, in a list', { items: { contains: { type: 'integer' } } }, [[1], []], false],
  ['one', { contains: { const: 1 } }, [0, 1], true],
  ['none', { contains: { const: 1 } }, [0, 2], false],
  ['none, which is enough', { contains: { const: 1 }, minContains: 0 }, [0], true],
  ['as many as there must be', { contains: { const: 1 }, minContains: 2 }, [1, 0, 1], true],
  ['one too few', { contains: { const: 1 }, minContains: 2 }, [1, 0], false],
  ['as many as there may be', { contains: { const: 1 }, maxContains: 2 }, [1, 1], true],
  ['one too many', { contains: { const: 1 }, maxContains: 2 }, [1, 1, 1], false],
  ['no list', { contains: { const: 1 } }, {}, true],
]

test.each(CONTAINED)('what is contained: %s', (_name, schema, value, holds) => {
  expect(judge(schema, value).length === 0).toBe(holds)
})

test.each(UNEVALUATED)('what is unevaluated: %s', (_name, schema, value, holds) => {
  expect(judge(schema, value).length === 0).toBe(holds)
})

test('ordinary schemas and values are judged alike too', () => {
  const formats = new Ajv2020({ strict: false, validateFormats: false })
  for (const schema of ORDINARY.map(
    (each) =>
      JSON.parse(
        JSON.stringify(each)
          .replaceAll(/,?"format":"[^"]*"/g, '')
          .replaceAll('{,', '{'),
      ) as JsonObject,
  )) {
    const theirs = formats.compile(schema)
    for (const value of VALUES) expect([value, judge(schema, value).length === 0]).toEqual([value, theirs(value)])
  }
  for (const schema of ORDINARY) expect(faultsOf(schema)).toEqual([])
})

describe('what would cost without bound is cut off', () => {
  const doubled = (i: number): JsonObject => ({ allOf: [{ $ref: `#/$defs/d${i}` }, { $ref: `#/$defs/d${i}` }] })
  const laughs = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i}`, doubled(i + 1)]))
  const tree = {
    anyOf: [{ type: 'array', items: { $ref: '#' } }, { type: 'array', prefixItems: [{ $ref: '#' }] }, { const: 1 }],
  }
  const deep = (levels: number): Json => (levels === 0 ? 2 : [deep(levels - 1)])
  const long = 'ab'.repeat(100_000)
  const members = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`p${i}`, i]))

  test.each<readonly [string, JsonObject, Json]>([
    ['references that double thirty times', { ...doubled(0), $defs: { ...laughs, d30: {} } }, 1],
    ['forms within forms of every level', tree, deep(30)],
    [
      'a pattern whose states never repeat',
      { items: { pattern: '(a|b)*a(a|b){200}c' } },
      Array.from({ length: 9 }, (_, i) => long.slice(i * 7)),
    ],
    [
      'many patterns on a long text',
      { allOf: Array.from({ length: 60 }, (_, i) => ({ pattern: `^(?:ab)*x{0,${i}}$` })) },
      long,
    ],
    [
      'many comparisons with a large value',
      { allOf: Array.from({ length: 3_000 }, (_, i) => ({ enum: [[i]] })) },
      Array.from({ length: 5_000 }, (_, i) => [i, `${i}`]),
    ],
    [
      'unique items that are large',
      { allOf: Array.from({ length: 500 }, () => ({ uniqueItems: true })) },
      Array.from({ length: 5_000 }, (_, i) => `${i}`.padEnd(40, 'x')),
    ],
    [
      'what is unevaluated, again and again',
      { allOf: Array.from({ length: 1_000 }, () => ({ properties: { a: true }, unevaluatedProperties: true })) },
      Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`p${i}`, i])),
    ],
    [
      'large choices, of each of which nothing fits',
      {
        $defs: {
          none: { additionalProperties: { $ref: '#/$defs/choice' } },
          choice: { enum: Array.from({ length: 20_000 }, () => 0) },
        },
        anyOf: Array.from({ length: 600 }, () => ({ $ref: '#/$defs/none' })),
      },
      Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`p${i}`, 1])),
    ],
    [
      'members that are counted again and again',
      { allOf: Array.from({ length: 3_000 }, () => ({ minProperties: 1 })) },
      members,
    ],
    [
      'a name as long as an event, told again and again',
      {
        $defs: { none: { additionalProperties: false } },
        anyOf: Array.from({ length: 2_500 }, () => ({ $ref: '#/$defs/none' })),
      },
      { ['~'.repeat(250_000)]: 1, ...members },
    ],
  ])('%s', (name, schema, value) => {
    const startedMs = performance.now()
    const issues = judge(schema, value)
    console.log(`${name}: ${(performance.now() - startedMs).toFixed(1)} ms for ${STEPS} steps`)
    expect(issues[0]).toMatchObject({ pointer: '/details', code: 'too_large', limit: 'SCHEMA_STEPS_MAX' })
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('members that are called as JavaScript’s own are members like others', () => {
    const schema = { enum: [{}], properties: { constructor: { type: 'null' } }, required: ['toString'] }
    const value = JSON.parse('{"constructor":1,"toString":null,"__proto__x":1}') as JsonObject
    expect(judge(schema, value).map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/details', 'not_one_of'],
      ['/details/constructor', 'wrong_type'],
    ])
    expect(judge({ required: ['valueOf', 'constructor'], properties: { toString: false } }, {})).toHaveLength(2)
  })

  test('a batch has no more steps than all its events may take together', () => {
    const rules = new Rules({ details: { ...doubled(0), $defs: { ...laughs, d30: {} } } })
    const fuel = batchFuel()
    let judged = 0
    while (fuel.left > 0) {
      rules.check({ type: 'a.b' }, fuel)
      judged++
    }
    expect(judged).toBe(Math.ceil(BOUNDS.SCHEMA_BATCH_STEPS_MAX / BOUNDS.SCHEMA_STEPS_MAX))
    expect(rules.check({ type: 'a.b' }, fuel)).toMatchObject([{ limit: 'SCHEMA_STEPS_MAX' }])
  })

  test('an honest event of the greatest size is judged to the end', () => {
    const details = { numbers: Array.from({ length: 100_000 }, (_, i) => i % 10) }
    expect(judge({ properties: { numbers: { items: { type: 'integer', minimum: 0 } } } }, details)).toEqual([])
    const text = 'x'.repeat(BOUNDS.EVENT_BYTES_MAX)
    expect(judge({ properties: { text: { pattern: '^[a-z]+$', minLength: 1 } } }, { text })).toEqual([])
  })
})
