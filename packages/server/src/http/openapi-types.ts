/** The schemas of event types that organizations register, for /openapi.json. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS, shapeToJsonSchema } from '@sealedlog/sdk/event'
import { registrationShape } from '../types/index.js'

const text = (description: string, more: JsonObject = {}): JsonObject => ({ type: 'string', description, ...more })
const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description })
const constant = (word: string): JsonObject => ({ type: 'string', const: word })

const { type, mode, sentence, targets, outcome, description, details, metadata } = shapeToJsonSchema(registrationShape)
  .properties as { readonly [name: string]: JsonObject }

const eventType: { readonly [name: string]: JsonObject } = {
  object: constant('event_type'),
  type: { ...type, description: 'The event type.' },
  origin: text('Whose it is: the organization’s own, or a product’s whose names are built in.', {
    enum: ['organization', 'openai', 'unkey', 'sealedlog'],
  }),
  mode: mode ?? {},
  version: count('Counts the contents that it had, from 1. Built-in types have none.'),
  revision: count('Changes with each writing. Built-in types have none.'),
  sentence: sentence ?? {},
  targets: targets ?? {},
  outcome: outcome ?? {},
  description: description ?? {},
  details: details ?? {},
  metadata: metadata ?? {},
  created_at: text('When it was registered.', { format: 'date-time' }),
  updated_at: text('When it, or this version of it, was written.', { format: 'date-time' }),
  warnings: count('Warnings that events of the type got since the server started.'),
}
const required = ['object', 'type', 'origin', 'mode']

export const TYPE_COMPONENTS = {
  EventType: { type: 'object', description: 'An event type.', properties: eventType, required },
  EventTypeList: {
    type: 'object',
    description: 'A list of EventType.',
    properties: {
      object: constant('list'),
      data: { type: 'array', items: { $ref: 'EventType#' }, description: 'What was found.' },
      has_more: { type: 'boolean', description: 'Whether more follow.' },
    },
    required: ['object', 'data', 'has_more'],
  },
  PutEventType: {
    type: 'object',
    description: 'An event type as it is now, and what that changed.',
    properties: {
      ...eventType,
      change: text('What the call changed.', { enum: ['created', 'new_version', 'mode_changed', 'unchanged'] }),
    },
    required: [...required, 'version', 'revision', 'created_at', 'updated_at', 'warnings', 'change'],
  },
  DeletedEventType: {
    type: 'object',
    description: 'An event type that is gone.',
    properties: { object: constant('event_type'), type: text('What it was called.'), deleted: { const: true } },
    required: ['object', 'type', 'deleted'],
  },
  EventTypeCheck: {
    type: 'object',
    description: 'What a check of recorded events found.',
    properties: {
      object: constant('event_type_check'),
      type: text('The event type.'),
      version: {
        type: ['integer', 'null'],
        description: 'The stored version that was checked; null for that of the body.',
      },
      checked: count('How many events were judged.'),
      failing: count('How many of them do not fit.'),
      examples: {
        type: 'array',
        maxItems: BOUNDS.CHECK_EXAMPLES_MAX,
        description: 'The first of them.',
        items: {
          type: 'object',
          description: 'An event that does not fit.',
          properties: {
            id: text('The event’s id.'),
            index: count('Where it stands in the log.'),
            issues: { type: 'array', items: { $ref: 'Issue#' }, description: 'Why it does not fit.' },
          },
          required: ['id', 'index', 'issues'],
        },
      },
      has_more: { type: 'boolean', description: 'Whether there may be more events to judge.' },
      next_cursor: { type: ['string', 'null'], description: 'What to pass as `cursor` next; null at the end.' },
    },
    required: ['object', 'type', 'version', 'checked', 'failing', 'examples', 'has_more', 'next_cursor'],
  },
} satisfies { readonly [name: string]: JsonObject }
