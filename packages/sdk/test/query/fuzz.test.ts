/** Strings that nobody would type: each is a query that stays what it is, or an error that points into it. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { AuditError, type Json } from '../../dist/base/index.js'
import { BOUNDS } from '../../dist/event/index.js'
import { formatQuery, matcherOf, parseQuery, parseQueryJson, type Query } from '../../dist/query/index.js'
import type { EventInput, RecordedEvent } from '../../dist/event/index.js'
import { randomEvent } from './random-events.js'
import { randomSaid } from './random-trees.js'
import { sayText } from './say.js'
import { FRAGMENTS, hostileText, NOW_MS, oneIn, pick, type Random, random, SEED, times } from './support.js'

const STRINGS = 100_000
const HEAP_GROWTH_BYTES_MAX = 20_000_000
const { QUERY_CHARS_MAX } = BOUNDS

const rnd = random(SEED)
const events = times(200, (i) => randomEvent(rnd, i))
const event: RecordedEvent = {
  outcome: 'success',
  bucket: 'default',
  id: 'e',
  occurred_at: '2026-11-20T00:00:00.000Z',
  ...(events[0] as EventInput),
  org: 'acme',
  index: 0,
  recorded_at: '2026-11-20T00:00:00.000Z',
}

/** What only looks like much: runs of what opens, escapes, negates and separates. */
const RUNS: readonly string[] = [
  String.raw`( ) - " \ .. : * . a 🐟 a: a. a." \" "\ -( NOT( 1.. > -1. 5 metadata. metadata."a". actor:( "a"`.split(
    ' ',
  ),
  [' ', 'NOT ', 'OR ', 'a OR ', '(a ', 'type:a ', '\u0301', '\ud800'],
].flat()

type Mutate = (text: string, other: string) => string
const at = (text: string): number => rnd(text.length + 1)
const MUTATIONS: readonly Mutate[] = [
  (text) => splice(text, at(text), 1 + rnd(3), ''),
  (text) => splice(text, at(text), 0, pick(rnd, FRAGMENTS)),
  (text) => splice(text, at(text), 1, pick(rnd, FRAGMENTS)),
  (text) => splice(text, at(text), 0, String.fromCharCode(rnd(oneIn(rnd, 2) ? 128 : 65_536))),
  (text) => splice(text, at(text), 0, pick(rnd, RUNS).repeat(1 + rnd(oneIn(rnd, 20) ? 300 : 20))),
  (text) => text.slice(0, at(text)),
  (text) => text.slice(at(text)),
  (text, other) => text.slice(0, at(text)) + other.slice(at(other)),
  (text, other) => `${text} ${other}`,
  (text) => {
    const from = at(text)
    return splice(text, from, 0, text.slice(from, from + rnd(12)))
  },
]

const splice = (text: string, from: number, cut: number, put: string): string =>
  text.slice(0, from) + put + text.slice(from + cut)

function randomString(rnd: Random): string {
  const kind = rnd(20)
  if (kind === 0) return hostileText(rnd)
  if (kind === 1) return times(rnd(30), () => pick(rnd, FRAGMENTS)).join('')
  if (kind === 2 && oneIn(rnd, 20)) return longString(rnd)
  const said = () => sayText(rnd, randomSaid(rnd, events))
  let text = said()
  for (let n = rnd(4); n > 0; n--) text = pick(rnd, MUTATIONS)(text, oneIn(rnd, 4) ? said() : text)
  return text.slice(0, QUERY_CHARS_MAX + rnd(10))
}

/** As long as a query may be, or a little longer: one thing over and over, with something else around it. */
function longString(rnd: Random): string {
  const [one, other] = [pick(rnd, RUNS), pick(rnd, FRAGMENTS)]
  const length = QUERY_CHARS_MAX - rnd(3) + rnd(4)
  const body = oneIn(rnd, 2) ? one.repeat(length) : `${one}${other}`.repeat(length)
  return `${oneIn(rnd, 2) ? pick(rnd, FRAGMENTS) : ''}${body}`.slice(0, length)
}

/** A query says itself in words and in JSON, as long as its words are not too many. */
function checkTree(tree: Query): void {
  const text = formatQuery(tree)
  if (text.length <= QUERY_CHARS_MAX) {
    const again = parseQuery(text)
    if (JSON.stringify(again) !== JSON.stringify(tree)) expect(again, text).toEqual(tree)
    expect(formatQuery(again)).toBe(text)
  }
  const json = JSON.stringify(tree)
  expect(JSON.stringify(parseQueryJson(JSON.parse(json) as Json))).toBe(json)
  matcherOf(tree, NOW_MS)(event)
}

/** The error points into the text, and what it found stands there. */
function checkError(error: unknown, text: string): void {
  if (!(error instanceof AuditError) || error.code !== 'invalid_query' || error.fault === undefined) throw error
  const { position, found, expected } = error.fault
  expect(position).toBeGreaterThanOrEqual(0)
  expect(position).toBeLessThanOrEqual(text.length)
  expect(found === '').toBe(position === text.length)
  const stands = text.slice(position, position + 60).toWellFormed()
  const shown = found.toWellFormed().replace(/…$/, '')
  if (!stands.startsWith(shown)) expect(stands).toBe(shown)
  expect(expected).not.toBe('')
  expect(error.message.length).toBeLessThan(500)
}

const collectGarbage = (): number => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

test(`${STRINGS} strings are queries or say where they are none (QUERY_SEED=${SEED})`, () => {
  const seen = { queries: 0, errors: 0, places: new Set<string>() }
  let slowest = { ms: 0, text: '' }
  let heapBytes = 0
  for (let i = 0; i < STRINGS; i++) {
    if (i === STRINGS / 10) heapBytes = collectGarbage()
    const text = randomString(rnd)
    const startMs = performance.now()
    try {
      const tree = tryParse(text)
      const ms = performance.now() - startMs
      if (ms > slowest.ms) slowest = { ms, text: text.slice(0, 40) }
      if (tree instanceof Error) checkError(tree, text)
      else checkTree(tree)
      if (tree instanceof Error) seen.errors++
      else seen.queries++
      if (tree instanceof AuditError) seen.places.add(tree.fault?.expected.replaceAll(/\d+/g, 'n') ?? '')
    } catch (error) {
      throw new Error(`QUERY_SEED=${SEED}, string ${i}: ${JSON.stringify(text.slice(0, 2_000))}`, { cause: error })
    }
  }
  const grownBytes = collectGarbage() - heapBytes
  console.log(
    `${seen.queries} queries, ${seen.errors} errors of ${seen.places.size} sorts; slowest ${slowest.ms.toFixed(1)} ms: ${JSON.stringify(slowest.text)}; heap ${(grownBytes / 1e6).toFixed(1)} MB`,
  )
  expect(seen.queries).toBeGreaterThan(STRINGS / 10)
  expect(seen.errors).toBeGreaterThan(STRINGS / 10)
  expect(grownBytes).toBeLessThan(HEAP_GROWTH_BYTES_MAX)
})

/** The query, or what was thrown instead. */
function tryParse(text: string): Query | Error {
  try {
    return parseQuery(text)
  } catch (error) {
    return error as Error
  }
}
