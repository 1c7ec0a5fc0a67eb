/** The list's plain parameters as a filter: a repeated parameter means "or", different ones mean "and". */
import { formatTime, parseTime } from '@sealedlog/sdk/base'
import {
  canonicalIp,
  FIELDS,
  type Field,
  type Filter,
  KIND_PATTERN,
  OUTCOMES,
  type Term,
  termOf,
  TYPE_PATTERN,
} from '@sealedlog/sdk/event'
import { invalidParameter, type Query } from './query.js'

/** Fields that are parameters of the native list; `tenant` is OpenAI's business. */
export const FILTER_PARAMETERS: readonly Field[] = (Object.keys(FIELDS) as Field[]).filter(
  (field) => field !== 'tenant',
)

/** What a value must look like to mean anything, and how to say it. */
const EXPECTED: { readonly [field in Field]?: readonly [(value: string) => boolean, string] } = {
  type: [(value) => TYPE_PATTERN.test(value.replace(/\*$/, '') || 'x'), 'an event type, or a prefix such as api_key.*'],
  actor_type: [(value) => KIND_PATTERN.test(value), 'letters, digits and _ . : -'],
  target_type: [(value) => KIND_PATTERN.test(value), 'letters, digits and _ . : -'],
  bucket: [(value) => KIND_PATTERN.test(value), 'letters, digits and _ . : -'],
  outcome: [(value) => OUTCOMES.some((outcome) => outcome === value), OUTCOMES.join(', ')],
  ip_address: [(value) => canonicalIp(value) !== undefined, 'an IPv4 or IPv6 address'],
}

/** @throws AuditError `invalid_parameter` */
export function readFilter(query: Query): Filter {
  const terms = FILTER_PARAMETERS.map((field) => readTerm(query, field)).filter((term) => term !== undefined)
  const sinceMs = readTime(query, 'since')
  const untilMs = readTime(query, 'until')
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs) {
    throw invalidParameter('until', `until is ${formatTime(untilMs)}, before since, which is ${formatTime(sinceMs)}.`)
  }
  return { terms, ...(sinceMs === undefined ? {} : { sinceMs }), ...(untilMs === undefined ? {} : { untilMs }) }
}

function readTerm(query: Query, field: Field): Term | undefined {
  const values = query.many(field)
  if (values.length === 0) return undefined
  const [accepts, expected] = EXPECTED[field] ?? [(value: string) => value !== '', 'a value']
  const wrong = values.find((value) => !accepts(value))
  if (wrong !== undefined)
    throw invalidParameter(field, `${field} is ${JSON.stringify(wrong.slice(0, 60))}; expected ${expected}.`)
  return termOf(field, values)
}

function readTime(query: Query, name: string): number | undefined {
  const text = query.one(name)
  if (text === undefined) return undefined
  const ms = parseTime(text)
  if (ms === undefined)
    throw invalidParameter(
      name,
      `${name} is ${JSON.stringify(text.slice(0, 60))}; expected an RFC 3339 date-time such as 2026-11-20T09:12:21Z (write + as %2B).`,
    )
  return ms
}
