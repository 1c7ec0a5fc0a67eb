/** What /openapi.json says of a log's keys. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { CALL_HEADERS, content, ORG, page, refusals } from '../openapi-parts.js'

const CACHE = { 'Cache-Control': { type: 'string', description: '`no-store`.' } }
const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description })
const text = (description: string): JsonObject => ({ type: 'string', description })

export const vkeyDoc = page({
  operationId: 'getVerifierKeys',
  tags: ['Proofs'],
  summary: 'Get the verifier keys',
  description:
    'With which the log’s checkpoints are checked: one a line, newest first (C2SP signed-note). For any key of the organization.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: { ...content('text/plain', 'Verifier keys.', { type: 'string' }), headers: CACHE },
    ...refusals(['key', 'organization', 'query'], ['not_found']),
  },
})

const key = {
  origin: text('The origin of the checkpoints that it signed.'),
  generation: count('Which of the origin’s keys it is, in their order.'),
  vkey: text('The verifier key (C2SP signed-note).'),
  since: count('The first size that it signed.'),
  handover: text(
    'Of a key that followed another: the signed note over the entry that announces it, by the key before it and by itself.',
  ),
}

export const LOG_KEY: JsonObject = {
  type: 'object',
  description: 'A key of a log.',
  properties: key,
  required: Object.keys(key).filter((name) => name !== 'handover'),
}

export const logKeysDoc = page({
  operationId: 'getLogKeys',
  tags: ['Proofs'],
  summary: 'Get the history of the verifier keys',
  description:
    'Every key that ever signed the log, newest first. Whoever trusts one of them follows the handovers to the others. For any key of the organization.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: {
      ...content('application/json', 'The keys.', {
        type: 'object',
        description: 'The keys of a log.',
        properties: {
          origin: text('The origin of the log now.'),
          data: {
            type: 'array',
            description: 'Its keys, newest first.',
            items: LOG_KEY,
          },
        },
        required: ['origin', 'data'],
      }),
      headers: CACHE,
    },
    ...refusals(['key', 'organization', 'query'], ['not_found']),
  },
})
