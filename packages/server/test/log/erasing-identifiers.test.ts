/** Whether a text holds an identifier, and whether the fast no before it is ever wrong. */
import { canonicalJson, encodeUtf8, type Json } from '@sealedlog/sdk/base'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupsHolding, holdsIdentifier } from '../../dist/log/erasing/holding.js'
import { Identifiers, type Match } from '../../dist/log/erasing/identifiers.js'
import { Needles } from '../../dist/log/erasing/needles.js'

describe('a word', () => {
  test.each<readonly [identifier: string, text: string, isMet: boolean]>([
    ['user_1', 'user_1', true],
    ['user_1', 'USER_1', true],
    ['user_1', 'by user_1.', true],
    ['user_1', 'xuser_1', false],
    ['user_1', 'user_12', false],
    ['user_1', '_user_1_', true],
    ['user_1', 'user_12 and user_1', true],
    ['alice@example.com', 'mailto:alice@example.com', true],
    ['alice@example.com', 'malice@example.com', false],
    ['alice@example.com', 'alice@example.com.evil.org', true],
    ['alice@example.com', 'alice@example.community', false],
    ['@alice', 'malice@alice', true],
    ['@alice', '@alice2', false],
    ['Zoë', 'zoe\u0308', true],
    ['Zoë', 'ZOË', true],
    ['Zoe', 'Zoë', false],
    ['Zoë', 'Zoëé', false],
    ['ada', '𝒜ada', false],
    ['ada', 'ada𝒜', false],
    ['ada', '😀ada😀', true],
    ['ada', '1ada', false],
    ['ada', '٣ada', false],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς', true],
    ['οδυσσευς', 'ΟΔΥΣΣΕΥΣ!', true],
    ['ali', 'ALİ', true],
    ['ǰan', 'J\u030cAN', true],
    ['a"b\\c', 'x A"B\\C x', true],
    ['line\nfeed', 'line\nfeed', true],
  ])('%j in %j: %j', (identifier, text, isMet) => {
    expect(new Identifiers([identifier], 'word').isIn(text)).toBe(isMet)
    expect(new Identifiers(['nobody', identifier], 'word').isIn(text)).toBe(isMet)
  })

  test('as a substring it is met wherever it stands', () => {
    const substring = new Identifiers(['user_1'], 'substring')
    for (const text of ['user_12', 'xUSER_1', 'a user_1']) expect([text, substring.isIn(text)]).toEqual([text, true])
    expect(substring.isIn('user-1')).toBe(false)
  })

  test('a number is one as a whole, as JSON writes it', () => {
    const numbers = new Identifiers(['771203', '1.5', '1E+21'], 'substring')
    expect([771203, 1.5, 1e21, 7712031, 77120, 15].map((number) => numbers.isNumber(number))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

describe('the fast no', () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    'é',
    'e\u0301',
    '\u0303',
    '"',
    '\\',
    '\n',
    '\u0001',
    ' ',
    'İ',
    'Σ',
    'ς',
    'K',
    'n',
    '1',
    '😀',
    '\u0338',
    '<',
  )
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
  const number = fc.integer({ min: 0, max: 20 })
  const value: fc.Memo<Json> = fc.memo((depth): fc.Arbitrary<Json> => {
    const inner = depth <= 1 ? fc.oneof(text, number) : value()
    return fc.oneof(text, number, fc.array(inner, { maxLength: 3 }), fc.dictionary(text, inner, { maxKeys: 3 }))
  })

  test('is never wrong: what holds an identifier may', () => {
    fc.assert(
      fc.property(
        value(3),
        fc.array(
          fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
          { minLength: 1, maxLength: 3 },
        ),
        fc.constantFrom<Match>('word', 'substring'),
        (said, identifiers, match) => {
          const person = new Identifiers(identifiers, match)
          const holds = holdsIdentifier('details', said, person)
          if (holds) expect(person.mayStandIn(encodeUtf8(canonicalJson(said)))).toBe(true)
          const disclosure = encodeUtf8(canonicalJson(['0123456789012345678901', 'details', said]))
          expect(groupsHolding(disclosure, person)).toEqual(holds ? ['details'] : [])
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('is mostly right: bytes without the text are passed over', () => {
    const person = new Identifiers(['alice@example.com'], 'word')
    for (const json of ['{"a":"bob@example.com"}', '{"a":"zoë"}', '{"a":"\\n"}'])
      expect([json, person.mayStandIn(encodeUtf8(json))]).toEqual([json, false])
  })
})

describe('names', () => {
  const person = new Identifiers(['email', 'actor', 'before', 'address'], 'word')

  test('those of the event model are nobody’s, those that a caller chose may be', () => {
    expect(holdsIdentifier('actor', { email: 'x', metadata: {} }, person)).toBe(false)
    expect(holdsIdentifier('actor', { email: 'x', metadata: { email: 1 } }, person)).toBe(true)
    expect(holdsIdentifier('actor', { ip_address: '::1' }, person)).toBe(false)
    expect(holdsIdentifier('on_behalf_of', { session: { extra: { openai: { email: 1 } } } }, person)).toBe(true)
    expect(holdsIdentifier('changes', [{ path: 'x', before: 1, after: 2 }], person)).toBe(false)
    expect(holdsIdentifier('changes', [{ path: 'x', before: { before: 1 } }], person)).toBe(true)
    expect(holdsIdentifier('content', { metadata: {}, context: { request_id: 'r' } }, person)).toBe(false)
    expect(holdsIdentifier('targets/7', { name: 'x', metadata: { 'e-mail address': 1 } }, person)).toBe(true)
    expect(holdsIdentifier('details', { email: 1 }, person)).toBe(true)
  })
})

describe('in long texts', () => {
  const letters = fc.constantFrom('a', 'b', 'A', '-', '"', 'é', 'e\u0301', '😀', '\n')
  const identifier = fc.string({ unit: letters, minLength: 1, maxLength: 3 })

  test('an identifier is met where it is met in short ones', () => {
    const seen = { met: 0, passed: 0 }
    fc.assert(
      fc.property(
        fc.array(identifier, { minLength: 1, maxLength: 5 }),
        fc.string({ unit: letters, maxLength: 200 }),
        fc.constantFrom<Match>('word', 'substring'),
        (identifiers, text, match) => {
          const person = new Identifiers(identifiers, match)
          const long = `${'. '.repeat(1_000)}${text}${' .'.repeat(1_000)}`
          expect(person.isIn(long)).toBe(person.isIn(`. ${text} .`))
          seen[person.isIn(long) ? 'met' : 'passed']++
          if (person.isIn(long)) expect(person.mayStandIn(encodeUtf8(canonicalJson(long)))).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
    expect(Math.min(seen.met, seen.passed)).toBeGreaterThan(50)
  })

  test('no choice of text and identifiers looks at a place again and again', () => {
    const text = 'a'.repeat(250_000)
    const identifiers = Array.from({ length: 100 }, (_, i) => 'a'.repeat(512 - i))
    let offered = 0
    new Needles(identifiers).some(text, () => ++offered < 0)
    // Each of them ends at each place but the first few: no place is offered twice.
    const places = identifiers.reduce((sum, { length }) => sum + text.length - length + 1, 0)
    expect(offered).toBe(places)
    expect(new Identifiers(identifiers, 'word').isIn(text)).toBe(false)
    expect(new Identifiers(identifiers, 'word').isIn(`${text} ${'a'.repeat(500)}`)).toBe(true)
  })
})
