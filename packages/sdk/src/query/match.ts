/** Whether a query holds for an event: the definition, against which every index is tested. */
import { formatTime, type Json } from '../base/index.js'
import { aliasesOf, type Facts, type Field, factsOf, type RecordedEvent } from '../event/index.js'
import { kindOf } from './fields.js'
import { contains, parseNetwork } from './networks.js'
import { parsePath } from './paths.js'
import { TIME_MS_MIN, timeMs } from './times.js'
import { type Between, type Bound, type Condition, mapConditions, type Query, type Words } from './tree.js'
import { Values } from './values-at.js'
import { finderOf, wordsOf } from './words.js'

/** A query made ready for many events. */
export type Matcher = (event: RecordedEvent) => boolean

/**
 * Makes a query ready: spans such as `7d` count back from `nowMs`.
 *
 * @example
 * events.filter(matcherOf(parseQuery('actor:user_1 since:7d'), Date.now()))
 */
export function matcherOf(query: Query, nowMs: number): Matcher {
  const test = testOf(query, nowMs)
  return (event) => test(new Asked(event))
}

/** An event that is asked for several things, each worked out once. */
class Asked {
  readonly event: RecordedEvent
  #facts: Facts | undefined
  #texts: readonly (readonly string[])[] | undefined
  readonly #values = new Map<string, Values>()

  constructor(event: RecordedEvent) {
    this.event = event
  }

  get facts(): Facts {
    return (this.#facts ??= factsOf(this.event))
  }

  /** The words of each text in the event. */
  get texts(): readonly (readonly string[])[] {
    return (this.#texts ??= Array.from(textsOf(this.event), wordsOf))
  }

  /** What stands at a path: gathered once, however many conditions ask for it. */
  at(path: string, steps: readonly string[]): Values {
    const known = this.#values.get(path)
    if (known) return known
    const values = new Values(this.event as unknown as Json, steps)
    this.#values.set(path, values)
    return values
  }
}

type Test = (asked: Asked) => boolean

function testOf(query: Query, nowMs: number): Test {
  if ('and' in query) {
    const tests = query.and.map((part) => testOf(part, nowMs))
    return (asked) => tests.every((test) => test(asked))
  }
  if ('or' in query) {
    const tests = query.or.map((part) => testOf(part, nowMs))
    return (asked) => tests.some((test) => test(asked))
  }
  if ('not' in query) {
    const test = testOf(query.not, nowMs)
    return (asked) => !test(asked)
  }
  return testOfCondition(query, nowMs)
}

function testOfCondition(condition: Condition, nowMs: number): Test {
  if ('text' in condition) return testOfWords(condition)
  const { field } = condition
  const kind = kindOf(field)
  if (kind === 'fact') {
    const accepts = factTest(condition)
    return ({ facts }) => facts[field as Field].some(accepts)
  }
  // Times and positions are members of the event as well: paths of one step.
  const holds = valuesTest(condition, nowMs)
  const steps = parsePath(field) ?? []
  return (asked) => holds(asked.at(field, steps))
}

/** What a condition says of one fact. Types that have two names are one. */
export function factTest(condition: Exclude<Condition, Words>): (fact: string) => boolean {
  if ('is' in condition) {
    const values = condition.field === 'type' ? aliasesOf(condition.is) : [condition.is]
    return (fact) => values.includes(fact)
  }
  if ('starts_with' in condition) return (fact) => fact.startsWith(condition.starts_with)
  const network = 'within' in condition ? parseNetwork(condition.within) : undefined
  return (fact) => network !== undefined && contains(network, fact)
}

/** What a condition says of the values at a path. Scalars are compared as they are written; a prefix of nothing holds for all. */
function valuesTest(condition: Exclude<Condition, Words>, nowMs: number): (values: Values) => boolean {
  if ('is' in condition) return (values) => values.texts.has(condition.is)
  if ('starts_with' in condition) {
    const prefix = condition.starts_with
    if (prefix === '') return (values) => values.isAny
    return (values) => some(values.texts, (text) => text.startsWith(prefix))
  }
  return 'within' in condition ? () => false : rangeTest(condition, nowMs)
}

/** Numbers are compared with numbers, times with texts that are times. */
function rangeTest({ gt, gte, lt, lte }: Between, nowMs: number): (values: Values) => boolean {
  const isTime = [gt, gte, lt, lte].some((bound) => typeof bound === 'string')
  const [over, from, under, to] = [gt, gte, lt, lte].map((bound) => boundOf(bound, nowMs))
  const holds = (place: number): boolean =>
    (over === undefined || place > over) &&
    (from === undefined || place >= from) &&
    (under === undefined || place < under) &&
    (to === undefined || place <= to)
  return (values) => some(isTime ? values.timesMs : values.numbers, holds)
}

function some<T>(values: Iterable<T>, accepts: (value: T) => boolean): boolean {
  for (const value of values) if (accepts(value)) return true
  return false
}

const boundOf = (bound: Bound | undefined, nowMs: number): number | undefined =>
  typeof bound === 'string' ? timeMs(bound, nowMs) : bound

function testOfWords({ text, prefix }: Words): Test {
  const standIn = finderOf(wordsOf(text), prefix === true)
  return ({ texts }) => texts.some(standIn)
}

/** Members that the server sets: nobody looks for them by words. */
const NOT_WORDS: ReadonlySet<string> = new Set(['org', 'index', 'occurred_at', 'recorded_at', 'redacted'])

/** Members of these are looked through one by one. */
type Members = { readonly [name: string]: unknown }

/**
 * Visits every string and number of an event that somebody said, with repetitions: what free text finds it by.
 *
 * @example
 * eachText(event, (text) => texts.add(text))
 */
export function eachText(event: RecordedEvent, visit: (text: string) => void): void {
  const members = event as unknown as Members
  for (const name in members) if (!NOT_WORDS.has(name)) gatherTexts(members[name], visit)
}

function gatherTexts(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value)
  else if (typeof value === 'number') visit(String(value))
  else if (Array.isArray(value)) for (const item of value) gatherTexts(item, visit)
  // what was read from JSON has members of its own alone; a list of them would be made for each object
  else for (const name in value as Members | null) gatherTexts((value as Members)[name], visit)
}

/** The same, each once. */
function textsOf(event: RecordedEvent): ReadonlySet<string> {
  const texts = new Set<string>()
  eachText(event, (text) => texts.add(text))
  return texts
}

/** The same query with every span counted back from `nowMs`: what can be asked again and mean the same. */
export function atTime(query: Query, nowMs: number): Query {
  const absolute = (bound: Bound): Bound =>
    typeof bound === 'string' ? formatTime(Math.max(TIME_MS_MIN, timeMs(bound, nowMs))) : bound
  return mapConditions(query, (condition) => {
    if (!isBetween(condition)) return condition
    const bounds = Object.entries(condition).map(([name, value]) => [
      name,
      name === 'field' ? value : absolute(value as Bound),
    ])
    return Object.fromEntries(bounds) as Between
  })
}

export const isBetween = (condition: Condition): condition is Between =>
  'field' in condition && !('is' in condition || 'starts_with' in condition || 'within' in condition)

/** Where a query’s times stand, for whoever kept only the position of an event. */
export const rangeMsOf = (
  { gte, lt }: Between,
  nowMs: number,
): { readonly sinceMs: number; readonly untilMs: number } => ({
  sinceMs: boundOf(gte, nowMs) ?? -Infinity,
  untilMs: boundOf(lt, nowMs) ?? Infinity,
})
