/** The schemas that several routes of /openapi.json share. */
import { ERRORS, ISSUE_CODES, type JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS, eventShape, KIND_PATTERN, shapeToJsonSchema } from '@sealedlog/sdk/event'
import { SCOPES } from '../store/index.js'
import { STATS_BY } from './filters.js'
import { QUERY_COMPONENTS } from './openapi-query.js'
import { TYPE_COMPONENTS } from './openapi-types.js'

const text = (description: string, more: JsonObject = {}): JsonObject => ({ type: 'string', description, ...more })
const time = (description: string): JsonObject => text(description, { format: 'date-time' })
const timeOrNull = (description: string): JsonObject => ({ type: ['string', 'null'], format: 'date-time', description })
const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description })
const list = (items: JsonObject, description: string): JsonObject => ({ type: 'array', items, description })
const constant = (word: string): JsonObject => ({ type: 'string', const: word })

const object = (
  description: string,
  properties: { readonly [name: string]: JsonObject },
  optional: readonly string[] = [],
): JsonObject => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})

export type ComponentName =
  | 'Event'
  | 'RecordedEvent'
  | 'EventDocument'
  | 'EventList'
  | 'EventTail'
  | 'Stats'
  | 'Query'
  | 'Search'
  | 'SavedQuery'
  | 'SavedQueryList'
  | 'DeletedSavedQuery'
  | keyof typeof TYPE_COMPONENTS
  | 'Receipt'
  | 'BatchReceipt'
  | 'AuditLog'
  | 'AuditLogList'
  | 'UnkeyAuditLog'
  | 'Organization'
  | 'OrganizationList'
  | 'Key'
  | 'NewKey'
  | 'KeyList'
  | 'Reindexing'
  | 'Problem'
  | 'Issue'
  | 'OpenAiError'

/** `Event` as a schema's reference. */
export const refTo = (name: ComponentName): JsonObject => ({ $ref: `${name}#` })

const listOf = (item: ComponentName, more: { readonly [name: string]: JsonObject } = {}): JsonObject =>
  object(`A list of ${item}.`, {
    object: constant('list'),
    data: list(refTo(item), 'What was found.'),
    has_more: { type: 'boolean', description: 'Whether more follow.' },
    ...more,
  })

const event = shapeToJsonSchema(eventShape)
const evidence = {
  leaf: text('The leaf, exactly as it was hashed: canonical JSON.'),
  disclosures: list({ type: 'string' }, 'Salt, group and value behind each commitment in the leaf, exactly as hashed.'),
  inclusion: list({ type: 'string' }, 'Base64 hashes from the leaf up to the checkpoint’s root.'),
}
const checkpoint = text('The signed checkpoint (C2SP signed note) that covers it.')
const proof = object('What proves that exactly this entry is in the log.', { ...evidence, checkpoint })
const place = {
  org: text('The organization whose log it is.'),
  index: count('Where it stands in the log: from 0, without gaps, for ever.'),
  recorded_at: time('When the log took it.'),
}
const added = ['id', 'bucket', 'outcome', 'occurred_at', ...Object.keys(place)]

const receipt = {
  id: text('The event’s id: the caller’s, or one that was made for it.'),
  ...place,
  leaf_hash: text('Base64 of the leaf’s hash (RFC 6962).'),
  status: text('Whether it is new, or was recorded before.', { enum: ['recorded', 'duplicate'] }),
  warnings: {
    ...list(
      { $ref: 'Issue#' },
      'Where it does not fit its type, which only warns. Absent where there is nothing to say.',
    ),
    maxItems: BOUNDS.EVENT_WARNINGS_MAX,
  },
  ...evidence,
}
const onlyWithProof = ['warnings', ...Object.keys(evidence)]

export const EXAMPLE_EVENT = {
  type: 'api_key.created',
  occurred_at: '2026-11-20T09:12:21.123Z',
  actor: { type: 'user', id: 'user_1', name: 'Ada', email: 'ada@example.com' },
  targets: [{ type: 'api_key', id: 'key_1', name: 'CI' }],
  context: { ip_address: '203.0.113.7', request_id: 'req_8' },
} as const

