/** Keywords for values of every type: what it may be (JSON Schema 2020-12 validation §6.1). */
import { canonicalJson, isJsonArray, type Json } from '@sealedlog/sdk/base'
import type { Keywords, Word } from './builder.js'
import type { Check, Run } from './run.js'
import { kindOf, ofType, oneOf, showValue } from './words.js'

const TYPES: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ['null', (value: Json) => value === null],
  ['boolean', (value: Json) => typeof value === 'boolean'],
  ['object', (value: Json) => typeof value === 'object' && value !== null && !isJsonArray(value)],
  ['array', isJsonArray],
  ['number', (value: Json) => typeof value === 'number'],
  ['string', (value: Json) => typeof value === 'string'],
  ['integer', (value: Json) => Number.isInteger(value)],
])

function readType({ value, pointer, builder }: Word): Check | undefined {
  const names = typeof value === 'string' ? [value] : builder.names(value, pointer)
  const unknown = names.find((name) => !TYPES.has(name))
  if (unknown !== undefined || names.length === 0)
    return builder.fault(
      pointer,
      'not_one_of',
      `is ${unknown === undefined ? 'empty' : showValue(unknown)}; expected ${[...TYPES.keys()].join(', ')}`,
    )
  const tests = names.map((name) => TYPES.get(name) as (value: Json) => boolean)
  const expected = names.map(ofType).join(' or ')
  return (said, at, run) =>
    tests.some((test) => test(said)) || run.fail(at, 'wrong_type', () => `is ${kindOf(said)}; expected ${expected}`)
}

/** Compared by canonical text (§4.2.2 of the core): what that costs is paid. */
function textOf(value: Json, run: Run): string {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'string') run.fuel.spend(1 + (value.length >> 3))
    return JSON.stringify(value)
  }
  return canonicalText(value, run)
}

const STEPS_A_VALUE = 4
const CHARS_A_STEP = 8

/** Canonical JSON of a list or an object, paid for before it is made. */
export function canonicalText(value: Json, run: Run): string {
  run.fuel.spend(weigh(value))
  return canonicalJson(value)
}

function weigh(value: Json): number {
  if (typeof value === 'string') return 2 + Math.ceil(value.length / CHARS_A_STEP)
  if (typeof value !== 'object' || value === null) return 1
  if (isJsonArray(value)) return value.reduce<number>((sum, item) => sum + weigh(item), STEPS_A_VALUE)
  let sum = STEPS_A_VALUE
  for (const [name, member] of Object.entries(value)) sum += STEPS_A_VALUE + (name.length >> 3) + weigh(member)
  return sum
}

function readEnum({ value, pointer, builder }: Word): Check | undefined {
  if (!isJsonArray(value) || value.length === 0)
    return builder.fault(
      pointer,
      'wrong_type',
      `is ${isJsonArray(value) ? 'empty' : kindOf(value)}; expected a list of values`,
    )
  return among(value)
}

const readConst = ({ value }: Word): Check => among([value])

function among(values: readonly Json[]): Check {
  const texts = new Set(values.map(canonicalJson))
  const isDeep = values.some((value) => typeof value === 'object' && value !== null)
  const words = values.filter((value) => typeof value === 'string')
  return (said, at, run) => {
    if ((isDeep || typeof said !== 'object' || said === null) && texts.has(textOf(said, run))) return true
    return run.fail(at, 'not_one_of', () => {
      const hint = typeof said === 'string' ? run.didYouMean(said, words) : ''
      return `is ${kindOf(said)}; expected ${oneOf(values)}${hint && `.${hint}`}`
    })
  }
}

export const ANY_KEYWORDS: Keywords = { type: readType, enum: readEnum, const: readConst }
