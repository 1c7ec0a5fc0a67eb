/** Patterns: what ECMA-262 means by them, in time that grows with the text alone. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Fuel } from '../../dist/types/index.js'
import { Pattern } from '../../dist/types/pattern/pattern.js'

const STATES_MAX = 4_000
const matches = (source: string, text: string): boolean => new Pattern(source, STATES_MAX).matches(text, new Fuel(1e7))

/** Patterns over a few characters. `\B` is left out: V8 also looks for it between the halves of a pair. */
const ATOMS = String.raw`a b - . \w \W \d \s \S [^a] [a-c_] [\w-] [^\s\d] [] [^] \p{L} \P{Lu} \p{Script=Greek} é 💩 \u{1F4A9} \uD83D\uDCA9 \u00e9 \x61 \cJ \n \.`
const atoms = fc.constantFrom(...ATOMS.split(' '))
const quantifiers = fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,3}', '{2,}', '*?', '+?', '{0}')
const { pattern: patterns } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atoms,
    fc.constantFrom('^', '$', '\\b', ''),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('pattern'), quantifiers).map(([a, q]) => `(${a})${q}`),
    fc.tuple(atoms, quantifiers).map(([a, q]) => a + q),
  ),
}))
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '-', ' ', '_', '0', 'é', 'Σ', '💩', '\n', '\u2028', '\ufeff'),
  maxLength: 12,
})

test('a pattern matches what ECMA-262 says it matches', () => {
  fc.assert(
    fc.property(patterns, fc.array(texts, { minLength: 5, maxLength: 5 }), (source, some) => {
      const native = new RegExp(source, 'u')
      const pattern = new Pattern(source, STATES_MAX)
      for (const text of some) expect([text, pattern.matches(text, new Fuel(1e6))]).toEqual([text, native.test(text)])
    }),
    { numRuns: 3_000 },
  )
})

test.each([
  ['\\B', 'aa', true],
  ['\\B', 'a', false],
  ['^\\B$', '', true],
  ['\\bfoo\\b', 'a foo!', true],
  ['\\bfoo\\b', 'afoo', false],
])('%s and %j: %s', (source, text, expected) => {
  expect(matches(source, text)).toBe(expected)
})

const TEXT_CHARS = 262_144

/** What makes engines that try one way after the other take for ever. */
const CATASTROPHES = [
  '(a+)+$',
  '^(a+)+$',
  '(a|a)*$',
  '(a|aa)+$',
  '([a-zA-Z]+)*$',
  '(.*)*x',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(x+x+)+y',
  '(?:a?){30}a{30}b',
]

describe('a pattern of catastrophic backtracking', () => {
  test.each(CATASTROPHES)('%s reads 256 KiB in a step for each few characters', (source) => {
    const pattern = new Pattern(source, STATES_MAX)
    const text = `${'a'.repeat(TEXT_CHARS - 1)}!`
    const fuel = new Fuel(100_000)
    const startedMs = performance.now()
    pattern.matches(text, fuel)
    const tookMs = performance.now() - startedMs
    console.log(`${source}: ${100_000 - fuel.left} steps, ${tookMs.toFixed(2)} ms`)
    expect(tookMs).toBeLessThan(1_000)
  })
})

test('a pattern whose states never repeat stops when the fuel is gone, and forgets its states', () => {
  const pattern = new Pattern('(a|b)*a(a|b){200}c', STATES_MAX)
  const text = Array.from({ length: 20_000 }, (_, i) => 'ab'[(i * i * 7 + (i >> 3)) & 1]).join('')
  for (let i = 0; i < 3; i++) expect(() => pattern.matches(text, new Fuel(50_000))).toThrow('no steps are left')
  expect(pattern.matches(`a${'ab'.repeat(100)}c`, new Fuel(1e7))).toBe(true)
})

describe('what an automaton cannot do, or should not, is refused with a word about it', () => {
  test.each([
    ['(?=a)b', 'looking around'],
    ['(?!a)b', 'looking around'],
    ['(?<=a)b', 'looking around'],
    ['(?<!a)b', 'looking around'],
    ['(a)\\1', 'refers back'],
    ['(?<x>a)\\k<x>', 'refers back'],
    ['(?i:a)', 'flag'], // Node 22 takes it for wrong syntax
    ['a{4001}', 'SCHEMA_PATTERN_STATES_MAX'],
    ['(a{1000}){1000}', 'SCHEMA_PATTERN_STATES_MAX'],
    ['((a{0,9}){0,99}){0,999}', 'SCHEMA_PATTERN_STATES_MAX'],
    ['(?:^a?){9999999999999999999}', 'SCHEMA_PATTERN_STATES_MAX'],
    [`${'('.repeat(101)}${')'.repeat(101)}`, '100 groups'],
    ['(', 'ECMA-262'],
    ['a**', 'ECMA-262'],
    ['[z-a]', 'ECMA-262'],
    ['\\Z', 'ECMA-262'],
    ['[[:alpha:]]', 'ECMA-262'],
    ['a{2,1}', 'ECMA-262'],
  ])('%s', (source, says) => {
    expect(() => new Pattern(source, STATES_MAX)).toThrow(says)
  })

  test('a pattern of as many states as it may have is taken', () => {
    expect(new Pattern('a{3999}', STATES_MAX).size).toBe(STATES_MAX)
    expect(() => new Pattern('a{4000}', STATES_MAX)).toThrow('SCHEMA_PATTERN_STATES_MAX')
    expect(new Pattern(`${'('.repeat(100)}${')'.repeat(100)}`, STATES_MAX).size).toBe(1)
  })

  test('nothing repeated very often is nothing, at once', () => {
    expect(matches('^(?:(?:){1000000000}){1000000000}$', '')).toBe(true)
  })
})
