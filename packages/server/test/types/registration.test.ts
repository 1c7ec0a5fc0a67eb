/** Registrations: what is refused and why, each limit at it and one past it. */
import { AuditError, type Json, type JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { parseRegistration } from '../../dist/types/index.js'
import { faultsOf } from './support.js'

function refusalOf(type: string, body: Json): AuditError {
  try {
    parseRegistration(type, body)
  } catch (error) {
    if (error instanceof AuditError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('a registration is refused', () => {
  test.each<readonly [name: string, body: Json, pointer: string, says: string]>([
    ['that is no object', [], '', 'is a JSON object, not an array'],
    ['with an unknown member', { detials: {} }, '/detials', 'Did you mean "details"'],
    ['of another type than the path says', { type: 'b.b' }, '/type', 'the path says "a.b"'],
    ['of an unknown mode', { mode: 'enforced' }, '/mode', 'Did you mean "enforce"'],
    ['of an unknown outcome', { outcome: 'sucess' }, '/outcome', 'Did you mean "success"'],
    ['with a word that stands for nothing', { sentence: '{actr} did it' }, '/sentence', 'Did you mean "{actor}"'],
    ['with a brace that is alone', { sentence: '{actor did it' }, '/sentence', 'holds "{actor did it"'],
    ['with no kind of target', { targets: [] }, '/targets', 'leave it out'],
    ['with a kind of target twice', { targets: ['a', 'b', 'a'] }, '/targets/2', 'named before'],
    ['with a kind that is none', { targets: ['a b'] }, '/targets/0', 'letters, digits'],
    ['whose schema is no object', { details: true }, '/details', 'expected an object'],
    [
      'with a sentence that is too long',
      { sentence: 'x'.repeat(BOUNDS.NAME_CHARS_MAX + 1) },
      '/sentence',
      'NAME_CHARS_MAX',
    ],
    [
      'with too many kinds of targets',
      { targets: Array.from({ length: BOUNDS.TARGETS_MAX + 1 }, (_, i) => `t${i}`) },
      '/targets',
      'TARGETS_MAX',
    ],
  ])('%s', (_name, body, pointer, says) => {
    const { code, issues, message } = refusalOf('a.b', body)
    expect([code, issues[0]?.pointer]).toEqual(['invalid_event_type', pointer])
    expect(message).toContain(says)
  })

  test.each(['audit.x', 'log.x', 'sealedlog.x'])('that says what only the server says: %s', (type) => {
    expect(refusalOf(type, {})).toMatchObject({
      code: 'reserved_type',
      issues: [{ pointer: '/type', code: 'reserved_type' }],
    })
  })

  test.each(['', 'a b', 'a/b', 'x'.repeat(BOUNDS.TYPE_CHARS_MAX + 1)])('of a type that is none: %j', (type) => {
    expect(refusalOf(type, {})).toMatchObject({ code: 'invalid_event_type', issues: [{ pointer: '/type' }] })
  })

  test('and is taken right at its limits', () => {
    const body = {
      sentence: 'x'.repeat(BOUNDS.NAME_CHARS_MAX),
      description: 'x'.repeat(BOUNDS.DESCRIPTION_CHARS_MAX),
      targets: Array.from({ length: BOUNDS.TARGETS_MAX }, (_, i) => `t${i}`),
    }
    expect(parseRegistration('x'.repeat(BOUNDS.TYPE_CHARS_MAX), body)).toMatchObject({ mode: 'off', ...body })
  })
})

const nested = (levels: number): JsonObject => (levels === 1 ? {} : { not: nested(levels - 1) })
const ofBytes = (bytes: number): JsonObject => ({ title: 'x'.repeat(bytes - '{"title":""}'.length) })
const ofParts = (count: number): JsonObject => ({ allOf: Array.from({ length: count - 1 }, () => true) })
const chain = (length: number): JsonObject => ({
  $ref: '#/$defs/d1',
  $defs: Object.fromEntries(
    Array.from({ length }, (_, i) => [`d${i + 1}`, i + 1 === length ? {} : { $ref: `#/$defs/d${i + 2}` }]),
  ),
})
const ofStates = (count: number): JsonObject => ({
  allOf: [
    ...Array.from({ length: 5 }, (_, i) => ({ pattern: `${i}{3989}` })),
    { pattern: `x{${count - 5 * 3_990 - 1}}` },
  ],
})

describe('each limit of a schema is reached, and not passed', () => {
  test.each<readonly [limit: keyof typeof BOUNDS, of: (size: number) => JsonObject]>([
    ['SCHEMA_DEPTH_MAX', nested],
    ['SCHEMA_BYTES_MAX', ofBytes],
    ['SCHEMA_POINTER_CHARS_MAX', (chars) => ({ $defs: { ['x'.repeat(chars - '/$defs/'.length)]: true } })],
    ['SCHEMA_PARTS_MAX', ofParts],
    ['SCHEMA_PATTERN_CHARS_MAX', (chars) => ({ pattern: 'x'.repeat(chars) })],
    ['SCHEMA_PATTERN_STATES_MAX', (states) => ({ pattern: `x{${states - 1}}` })],
    ['SCHEMA_STATES_MAX', ofStates],
  ])('%s', (limit, of) => {
    expect(faultsOf(of(BOUNDS[limit]))).toEqual([])
    const faults = JSON.stringify(faultsOf(of(BOUNDS[limit] + 1)))
    // The message of a pattern names its limit itself.
    expect(faults.includes(limit) || faults.includes('bad_format')).toBe(true)
  })

  test('SCHEMA_CHAIN_MAX', () => {
    expect(faultsOf(chain(BOUNDS.SCHEMA_CHAIN_MAX - 1))).toEqual([])
    expect(faultsOf(chain(BOUNDS.SCHEMA_CHAIN_MAX))).toEqual([['/details', 'too_deep', 'SCHEMA_CHAIN_MAX']])
  })
})

describe('a schema is refused', () => {
  test.each<readonly [name: string, schema: JsonObject, pointer: string, code: string]>([
    ['of another draft', { $schema: 'http://json-schema.org/draft-07/schema#' }, '/details/$schema', 'not_one_of'],
    [
      'with a draft inside',
      { not: { $schema: 'https://json-schema.org/draft/2020-12/schema' } },
      '/details/not/$schema',
      'not_allowed',
    ],
    ['with a vocabulary', { $vocabulary: {} }, '/details/$vocabulary', 'unknown_member'],
    ['that refers to elsewhere', { $ref: 'https://example.com/schema' }, '/details/$ref', 'not_allowed'],
    ['that refers to a file', { $ref: 'file:///etc/passwd' }, '/details/$ref', 'not_allowed'],
    ['that refers to nothing', { $ref: '#/$defs/none' }, '/details/$ref', 'bad_format'],
    ['that refers into a value', { properties: { a: {} }, $ref: '#/properties' }, '/details/$ref', 'bad_format'],
    ['that refers by an anchor that is not there', { $ref: '#none' }, '/details/$ref', 'bad_format'],
    ['that refers by half a percent sign', { $ref: '#/%zz' }, '/details/$ref', 'bad_format'],
    ['that is itself', { $ref: '#' }, '/details', 'too_deep'],
    [
      'that is itself in a roundabout way',
      { anyOf: [{ not: { $dynamicRef: '#a' } }], $dynamicAnchor: 'a' },
      '/details',
      'too_deep',
    ],
    ['with a name for a part', { properties: { a: { $id: 'a' } } }, '/details/properties/a/$id', 'not_allowed'],
    ['with an anchor twice', { $anchor: 'a', not: { $anchor: 'a' } }, '/details/not/$anchor', 'duplicate_item'],
    ['with an unknown keyword', { requried: ['a'] }, '/details/requried', 'unknown_member'],
    ['with a keyword of an older draft', { definitions: {} }, '/details/definitions', 'unknown_member'],
    ['with an unknown type', { type: 'text' }, '/details/type', 'not_one_of'],
    ['with no type', { type: [] }, '/details/type', 'not_one_of'],
    ['with a type twice', { type: ['null', 'null'] }, '/details/type', 'duplicate_item'],
    ['with an unknown format', { format: 'datetime' }, '/details/format', 'not_one_of'],
    ['with a pattern that looks around', { pattern: '(?!a)' }, '/details/pattern', 'bad_format'],
    [
      'with a pattern that refers back',
      { patternProperties: { '(a)\\1': true } },
      '/details/patternProperties/(a)\\1',
      'bad_format',
    ],
    ['with a length that is none', { minLength: -1 }, '/details/minLength', 'wrong_type'],
    ['with a count that is no whole number', { maxContains: 1.5 }, '/details/maxContains', 'wrong_type'],
    ['with a bound that is no number', { minimum: '1' }, '/details/minimum', 'wrong_type'],
    ['that divides by nothing', { multipleOf: 0 }, '/details/multipleOf', 'too_small'],
    ['with an empty enum', { enum: [] }, '/details/enum', 'wrong_type'],
    ['with items as a list', { items: [{}] }, '/details/items', 'wrong_type'],
    ['with properties as a list', { properties: [] }, '/details/properties', 'wrong_type'],
    ['with a property that is no schema', { properties: { a: 1 } }, '/details/properties/a', 'wrong_type'],
    ['with a required that is no list', { required: true }, '/details/required', 'wrong_type'],
    ['with forms that are none', { anyOf: [] }, '/details/anyOf', 'wrong_type'],
    ['with a branch that is none', { else: 7 }, '/details/else', 'wrong_type'],
    ['with a flag that is none', { uniqueItems: 'yes' }, '/details/uniqueItems', 'wrong_type'],
    ['with a note that is none', { title: 7 }, '/details/title', 'wrong_type'],
  ])('%s', (_name, schema, pointer, code) => {
    expect(faultsOf(schema)[0]?.slice(0, 2)).toEqual([pointer, code])
  })

  test('with every fault named, up to as many as one answer names', () => {
    const properties = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`p${i}`, { typ: 1 }]))
    expect(faultsOf({ properties })).toHaveLength(BOUNDS.REFUSALS_MAX)
  })

  test('but not for a keyword of its own, or a type that goes down into itself', () => {
    expect(faultsOf({ 'x-owner': 'billing', $defs: { a: { 'x-a': [1] } } })).toEqual([])
    expect(faultsOf({ properties: { children: { items: { $ref: '#' } } } })).toEqual([])
  })
})
