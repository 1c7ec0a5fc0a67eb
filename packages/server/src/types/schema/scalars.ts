/** Keywords for numbers and strings (JSON Schema 2020-12 validation §6.2, §6.3, §7). */
import { didYouMean, type IssueCode } from '@sealedlog/sdk/base'
import type { Keyword, Keywords, Word } from './builder.js'
import { FORMAT_NAMES, FORMATS, isFormatName } from './formats.js'
import type { Check } from './run.js'
import { kindOf, show } from './words.js'

const numeric =
  (code: IssueCode, words: string, holds: (value: number, bound: number) => boolean): Keyword =>
  ({ value: bound, pointer, builder }) => {
    if (typeof bound !== 'number') return builder.fault(pointer, 'wrong_type', `is ${kindOf(bound)}; expected a number`)
    return (said, at, run) =>
      typeof said !== 'number' ||
      holds(said, bound) ||
      run.fail(at, code, () => `is ${said}; expected ${words} ${bound}`)
  }

const isMultiple = numeric('bad_format', 'a multiple of', (value, of) => {
  const quotient = value / of
  return Number.isFinite(quotient) ? Number.isInteger(quotient) : value % of === 0
})

function readMultipleOf(word: Word): Check | undefined {
  if (typeof word.value === 'number' && word.value <= 0)
    return word.builder.fault(word.pointer, 'too_small', `is ${word.value}; expected a number above 0`)
  return isMultiple(word)
}

/** Characters as Unicode counts them (§6.3.1), where UTF-16 does not settle it. */
function codePoints(text: string): number {
  let count = text.length
  for (let i = 0; i + 1 < text.length; i++) if (isPairAt(text, i)) count--
  return count
}

const isPairAt = (text: string, i: number): boolean =>
  (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00

function readMaxLength(word: Word): Check | undefined {
  const max = word.builder.count(word)
  if (max === undefined) return undefined
  return (said, at, run) => {
    if (typeof said !== 'string' || said.length <= max) return true
    run.fuel.spend(said.length >> 2)
    return (
      codePoints(said) <= max || run.fail(at, 'too_long', () => `has ${codePoints(said)} characters; at most ${max}`)
    )
  }
}

function readMinLength(word: Word): Check | undefined {
  const min = word.builder.count(word)
  if (min === undefined) return undefined
  return (said, at, run) => {
    if (typeof said !== 'string' || said.length >= 2 * min) return true
    run.fuel.spend(said.length >> 2)
    return (
      codePoints(said) >= min || run.fail(at, 'too_short', () => `has ${codePoints(said)} characters; at least ${min}`)
    )
  }
}

function readPattern({ value, pointer, builder }: Word): Check | undefined {
  const pattern = builder.pattern(value, pointer)
  if (pattern === undefined) return undefined
  return (said, at, run) =>
    typeof said !== 'string' ||
    pattern.matches(said, run.fuel) ||
    run.fail(at, 'bad_format', () => `is ${show(said)}; expected a text that matches ${show(pattern.source)}`)
}

function readFormat({ value: name, pointer, builder }: Word): Check | undefined {
  if (typeof name !== 'string' || !isFormatName(name)) {
    const hint = typeof name === 'string' ? didYouMean(name, FORMAT_NAMES) : ''
    return builder.fault(
      pointer,
      'not_one_of',
      `is ${kindOf(name)}; checked are ${FORMAT_NAMES.join(', ')}.${hint}`.replace(/\.$/, ''),
    )
  }
  const holds: (text: string) => boolean = FORMATS[name]
  return (said, at, run) => {
    if (typeof said !== 'string') return true
    run.fuel.spend(1 + (said.length >> 4))
    return holds(said) || run.fail(at, 'bad_format', () => `is ${show(said)}; expected the format ${name}`)
  }
}

export const SCALAR_KEYWORDS: Keywords = {
  minimum: numeric('too_small', 'at least', (value, bound) => value >= bound),
  maximum: numeric('too_large', 'at most', (value, bound) => value <= bound),
  exclusiveMinimum: numeric('too_small', 'more than', (value, bound) => value > bound),
  exclusiveMaximum: numeric('too_large', 'less than', (value, bound) => value < bound),
  multipleOf: readMultipleOf,
  minLength: readMinLength,
  maxLength: readMaxLength,
  pattern: readPattern,
  format: readFormat,
}
