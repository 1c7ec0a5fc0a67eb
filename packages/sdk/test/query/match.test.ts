/** What a query holds for: the laws of logic, and that an index which knows only facts never says otherwise. */
import { expect, test } from 'vitest'
import { type Json, parseTime } from '../../dist/base/index.js'
import { factsOf, type RecordedEvent } from '../../dist/event/index.js'
import {
  allOf,
  anyOf,
  atTime,
  conditionsOf,
  formatQuery,
  judge,
  matcherOf,
  noneOf,
  parseQuery,
  parseQueryJson,
  type Query,
} from '../../dist/query/index.js'
import { randomEvent } from './random-events.js'
import { randomSaid } from './random-trees.js'
import { NOW_MS, random, SEED, times } from './support.js'

const RUNS = 600
const rnd = random(SEED)
const EVENTS = times(60, (index): RecordedEvent => {
  const recorded_at = new Date(NOW_MS - 86_400_000 + index * 600_000).toISOString()
  return {
    occurred_at: recorded_at,
    outcome: 'success',
    bucket: 'default',
    ...randomEvent(rnd, index),
    org: 'acme',
    index,
    recorded_at,
    id: `e${index}`,
  }
})
const KNOWN = EVENTS.map((event) => ({ facts: factsOf(event), atMs: parseTime(event.occurred_at) ?? 0 }))

const randomTree = (): Query => parseQueryJson(JSON.parse(JSON.stringify(randomSaid(rnd, EVENTS))) as Json)
const holdsFor = (query: Query, nowMs = NOW_MS): readonly boolean[] => EVENTS.map(matcherOf(query, nowMs))
const said = (...queries: readonly Query[]): string => `QUERY_SEED=${SEED}: ${queries.map(formatQuery).join(' | ')}`

test(`not, and, or are those of logic (QUERY_SEED=${SEED})`, () => {
  for (let i = 0; i < RUNS; i++) {
    const [a, b] = [randomTree(), randomTree()]
    const [inA, inB] = [holdsFor(a), holdsFor(b)]
    expect(holdsFor(noneOf(a)), said(a)).toEqual(inA.map((held) => !held))
    expect(holdsFor({ not: { not: a } }), said(a)).toEqual(inA)
    expect(holdsFor(allOf([a, b])), said(a, b)).toEqual(inA.map((held, n) => held && inB[n]))
    expect(holdsFor(anyOf([a, b])), said(a, b)).toEqual(inA.map((held, n) => held || inB[n]))
    expect(holdsFor({ not: { and: [a, b] } }), said(a, b)).toEqual(holdsFor({ or: [noneOf(a), noneOf(b)] }))
    expect(holdsFor({ not: { or: [a, b] } }), said(a, b)).toEqual(holdsFor({ and: [noneOf(a), noneOf(b)] }))
  }
})

test(`what facts decide is so, and what they leave open is left open (QUERY_SEED=${SEED})`, () => {
  const seen = { true: 0, false: 0, undefined: 0 }
  for (let i = 0; i < 4 * RUNS; i++) {
    const query = atTime(randomTree(), NOW_MS)
    const holds = holdsFor(query)
    KNOWN.forEach(({ facts, atMs }, n) => {
      const judged = judge(query, facts, atMs)
      seen[`${judged}`]++
      if (judged !== undefined) expect(judged, `${said(query)} for event ${n}`).toBe(holds[n])
    })
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(RUNS)
})

test(`with its spans counted back, a query means the same at any later time (QUERY_SEED=${SEED})`, () => {
  for (let i = 0; i < 2 * RUNS; i++) {
    const query = randomTree()
    const fixed = atTime(query, NOW_MS)
    const bounds = [...conditionsOf(fixed)].flatMap((condition) => Object.values(condition))
    expect(bounds.filter((bound) => /^\d+[smhdw]$/.test(String(bound)) && isSpanIn(fixed, bound))).toEqual([])
    expect(holdsFor(fixed, NOW_MS + 86_400_000), said(query)).toEqual(holdsFor(query))
    expect(atTime(fixed, 0), said(query)).toEqual(fixed)
  }
})

/** `7d` may also be an id. */
const isSpanIn = (query: Query, bound: unknown): boolean =>
  [...conditionsOf(query)].some(
    (condition) =>
      'field' in condition && ['gt', 'gte', 'lt', 'lte'].some((name) => Reflect.get(condition, name) === bound),
  )

test.each(['999999w', '0s', '1d'])('%s ago is a time that can be said again', (span) => {
  const fixed = atTime(parseQuery(`since:${span}`), NOW_MS)
  expect(parseQuery(formatQuery(fixed))).toEqual(fixed)
})

test('a place that many conditions ask for is read once', () => {
  let reads = 0
  const details = {
    get list() {
      reads++
      return [1, '2026-11-20', 'a', null, { b: true }]
    },
  }
  const event = { details } as unknown as RecordedEvent
  const holds = (text: string) => matcherOf(parseQuery(text), NOW_MS)(event)
  const many = Array.from({ length: 250 }, (_, i) => `-details.list:x${i}`)
  reads = 0
  expect(holds([...many, 'details.list:a*', 'details.list:>0', 'details.list:>2020-01-01'].join(' '))).toBe(false)
  expect(reads).toBeLessThan(4)
})
