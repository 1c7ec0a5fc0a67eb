/** Random queries as people say them in JSON: every kind of node, field and value; most of them about some event of a list. */
import { formatTime, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../dist/base/index.js'
import type { EventInput } from '../../dist/event/index.js'
import { ADDRESSES, BUCKETS, EMAILS, IDS, KINDS, NUMBERS, OUTCOMES, TYPES } from './random-events.js'
import { hostileText, KEYS, NOW_MS, oneIn, pick, type Random, sentence, times, WORDS } from './support.js'

/** A query in JSON, before anybody read it: names may be short, times days, addresses in any spelling. */
export type Said =
  | { readonly and: readonly Said[] }
  | { readonly or: readonly Said[] }
  | { readonly not: Said }
  | SaidCondition
export type SaidCondition = SaidWords | SaidField
export type SaidWords = { readonly text: string; readonly prefix?: boolean }
export type SaidField = {
  readonly field: string
  readonly is?: Scalar
  readonly starts_with?: string
  readonly within?: string
  readonly gt?: string | number
  readonly gte?: string | number
  readonly lt?: string | number
  readonly lte?: string | number
}
export type Scalar = string | number | boolean | null

/** The names of a fact, and values that it may have. */
const FACTS: readonly (readonly [names: readonly string[], values: readonly string[], isFree?: boolean])[] = [
  [['type'], [...TYPES, 'nothing.here']],
  [['actor', 'actor_id'], IDS, true],
  [['actor_type'], KINDS],
  [['email', 'actor_email'], EMAILS, true],
  [['target', 'target_id'], IDS, true],
  [['target_type'], [...KINDS, 'certificate', 'resource', 'api']],
  [['project', 'project_id'], IDS, true],
  [['bucket'], [...BUCKETS, 'empty']],
  [['outcome'], OUTCOMES],
  [['correlation', 'correlation_id'], ['c1', 'c 2', 'c*', 'none'], true],
]
const TIMES = ['occurred_at', 'recorded_at']
const WITHIN_PATHS = [
  'metadata',
  'details',
  'actor',
  'on_behalf_of',
  'targets',
  'target',
  'project',
  'context',
  'changes',
]

export function randomSaid(rnd: Random, events: readonly EventInput[], depth = 1 + rnd(4)): Said {
  if (depth === 0 || oneIn(rnd, 4)) return randomCondition(rnd, events)
  const kind = rnd(5)
  if (kind === 0) return { not: randomSaid(rnd, events, depth - 1) }
  const parts = times(1 + rnd(3), () => randomSaid(rnd, events, depth - 1))
  if (kind === 1) return { or: randomChoice(rnd, events) }
  return kind < 4 ? { and: parts } : { or: parts }
}

/** Values of one field. */
function randomChoice(rnd: Random, events: readonly EventInput[]): readonly Said[] {
  const first = randomFact(rnd, events)
  return [first, ...times(rnd(3), () => ({ field: first.field, is: pick(rnd, valuesOf(first.field)) }))]
}

const valuesOf = (name: string): readonly string[] => FACTS.find(([names]) => names.includes(name))?.[1] ?? ADDRESSES

export function randomCondition(rnd: Random, events: readonly EventInput[]): SaidCondition {
  const kind = rnd(20)
  if (kind < 8) return randomFact(rnd, events)
  if (kind < 9) return randomNetwork(rnd)
  if (kind < 11) return randomTimes(rnd, pick(rnd, TIMES))
  if (kind < 12) return randomIndex(rnd, events.length)
  return kind < 16 ? randomPath(rnd, events) : randomWords(rnd, events)
}

export function randomFact(rnd: Random, events: readonly EventInput[]): SaidField {
  if (oneIn(rnd, 12)) return { field: pick(rnd, ['ip', 'ip_address']), is: pick(rnd, ADDRESSES) }
  const [names, values, isFree] = pick(rnd, FACTS)
  const field = pick(rnd, names)
  const value = isFree ? freeValue(rnd, events, field, values) : pick(rnd, values)
  if (oneIn(rnd, 3)) return { field, starts_with: cut(rnd, value) }
  return { field, is: value }
}

/** A value that some event has, one of the usual, or anything at all. */
function freeValue(rnd: Random, events: readonly EventInput[], field: string, usual: readonly string[]): string {
  const kind = rnd(4)
  if (kind === 0) return pick(rnd, usual)
  const { actor, targets, project } = pick(rnd, events)
  const own = { actor: actor?.id, target: targets?.[0]?.id, project: project?.id, email: actor?.email?.toUpperCase() }
  const value = own[field.replace(/_id$/, '') as keyof typeof own]
  return kind === 1 ? hostileText(rnd).toWellFormed() : value || pick(rnd, usual)
}

/** The first characters of a text: whole ones, so that half a character is no value. */
function cut(rnd: Random, text: string): string {
  const characters = Array.from(text)
  return characters.slice(0, rnd(characters.length + 1)).join('')
}

function randomNetwork(rnd: Random): SaidField {
  const address = pick(rnd, ADDRESSES)
  const network = `${address}/${rnd(address.includes(':') ? 129 : 33)}`
  const field = pick(rnd, ['ip', 'ip_address'])
  return oneIn(rnd, 2) ? { field, within: network } : { field, is: network }
}

/** A span, a day, a second, a millisecond, or an instant at an offset. */
export function randomMoment(rnd: Random): string {
  const time = formatTime(NOW_MS - rnd(14 * 96) * 900_000)
  const kind = rnd(6)
  if (kind === 0) return `${rnd(14)}${pick(rnd, ['d', 'd', 'h', 'w', 's', 'm'])}`
  if (kind === 1) return time.slice(0, 10)
  if (kind === 2) return `${time.slice(0, 19)}Z`
  return kind === 3 ? `${time.slice(0, 19)}${pick(rnd, ['+01:00', '-09:30', '.5Z', '.000000001+00:00'])}` : time
}

const isSpan = (moment: string): boolean => /^\d+[smhdw]$/.test(moment)

function randomTimes(rnd: Random, field: string): SaidField {
  if (oneIn(rnd, 5)) return { field, is: randomMoment(rnd) }
  return randomBounds(rnd, field, randomMoment(rnd), randomMoment(rnd), (moment) =>
    isSpan(moment) ? NOW_MS : Date.parse(moment),
  )
}

function randomIndex(rnd: Random, count: number): SaidField {
  if (oneIn(rnd, 3)) return { field: 'index', is: oneIn(rnd, 2) ? rnd(count) : `00${rnd(count)}` }
  return randomBounds(rnd, 'index', rnd(count), rnd(count) + (oneIn(rnd, 4) ? 0.5 : 0), Number)
}

/** One bound or two, the lower below. Days that are near stay away from one another: after a day is after its end. */
function randomBounds<T extends string | number>(
  rnd: Random,
  field: string,
  one: T,
  other: T,
  place: (bound: T) => number,
): SaidField {
  const low = { [pick(rnd, ['gt', 'gte'])]: one }
  const high = { [pick(rnd, ['lt', 'lte'])]: other }
  const kind = rnd(4)
  if (kind === 0) return { field, ...low }
  if (kind === 1) return { field, ...high }
  const apart = typeof one === 'number' ? 1 : 2 * 86_400_000
  return place(one) + apart < place(other) ? { field, ...low, ...high } : { field, ...low }
}

function randomPath(rnd: Random, events: readonly EventInput[]): SaidField {
  const found = placesIn(pick(rnd, events))
  if (found.length === 0 || oneIn(rnd, 10)) return strayPath(rnd)
  const [steps, value] = pick(rnd, found)
  const field = sayPath(rnd, steps)
  if (typeof value === 'number' && oneIn(rnd, 2))
    return randomBounds(rnd, field, pick(rnd, [value, pick(rnd, NUMBERS)]), pick(rnd, NUMBERS), Number)
  if (typeof value === 'string' && /^\d{4}-/.test(value) && oneIn(rnd, 2)) return randomTimes(rnd, field)
  const text = String(value)
  if (text.length > 1_000) return { field, starts_with: cut(rnd, text.slice(0, 1_000).toWellFormed()) }
  if (oneIn(rnd, 3)) return { field, starts_with: cut(rnd, text) }
  return { field, is: oneIn(rnd, 2) && field !== 'id' ? value : text }
}

function strayPath(rnd: Random): SaidField {
  const steps = times(1 + rnd(2), () =>
    oneIn(rnd, 3) ? hostileText(rnd).slice(0, 40).toWellFormed() : pick(rnd, KEYS),
  )
  const field = sayPath(rnd, [pick(rnd, WITHIN_PATHS), ...steps])
  return oneIn(rnd, 2) ? { field, is: pick(rnd, ['', 'pro', 5, null, true]) } : { field, starts_with: '' }
}

/** Each scalar of an event that a path leads to. */
function placesIn(event: EventInput): readonly (readonly [steps: readonly string[], value: Scalar])[] {
  const found: (readonly [readonly string[], Scalar])[] = []
  const walk = (value: Json, steps: readonly string[]): void => {
    if (isJsonArray(value)) for (const item of value) walk(item, steps)
    else if (isJsonObject(value)) for (const [key, member] of Object.entries(value)) walk(member, [...steps, key])
    else found.push([steps, value])
  }
  const members: JsonObject = Object.fromEntries(
    Object.entries(event as unknown as JsonObject).filter(
      ([name]) => name === 'description' || name === 'id' || WITHIN_PATHS.includes(name),
    ),
  )
  walk(members, [])
  return found
}

/** Quotes that are needed, and now and then some that are not. */
function sayPath(rnd: Random, [root = '', ...steps]: readonly string[]): string {
  const said = root === 'targets' && oneIn(rnd, 2) ? 'target' : root
  return [said, ...steps.map((step) => (oneIn(rnd, 8) || !/^[\p{L}\p{N}_-]+$/u.test(step) ? quoted(step) : step))].join(
    '.',
  )
}

export const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`

/** One to three words that stand together in some event, in another case now and then; or any words. */
function randomWords(rnd: Random, events: readonly EventInput[]): SaidWords {
  const { description, actor, metadata } = pick(rnd, events)
  const source = pick(rnd, [description, actor?.name, actor?.email, JSON.stringify(metadata ?? {})]) ?? sentence(rnd)
  const words = source.split(' ').slice(0, 50)
  const from = rnd(words.length)
  const said = words.slice(from, from + 1 + rnd(3)).join(pick(rnd, [' ', ', ']))
  const text = pick(rnd, [said, said.toUpperCase(), said.toLowerCase(), said.normalize('NFD'), pick(rnd, WORDS)])
  const prefix = oneIn(rnd, 3)
  const kept = (prefix ? cut(rnd, text) : text).slice(0, 1_000).toWellFormed()
  return /[\p{L}\p{N}]/u.test(kept)
    ? { text: kept, ...(prefix ? { prefix } : {}) }
    : { text: pick(rnd, ['key', 'the']) }
}
