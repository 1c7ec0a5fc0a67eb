/** What /openapi.json says of these routes. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { SCOPES } from '../../store/index.js'
import { CALL_HEADERS, json, page, parameters, refusals } from '../openapi-parts.js'

const ASKED = {
  type: 'object',
  properties: {
    organization: { type: 'string', description: 'The organization to bind it to, or `*` for none (root key only).' },
    name: { type: 'string', description: 'What it is for.', minLength: 1, maxLength: BOUNDS.NAME_CHARS_MAX },
    scopes: {
      type: 'array',
      items: { type: 'string', enum: SCOPES },
      minItems: 1,
      uniqueItems: true,
      description: 'What it may do.',
    },
    expires_at: { type: ['string', 'null'], format: 'date-time', description: 'When it ends. Left out: never.' },
  },
  required: ['name', 'scopes'],
  additionalProperties: false,
  examples: [{ organization: 'acme', name: 'The billing service', scopes: ['write'] }],
}

export const createKeyDoc = page({
  operationId: 'createKey',
  tags: ['Keys'],
  summary: 'Make a key',
  description: 'The answer is the only one that shows the key itself: keep it. What is stored is its hash.',
  headers: CALL_HEADERS,
  body: { content: { 'application/json': { schema: ASKED } } },
  response: {
    201: json('The key.', 'NewKey'),
    ...refusals(['key', 'organization', 'query', 'body'], ['invalid_key_request', 'organization_closed']),
  },
})

export const listKeysDoc = page({
  operationId: 'listKeys',
  tags: ['Keys'],
  summary: 'List keys',
  description: 'Oldest first, revoked and expired ones too. A key that is bound sees those of its own organization.',
  headers: CALL_HEADERS,
  querystring: parameters({
    organization: { type: 'string', description: 'Only keys bound to it; `*` for the unbound ones.' },
  }),
  response: { 200: json('The keys.', 'KeyList'), ...refusals(['key', 'organization', 'query']) },
})

export const revokeKeyDoc = page({
  operationId: 'revokeKey',
  tags: ['Keys'],
  summary: 'Revoke a key',
  description: 'From now on it opens nothing. Revoking it again changes nothing.',
  headers: CALL_HEADERS,
  params: parameters({ id: { type: 'string', description: 'The key’s id.' } }, ['id']),
  response: {
    200: json('The key, revoked.', 'Key'),
    ...refusals(['key', 'query'], ['organization_mismatch', 'key_not_found', 'not_found']),
  },
})
