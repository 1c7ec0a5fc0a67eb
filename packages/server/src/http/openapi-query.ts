/** The schemas of a query in JSON, for /openapi.json. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { PATH_ROOTS, QUERY_FIELDS, SHORT_NAMES } from '@sealedlog/sdk/query'

const refToQuery: JsonObject = { $ref: 'Query#' }

const form = (
  description: string,
  properties: { readonly [name: string]: JsonObject },
  required: readonly string[],
): JsonObject => ({
  type: 'object',
  description,
  properties,
  required,
  additionalProperties: false,
})

const field: JsonObject = {
  type: 'string',
  description: `A field (${[...QUERY_FIELDS.map(({ name }) => name), ...Object.keys(SHORT_NAMES)].join(', ')}), or a path such as metadata.plan, behind one of ${PATH_ROOTS.map(([root]) => root).join(', ')}.`,
}
const value: JsonObject = {
  type: ['string', 'number', 'boolean', 'null'],
  description: 'Compared as it is written: 5 equals "5".',
}
const bound: JsonObject = {
  type: ['number', 'string'],
  description: 'A number; or a time: RFC 3339, a day, or a span back from now such as 7d.',
}
const parts: JsonObject = { type: 'array', minItems: 1, items: refToQuery }

/** A part of a query: exactly one of these. */
const FORMS: readonly JsonObject[] = [
  form('All of these hold.', { and: parts }, ['and']),
  form('At least one of these holds.', { or: parts }, ['or']),
  form('This does not hold.', { not: refToQuery }, ['not']),
  form('The field has exactly this value.', { field, is: value }, ['field', 'is']),
  form(
    'The field has a value that starts so; with the empty string, any value.',
    { field, starts_with: { type: 'string' } },
    ['field', 'starts_with'],
  ),
  form('The address lies in the network.', { field, within: { type: 'string' } }, ['field', 'within']),
  {
    ...form('The field has a value between bounds.', { field, gt: bound, gte: bound, lt: bound, lte: bound }, [
      'field',
    ]),
    minProperties: 2,
  },
  form(
    'A string of the event holds these words, one after the other, whatever their case and accents.',
    {
      text: { type: 'string', maxLength: BOUNDS.QUERY_VALUE_CHARS_MAX },
      prefix: { type: 'boolean', description: 'The last word may go on.' },
    },
    ['text'],
  ),
  { type: 'object', description: 'Everything.', maxProperties: 0 },
]

export const QUERY_COMPONENTS = {
  Query: {
    description: `A query: at most ${BOUNDS.QUERY_TERMS_MAX} conditions, ${BOUNDS.QUERY_DEPTH_MAX} levels deep.`,
    anyOf: FORMS,
  },
  Search: form(
    'What is sought, and which page of it.',
    {
      query: refToQuery,
      order: { type: 'string', enum: ['desc', 'asc'], default: 'desc', description: 'Newest or oldest first.' },
      limit: { type: 'integer', minimum: 1, maximum: BOUNDS.LIST_LIMIT_MAX, default: BOUNDS.LIST_LIMIT_DEFAULT },
      cursor: { type: ['string', 'null'], description: 'The `next_cursor` of the page before.' },
    },
    [],
  ),
  SavedQuery: form(
    'A saved query, in words and as the tree that they say.',
    {
      object: { type: 'string', const: 'saved_query' },
      name: { type: 'string', description: 'Its name.' },
      q: { type: 'string', description: 'The query in words.' },
      query: refToQuery,
      description: { type: 'string', description: 'What it is for.' },
      saved_at: { type: 'string', format: 'date-time', description: 'When it was saved.' },
    },
    ['object', 'name', 'q', 'query', 'saved_at'],
  ),
  SavedQueryList: form(
    'Saved queries by name.',
    {
      object: { type: 'string', const: 'list' },
      data: { type: 'array', items: { $ref: 'SavedQuery#' } },
      has_more: { type: 'boolean', const: false },
    },
    ['object', 'data', 'has_more'],
  ),
  DeletedSavedQuery: form(
    'What was forgotten.',
    {
      object: { type: 'string', const: 'saved_query' },
      name: { type: 'string' },
      deleted: { type: 'boolean', const: true },
    },
    ['object', 'name', 'deleted'],
  ),
} satisfies { readonly [name: string]: JsonObject }
