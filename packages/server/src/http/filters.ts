/** The list's plain parameters as a query: a repeated parameter means "or", different ones mean "and"; `q` says the rest. */
import { AuditError, parseTime } from '@sealedlog/sdk/base'
import { FIELDS, type Field } from '@sealedlog/sdk/event'
import {
  allOf,
  anyOf,
  between,
  equalTo,
  fieldOf,
  isFault,
  parseQuery,
  type Query,
  type QueryField,
  startingWith,
  suggest,
} from '@sealedlog/sdk/query'
import { invalidParameter, type QueryString } from './query-string.js'

/** Fields that are parameters of the native list; `tenant` is OpenAI's business. */
export const FILTER_PARAMETERS: readonly Field[] = (Object.keys(FIELDS) as Field[]).filter(
  (field) => field !== 'tenant',
)

/** What counts are asked by. */
export const STATS_BY = ['hour', 'day', ...FILTER_PARAMETERS] as const

/** @throws AuditError `invalid_parameter` or `invalid_query` */
export function readFilters(query: QueryString): Query {
  const fields = FILTER_PARAMETERS.map((name) => readField(query, name)).filter((said) => said !== undefined)
  const times = [readTime(query, 'since', 'gte'), readTime(query, 'until', 'lt')].filter((said) => said !== undefined)
  checkOrder(query)
  const text = query.one('q')
  return allOf([...fields, ...times, ...(text === undefined ? [] : [readText(text)])])
}

function readField(query: QueryString, name: Field): Query | undefined {
  const values = query.many(name)
  return values.length === 0 ? undefined : anyOf(values.map((value) => readValue(name, value)))
}

/** Of plain parameters, `type` alone knows prefixes: an id may well end in a star. */
function readValue(name: Field, value: string): Query {
  const field = fieldOf(name) as QueryField
  const isPrefix = name === 'type' && value.endsWith('*')
  return settle(name, value, isPrefix ? startingWith(field, value.slice(0, -1)) : equalTo(field, value))
}

function readTime(query: QueryString, name: 'since' | 'until', bound: 'gte' | 'lt'): Query | undefined {
  const text = query.one(name)
  if (text === undefined) return undefined
  const said = between(fieldOf('occurred_at') as QueryField, [{ name: bound, text, offset: 0 }])
  return settle(name, text, said, ' (write + as %2B)')
}

function settle(name: string, value: string, said: ReturnType<typeof equalTo>, hint = ''): Query {
  if (!isFault(said)) return said
  const limit = said.limit === undefined ? '' : ` (limit ${said.limit})`
  throw invalidParameter(
    name,
    `${name} is ${JSON.stringify(value.slice(0, 60))}; expected ${said.expected}${hint}${limit}.${suggest(said.nearest)}`,
  )
}

/** A time before the other is a slip, not a question. Spans have no order until they are asked. */
function checkOrder(query: QueryString): void {
  const since = query.one('since') ?? ''
  const until = query.one('until') ?? ''
  const [sinceMs, untilMs] = [parseTime(since), parseTime(until)]
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs)
    throw invalidParameter('until', `until is ${until}, before since, which is ${since}.`)
}

function readText(text: string): Query {
  try {
    return parseQuery(text)
  } catch (error) {
    if (!(error instanceof AuditError) || error.fault === undefined) throw error
    throw new AuditError(error.code, error.message, { param: 'q', fault: error.fault })
  }
}
