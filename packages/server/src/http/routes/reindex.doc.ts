/** What /openapi.json says of these routes. */
import { CALL_HEADERS, json, page, refusals } from '../openapi-parts.js'

export const reindexDoc = page({
  operationId: 'rebuildIndex',
  tags: ['Operations'],
  summary: 'Build the index again',
  description:
    'Begins to build the index again from the log, beside the one that goes on answering, and puts it in its place when it has come to the end. One at a time: while one is under way, this says how far it is. Takes an unbound admin key.',
  headers: CALL_HEADERS,
  response: {
    202: json('It has begun.', 'Reindexing'),
    200: json('One is under way already; this is how far it is.', 'Reindexing'),
    ...refusals(['key', 'query']),
  },
})

export const reindexStateDoc = page({
  operationId: 'getIndexRebuild',
  tags: ['Operations'],
  summary: 'How the rebuild of the index stands',
  description: 'The newest rebuild since the server started. Takes an unbound admin key.',
  headers: CALL_HEADERS,
  response: { 200: json('How it stands.', 'Reindexing'), ...refusals(['key', 'query']) },
})
