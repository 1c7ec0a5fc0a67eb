/** What /openapi.json says of these routes. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { CALL_HEADERS, content, ORG, page, refusals } from '../openapi-parts.js'

const DAYS: JsonObject = { type: ['integer', 'null'], minimum: 1, maximum: BOUNDS.RETENTION_DAYS_MAX }
const RULES = {
  default_days: {
    ...DAYS,
    description: 'Days after which entries are erased whose bucket is not named; null for never.',
  },
  buckets: {
    type: 'object',
    description: 'Days by bucket, null for never. The server’s own bucket, `sealedlog`, stays unless it is named.',
    maxProperties: BOUNDS.RETENTION_BUCKETS_MAX,
    additionalProperties: DAYS,
  },
}
const ORGANIZATION = { type: 'string', description: 'The organization’s id.' }

const retention = (name: string, more: { readonly [member: string]: JsonObject } = {}): JsonObject => {
  const properties = { object: { type: 'string', const: name }, organization: ORGANIZATION, ...RULES, ...more }
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}
const rules = (description: string): JsonObject => content('application/json', description, retention('retention'))

export const getRetentionDoc = page({
  operationId: 'getRetention',
  tags: ['Retention'],
  summary: 'Get the retention rules',
  description: 'For how long entries are kept before what they disclose is erased. Without rules: for ever.',
  headers: CALL_HEADERS,
  params: ORG,
  response: { 200: rules('The rules.'), ...refusals(['key', 'organization', 'query'], ['not_found']) },
})

export const putRetentionDoc = page({
  operationId: 'putRetention',
  tags: ['Retention'],
  summary: 'Set the retention rules',
  description:
    'In place of those that stood. A job looks once an hour for entries that were recorded longer ago, and erases what they disclose: leaves, tree and proofs stay, and `audit.redaction` entries with the basis `retention` account for it. New rules are acted upon after an hour at the earliest: look at the preview meanwhile. That they changed is an entry too.',
  headers: CALL_HEADERS,
  params: ORG,
  body: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: RULES,
          additionalProperties: false,
          examples: [{ default_days: 365, buckets: { billing: 3650, legal: null } }],
        },
      },
    },
  },
  response: {
    200: rules('The rules of now.'),
    ...refusals(
      ['key', 'organization', 'query', 'body'],
      ['not_found', 'invalid_retention', 'organization_closed', 'log_read_only'],
    ),
  },
})

export const deleteRetentionDoc = page({
  operationId: 'deleteRetention',
  tags: ['Retention'],
  summary: 'Keep everything for ever',
  description: 'Takes the retention rules back. What is erased stays erased.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: rules('The rules of now: none.'),
    ...refusals(['key', 'organization', 'query'], ['not_found', 'organization_closed', 'log_read_only']),
  },
})

const RANGE: JsonObject = { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 2, maxItems: 2 }

export const previewRetentionDoc = page({
  operationId: 'previewRetention',
  tags: ['Retention'],
  summary: 'See what retention would erase',
  description: `What the next run would erase if it ran now. It looks at ${BOUNDS.RETENTION_PREVIEW_MAX.toLocaleString('en')} entries, from where the last run ended.`,
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: content(
      'application/json',
      'What would go.',
      retention('retention_preview', {
        acts_from: {
          type: ['string', 'null'],
          format: 'date-time',
          description: 'From when on the rules are acted upon; null without rules.',
        },
        entries: { type: 'integer', minimum: 0, description: 'How many entries would be erased.' },
        entries_by_bucket: {
          type: 'object',
          description: 'The same by bucket.',
          additionalProperties: { type: 'integer', minimum: 1 },
        },
        ranges: {
          type: 'array',
          items: RANGE,
          maxItems: BOUNDS.RETENTION_RANGES_MAX,
          description: 'Where they stand: first and last index, both included, ascending.',
        },
        complete: { type: 'boolean', description: 'False where there is more than a preview looks at.' },
      }),
    ),
    ...refusals(['key', 'organization', 'query'], ['not_found']),
  },
})

const textOrNull = (description: string, more: JsonObject = {}): JsonObject => ({
  type: ['string', 'null'],
  description,
  ...more,
})
const HOLD = {
  object: { type: 'string', const: 'hold' },
  organization: ORGANIZATION,
  held: { type: 'boolean', description: 'Whether a hold stands.' },
  reason: textOrNull('Why.'),
  placed_at: textOrNull('Since when.', { format: 'date-time' }),
  placed_by: textOrNull('The id of the key that placed it.'),
}
const hold = (description: string): JsonObject =>
  content('application/json', description, {
    type: 'object',
    properties: HOLD,
    required: Object.keys(HOLD),
    additionalProperties: false,
  })

export const getHoldDoc = page({
  operationId: 'getHold',
  tags: ['Retention'],
  summary: 'Get the legal hold',
  description: 'Whether a legal hold stands on the organization, and why.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: hold('The hold, or that there is none.'),
    ...refusals(['key', 'organization', 'query'], ['not_found']),
  },
})

export const placeHoldDoc = page({
  operationId: 'placeHold',
  tags: ['Retention'],
  summary: 'Place a legal hold',
  description:
    'While it stands, nothing of the organization is erased: redactions are refused (`legal_hold`), retention waits, the organization cannot be closed. With another reason it is said anew. That it was placed is an entry. One that an unbound key placed is changed and lifted by unbound keys alone.',
  headers: CALL_HEADERS,
  params: ORG,
  body: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            reason: { type: 'string', minLength: 1, maxLength: BOUNDS.NAME_CHARS_MAX, description: 'Why.' },
          },
          required: ['reason'],
          additionalProperties: false,
          examples: [{ reason: 'Case 2026-0119' }],
        },
      },
    },
  },
  response: {
    200: hold('The hold.'),
    ...refusals(
      ['key', 'organization', 'query', 'body'],
      ['not_found', 'invalid_retention', 'organization_closed', 'log_read_only'],
    ),
  },
})

export const liftHoldDoc = page({
  operationId: 'liftHold',
  tags: ['Retention'],
  summary: 'Lift the legal hold',
  description: 'Things may be erased again. That it was lifted is an entry, and stands before anything is erased.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: hold('That there is none.'),
    ...refusals(['key', 'organization', 'query'], ['not_found', 'log_read_only']),
  },
})
