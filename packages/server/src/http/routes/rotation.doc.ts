/** What /openapi.json says of these routes. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { CALL_HEADERS, content, ORG, page, refusals } from '../openapi-parts.js'

const text = (description: string): JsonObject => ({ type: 'string', description })
const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description })

const ROTATED = {
  object: { type: 'string', const: 'log_key' },
  organization: text('The organization’s id.'),
  origin: text('The origin line of the log’s checkpoints.'),
  generation: count('The new key’s generation; the first key’s is 1.'),
  vkey: text('The new verifier key: pass it on to whoever checks the log.'),
  since: count('The first size of the log that it signed.'),
  checkpoint: text('The newest checkpoint, signed with both keys.'),
}

export const rotateDoc = page({
  operationId: 'rotateKey',
  tags: ['Proofs'],
  summary: 'Rotate the signing key',
  description:
    'The log signs with its next key from now on, and for 30 days with the one before it too. An entry of the log announces it; `tlog/keys` has the handover, by which whoever trusts the old key follows. Of two at once one is refused (`revision_mismatch`). Not to be tried again blindly: each success is a new key. For unbound admin keys.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: content('application/json', 'The new key.', {
      type: 'object',
      properties: ROTATED,
      required: Object.keys(ROTATED),
      additionalProperties: false,
    }),
    ...refusals(
      ['key', 'organization', 'query'],
      ['not_found', 'organization_closed', 'revision_mismatch', 'log_read_only'],
    ),
  },
})
