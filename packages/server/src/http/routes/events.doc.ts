/** What /openapi.json says of these routes. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { refTo } from '../openapi-components.js'
import {
  CALL_HEADERS,
  DIALECT,
  FILTERS,
  INCLUDE,
  json,
  LIMIT,
  page,
  parameters,
  refusals,
  wholeNumber,
} from '../openapi-parts.js'

const SAID = { anyOf: [refTo('Event'), refTo('AuditLog'), refTo('UnkeyAuditLog')] }
const WRITE_CODES = [
  'invalid_event',
  'reserved_type',
  'event_conflict',
  'organization_closed',
  'queue_full',
  'clock_behind',
  'shutting_down',
] as const

export const recordDoc = page({
  operationId: 'recordEvent',
  tags: ['Events'],
  summary: 'Record one event',
  description:
    'Records what happened, durably and provably, and answers when both are done. Saying the same event again (its `id` with the same content) is a no-op: 200 with the receipt of where it stands. The body may be gzip.',
  headers: CALL_HEADERS,
  querystring: parameters({ ...DIALECT, ...INCLUDE }),
  body: { content: { 'application/json': { schema: SAID } } },
  response: {
    201: json('It is recorded.', 'Receipt'),
    200: json('It was recorded before; this is where.', 'Receipt'),
    ...refusals(['key', 'organization', 'query', 'body'], WRITE_CODES),
  },
})

const batch = { type: 'array', items: SAID, minItems: 1, maxItems: BOUNDS.BATCH_EVENTS_MAX }

export const batchDoc = page({
  operationId: 'recordEvents',
  tags: ['Events'],
  summary: 'Record a batch of events',
  description:
    'Records the events of one organization, whole or not at all. A JSON array, or NDJSON with one event a line; gzip or plain. A refusal names each refused event by its number, up to 100: `/17/actor/id`.',
  headers: CALL_HEADERS,
  querystring: parameters({ ...DIALECT, ...INCLUDE }),
  body: {
    content: {
      'application/json': { schema: batch },
      'application/x-ndjson': { schema: { type: 'string', description: 'One event a line.' } },
    },
  },
  response: {
    201: json('All are recorded; some may have been before.', 'BatchReceipt'),
    200: json('All were recorded before.', 'BatchReceipt'),
    ...refusals(['key', 'organization', 'query', 'body'], ['invalid_batch', 'batch_too_large', ...WRITE_CODES]),
  },
})

export const listDoc = page({
  operationId: 'listEvents',
  tags: ['Events'],
  summary: 'List events',
  description:
    'A page of events by when they occurred, newest first. A repeated filter means “or”, different ones mean “and”; `q` asks in words. The next page has a cursor, in the body and as a `Link` header. A page may be shorter than its limit, even empty, and still have more behind it: go on while `has_more`.',
  headers: CALL_HEADERS,
  querystring: parameters({
    ...FILTERS,
    order: { type: 'string', enum: ['desc', 'asc'], default: 'desc', description: 'Newest or oldest first.' },
    ...LIMIT,
    cursor: { type: 'string', description: 'The `next_cursor` of the page before. It is opaque.' },
    ...DIALECT,
  }),
  response: {
    200: {
      ...json('A page.', 'EventList'),
      headers: { Link: { type: 'string', description: 'The next page, `rel="next"`; absent at the end.' } },
    },
    ...refusals(['key', 'organization', 'query'], ['invalid_query', 'invalid_cursor', 'saved_query_not_found']),
  },
})

export const searchDoc = page({
  operationId: 'searchEvents',
  tags: ['Events'],
  summary: 'Search events',
  description:
    'The same list, asked by a tree of conditions in place of words: what `q` says as text. A page may be shorter than its limit, even empty, and still have more behind it: go on while `has_more`.',
  headers: CALL_HEADERS,
  querystring: parameters(DIALECT),
  body: { content: { 'application/json': { schema: refTo('Search') } } },
  response: {
    200: json('A page.', 'EventList'),
    ...refusals(['key', 'organization', 'query', 'body'], ['invalid_query', 'invalid_cursor']),
  },
})

export const eventDoc = page({
  operationId: 'getEvent',
  tags: ['Events'],
  summary: 'Get one event',
  description: 'The event with an id, and with `include=proof` what proves it under the checkpoint of now.',
  headers: CALL_HEADERS,
  params: parameters({ id: { type: 'string', description: 'The event’s id.' } }, ['id']),
  querystring: parameters({ ...DIALECT, ...INCLUDE }),
  response: {
    200: json('The event.', 'EventDocument'),
    ...refusals(['key', 'organization', 'query'], ['event_not_found', 'not_found']),
  },
})

const STREAM = `An endless stream of server-sent events (WHATWG HTML). An entry is \`id: <index>\` and \`data: <the event as one line of JSON>\`, an event of type \`message\`. Blocks of \`id:\` alone move the place to go on from past what the filters hide; the first one says where the stream begins. A comment and such a block come every ${BOUNDS.STREAM_HEARTBEAT_SECONDS} seconds. When the server ends the stream, the last event has the type \`end\` and the data \`{code, message, next}\`: \`too_slow\` for a subscriber that does not read what is sent within ${BOUNDS.STREAM_STALL_SECONDS} seconds, \`shutting_down\`, \`invalid_key\` once the key is revoked or has expired, \`storage_failed\` or \`internal_error\`. Connect again with the last id as \`Last-Event-ID\`, as an EventSource does by itself.`

export const tailDoc = page({
  operationId: 'tailEvents',
  tags: ['Events'],
  summary: 'Follow the log',
  description:
    'Entries in the order in which they were recorded: none is ever skipped, however late it occurred. Pass `next` as `after` for what follows; with `wait`, the answer waits for an entry. With `Accept: text/event-stream` the answer is a stream that goes on by itself and takes neither `wait` nor `limit`.',
  headers: parameters({
    ...(CALL_HEADERS.properties as typeof FILTERS),
    'Last-Event-ID': {
      type: 'integer',
      minimum: -1,
      description: 'For a stream: the last id that was seen. It is stronger than `after`.',
    },
  }),
  querystring: parameters({
    after: {
      anyOf: [{ type: 'integer', minimum: -1 }, { const: 'latest' }],
      description: 'The index after which to read; `latest` for what is yet to come. Left out: from the start.',
    },
    wait: wholeNumber('How many seconds to wait for an entry.', 0, BOUNDS.TAIL_WAIT_SECONDS_MAX, { default: 0 }),
    ...FILTERS,
    ...LIMIT,
    ...DIALECT,
  }),
  response: {
    200: {
      description: 'Entries, or none; or a stream of them, as `Accept` asks.',
      headers: { Vary: { type: 'string', description: '`Accept`.' } },
      content: {
        'application/json': { schema: refTo('EventTail') },
        'text/event-stream': { schema: { type: 'string', description: STREAM } },
      },
    },
    ...refusals(
      ['key', 'organization', 'query'],
      ['invalid_query', 'saved_query_not_found', 'after_beyond_end', 'too_many_streams', 'shutting_down'],
    ),
  },
})
