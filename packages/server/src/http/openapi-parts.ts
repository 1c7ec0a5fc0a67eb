/** The parts that the routes’ own pages of /openapi.json are put together from. */
import { type ErrorCode, ERRORS, type JsonObject } from '@sealedlog/sdk/base'
import { DIALECTS } from '@sealedlog/sdk/dialect'
import { BOUNDS, FIELDS } from '@sealedlog/sdk/event'
import type { FastifySchema } from 'fastify'
import { FILTER_PARAMETERS } from './filters.js'
import { type ComponentName, refTo } from './openapi-components.js'
import type { Tag } from './openapi.js'
import { STATUS_OF } from './problem.js'

/** What a route says of itself. */
export interface Page extends FastifySchema {
  readonly operationId: string
  readonly tags: readonly [Tag]
  readonly summary: string
  readonly description: string
  readonly response: Answers
}

interface Answers {
  readonly [status: number]: JsonObject
}

export const page = (content: Page): FastifySchema => content

/** An answer or a body of one content type. */
export const content = (type: string, description: string, schema: JsonObject): JsonObject => ({
  description,
  content: { [type]: { schema } },
})

export const json = (description: string, component: ComponentName): JsonObject =>
  content('application/json', description, refTo(component))

/** What every route may answer that asks for a key. */
const KEY_CODES: readonly ErrorCode[] = ['missing_key', 'invalid_key', 'insufficient_scope', 'malformed_request']
/** What every route may answer that is about one organization. */
const ORGANIZATION_CODES: readonly ErrorCode[] = [
  'organization_mismatch',
  'organization_required',
  'organization_not_found',
  'rate_limited',
]
const QUERY_CODES: readonly ErrorCode[] = ['invalid_parameter', 'unknown_parameter']
const SERVER_CODES: readonly ErrorCode[] = ['storage_failed', 'internal_error']
const BODY_CODES: readonly ErrorCode[] = [
  'invalid_json',
  'invalid_utf8',
  'invalid_encoding',
  'unsupported_encoding',
  'unsupported_media_type',
  'body_too_large',
  'request_timeout',
]

const CODES = { key: KEY_CODES, organization: ORGANIZATION_CODES, query: QUERY_CODES, body: BODY_CODES }

/** Refusals by their statuses: those of some families, and a route’s own. */
export function refusals(families: readonly (keyof typeof CODES)[], own: readonly ErrorCode[] = []): Answers {
  const codes = [...families.flatMap((family) => CODES[family]), ...own, ...SERVER_CODES]
  return byStatus(codes, (some) => ({
    description: meaningsOf(some),
    headers: headersOf(some),
    content: {
      'application/problem+json': {
        schema: { allOf: [refTo('Problem'), { type: 'object', properties: { code: { enum: some } } }] },
      },
    },
  }))
}

/** The same in OpenAI’s envelope. */
export const openAiRefusals = (own: readonly ErrorCode[]): Answers =>
  byStatus([...KEY_CODES, ...ORGANIZATION_CODES, ...QUERY_CODES, ...own, ...SERVER_CODES], (some) => ({
    ...json(meaningsOf(some), 'OpenAiError'),
    headers: headersOf(some),
  }))

const meaningsOf = (codes: readonly ErrorCode[]): string =>
  codes.map((code) => `\`${code}\`: ${ERRORS[code]}`).join(' ')

function byStatus(codes: readonly ErrorCode[], answer: (codes: readonly ErrorCode[]) => JsonObject): Answers {
  const byStatus = Object.groupBy(new Set(codes), (code) => STATUS_OF[code])
  return Object.fromEntries(Object.entries(byStatus).map(([status, some = []]) => [status, answer(some)]))
}

const headersOf = (codes: readonly ErrorCode[]): JsonObject =>
  codes.some((code) => STATUS_OF[code] === 429)
    ? { 'Retry-After': { type: 'integer', minimum: 1, maximum: 60, description: 'Seconds after which to try again.' } }
    : {}

type Parameters = { readonly [name: string]: JsonObject }

export const parameters = (properties: Parameters, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
})

export const texts = (description: string, more: JsonObject = {}): JsonObject => ({
  type: 'array',
  items: { type: 'string' },
  description,
  ...more,
})

export const wholeNumber = (
  description: string,
  minimum: number,
  maximum: number,
  more: JsonObject = {},
): JsonObject => ({
  type: 'integer',
  description,
  minimum,
  maximum,
  ...more,
})

/** The headers by which any call says for which organization and under which id it is made. */
export const CALL_HEADERS = parameters({
  'Sealedlog-Organization': { type: 'string', description: 'The organization, where the key is bound to none.' },
  'OpenAI-Organization': { type: 'string', description: 'The same, as OpenAI’s clients say it.' },
  'X-Request-Id': { type: 'string', description: 'An id for this request; it comes back with the answer.' },
})

const TIME_FORMS = 'RFC 3339, a day (`2026-11-20`), or a span back from now (`7d`, `24h`, `30m`).'

/** The list’s filters. A repeated parameter means “or”, different ones mean “and”. */
export const FILTERS: Parameters = {
  ...Object.fromEntries(
    FILTER_PARAMETERS.map((field) => [
      field,
      texts(`Only events with ${FIELDS[field]}.`, { maxItems: BOUNDS.PARAMETER_VALUES_MAX }),
    ]),
  ),
  since: { type: 'string', description: `Only events that occurred then or later. ${TIME_FORMS}` },
  until: { type: 'string', description: `Only events that occurred before. ${TIME_FORMS}` },
  q: {
    type: 'string',
    maxLength: BOUNDS.QUERY_CHARS_MAX,
    description:
      'A query in words (docs/query.md): `type:api_key.* -outcome:success (ip:10.0.0.0/8 OR metadata.plan:pro) "free text"`.',
  },
  saved: { type: 'string', description: 'The name of a saved query, which must hold as well.' },
}

export const LIMIT: Parameters = {
  limit: wholeNumber('How many at most.', 1, BOUNDS.LIST_LIMIT_MAX, { default: BOUNDS.LIST_LIMIT_DEFAULT }),
}
export const DIALECT: Parameters = {
  dialect: { type: 'string', enum: Object.keys(DIALECTS), default: 'native', description: 'The form of events.' },
}
export const INCLUDE: Parameters = {
  include: { type: 'string', enum: ['proof'], description: 'Adds what proves it: leaf, disclosures and inclusion.' },
}

export const ORG = parameters({ org: { type: 'string', description: 'The organization’s id.' } }, ['org'])
