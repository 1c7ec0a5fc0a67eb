/** What a query is: a tree of conditions, the same whether it was said as text, as JSON or as plain parameters. */

/** A whole query, or a part of one. This is the JSON form too: `POST /v1/events/search` takes it as it stands. */
export type Query = And | Or | Not | Condition

/** All of these hold. An empty list holds for every event. */
export interface And {
  readonly and: readonly Query[]
}
/** At least one of these holds. */
export interface Or {
  readonly or: readonly Query[]
}
export interface Not {
  readonly not: Query
}

export type Condition = Is | StartsWith | Within | Between | Words

/** The field has exactly this value; of several values, one. Numbers and booleans are compared as they are written. */
export interface Is {
  readonly field: string
  readonly is: string
}
/** The field has a value that starts so; with the empty string, any value. */
export interface StartsWith {
  readonly field: string
  readonly starts_with: string
}
/** The address lies in the network (CIDR, RFC 4632, RFC 4291 §2.3). */
export interface Within {
  readonly field: string
  readonly within: string
}
/** The field has a value between bounds of one kind: numbers, or times. Times have `gte` and `lt` alone. */
export interface Between {
  readonly field: string
  readonly gt?: Bound
  readonly gte?: Bound
  readonly lt?: Bound
  readonly lte?: Bound
}
/** A number; or a time: RFC 3339 in UTC with milliseconds, or a span back from now such as `7d`. */
export type Bound = number | string

/** A string of the event holds these words, one after the other; with `prefix`, the last may go on. */
export interface Words {
  readonly text: string
  readonly prefix?: true
}

export const BOUND_NAMES = ['gt', 'gte', 'lt', 'lte'] as const
export type BoundName = (typeof BOUND_NAMES)[number]

/** Holds for every event. */
export const EVERYTHING: And = { and: [] }
/** Holds for none. */
export const NOTHING: Or = { or: [] }

/**
 * All of some queries, without needless nesting.
 *
 * @example
 * allOf([{ text: 'a' }, { and: [{ text: 'b' }] }]) // { and: [{ text: 'a' }, { text: 'b' }] }
 */
export function allOf(queries: readonly Query[]): Query {
  const parts = queries.flatMap((query) => ('and' in query ? query.and : [query]))
  return parts.length === 1 && parts[0] ? parts[0] : { and: parts }
}

/** Any of some queries, without needless nesting. */
export function anyOf(queries: readonly Query[]): Query {
  const parts = queries.flatMap((query) => ('or' in query ? query.or : [query]))
  return parts.length === 1 && parts[0] ? parts[0] : { or: parts }
}

/** What does not hold, without double negation. */
export const noneOf = (query: Query): Query => ('not' in query ? query.not : { not: query })

/** The parts of a query, one level down. */
export function partsOf(query: Query): readonly Query[] {
  if ('and' in query) return query.and
  if ('or' in query) return query.or
  return 'not' in query ? [query.not] : []
}

/** Every condition of a query, from left to right. */
export function* conditionsOf(query: Query): Generator<Condition> {
  if ('and' in query || 'or' in query || 'not' in query) for (const part of partsOf(query)) yield* conditionsOf(part)
  else yield query
}

/** The same tree with each condition replaced. */
export function mapConditions(query: Query, change: (condition: Condition) => Query): Query {
  if ('and' in query) return allOf(query.and.map((part) => mapConditions(part, change)))
  if ('or' in query) return anyOf(query.or.map((part) => mapConditions(part, change)))
  if ('not' in query) return noneOf(mapConditions(query.not, change))
  return change(query)
}
