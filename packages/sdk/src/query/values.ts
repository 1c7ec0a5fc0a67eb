/** From a field and what was said of it to a condition that cannot be wrong: the rules that text, JSON and parameters share. */
import { nearestName } from '../base/index.js'
import { BOUNDS, canonicalIp, KIND_PATTERN, OUTCOMES, TYPE_PATTERN } from '../event/index.js'
import { shown, type ValueFault } from './fault.js'
import type { QueryField } from './fields.js'
import { formatNetwork, parseNetwork } from './networks.js'
import { readMoment } from './times.js'
import type { Between, Bound, BoundName, Condition, Query } from './tree.js'

/** What a value of a field must look like, and how to say it. */
interface ValueRule {
  readonly accepts: (value: string) => boolean
  readonly expected: string
  readonly oneOf?: readonly string[]
}

const kind: ValueRule = { accepts: (value) => KIND_PATTERN.test(value), expected: 'letters, digits and _ . : -' }
const RULES: { readonly [field: string]: ValueRule } = {
  type: { accepts: (value) => TYPE_PATTERN.test(value), expected: 'an event type, or a prefix such as api_key.*' },
  actor_type: kind,
  target_type: kind,
  bucket: kind,
  outcome: {
    accepts: (value) => OUTCOMES.some((outcome) => outcome === value),
    expected: OUTCOMES.join(', '),
    oneOf: OUTCOMES,
  },
  ip_address: {
    accepts: (value) => canonicalIp(value) !== undefined,
    expected: 'an IPv4 or IPv6 address, or a network such as 10.0.0.0/8',
  },
  index: {
    accepts: (value) => /^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value)),
    expected: 'a whole number',
  },
}
const TIME_EXPECTED = 'a time: 2026-11-20, 2026-11-20T09:12:21Z, or a span back from now such as 7d'

const fault = (found: string, expected: string, more: Partial<ValueFault> = {}): ValueFault => ({
  offset: 0,
  found: shown(found),
  expected,
  ...more,
})

/** The field has this value. */
export function equalTo(field: QueryField, value: string): Query | ValueFault {
  const tooLong = checkLength(value, spelled(field.name, value))
  if (tooLong) return tooLong
  if (field.kind === 'time') return withinMoment(field, value)
  if (field.name === 'ip_address' && value.includes('/')) return within(field, value)
  const rule = RULES[field.name]
  if (rule && !rule.accepts(value)) {
    const nearest = rule.oneOf && nearestName(value, rule.oneOf)
    return fault(value, rule.expected, nearest === undefined ? {} : { nearest })
  }
  if (field.kind === 'fact' && value === '') return fault(value, 'a value')
  return { field: field.name, is: spelled(field.name, value) }
}

/** Spelled the way it is compared, where that is another spelling of the same; it can be longer. */
function spelled(field: string, value: string): string {
  if (field === 'ip_address') return canonicalIp(value) ?? value
  if (field === 'index') return String(Number(value))
  return field === 'actor_email' ? value.toLowerCase() : value
}

/** The field has a value that starts so. */
export function startingWith(field: QueryField, prefix: string): Condition | ValueFault {
  const said = field.name === 'actor_email' ? prefix.toLowerCase() : prefix
  const tooLong = checkLength(prefix, said)
  if (tooLong) return tooLong
  if (field.kind === 'time' || field.kind === 'index')
    return fault(`${prefix}*`, `a range: ${field.name} has no prefixes`)
  if (field.name === 'ip_address' && prefix !== '') return fault(`${prefix}*`, 'a network such as 10.0.0.0/8')
  const rule = RULES[field.name]
  if (rule?.oneOf && prefix !== '' && !rule.oneOf.some((value) => value.startsWith(prefix)))
    return fault(`${prefix}*`, rule.expected)
  if (rule && !rule.oneOf && prefix !== '' && !rule.accepts(prefix)) return fault(`${prefix}*`, rule.expected)
  return { field: field.name, starts_with: said }
}

