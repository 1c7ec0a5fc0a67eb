/** The JSON form of a query: the tree itself, checked member by member. */
import {
  AuditError,
  didYouMean,
  isJsonArray,
  isJsonObject,
  type Issue,
  type IssueCode,
  type Json,
  type JsonObject,
  pointTo,
} from '../base/index.js'
import { BOUNDS } from '../event/index.js'
import { isFault, shown, suggest, type ValueFault } from './fault.js'
import { BOUNDS_OF_TIME, FIELD_NAMES_SAID, fieldOf, nearestField, type QueryField } from './fields.js'
import { allOf, anyOf, BOUND_NAMES, EVERYTHING, noneOf, type Query } from './tree.js'
import { between, equalTo, startingWith, within } from './values.js'
import { wordsOf } from './words.js'

const FORMS = ['and', 'or', 'not', 'text', 'field'] as const
const COMPARISONS = ['is', 'starts_with', 'within', ...BOUND_NAMES] as const
const MEMBERS: readonly string[] = [...FORMS, ...COMPARISONS, 'prefix']

/**
 * Arrays and objects inside one another that a body with a query may have: a level of parentheses is up to four of them,
 * and around the query there is a little more.
 */
export const QUERY_JSON_LEVELS_MAX = 4 * BOUNDS.QUERY_DEPTH_MAX + 8

/**
 * Reads a query from JSON. `{}` is everything, as is the empty `and`. Fields and times may be said as in the text form, and `is` may be a
 * number, a boolean or null.
 *
 * @throws AuditError `invalid_query`, its issues pointing into the document
 * @example
 * parseQueryJson({ and: [{ field: 'type', starts_with: 'api_key.' }, { not: { field: 'outcome', is: 'success' } }] })
 */
export function parseQueryJson(json: Json, pointer = ''): Query {
  return isEverything(json) ? EVERYTHING : new Reader().query(json, pointer, 0)
}

const isEverything = (json: Json): boolean =>
  isJsonObject(json) &&
  Object.entries(json).every(([member, value]) => member === 'and' && isJsonArray(value) && value.length === 0)

type Form = 'and' | 'or' | 'not'

/** Levels are counted as in the text form, which needs no parentheses at the top, nor around what stands together in a choice. */
function needsParentheses(form: Form, parent: Form | undefined): boolean {
  if (form === 'not') return true
  return parent !== undefined && !(form === 'and' && parent === 'or')
}

class Reader {
  #terms = 0

  query(json: Json, pointer: string, outside: number, parent?: Form): Query {
    if (!isJsonObject(json)) throw refused(pointer, 'wrong_type', 'must be an object: a query, or a part of one')
    const unknown = Object.keys(json).find((member) => !MEMBERS.includes(member))
    if (unknown !== undefined) {
      const known = didYouMean(unknown, MEMBERS) || ` Known: ${MEMBERS.join(', ')}.`
      throw refused(pointTo(pointer, unknown), 'unknown_member', `is not a member of a query.${known}`)
    }
    const forms = FORMS.filter((form) => Object.hasOwn(json, form))
    const [form] = forms
    if (form === undefined || forms.length > 1)
      throw refused(pointer, 'required', `must have exactly one of ${FORMS.join(', ')}`)
    if (form === 'text' || form === 'field') return this.#condition(json, form, pointer)
    const depth = outside + (needsParentheses(form, parent) ? 1 : 0)
    if (depth > BOUNDS.QUERY_DEPTH_MAX)
      throw refused(pointer, 'too_deep', `stands more than ${BOUNDS.QUERY_DEPTH_MAX} levels deep`, 'QUERY_DEPTH_MAX')
    return this.#group(json, form, pointer, depth)
  }

  #group(json: JsonObject, form: Form, pointer: string, depth: number): Query {
    const member = json[form] as Json
    const at = pointTo(pointer, form)
    onlyWith(json, [form], pointer)
    if (form === 'not') return noneOf(this.query(member, at, depth, form))
    if (!isJsonArray(member) || member.length === 0)
      throw refused(at, isJsonArray(member) ? 'too_short' : 'wrong_type', 'must be a list of at least one query')
    const parts = member.map((part, i) => this.query(part, pointTo(at, i), depth, form))
    return form === 'and' ? allOf(parts) : anyOf(parts)
  }

  #condition(json: JsonObject, form: 'text' | 'field', pointer: string): Query {
    this.#terms++
    if (this.#terms > BOUNDS.QUERY_TERMS_MAX)
      throw refused(pointer, 'too_many', `is one of more than ${BOUNDS.QUERY_TERMS_MAX} conditions`, 'QUERY_TERMS_MAX')
    return form === 'text' ? readWords(json, pointer) : readComparison(json, pointer)
  }
}

