/** What /openapi.json says of evidence files. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { CALL_HEADERS, content, page, parameters, refusals, texts } from '../openapi-parts.js'
import { LOG_KEY } from './log-keys.doc.js'

const text = (description: string): JsonObject => ({ type: 'string', description })
const constant = (value: string | number): JsonObject => ({ const: value })

const proven = {
  leaf: text('The leaf, exactly as it was hashed: canonical JSON.'),
  proof: text('That it stands under the checkpoint (C2SP tlog-proof).'),
}
const evidence = {
  v: constant(1),
  object: constant('evidence'),
  org: text('The organization whose log it is.'),
  id: text('The event’s id.'),
  ...proven,
  disclosures: texts('What stands behind its commitments, exactly as it was committed to.'),
  vkeys: texts('The log’s verifier keys, newest first. Trust one that you have from elsewhere.'),
  keys: { type: 'array', items: LOG_KEY, description: 'Their history, as `tlog/keys` has it.' },
  redactions: {
    type: 'array',
    description: 'The entries that account for what was erased of it.',
    items: {
      type: 'object',
      description: 'An entry of the type `audit.redaction`.',
      properties: proven,
      required: Object.keys(proven),
    },
  },
  withheld: texts('Groups that are left out on purpose.'),
}

export const evidenceDoc = page({
  operationId: 'getEvidence',
  tags: ['Proofs'],
  summary: 'Get the evidence of an event',
  description:
    'Everything that proves the event, in one file that `sealedlog-verify` checks offline: its leaf, what it discloses, its proof, the keys, and of what was erased the entries that say so, all under one checkpoint: one that witnesses signed, where there is one that covers them all, else the newest.',
  headers: CALL_HEADERS,
  params: parameters({ id: { type: 'string', description: 'The event’s id.' } }, ['id']),
  querystring: parameters({
    withhold: texts(
      'Groups to leave out: `actor`, `details`, `targets`, `targets/0`, …; several by commas, or repeated.',
      {
        maxItems: BOUNDS.PARAMETER_VALUES_MAX,
      },
    ),
  }),
  response: {
    200: content('application/json', 'The evidence.', {
      type: 'object',
      description: 'An evidence file.',
      properties: evidence,
      required: Object.keys(evidence),
    }),
    ...refusals(['key', 'organization', 'query'], ['event_not_found', 'not_found']),
  },
})
