/** Wrong queries in JSON: the error points into the document, at the member that is wrong. */
import { expect, test } from 'vitest'
import { AuditError, type Issue, type Json } from '../../dist/base/index.js'
import { BOUNDS } from '../../dist/event/index.js'
import { EVERYTHING, formatQuery, parseQuery, parseQueryJson } from '../../dist/query/index.js'
import { randomEvent } from './random-events.js'
import { randomSaid, type Said } from './random-trees.js'
import { oneIn, pick, type Random, random, SEED, times } from './support.js'

/** The one issue of a document, at a pointer behind `/query`. */
function issueOf(json: Json): Issue {
  try {
    parseQueryJson(json, '/query')
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'invalid_query') throw error
    expect(error.issues).toHaveLength(1)
    const [issue] = error.issues as [Issue]
    expect(error.message).toBe(issue.message)
    return issue
  }
  throw new Error(`${JSON.stringify(json)} is a query`)
}

/** Nodes that are wrong, and where. */
const WRONG: readonly (readonly [node: Json, pointer: string, code: string])[] = [
  [5, '', 'wrong_type'],
  [null, '', 'wrong_type'],
  [[], '', 'wrong_type'],
  ['type:a', '', 'wrong_type'],
  [{ prefix: true }, '', 'required'],
  [{ is: 'a' }, '', 'required'],
  [{ text: 'a', not: { text: 'b' } }, '', 'required'],
  [{ and: [{ text: 'a' }], or: [{ text: 'a' }] }, '', 'required'],
  [{ feild: 'type', is: 'a' }, '/feild', 'unknown_member'],
  [{ 'a/b~c': 1 }, '/a~1b~0c', 'unknown_member'],
  [{ or: [] }, '/or', 'too_short'],
  [{ and: {} }, '/and', 'wrong_type'],
  [{ not: [] }, '/not', 'wrong_type'],
  [{ not: { text: 'a' }, is: 1 }, '/is', 'forbidden_member'],
  [{ text: 'a', is: 1 }, '/is', 'forbidden_member'],
  [{ text: 'a', prefix: 1 }, '/prefix', 'wrong_type'],
  [{ text: '—' }, '/text', 'bad_format'],
  [{ text: 5 }, '/text', 'bad_format'],
  [{ field: 'nope', is: 1 }, '/field', 'not_one_of'],
  [{ field: 5, is: 1 }, '/field', 'wrong_type'],
  [{ field: '__proto__', is: 1 }, '/field', 'not_one_of'],
  [{ field: 'type' }, '', 'required'],
  [{ field: 'type', prefix: true }, '', 'required'],
  [{ field: 'type', is: 'a', within: 'b' }, '/within', 'forbidden_member'],
  [{ field: 'type', is: ['a'] }, '/is', 'wrong_type'],
  [{ field: 'type', is: 'a b' }, '/is', 'bad_format'],
  [{ field: 'actor', is: '' }, '/is', 'bad_format'],
  [{ field: 'actor', starts_with: 5 }, '/starts_with', 'wrong_type'],
  [{ field: 'outcome', is: 'sucess' }, '/is', 'bad_format'],
  [{ field: 'type', within: '10.0.0.0/8' }, '/within', 'bad_format'],
  [{ field: 'ip', within: '10.0.0.0' }, '/within', 'bad_format'],
  [{ field: 'ip', starts_with: '10.' }, '/starts_with', 'bad_format'],
  [{ field: 'index', is: 1.5 }, '/is', 'bad_format'],
  [{ field: 'index', gte: 1, lt: 'x' }, '/lt', 'bad_format'],
  [{ field: 'index', gte: 5, lte: 1 }, '/lte', 'bad_format'],
  [{ field: 'index', gt: null }, '/gt', 'bad_format'],
  [{ field: 'type', gt: 1 }, '/gt', 'bad_format'],
  [{ field: 'occurred_at', gte: 'soon' }, '/gte', 'bad_format'],
  [{ field: 'occurred_at', gte: {} }, '/gte', 'wrong_type'],
  [{ field: 'metadata.n', gt: 1, gte: 2 }, '/gte', 'forbidden_member'],
  [{ field: 'metadata.n', lt: 1, lte: 2 }, '/lte', 'forbidden_member'],
  [{ field: 'metadata.n', gt: 1, lte: '7d' }, '/lte', 'bad_format'],
  [{ field: 'metadata.n', gt: 1, is: 1 }, '/gt', 'forbidden_member'],
]

test.each(WRONG)('%j is wrong at %j', (node, pointer, code) => {
  const issue = issueOf(node)
  expect({ pointer: issue.pointer, code: issue.code }).toEqual({ pointer: `/query${pointer}`, code })
})