/** The address lies in the network. */
export function within(field: QueryField, network: string): Condition | ValueFault {
  const parsed = field.name === 'ip_address' ? parseNetwork(network) : undefined
  if (parsed) return { field: field.name, within: formatNetwork(parsed) }
  return fault(network, field.name === 'ip_address' ? 'a network such as 10.0.0.0/8 or 2001:db8::/32' : 'a value')
}

/** A bound as it was said: what of it counts depends on the side it bounds. */
export interface SaidBound {
  readonly name: BoundName
  readonly text: string
  /** where it stands in the value */
  readonly offset: number
}

/** The field has a value between the bounds, one or two, one on each side. */
export function between(field: QueryField, bounds: readonly SaidBound[]): Condition | ValueFault {
  if (field.kind === 'fact')
    return fault(bounds[0]?.text ?? '', `a value: ${field.name} has no ranges; quote what is meant literally`)
  // `*..*`, `*..<*`: the parser shows how it was written.
  if (bounds.length === 0) return fault('', 'a bound on one side at least')
  const read: { -readonly [name in BoundName]?: Bound } = {}
  for (const said of bounds) {
    const bound = readBound(field, said)
    if ('offset' in bound) return bound
    read[bound.name] = bound.value
  }
  const values = Object.values(read)
  if (new Set(values.map((value) => typeof value)).size > 1)
    return fault(bounds[1]?.text ?? '', 'a bound of the same kind as the other', { offset: bounds[1]?.offset ?? 0 })
  const empty = emptyRange(read, bounds)
  return empty ?? ({ field: field.name, ...read } satisfies Between)
}

function readBound(
  field: QueryField,
  { name, text, offset }: SaidBound,
): { readonly name: BoundName; readonly value: Bound } | ValueFault {
  const number = field.kind === 'time' ? undefined : readNumber(text)
  if (number !== undefined) return { name, value: number }
  const moment = field.kind === 'index' ? undefined : readMoment(text)
  if (moment === undefined) {
    const expected =
      field.kind === 'time' ? TIME_EXPECTED : field.kind === 'index' ? 'a number' : `a number, or ${TIME_EXPECTED}`
    return fault(text, expected, { offset })
  }
  // After a day is after its end; up to a day includes it.
  if (name === 'gte' || name === 'gt') return { name: 'gte', value: name === 'gte' ? moment.start : moment.end }
  return { name: 'lt', value: name === 'lt' ? moment.start : moment.end }
}

/** A range between two absolute bounds that are the wrong way round is a slip, not a question. */
function emptyRange(
  read: { readonly [name in BoundName]?: Bound },
  bounds: readonly SaidBound[],
): ValueFault | undefined {
  const low = read.gte ?? read.gt
  const high = read.lt ?? read.lte
  if (low === undefined || high === undefined || !isAbsolute(low) || !isAbsolute(high) || low <= high) return undefined
  return fault(bounds[1]?.text ?? '', `a bound after ${low}`, { offset: bounds[1]?.offset ?? 0 })
}

const isAbsolute = (bound: Bound): boolean => typeof bound === 'number' || bound.length > 7

/** A JSON number (RFC 8259 §6) that a double holds. */
function readNumber(text: string): number | undefined {
  if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  // there is no minus zero in JSON's canonical form
  return Number.isFinite(number) ? number + 0 : undefined
}

function withinMoment(field: QueryField, text: string): Query | ValueFault {
  const moment = readMoment(text)
  if (moment === undefined) return fault(text, TIME_EXPECTED)
  // A span is a point in time: what is asked for is what happened since.
  if (moment.start === moment.end) return { field: field.name, gte: moment.start }
  return { field: field.name, gte: moment.start, lt: moment.end }
}

/** What is wrong with a value that is too long, as it was said or as it is compared. */
export function checkLength(value: string, compared = value): ValueFault | undefined {
  if (Math.max(value.length, compared.length) <= BOUNDS.QUERY_VALUE_CHARS_MAX) return undefined
  return fault(value, `at most ${BOUNDS.QUERY_VALUE_CHARS_MAX} characters`, { limit: 'QUERY_VALUE_CHARS_MAX' })
}
