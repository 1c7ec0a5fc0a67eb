/** Wrong queries in words: the error says where, what stands there, what was expected and which name was probably meant. */
import { expect, test } from 'vitest'
import { AuditError, type Fault } from '../../dist/base/index.js'
import { BOUNDS } from '../../dist/event/index.js'
import { parseQuery } from '../../dist/query/index.js'
import { randomEvent } from './random-events.js'
import { randomCondition } from './random-trees.js'
import { sayText } from './say.js'
import { pick, random, SEED, times } from './support.js'

/** What is wrong with a text. */
function faultOf(text: string): Fault {
  try {
    parseQuery(text)
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'invalid_query' || !error.fault) throw error
    return error.fault
  }
  throw new Error(`${JSON.stringify(text)} is a query`)
}

const NETWORK = 'an IPv4 or IPv6 address, or a network such as 10.0.0.0/8'
const TIME = 'a time: 2026-11-20, 2026-11-20T09:12:21Z, or a span back from now such as 7d'
const FIELD = 'a field such as type, actor, target, since, outcome, metadata.…'
const TYPE = 'an event type, or a prefix such as api_key.*'
const KIND = 'letters, digits and _ . : -'
const BEHIND = 'a space; quote the whole of it'
const MINUS = 'a term right behind the minus; quote a lone "-"'

/** `¦` stands where the error should point. */
const REFUSED: readonly (readonly [marked: string, found: string, expected: string, nearest?: string])[] = [
  // fields
  ['¦acter:x', 'acter', FIELD, 'actor'],
  ['type:a ¦outcom:success', 'outcom', FIELD, 'outcome'],
  ['a OR (b -¦sinse:7d)', 'sinse', FIELD, 'since'],
  ['¦metdata.plan:pro', 'metdata.plan', FIELD, 'metadata.plan'],
  ['¦metadata:pro', 'metadata', FIELD, 'metadata.'],
  ['¦tenant:yes', 'tenant', FIELD],
  ['¦Type:a', 'Type', FIELD, 'type'],
  ['¦__proto__:a', '__proto__', FIELD],
  ['¦constructor:a', 'constructor', FIELD],
  ['see ¦https://example.com', 'https', FIELD],
  ['¦org.id:a', 'org.id', FIELD],
  // values that are missing
  ['type:¦', '', 'a value'],
  ['type:¦ a', ' ', 'a value'],
  ['(type:¦)', ')', 'a value'],
  ['type:(¦)', ')', 'a value'],
  ['type:(a OR ¦)', ')', 'a value'],
  ['actor:¦AND', 'AND', 'a value; quote a word that is an operator'],
  ['actor:(a OR ¦OR)', 'OR', 'a value; quote a word that is an operator'],
  ['since:¦', '', 'a time'],
  ['actor:¦""', '""', 'a value'],
  ['type:¦""', '""', TYPE],
  ['metadata.n:>¦ a', ' ', `a number, or ${TIME}`],
  // values that a field refuses
  ['type:¦a-b', 'a-b', TYPE],
  ['type:¦"a b"*', '"a b"*', TYPE],
  ['bucket:¦a/b', 'a/b', KIND],
  ['actor_type:¦ü*', 'ü*', KIND],
  ['outcome:¦sucess', 'sucess', 'success, failure, denied, unknown', 'success'],
  ['outcome:(success OR ¦"deny")', '"deny"', 'success, failure, denied, unknown'],
  ['outcome:¦x*', 'x*', 'success, failure, denied, unknown'],
  ['ip:¦10.0.0', '10.0.0', NETWORK],
  ['ip:¦10.0.0.0/33', '10.0.0.0/33', 'a network such as 10.0.0.0/8 or 2001:db8::/32'],
  ['ip:¦10.*', '10.*', 'a network such as 10.0.0.0/8'],
  ['index:¦x', 'x', 'a whole number'],
  ['index:¦9007199254740992', '9007199254740992', 'a whole number'],
  ['index:¦5*', '5*', 'a range: index has no prefixes'],
  ['occurred_at:¦2026-11-20*', '2026-11-20*', 'a range: occurred_at has no prefixes'],
  // times
  ['since:¦yesterday', 'yesterday', TIME],
  ['until:¦2026-02-30', '2026-02-30', TIME],
  ['until:¦"now"', '"now"', TIME],
  ['recorded_at:¦2026', '2026', TIME],
  ['recorded_at:>=¦5', '5', TIME],
  ['occurred_at:2026-11-20..¦2026-11-31', '2026-11-31', TIME],
  // ranges
  ['index:9..¦1', '1', 'a bound after 9'],
  ['index:>9..<¦1', '1', 'a bound after 9'],
  ['occurred_at:2026-11-20..¦2026-11-18', '2026-11-18', 'a bound after 2026-11-20T00:00:00.000Z'],
  ['metadata.n:1..¦2026-11-20', '2026-11-20', 'a bound of the same kind as the other'],
  ['metadata.n:¦*..*', '*..*', 'a bound on one side at least'],
  ['recorded_at:¦>*..<*', '>*..<*', 'a bound on one side at least'],
  ['metadata.n:<¦x', 'x', `a number, or ${TIME}`],
  ['index:>¦7d', '7d', 'a number'],
  ['metadata.n:>¦1e999', '1e999', `a number, or ${TIME}`],
  // quotes
  ['"a¦', '', 'the quote that closes the one at position 0'],
  ['type:a "b c¦', '', 'the quote that closes the one at position 7'],
  [String.raw`"a\¦n"`, 'n', 'a quote or a backslash behind the backslash'],
  [String.raw`actor:"a\¦`, '', 'a quote or a backslash behind the backslash'],
  ['"a"¦b', 'b', BEHIND],
  ['"a"¦"b"', '"', BEHIND],
  ['a¦"b"', '"', BEHIND],
  ['actor:"a"*¦b c', 'b', BEHIND],
  ['metadata.¦"a"x:1', '"', BEHIND],
  // parentheses and operators
  ['(a¦', '', 'the parenthesis that closes the one at position 0'],
  ['a (b (c)¦', '', 'the parenthesis that closes the one at position 2'],
  ['actor:(a¦', '', 'the parenthesis that closes the one at position 6'],
  ['actor:(a ¦b)', 'b', 'OR, or the closing parenthesis'],
  ['a¦)', ')', 'no parenthesis that closes none'],
  ['(¦)', ')', 'a term'],
  ['¦)', ')', 'a term'],
  ['-¦', '', MINUS],
  ['a -¦ b', ' ', MINUS],
  ['-¦)', ')', 'a term'],
  ['a OR¦', '', 'a term'],
  ['a AND ¦', '', 'a term'],
  ['NOT ¦', '', 'a term'],
  ['¦OR a', 'OR', 'a term'],
  ['a OR ¦OR b', 'OR', 'a term'],
  ['(a AND¦)', ')', 'a term'],
  ['a NOT ¦AND b', 'AND', 'a term'],
  // words
  ['a ¦— b', '—', 'a word: something with a letter or a digit'],
  ['¦"…"', '"…"', 'a word: something with a letter or a digit'],
  ['¦*', '*', 'a word: something with a letter or a digit'],
  ['a ¦🐟', '🐟', 'a word: something with a letter or a digit'],
]

