/** What /openapi.json says of exports. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { FILTER_PARAMETERS } from '../filters.js'
import { CALL_HEADERS, content, page, refusals, texts } from '../openapi-parts.js'

const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description })
const text = (description: string): JsonObject => ({ type: 'string', description })
const constant = (word: string): JsonObject => ({ type: 'string', const: word })

const asked = {
  from: count('The first entry; 0 unless it is said.'),
  to: count('The index behind the last entry; what the checkpoint covers unless it is said.'),
  q: text('A query in words, as the list takes it: of the range, only what it matches.'),
  filters: {
    type: 'object',
    description:
      'Parameters of the list, each a string or a list of strings. Repeated means “or”, different ones “and”.',
    properties: Object.fromEntries(
      [...FILTER_PARAMETERS, 'since', 'until', 'saved'].map((name) => [
        name,
        { anyOf: [{ type: 'string' }, texts('Any of them.')], description: 'As the list takes it.' },
      ]),
    ),
  },
  withhold: texts('Groups that stay out of the bundle: `actor`, `details`, `targets`, `targets/0`, …'),
  reason: { ...text('What it is for; it stands in the log.'), maxLength: BOUNDS.DESCRIPTION_CHARS_MAX },
}

const declared = {
  object: constant('export'),
  id: text('The export.'),
  org: text('The organization whose log it is.'),
  index: {
    type: ['integer', 'null'],
    minimum: 0,
    description: 'Where the log says that it was made; null where the log is read-only and says nothing any more.',
  },
  size: count('How many entries the checkpoint covers.'),
  checkpoint: text('The signed checkpoint (C2SP signed note) under which everything of it is proven.'),
  from: count('The first entry.'),
  to: count('The index behind the last.'),
  entries: {
    type: ['integer', 'null'],
    minimum: 0,
    description: 'How many entries; null for those that a filter finds.',
  },
}

export const exportDoc = page({
  operationId: 'createExport',
  tags: ['Proofs'],
  summary: 'Declare an export',
  description:
    'Puts on record (`sealedlog.export.created`) that entries are taken away, by whom and which, and answers the checkpoint that covers them and this entry. The bytes are read from `tlog/tile/…` and `tlog/disclosures/…`; which entries a filter matches is read from `GET /v1/events` with the same parameters, leaving out what stands behind the checkpoint. `sealedlog export` does all of it and writes a folder that is checked offline.',
  headers: CALL_HEADERS,
  body: {
    content: {
      'application/json': { schema: { type: 'object', description: 'What to export.', properties: asked } },
    },
  },
  response: {
    201: content('application/json', 'It is on record.', {
      type: 'object',
      description: 'An export.',
      properties: declared,
      required: Object.keys(declared),
    }),
    ...refusals(
      ['key', 'organization', 'query', 'body'],
      ['invalid_export', 'invalid_query', 'saved_query_not_found', 'queue_full', 'clock_behind', 'shutting_down'],
    ),
  },
})