function readWords(json: JsonObject, pointer: string): Query {
  onlyWith(json, ['text', 'prefix'], pointer)
  const { text, prefix = false } = json
  if (typeof text !== 'string' || wordsOf(text).length === 0)
    throw refused(pointTo(pointer, 'text'), 'bad_format', 'must be text with a letter or a digit')
  if (text.length > BOUNDS.QUERY_VALUE_CHARS_MAX)
    throw refused(
      pointTo(pointer, 'text'),
      'too_long',
      `has ${text.length} characters; at most ${BOUNDS.QUERY_VALUE_CHARS_MAX}`,
      'QUERY_VALUE_CHARS_MAX',
    )
  if (typeof prefix !== 'boolean') throw refused(pointTo(pointer, 'prefix'), 'wrong_type', 'must be true or false')
  return prefix ? { text, prefix } : { text }
}

function readComparison(json: JsonObject, pointer: string): Query {
  const { field: name } = json
  const field = typeof name === 'string' ? fieldOf(name) : undefined
  if (field === undefined) throw noSuchField(name, pointTo(pointer, 'field'))
  const first = COMPARISONS.find((comparison) => Object.hasOwn(json, comparison))
  if (first === undefined) throw refused(pointer, 'required', `must have one of ${COMPARISONS.join(', ')}`)
  const isRange = (BOUND_NAMES as readonly string[]).includes(first)
  onlyWith(json, ['field', ...(isRange ? BOUND_NAMES : [first])], pointer)
  if (isRange) return readBetween(json, field, pointer)
  const at = pointTo(pointer, first)
  const value = first === 'is' ? scalar(json.is, at) : text(json[first], at)
  const read = { is: equalTo, starts_with: startingWith, within }[first as 'is' | 'starts_with' | 'within']
  return settle(read(field, value), at)
}

function readBetween(json: JsonObject, field: QueryField, pointer: string): Query {
  const names = BOUND_NAMES.filter((name) => Object.hasOwn(json, name))
  for (const side of [
    ['gt', 'gte'],
    ['lt', 'lte'],
  ] as const) {
    if (side.every((name) => names.includes(name)))
      throw refused(pointTo(pointer, side[1]), 'forbidden_member', `cannot stand beside ${side[0]}: one bound a side`)
  }
  // The offset is the bound's number: where one is wrong, the pointer names it.
  const bounds = names.map((name, i) => ({ name, text: scalar(json[name], pointTo(pointer, name)), offset: i }))
  const read = between(field, bounds)
  return settle(read, pointTo(pointer, (isFault(read) && names[read.offset]) || names[0] || ''))
}

function noSuchField(name: Json | undefined, pointer: string): AuditError {
  if (typeof name !== 'string') return refused(pointer, 'wrong_type', 'must be the name of a field')
  const hint = suggest(nearestInTree(name)) || ` Fields are ${FIELD_NAMES_SAID}.`
  return refused(pointer, 'not_one_of', `is ${JSON.stringify(shown(name))}, which is no field.${hint}`)
}

/** `since` and `until` are names of the text form: a tree bounds `occurred_at`. */
function nearestInTree(name: string): string | undefined {
  const nearest = nearestField(name)
  return nearest !== undefined && Object.hasOwn(BOUNDS_OF_TIME, nearest) ? 'occurred_at' : nearest
}

function scalar(value: Json | undefined, pointer: string): string {
  if (value === undefined || (typeof value === 'object' && value !== null))
    throw refused(pointer, 'wrong_type', 'must be a string, a number, a boolean or null')
  return String(value)
}

function text(value: Json | undefined, pointer: string): string {
  if (typeof value === 'string') return value
  throw refused(pointer, 'wrong_type', 'must be a string')
}

function settle(value: Query | ValueFault, pointer: string): Query {
  if (!isFault(value)) return value
  const what = `is ${JSON.stringify(value.found)}; expected ${value.expected}.${suggest(value.nearest)}`
  throw refused(pointer, value.limit === undefined ? 'bad_format' : 'too_long', what, value.limit)
}

/** A member that means nothing beside the others is a slip. */
function onlyWith(json: JsonObject, allowed: readonly string[], pointer: string): void {
  const other = Object.keys(json).find((member) => !allowed.includes(member))
  if (other === undefined) return
  throw refused(pointTo(pointer, other), 'forbidden_member', `means nothing beside ${allowed[0]}`)
}

function refused(pointer: string, code: IssueCode, what: string, limit?: string): AuditError {
  const message = `${pointer === '' ? 'The query' : pointer} ${what.replace(/[.?]$/, '')}${limit ? ` (limit ${limit})` : ''}${what.endsWith('?') ? '?' : '.'}`
  const issue: Issue = { pointer, code, message, ...(limit === undefined ? {} : { limit }) }
  return new AuditError('invalid_query', message, { issues: [issue] })
}