test.each(REFUSED.map((row) => ({ row, name: JSON.stringify(row[0]) })))('$name', ({ row }) => {
  const [marked, found, expected, nearest] = row
  const fault = faultOf(marked.replace('¦', ''))
  expect(fault).toEqual({
    position: marked.indexOf('¦'),
    found,
    expected,
    ...(nearest === undefined ? {} : { nearest }),
  })
})

/** Terms that end what they begin, so that what stands before and behind a wrong one does not matter. */
const WRONG: readonly (readonly [marked: string, found: string])[] = [
  ['¦qwertz:1', 'qwertz'],
  ['-¦qwertz.a:1', 'qwertz.a'],
  ['actor:¦', ' '],
  ['(actor:¦)', ')'],
  ['outcome:¦fine', 'fine'],
  ['NOT bucket:(a OR ¦b/c)', 'b/c'],
  ['since:¦soon', 'soon'],
  ['ip:¦1.2.3.4/99', '1.2.3.4/99'],
  ['index:7..¦3', '3'],
  ['metadata."a b".c:1..¦2d', '2d'],
  [String.raw`"ab\¦c"`, 'c'],
  [String.raw`(x actor:"\\\"\¦z")`, 'z'],
  ['"a b"¦c', 'c'],
  ['-¦', ' '],
  ['¦…', '…'],
  ['(a OR¦)', ')'],
  ['(a OR ¦OR b)', 'OR'],
]

test(`a query that is broken in one place is refused at that place (QUERY_SEED=${SEED})`, () => {
  const rnd = random(SEED)
  const events = times(100, (i) => randomEvent(rnd, i))
  for (let i = 0; i < 5_000; i++) {
    const terms = (count: number) => times(count, () => `${sayText(rnd, randomCondition(rnd, events))} `).join('')
    const [before, behind] = [terms(rnd(5)), terms(rnd(4))]
    const [marked, found] = pick(rnd, WRONG)
    const text = `${before}${marked.replace('¦', '')} ${behind}`
    const { position, found: stands } = faultOf(text)
    expect({ position, stands }, text).toEqual({ position: before.length + marked.indexOf('¦'), stands: found })
  }
})