/** The tree with one node replaced, and where that stood. */
function broken(rnd: Random, said: Said, node: Json): readonly [tree: Json, pointer: string] {
  const name = 'and' in said ? 'and' : 'or' in said ? 'or' : 'not' in said ? 'not' : undefined
  if (name === undefined || oneIn(rnd, 4)) return [node, '']
  if ('not' in said) {
    const [inner, pointer] = broken(rnd, said.not, node)
    return [{ not: inner }, `/not${pointer}`]
  }
  const parts = 'and' in said ? said.and : (said as { readonly or: readonly Said[] }).or
  const at = rnd(parts.length)
  const [inner, pointer] = broken(rnd, parts[at] as Said, node)
  return [{ [name]: (parts as unknown as Json[]).with(at, inner) }, `/${name}/${at}${pointer}`]
}

test(`a tree that is broken in one place is refused at that place (QUERY_SEED=${SEED})`, () => {
  const rnd = random(SEED)
  const events = times(100, (i) => randomEvent(rnd, i))
  for (let i = 0; i < 5_000; i++) {
    const [node, inside, code] = pick(rnd, WRONG)
    const [tree, pointer] = broken(rnd, randomSaid(rnd, events), node)
    const issue = issueOf(tree)
    const found = { pointer: issue.pointer, code: issue.code }
    expect(found, `QUERY_SEED=${SEED}: ${JSON.stringify(tree)}`).toEqual({ pointer: `/query${pointer}${inside}`, code })
  }
})

test.each([
  ['acter', 'actor'],
  ['metdata.plan', 'metadata.plan'],
  // the text form alone has since and until: a tree bounds the time
  ['since', 'occurred_at'],
  ['untill', 'occurred_at'],
])('the field %j was meant to be %j', (field, nearest) => {
  expect(issueOf({ field, is: 'a' }).message).toContain(`Did you mean "${nearest}"?`)
})

const { QUERY_TERMS_MAX, QUERY_DEPTH_MAX, QUERY_VALUE_CHARS_MAX } = BOUNDS
const word: Json = { text: 'a' }
const negated = (depth: number, inner: Json = word): Json =>
  times(depth, () => 0).reduce((tree) => ({ not: tree }), inner)
const either = (parts: Json): Json => ({ or: [word, { and: [word, parts] }] })
const long = 'x'.repeat(QUERY_VALUE_CHARS_MAX)
const of = (count: number): Json => ({ or: times(count, () => word) })

test.each<readonly [limit: string, at: Json, past: Json, pointer: string]>([
  ['QUERY_TERMS_MAX', of(QUERY_TERMS_MAX), of(QUERY_TERMS_MAX + 1), `/or/${QUERY_TERMS_MAX}`],
  ['QUERY_DEPTH_MAX', negated(QUERY_DEPTH_MAX), negated(QUERY_DEPTH_MAX + 1), '/not'.repeat(QUERY_DEPTH_MAX)],
  [
    'QUERY_DEPTH_MAX',
    negated(QUERY_DEPTH_MAX - 1, { and: [word, word] }),
    negated(QUERY_DEPTH_MAX, { and: [word, word] }),
    '/not'.repeat(QUERY_DEPTH_MAX),
  ],
  [
    'QUERY_DEPTH_MAX',
    times(QUERY_DEPTH_MAX, () => 0).reduce(either, either(word)),
    times(QUERY_DEPTH_MAX + 1, () => 0).reduce(either, either(word)),
    '/or/1/and/1'.repeat(QUERY_DEPTH_MAX + 1),
  ],
  ['QUERY_VALUE_CHARS_MAX', { field: 'actor', is: long }, { field: 'actor', is: `${long}x` }, '/is'],
  [
    'QUERY_VALUE_CHARS_MAX',
    { field: 'actor', starts_with: long },
    { field: 'actor', starts_with: `${long}x` },
    '/starts_with',
  ],
  ['QUERY_VALUE_CHARS_MAX', { text: long }, { text: `${long}x` }, '/text'],
])(
  '%s: what is at the limit is read, and can be said in words; what is past it is refused',
  (limit, at, past, pointer) => {
    const tree = parseQueryJson(at)
    expect(parseQuery(formatQuery(tree))).toEqual(tree)
    const issue = issueOf(past)
    expect({ limit: issue.limit, pointer: issue.pointer }).toEqual({ limit, pointer: `/query${pointer}` })
  },
)

test('however deep a query is said in words, its tree is deep enough for JSON, and no deeper', () => {
  const text = `a OR b ${'(c OR d '.repeat(QUERY_DEPTH_MAX)}e${')'.repeat(QUERY_DEPTH_MAX)}`
  const tree = parseQuery(text)
  expect(parseQueryJson(JSON.parse(JSON.stringify(tree)) as Json)).toEqual(tree)
})

test('nothing at all, said as an empty object or as an empty list of what holds, is everything', () => {
  expect(parseQueryJson({})).toEqual(EVERYTHING)
  expect(parseQueryJson({ and: [] })).toEqual(EVERYTHING)
  expect(parseQuery(formatQuery(EVERYTHING))).toEqual(EVERYTHING)
  expect(issueOf({ and: [{}] }).pointer).toBe('/query/and/0')
  expect(issueOf({ not: { and: [] } }).pointer).toBe('/query/not/and')
})
