/** What /openapi.json says of erasing. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { MATCHES } from '../../log/index.js'
import { CALL_HEADERS, content, page, refusals, texts } from '../openapi-parts.js'

const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description })
const text = (description: string, more: JsonObject = {}): JsonObject => ({ type: 'string', description, ...more })
const list = (description: string, properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'array',
  description,
  items: { type: 'object', properties, required: Object.keys(properties) },
  ...more,
})

const NAMED: JsonObject = {
  type: 'object',
  description: 'One event, by its id or its index.',
  properties: {
    id: text('The event’s id.'),
    index: count('The entry’s index.'),
    groups: {
      anyOf: [{ type: 'string', const: 'all' }, texts('Some.', { maxItems: BOUNDS.REDACTION_GROUPS_MAX })],
      description: 'Which groups go: `actor`, `details`, `targets/0`, … Left out: all that it still has.',
    },
  },
  oneOf: [{ required: ['id'] }, { required: ['index'] }],
  additionalProperties: false,
}

const PERSON: JsonObject = {
  type: 'object',
  description: 'Every group in which any text (value or name, wherever it stands) or number says one of these.',
  properties: {
    identifiers: {
      type: 'array',
      description: 'What the person is called by: ids, addresses, names. Compared in any case, after NFC.',
      items: { type: 'string', minLength: BOUNDS.IDENTIFIER_CHARS_MIN, maxLength: BOUNDS.IDENTIFIER_CHARS_MAX },
      minItems: 1,
      maxItems: BOUNDS.REDACTION_IDENTIFIERS_MAX,
    },
    match: {
      type: 'string',
      enum: MATCHES,
      default: 'word',
      description:
        '`word`: no letter or digit touches one of the identifier’s, so that `user_1` does not meet `user_12`. `substring`: wherever it stands.',
    },
  },
  required: ['identifiers'],
  additionalProperties: false,
}

const ASKED: JsonObject = {
  type: 'object',
  properties: {
    events: {
      type: 'array',
      items: NAMED,
      minItems: 1,
      maxItems: BOUNDS.REDACTION_EVENTS_MAX,
      description: 'By name.',
    },
    person: PERSON,
    basis: text('Why the law or a contract asks for it. It stands in the log; it must not say an identifier.', {
      minLength: 1,
      maxLength: BOUNDS.BASIS_CHARS_MAX,
    }),
    request_id: text('The request that is granted. It stands in the log.', {
      minLength: 1,
      maxLength: BOUNDS.REQUEST_ID_CHARS_MAX,
    }),
    dry_run: { type: 'boolean', default: false, description: 'Only says what would go.' },
  },
  required: ['basis'],
  anyOf: [{ required: ['events'] }, { required: ['person'] }],
  additionalProperties: false,
  examples: [
    {
      person: { identifiers: ['user_1', 'ada@example.com'] },
      basis: 'GDPR Art. 17(1)(b)',
      request_id: 'dsr-2026-0114',
    },
  ],
}

const place = { index: count('Where it stands.'), id: text('Its id.') }

const ANSWER: JsonObject = {
  object: { type: 'string', const: 'redaction' },
  dry_run: { type: 'boolean', description: 'Whether it only says what would go.' },
  redactions: list('The entries that account for it (`audit.redaction`); none where nothing was to erase.', place),
  checkpoint: text('The signed checkpoint (C2SP signed note) that covers them.'),
  scanned: count(
    'By person: so many entries, from the first one on, say nothing of it any more. Else how many were looked at.',
  ),
  events: count('How many events lost something.'),
  groups: count('How many groups went.'),
  by_group: {
    type: 'object',
    description: 'How many of each group.',
    additionalProperties: { type: 'integer', minimum: 1 },
  },
  in_clear: list(
    'Entries that say an identifier where it stands in clear for ever and nobody can erase it: as an id, a type or a bucket.',
    { ...place, members: texts('Which: `id`, `type`, `bucket`, `actor`, `targets`.') },
    { maxItems: BOUNDS.REDACTION_ROWS_MAX },
  ),
  in_clear_count: count('How many such entries there are.'),
  entries: list(
    'What would go, in a dry run alone: the first entries.',
    { ...place, groups: texts('The groups that would go.') },
    { maxItems: BOUNDS.REDACTION_ROWS_MAX },
  ),
}

const answer = (description: string): JsonObject =>
  content('application/json', description, {
    type: 'object',
    description: 'What was erased, or would be.',
    properties: ANSWER,
    required: Object.keys(ANSWER).filter((name) => name !== 'entries'),
  })

export const redactDoc = page({
  operationId: 'redactEvents',
  tags: ['Erasing'],
  summary: 'Erase what the law asks for',
  description:
    'Erases groups of recorded events: those that are named, or all that say one of a person’s identifiers, the server’s own entries included. The entry that accounts for it is recorded in the same commit, and says which groups of which entries, never whose. Leaves, tree, proofs and receipts stay valid; ids, types, times and outcomes stay in clear. The answer comes when nothing of it is left in the server’s files. What is recorded meanwhile is erased too, as far as `scanned` says. Saying the same request again erases what is left. Saved queries and copies elsewhere (exports, backups, whoever read it) are not reached.',
  headers: CALL_HEADERS,
  body: { content: { 'application/json': { schema: ASKED } } },
  response: {
    201: answer('It is erased.'),
    200: answer('Nothing was erased: a dry run, or nothing was left to erase.'),
    ...refusals(
      ['key', 'organization', 'query', 'body'],
      ['invalid_redaction', 'legal_hold', 'queue_full', 'clock_behind', 'log_read_only', 'shutting_down'],
    ),
  },
})