const EVENT_COMPONENTS = {
  Event: { ...event, description: 'What happened, as a caller says it.', examples: [EXAMPLE_EVENT] },
  RecordedEvent: {
    ...event,
    description: 'An event at its place in the log, with what the server filled in.',
    properties: {
      ...(event.properties as JsonObject),
      ...place,
      redacted: list({ type: 'string' }, 'Groups whose content was lawfully erased.'),
      proof,
    },
    required: ['type', ...added],
  },
  EventDocument: {
    description: 'A recorded event in the form that `dialect` names; without it, the native form.',
    anyOf: [refTo('RecordedEvent'), refTo('AuditLog'), refTo('UnkeyAuditLog')],
  },
  EventList: listOf('EventDocument', {
    next_cursor: { type: ['string', 'null'], description: 'What to pass as `cursor` next; null at the end.' },
  }),
  EventTail: object('Entries in the order of their indexes.', {
    object: constant('list'),
    data: list(refTo('EventDocument'), 'Entries after `after` that the filters match.'),
    next: { type: 'integer', minimum: -1, description: 'What to pass as `after` next: past what was hidden, too.' },
  }),
  Stats: object('How many events there are, in groups.', {
    object: constant('stats'),
    by: text('What was counted by.', { enum: STATS_BY }),
    total: count('All events that the filters match, in a group or in none.'),
    data: list(
      object('A group.', {
        key: text('The start of its hour or day (RFC 3339, UTC), or the value of the field.'),
        count: { type: 'integer', minimum: 1, description: 'How many events are in it.' },
      }),
      'Groups that hold any: hours and days ascending, values by count descending. An event with several values stands in several groups, one with none in no group.',
    ),
    has_more: { type: 'boolean', description: 'Whether there are groups that are not named: earlier, or rarer ones.' },
    exact: { type: 'boolean', const: true, description: 'What cannot be counted exactly is refused.' },
  }),
  Receipt: object(
    'Where one event stands. Leaf, disclosures and inclusion only with `include=proof`.',
    { ...receipt, checkpoint },
    onlyWithProof,
  ),
  BatchReceipt: object('Where each event of a batch stands, in its order, under one checkpoint.', {
    data: list(object('Where one event stands.', receipt, onlyWithProof), 'One receipt an event.'),
    checkpoint,
  }),
  AuditLog: {
    ...object(
      'OpenAI’s audit log object: the members of its type stand under the type’s own name.',
      {
        id: text('The event’s id.'),
        type: text('What happened.'),
        effective_at: { type: 'integer', description: 'When it happened, in Unix seconds.' },
        actor: { type: 'object', description: 'Who did it; empty where OpenAI has no form for it.' },
        project: { type: 'object', description: 'The project it belongs to.' },
      },
      ['project', 'actor'],
    ),
    additionalProperties: true,
  },
  AuditLogList: listOf('AuditLog', {
    first_id: { type: ['string', 'null'], description: 'The id of the first of them.' },
    last_id: { type: ['string', 'null'], description: 'What to pass as `after` next.' },
  }),
  UnkeyAuditLog: {
    type: 'object',
    description: 'Unkey’s audit log envelope, or its Go struct (docs/dialects.md).',
    anyOf: [
      { required: ['event'], properties: { event: text('What happened, in the envelope.') } },
      { required: ['Event'], properties: { Event: text('What happened, in the Go struct.') } },
    ],
  },
} satisfies { readonly [name: string]: JsonObject }

