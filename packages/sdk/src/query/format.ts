/** A query as text: what `parseQuery` reads back as the same tree. */
import { SHORT_NAMES } from './fields.js'
import { shortTime } from './times.js'
import { type Between, type Bound, type Condition, type Is, type Query, type Words } from './tree.js'

const SHORT_OF: ReadonlyMap<string, string> = new Map(Object.entries(SHORT_NAMES).map(([short, name]) => [name, short]))

/** What needs no quotes as a value: no space, parenthesis, quote or backslash, and nothing that means something else. */
const PLAIN_VALUE = /^(?![<>])(?!(?:AND|OR|NOT)$)(?!.*\.\.)[^\s()"\\]*[^\s()"\\*]$/
/** The same of a word that stands alone: no colon, no minus in front. */
const PLAIN_WORD = /^(?!-)(?!(?:AND|OR|NOT)$)[^\s()":\\]*[^\s()":\\*]$/

/**
 * A query as text, in its one spelling.
 *
 * @example
 * formatQuery({ and: [{ field: 'actor_id', is: 'user_1' }, { not: { text: 'free text' } }] })
 * // 'actor:user_1 -"free text"'
 */
export function formatQuery(query: Query): string {
  if ('and' in query) return query.and.map((part) => ('or' in part ? group(part) : formatQuery(part))).join(' ')
  if ('or' in query) return formatAny(query.or)
  if ('not' in query) return `-${isNegatable(query.not) ? formatQuery(query.not) : `(${formatQuery(query.not)})`}`
  return formatCondition(query)
}

/** One field's values are listed behind it; an empty choice is said by what no event lacks. */
function formatAny(parts: readonly Query[]): string {
  if (parts.length === 0) return '-type:*'
  const [first] = parts
  const isList = parts.length > 1 && parts.every((part) => isValueOf(first, part))
  if (!isList) return parts.map(formatQuery).join(' OR ')
  const values = (parts as readonly Is[]).map(({ is }) => formatValue(is))
  return `${nameOf((first as Is).field)}:(${values.join(' OR ')})`
}

const isValueOf = (first: Query | undefined, part: Query): boolean =>
  first !== undefined && 'is' in first && 'is' in part && part.field === first.field

const group = (query: Query): string => {
  const text = formatQuery(query)
  return isNegatable(query) ? text : `(${text})`
}

/** Whether a text stands for itself behind a minus and among others. */
function isNegatable(query: Query): boolean {
  if ('or' in query) return query.or.length > 1 && query.or.every((part) => isValueOf(query.or[0], part))
  return !('and' in query) && !('not' in query)
}

function formatCondition(condition: Condition): string {
  if ('text' in condition) return formatWords(condition)
  const name = nameOf(condition.field)
  if ('is' in condition) return `${name}:${formatValue(condition.is)}`
  if ('within' in condition) return `${name}:${condition.within}`
  if ('starts_with' in condition) {
    return `${name}:${condition.starts_with === '' ? '' : formatValue(condition.starts_with)}*`
  }
  return formatBetween(condition, name)
}

const nameOf = (field: string): string => SHORT_OF.get(field) ?? field

function formatWords({ text, prefix }: Words): string {
  return `${PLAIN_WORD.test(text) ? text : quote(text)}${prefix ? '*' : ''}`
}

const formatValue = (value: string): string => (PLAIN_VALUE.test(value) ? value : quote(value))

const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`

function formatBetween({ field, gt, gte, lt, lte }: Between, name: string): string {
  const low = gte ?? gt
  const high = lt ?? lte
  if (high === undefined) {
    if (field === 'occurred_at') return `since:${formatBound(gte)}`
    return `${name}:${gt === undefined ? '>=' : '>'}${formatBound(low)}`
  }
  if (low === undefined) {
    if (field === 'occurred_at') return `until:${formatBound(lt)}`
    return `${name}:${lt === undefined ? '<=' : '<'}${formatBound(high)}`
  }
  return `${name}:${gt === undefined ? '' : '>'}${formatBound(low)}..${lt === undefined ? '' : '<'}${formatBound(high)}`
}

/** A bound that starts where it should is enough: days and seconds are said as such. */
const formatBound = (bound: Bound | undefined): string => (typeof bound === 'string' ? shortTime(bound) : String(bound))
