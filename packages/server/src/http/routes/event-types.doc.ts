/** What /openapi.json says of these routes. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS, shapeToJsonSchema, typeShape } from '@sealedlog/sdk/event'
import { registrationShape } from '../../types/index.js'
import { CALL_HEADERS, json, LIMIT, page, parameters, refusals, wholeNumber } from '../openapi-parts.js'

const TYPE = parameters({ type: { ...shapeToJsonSchema(typeShape), description: 'The event type.' } }, ['type'])
const VERSION = { version: wholeNumber('A version; left out, the newest.', 1, Number.MAX_SAFE_INTEGER) }

const IF_MATCH: JsonObject = {
  type: 'object',
  properties: {
    ...(CALL_HEADERS.properties as JsonObject),
    'If-Match': { type: 'string', description: 'The revision that must stand there, as the ETag says it: `"17"`.' },
  },
}

const registration = shapeToJsonSchema(registrationShape)
export const REGISTRATION: JsonObject = {
  ...registration,
  examples: [
    {
      mode: 'warn',
      sentence: '{actor} sent invoice {target}',
      targets: ['invoice'],
      details: {
        type: 'object',
        properties: { number: { type: 'string', pattern: '^INV-[0-9]+$' } },
        required: ['number'],
      },
    },
  ],
}
const REGISTRATION_TO_PUT: JsonObject = {
  ...REGISTRATION,
  properties: {
    ...(registration.properties as JsonObject),
    expected_version: {
      type: 'integer',
      minimum: 0,
      description: 'The version that must stand there; 0 for none. Left out: whatever stands there.',
    },
  },
}

const ETAG = { ETag: { type: 'string', description: 'The revision, for `If-Match`.' } }

export const listTypesDoc = page({
  operationId: 'listEventTypes',
  tags: ['Event types'],
  summary: 'List event types',
  description:
    'The organization’s own event types by name, ascending; with `include=catalogue` also the built-in ones that it has none of its own for. A page may end before `limit` where its rows are long.',
  headers: CALL_HEADERS,
  querystring: parameters({
    ...LIMIT,
    after: { type: 'string', description: 'The name after which to go on.' },
    include: { type: 'string', enum: ['catalogue'], description: 'Adds the built-in types.' },
  }),
  response: { 200: json('A page.', 'EventTypeList'), ...refusals(['key', 'organization', 'query']) },
})

export const getTypeDoc = page({
  operationId: 'getEventType',
  tags: ['Event types'],
  summary: 'Get an event type',
  description:
    'The organization’s own type of a name, in its newest or another version; without one, the built-in type.',
  headers: CALL_HEADERS,
  params: TYPE,
  querystring: parameters(VERSION),
  response: {
    200: { ...json('The type.', 'EventType'), headers: ETAG },
    ...refusals(['key', 'organization', 'query'], ['event_type_not_found', 'not_found']),
  },
})

export const listTypeVersionsDoc = page({
  operationId: 'listEventTypeVersions',
  tags: ['Event types'],
  summary: 'List the versions of an event type',
  description: `Its versions, ascending; the newest ${BOUNDS.EVENT_TYPE_VERSIONS_MAX} are kept.`,
  headers: CALL_HEADERS,
  params: TYPE,
  querystring: parameters({
    ...LIMIT,
    after: wholeNumber('The version after which to go on.', 0, Number.MAX_SAFE_INTEGER),
  }),
  response: {
    200: json('A page.', 'EventTypeList'),
    ...refusals(['key', 'organization', 'query'], ['event_type_not_found', 'not_found']),
  },
})

export const putTypeDoc = page({
  operationId: 'putEventType',
  tags: ['Event types'],
  summary: 'Register an event type',
  description:
    'Registers a type, or changes it. Other content is a new version, another mode alone is not, and the same again changes nothing. It holds for events that are recorded from now on.',
  headers: IF_MATCH,
  params: TYPE,
  body: { content: { 'application/json': { schema: REGISTRATION_TO_PUT } } },
  response: {
    201: { ...json('It is registered.', 'PutEventType'), headers: ETAG },
    200: { ...json('It was registered before, and is this now.', 'PutEventType'), headers: ETAG },
    ...refusals(
      ['key', 'organization', 'query', 'body'],
      ['invalid_event_type', 'reserved_type', 'revision_mismatch', 'not_found'],
    ),
  },
})

export const deleteTypeDoc = page({
  operationId: 'deleteEventType',
  tags: ['Event types'],
  summary: 'Delete an event type',
  description:
    'Forgets the organization’s own type and its versions. Events of the type stay, and may still be recorded.',
  headers: IF_MATCH,
  params: TYPE,
  response: {
    200: json('It is gone.', 'DeletedEventType'),
    ...refusals(['key', 'organization', 'query'], ['event_type_not_found', 'revision_mismatch', 'not_found']),
  },
})

export const checkTypeDoc = page({
  operationId: 'checkEventType',
  tags: ['Event types'],
  summary: 'Check recorded events against an event type',
  description:
    'Judges recorded events of the type, newest first, by the registration in the body, or by a stored version where there is no body. Nothing is changed. What was lawfully erased is not judged. It stops at `limit` events, or where judging gets too costly; `next_cursor` goes on.',
  headers: CALL_HEADERS,
  params: TYPE,
  querystring: parameters({
    ...VERSION,
    limit: wholeNumber('How many events at most.', 1, BOUNDS.LIST_LIMIT_MAX, { default: BOUNDS.LIST_LIMIT_MAX }),
    cursor: { type: 'string', description: 'The `next_cursor` of the check before. It is opaque.' },
  }),
  body: { content: { 'application/json': { schema: REGISTRATION } } },
  response: {
    200: json('What was found.', 'EventTypeCheck'),
    ...refusals(
      ['key', 'organization', 'query', 'body'],
      ['invalid_event_type', 'reserved_type', 'event_type_not_found', 'invalid_cursor', 'not_found'],
    ),
  },
})
