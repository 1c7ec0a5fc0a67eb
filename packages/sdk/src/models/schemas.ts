/** The schemas of OpenAI's audit log document and its list, as far as they are not the catalogue's own. */
import { CATALOGUE, type DetailsSchema, rowOf } from '../event/index.js'

const TEXT = { type: 'string' } as const
const NUMBER = { type: 'number' } as const
const FLAG = { type: 'boolean' } as const
const TEXTS = { type: 'array', items: TEXT } as const

export const ACTOR_USER = { type: 'object', properties: { id: TEXT, email: TEXT } } as const
export const ACTOR_SERVICE_ACCOUNT = { type: 'object', properties: { id: TEXT } } as const

/** Live records say this; OpenAI's document does not declare it. All of them are strings. */
export const IP_ADDRESS_DETAILS = {
  type: 'object',
  properties: {
    country: TEXT,
    city: TEXT,
    region: TEXT,
    region_code: TEXT,
    asn: TEXT,
    latitude: TEXT,
    longitude: TEXT,
  },
} as const

export const ACTOR_SESSION = {
  type: 'object',
  properties: {
    user: ACTOR_USER,
    ip_address: TEXT,
    user_agent: TEXT,
    ja3: TEXT,
    ja4: TEXT,
    ip_address_details: IP_ADDRESS_DETAILS,
  },
} as const

export const ACTOR_API_KEY = {
  type: 'object',
  properties: { id: TEXT, type: TEXT, user: ACTOR_USER, service_account: ACTOR_SERVICE_ACCOUNT },
} as const

export const ACTOR = {
  type: 'object',
  properties: { type: TEXT, session: ACTOR_SESSION, api_key: ACTOR_API_KEY },
} as const

export const PROJECT = { type: 'object', properties: { id: TEXT, name: TEXT } } as const

export const EFFECTIVE_AT = {
  type: 'object',
  properties: { gt: NUMBER, gte: NUMBER, lt: NUMBER, lte: NUMBER },
} as const

export const LIST_REQUEST = {
  type: 'object',
  properties: {
    effective_at: EFFECTIVE_AT,
    'project_ids[]': TEXTS,
    'event_types[]': TEXTS,
    'actor_ids[]': TEXTS,
    'actor_emails[]': TEXTS,
    'resource_ids[]': TEXTS,
    limit: NUMBER,
    after: TEXT,
    before: TEXT,
    tenant_only: FLAG,
  },
} as const

/** Types whose details openapi-generator gives the model of another, because they look alike. */
const REUSED: { readonly [type: string]: string } = {
  'invite.deleted': 'invite.accepted',
  'logout.failed': 'login.failed',
}

/** What is documented of a type's details; an object of which nothing is documented where there is no such thing. */
export const detailsSchemaOf = (type: string): DetailsSchema =>
  rowOf(REUSED[type] ?? type)?.details ?? { type: 'object' }

/** Current names first: where a retired one would be spelled alike, the current one has the spelling. */
const BY_CURRENCY = CATALOGUE.toSorted((a, b) => Number(a.retired ?? false) - Number(b.retired ?? false))

/** One entry: the details stand under the type's own name, dots and all. */
export const AUDIT_LOG: DetailsSchema = {
  type: 'object',
  properties: {
    id: TEXT,
    type: TEXT,
    effective_at: NUMBER,
    project: PROJECT,
    actor: ACTOR,
    ...Object.fromEntries(BY_CURRENCY.map((row) => [row.type, detailsSchemaOf(row.type)])),
  },
}

export const LIST_RESPONSE: DetailsSchema = {
  type: 'object',
  properties: {
    object: TEXT,
    data: { type: 'array', items: AUDIT_LOG },
    first_id: TEXT,
    last_id: TEXT,
    has_more: FLAG,
  },
}

/** Members without which a document is not what it is said to be. OpenAI's list may leave out both ids. */
export const REQUIRED: ReadonlyMap<DetailsSchema, readonly string[]> = new Map([
  [AUDIT_LOG, ['id', 'type', 'effective_at']],
  [LIST_RESPONSE, ['data', 'has_more']],
])
