/** Terms in memory are found again, whatever they are made of, and entries stand under the words of their texts. */
import { type Facts, FIELDS } from '@sealedlog/sdk/event'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyOf, valueOf } from '../../dist/index/runs/key.js'
import type { Segment, TermField } from '../../dist/index/segment.js'
import { UNLISTED_WORDS } from '../../dist/index/terms.js'
import { distinctWords, WORDS_MAX } from '../../dist/index/view-entry.js'
import { YoungSegments } from '../../dist/index/young.js'
import { YoungTerms } from '../../dist/index/young/young-terms.js'

const FIELD: fc.Arbitrary<TermField> = fc.constantFrom('type', 'tenant', 'word')
const VALUE = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '語', '😀', '\u0000', '\u007f', '\uffff'), maxLength: 4 }),
  fc.integer({ min: 0, max: 2_000 }).map(String),
  fc.integer({ min: 200, max: 900 }).map((length) => 'ä'.repeat(length)),
)
const TERMS = fc.array(fc.tuple(FIELD, VALUE), { maxLength: 400 })

test('terms have the numbers in which they came, are found by value and prefix, and handed on', () => {
  fc.assert(
    fc.property(TERMS, TERMS, (said, sought) => {
      const terms = new YoungTerms()
      const numbers = new Map<string, number>()
      for (const [field, value] of said) {
        const key = keyOf(field, value)
        const number = numbers.get(key) ?? numbers.size
        expect(terms.take(field, value)).toBe(number)
        numbers.set(key, number)
      }
      expect(terms.count).toBe(numbers.size)
      for (const [field, value] of [...sought, ...said]) {
        expect(terms.find(field, value)).toBe(numbers.get(keyOf(field, value)))
        const begin = Array.from(value).slice(0, 2).join('')
        const keys = [...numbers.keys()].filter((key) => key.startsWith(keyOf(field, begin)))
        const found = terms.startingWith(field, begin, 1_000).map((number) => terms.keyAt(number))
        expect(found.sort()).toEqual(keys.sort())
        expect(terms.startingWith(field, begin, 2)).toHaveLength(Math.min(2, keys.length))
      }
      const others = new YoungTerms()
      for (const number of [...numbers.values()].toReversed()) others.takeFrom(terms, number)
      for (const key of numbers.keys())
        expect(valueOf(others.keyAt(others.count - 1 - (numbers.get(key) ?? 0)))).toBe(valueOf(key))
    }),
    { numRuns: 60 },
  )
})

test('a prefix finds the same wherever the room for terms ends: asking may be what has them moved', () => {
  for (const length of [3, 10, 40]) {
    const terms = new YoungTerms()
    const value = 'd'.repeat(length)
    terms.take('outcome', value)
    for (let nth = 0; nth < 2_000; nth++) {
      terms.take('type', String(nth))
      const prefix = value.slice(0, 1 + (nth % length))
      expect(terms.startingWith('outcome', prefix, 10), `${prefix} among ${nth} others`).toEqual([0])
    }
  }
})

test('thousands of terms are found among each other', () => {
  const terms = new YoungTerms()
  const values = Array.from({ length: 50_000 }, (_, nth) => `${nth % 3 ? 'key_' : 'ö'}${nth}`)
  for (const [nth, value] of values.entries()) expect(terms.take('word', value)).toBe(nth)
  for (const [nth, value] of values.entries()) if (terms.find('word', value) !== nth) throw new Error(value)
  expect(terms.find('target_id', 'key_1')).toBeUndefined()
})

const NO_FACTS = Object.fromEntries(Object.keys(FIELDS).map((field) => [field, []])) as unknown as Facts

test('texts that come again say the same words, as many as are posted', () => {
  const words = (from: number, count: number): string =>
    Array.from({ length: count }, (_, nth) => `w${from + nth}`).join(' ')
  // a text of more than is remembered, and others of less
  const parts = Array.from({ length: 90 }, (_, nth) => words(nth * 50, 50))
  const few = ['one two', 'Two three', 'one', '', '…', 'zoë ZOË', 'x'.repeat(300)]
  const said = [
    few,
    few,
    few,
    parts.slice(0, 80),
    parts,
    parts.slice(0, 82),
    [...parts.slice(0, 70), ...parts.slice(0, 70)],
    [words(0, WORDS_MAX)],
    [words(0, WORDS_MAX), 'more'],
    few,
    parts.slice(0, 3),
  ]
  const young = new YoungSegments()
  for (const [index, texts] of said.entries()) young.add({ org: 'acme', index, atMs: index, facts: NO_FACTS, texts })
  const segment = young.segment('acme') as Segment
  const expected = new Map<string, number>()
  for (const texts of said)
    for (const word of distinctWords(texts) ?? [UNLISTED_WORDS]) expected.set(word, (expected.get(word) ?? 0) + 1)
  expect(expected.get(UNLISTED_WORDS)).toBe(3)
  for (const [word, count] of expected)
    if (segment.find('word', word)?.count !== count) throw new Error(`${word}: ${count}`)
  expect(segment.valuesFrom('word', '', 10_000)).toHaveLength(expected.size)
})
