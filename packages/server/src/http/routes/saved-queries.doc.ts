/** What /openapi.json says of these routes. */
import { BOUNDS, KIND_PATTERN } from '@sealedlog/sdk/event'
import { refTo } from '../openapi-components.js'
import { CALL_HEADERS, json, page, parameters, refusals } from '../openapi-parts.js'

const NAME = parameters(
  {
    name: {
      type: 'string',
      description: 'The name of the query.',
      pattern: KIND_PATTERN.source,
      maxLength: BOUNDS.KIND_CHARS_MAX,
    },
  },
  ['name'],
)

export const listSavedQueriesDoc = page({
  operationId: 'listSavedQueries',
  tags: ['Queries'],
  summary: 'List saved queries',
  description: 'Every saved query of the organization, by name.',
  headers: CALL_HEADERS,
  response: { 200: json('All of them.', 'SavedQueryList'), ...refusals(['key', 'organization', 'query']) },
})

export const getSavedQueryDoc = page({
  operationId: 'getSavedQuery',
  tags: ['Queries'],
  summary: 'Get a saved query',
  description: 'The query of a name, in words and as a tree. Ask it by `saved=<name>` on the list or the tail.',
  headers: CALL_HEADERS,
  params: NAME,
  response: {
    200: json('The query.', 'SavedQuery'),
    ...refusals(['key', 'organization', 'query'], ['saved_query_not_found']),
  },
})

export const putSavedQueryDoc = page({
  operationId: 'putSavedQuery',
  tags: ['Queries'],
  summary: 'Save a query',
  description:
    'Saves a query under a name, in place of what it had. It is kept as it is said: `since:7d` stays a week.',
  headers: CALL_HEADERS,
  params: NAME,
  body: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            q: { type: 'string', description: 'In words.', maxLength: BOUNDS.QUERY_CHARS_MAX },
            query: refTo('Query'),
            description: { type: 'string', description: 'What it is for.', maxLength: BOUNDS.NAME_CHARS_MAX },
          },
          oneOf: [{ required: ['q'] }, { required: ['query'] }],
          additionalProperties: false,
          examples: [{ q: 'type:api_key.* -outcome:success since:7d', description: 'Keys that failed this week' }],
        },
      },
    },
  },
  response: {
    201: json('It is saved, under a new name.', 'SavedQuery'),
    200: json('It is saved, in place of the one before.', 'SavedQuery'),
    ...refusals(['key', 'organization', 'query', 'body'], ['invalid_saved_query', 'invalid_query']),
  },
})

export const deleteSavedQueryDoc = page({
  operationId: 'deleteSavedQuery',
  tags: ['Queries'],
  summary: 'Delete a saved query',
  description: 'Forgets a saved query.',
  headers: CALL_HEADERS,
  params: NAME,
  response: {
    200: json('It is gone.', 'DeletedSavedQuery'),
    ...refusals(['key', 'organization', 'query'], ['saved_query_not_found']),
  },
})