test(`a query that is cut off inside quotes or parentheses is refused at its end (QUERY_SEED=${SEED})`, () => {
  const rnd = random(SEED)
  const events = times(100, (i) => randomEvent(rnd, i))
  for (let i = 0; i < 2_000; i++) {
    const whole = sayText(rnd, randomCondition(rnd, events)).trim()
    const before = `${sayText(rnd, randomCondition(rnd, events))} `
    const [text, expected] = pick(rnd, [
      [`${before}(${whole}`, `the parenthesis that closes the one at position ${before.length}`],
      [`${before}actor:"${'x '.repeat(rnd(9))}`, `the quote that closes the one at position ${before.length + 6}`],
      [`${before}"`, `the quote that closes the one at position ${before.length}`],
      [`${before}${whole} OR `, 'a term'],
    ])
    expect(faultOf(text), text).toEqual({ position: text.length, found: '', expected })
  }
})

const { QUERY_CHARS_MAX, QUERY_TERMS_MAX, QUERY_DEPTH_MAX, QUERY_VALUE_CHARS_MAX } = BOUNDS
const long = 'x'.repeat(QUERY_VALUE_CHARS_MAX)
const longShown = `${'x'.repeat(60)}…`
const terms = (count: number, separator = ' ') => times(count, () => 'a').join(separator)
const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`

test.each<readonly [limit: string, at: string, past: string, position: number, found: string]>([
  ['QUERY_CHARS_MAX', 'a'.padEnd(QUERY_CHARS_MAX), `${'a'.padEnd(QUERY_CHARS_MAX)}b`, QUERY_CHARS_MAX, 'b'],
  ['QUERY_TERMS_MAX', terms(QUERY_TERMS_MAX), `${terms(QUERY_TERMS_MAX)} bc d`, 2 * QUERY_TERMS_MAX, 'bc'],
  ['QUERY_TERMS_MAX', terms(QUERY_TERMS_MAX, ' OR '), terms(QUERY_TERMS_MAX + 1, ' OR '), 5 * QUERY_TERMS_MAX, 'a'],
  [
    'QUERY_TERMS_MAX',
    `b actor:(${terms(QUERY_TERMS_MAX - 1, ' OR ')})`,
    `b actor:(${terms(QUERY_TERMS_MAX, ' OR ')})`,
    9 + 5 * (QUERY_TERMS_MAX - 1),
    'a',
  ],
  ['QUERY_DEPTH_MAX', nested(QUERY_DEPTH_MAX), `b ${nested(QUERY_DEPTH_MAX + 1)}`, 2 + QUERY_DEPTH_MAX, '('],
  ['QUERY_DEPTH_MAX', `${'-'.repeat(QUERY_DEPTH_MAX)}a`, `${'-'.repeat(QUERY_DEPTH_MAX + 1)}a`, QUERY_DEPTH_MAX, '-a'],
  [
    'QUERY_DEPTH_MAX',
    `${'NOT '.repeat(QUERY_DEPTH_MAX)}a`,
    `${'NOT '.repeat(QUERY_DEPTH_MAX + 1)}a`,
    4 * QUERY_DEPTH_MAX,
    'NOT',
  ],
  [
    'QUERY_DEPTH_MAX',
    `${'('.repeat(QUERY_DEPTH_MAX - 1)}actor:(a OR b)${')'.repeat(QUERY_DEPTH_MAX - 1)}`,
    `${'('.repeat(QUERY_DEPTH_MAX)}actor:(a OR b)${')'.repeat(QUERY_DEPTH_MAX)}`,
    QUERY_DEPTH_MAX + 6,
    '(',
  ],
  ['QUERY_VALUE_CHARS_MAX', `actor:${long}`, `actor:${long}x`, 6, longShown],
  ['QUERY_VALUE_CHARS_MAX', `actor:"${long}"`, `actor:"${long}x"`, 6, `"${'x'.repeat(59)}…`],
  ['QUERY_VALUE_CHARS_MAX', `actor:${long}*`, `actor:${long}x*`, 6, longShown],
  ['QUERY_VALUE_CHARS_MAX', long, `a ${long}x`, 2, longShown],
  ['QUERY_VALUE_CHARS_MAX', `"${long}"*`, `a "${long}x"`, 2, `"${'x'.repeat(59)}…`],
  // the lower case of this letter is two characters
  ['QUERY_VALUE_CHARS_MAX', `email:${'İ'.repeat(512)}`, `email:${'İ'.repeat(513)}`, 6, `${'İ'.repeat(60)}…`],
])(
  '%s: what is at the limit is read, what is past it is refused where it begins',
  (limit, at, past, position, found) => {
    parseQuery(at)
    const fault = faultOf(past)
    expect({ position: fault.position, found: fault.found }).toEqual({ position, found })
    if (limit !== 'QUERY_CHARS_MAX') expect(fault.expected).toContain(`(limit ${limit})`)
  },
)