const organization = object(
  'An organization and its log.',
  {
    object: constant('organization'),
    id: text('Its id. It stands in clear for ever.'),
    name: text('Its name.'),
    created_at: time('When it was created.'),
    origin: text('The origin line of its checkpoints.'),
    vkey: text('The verifier key of its checkpoints (C2SP signed note).'),
    size: count('How many entries its log has.'),
    closed_at: time('When it was closed; absent while it is open.'),
  },
  ['closed_at'],
)
const key = {
  object: constant('key'),
  id: text('The key’s id: not a secret.'),
  organization: text('The organization it is bound to, or `*`.', { pattern: `^\\*$|${KIND_PATTERN.source}` }),
  name: text('What it is for.'),
  scopes: list({ type: 'string', enum: SCOPES }, 'What it may do.'),
  created_at: time('When it was made.'),
  expires_at: timeOrNull('When it ends; null for never.'),
  revoked_at: timeOrNull('When it was revoked; null for not yet.'),
}

const ADMINISTRATION_COMPONENTS = {
  Organization: organization,
  OrganizationList: listOf('Organization'),
  Key: object('A key, without the key itself.', key),
  NewKey: object('A key that was made just now: the only time it is shown.', {
    ...key,
    key: text('The key itself. What is stored is its hash.'),
  }),
  KeyList: listOf('Key'),
  Reindexing: object('How a rebuild of the index stands.', {
    object: constant('reindexing'),
    status: text('`none` since the server started; one that `failed` leaves the index as it was.', {
      enum: ['none', 'running', 'done', 'failed'],
    }),
    entries: count('How many entries the new index has.'),
    total: count('How many it is to have, as far as was known when it began.'),
    started_at: timeOrNull('When it began.'),
    ended_at: timeOrNull('When it ended.'),
  }),
} satisfies { readonly [name: string]: JsonObject }

const ERROR_COMPONENTS = {
  Problem: {
    ...object(
      'An RFC 9457 problem.',
      {
        type: text('`urn:sealedlog:error:` and the code.'),
        title: text('The code, for people.'),
        status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.' },
        code: text('What went wrong. Codes are for ever.', { enum: Object.keys(ERRORS) }),
        detail: text('What went wrong here, and what to do next.'),
        param: text('The query parameter or header at fault.'),
        fault: object(
          'Where a query cannot be read.',
          {
            position: count('UTF-16 code units from the start of the query, from 0.'),
            found: text('What stands there; empty at the end.'),
            expected: text('What could stand there.'),
            nearest: text('The name that was probably meant.'),
          },
          ['nearest'],
        ),
        errors: {
          ...list(refTo('Issue'), 'The refused fields.'),
          maxItems: BOUNDS.REFUSALS_MAX,
        },
        request_id: text('The id of the request, as in `x-request-id`.'),
      },
      ['param', 'fault', 'errors'],
    ),
    examples: [
      {
        type: 'urn:sealedlog:error:invalid_event',
        title: 'Invalid event',
        status: 422,
        code: 'invalid_event',
        detail: '/type is required.',
        errors: [{ pointer: '/type', code: 'required', message: '/type is required.' }],
        request_id: 'req_1',
      },
    ],
  },
  Issue: object(
    'One refused field.',
    {
      pointer: text('Where: RFC 6901. In a batch it begins with the event’s number.'),
      code: text('Why.', { enum: ISSUE_CODES }),
      message: text('Why, for people.'),
      limit: text('The named limit that it passes.', { enum: Object.keys(BOUNDS) }),
    },
    ['limit'],
  ),
  OpenAiError: object('OpenAI’s error envelope.', {
    error: object('What went wrong.', {
      message: text('What went wrong, for people.'),
      type: text('The kind of error.'),
      param: { type: ['string', 'null'], description: 'The parameter at fault.' },
      code: { type: ['string', 'null'], description: 'What went wrong.' },
    }),
  }),
} satisfies { readonly [name: string]: JsonObject }

export const COMPONENTS: { readonly [name in ComponentName]: JsonObject } = {
  ...EVENT_COMPONENTS,
  ...QUERY_COMPONENTS,
  ...TYPE_COMPONENTS,
  ...ADMINISTRATION_COMPONENTS,
  ...ERROR_COMPONENTS,
}
