/** OpenAI's audit log object (`GET /v1/organization/audit_logs`), mapped. */
import { isJsonObject, type Json, type JsonObject } from '../base/index.js'
import {
  type Actor,
  emailShape,
  eventIdShape,
  type EventInput,
  ipShape,
  metadataShape,
  nameShape,
  type RecordedEvent,
  referenceShape,
  typeShape,
  userAgentShape,
} from '../event/index.js'
import { unixTime } from './fields.js'
import { cameThrough, fromWire, isCoreName, isErased, toWire } from './mapper.js'
import { type Dialect, type DialectTable, type FieldRule, type HomeRule, timeShape, type VariantRule } from './table.js'
import { getIn } from './tree.js'

const SECOND_MS = 1_000

const user = (wire: string): readonly FieldRule[] => [
  { wire: `${wire}/id`, native: '/actor/id', shape: referenceShape },
  { wire: `${wire}/email`, native: '/actor/email', shape: emailShape },
]
const actorHome: HomeRule = { native: '/actor', root: '/actor', claims: ['/actor'], takes: 'values' }
const apiKeyHome: HomeRule = {
  native: '/actor/api_key',
  root: '/actor/api_key',
  claims: ['/actor/api_key'],
  takes: 'objects',
}
const apiKeyId: FieldRule = { wire: '/actor/api_key/id', native: '/actor/api_key/id', shape: referenceShape }

/** A user in a session. */
const session: VariantRule = {
  name: 'session',
  reads: (document) =>
    getIn(document, '/actor/type') === 'session' && isJsonObject(getIn(document, '/actor/session') ?? null),
  writes: (actor) => actor.type === 'user' && actor.api_key === undefined,
  wireConstants: { '/actor/type': 'session' },
  nativeConstants: { '/actor/type': 'user' },
  fields: [
    ...user('/actor/session/user'),
    { wire: '/actor/session/ip_address', native: '/context/ip_address', shape: ipShape },
    { wire: '/actor/session/user_agent', native: '/context/user_agent', shape: userAgentShape },
  ],
  homes: [
    actorHome,
    { native: '/actor/session', root: '/actor/session', claims: ['/actor/session'], takes: 'objects' },
  ],
}

/** A user, or a service account, by means of an API key. */
const apiKeyOf = (type: string, fields: readonly FieldRule[], writes: (actor: Actor) => boolean): VariantRule => ({
  name: `api_key of a ${type}`,
  reads: (document) => getIn(document, '/actor/type') === 'api_key' && getIn(document, '/actor/api_key/type') === type,
  writes,
  wireConstants: { '/actor/type': 'api_key', '/actor/api_key/type': type },
  nativeConstants: { '/actor/type': type, '/actor/api_key/type': type },
  fields: [apiKeyId, ...fields],
  homes: [actorHome, apiKeyHome],
})

/** An API key that acts for itself: Unkey's `rootkey` and `key`. OpenAI has none, so none is read. */
const key: VariantRule = {
  name: 'api_key',
  reads: () => false,
  writes: (actor) => actor.type === 'rootkey' || actor.type === 'key',
  wireConstants: { '/actor/type': 'api_key' },
  nativeConstants: {},
  fields: [{ wire: '/actor/api_key/id', native: '/actor/id', shape: referenceShape }],
  homes: [],
}

/** An actor object that says neither: kept whole. */
const unknown: VariantRule = {
  name: 'unknown',
  reads: (document) => isJsonObject(getIn(document, '/actor') ?? null),
  writes: (actor) => actor.type === 'unknown',
  wireConstants: {},
  nativeConstants: { '/actor/type': 'unknown' },
  fields: [],
  homes: [actorHome],
}

/** An actor that is no object. It may be a person's name all the same, so the actor keeps it. */
const invalid: VariantRule = {
  name: 'invalid',
  reads: (document) => (getIn(document, '/actor') ?? null) !== null,
  writes: (actor) => actor.type === 'invalid',
  wireConstants: {},
  nativeConstants: { '/actor/type': 'invalid' },
  fields: [],
  homes: [{ native: '/actor', root: '', claims: ['/actor'], takes: 'values' }],
}

export const OPENAI: DialectTable = {
  name: 'openai',
  fields: [
    { wire: '/id', native: '/id', shape: eventIdShape, strict: true },
    { wire: '/type', native: '/type', shape: typeShape, strict: true, required: true },
    { wire: '/effective_at', native: '/occurred_at', shape: timeShape, unitMs: SECOND_MS, strict: true },
    { wire: '/project/id', native: '/project/id', shape: referenceShape },
    { wire: '/project/name', native: '/project/name', shape: nameShape },
    { wire: '/{type}', native: '/details', shape: metadataShape },
  ],
  lists: [],
  homes: [{ native: '/project', root: '/project', claims: ['/project'], takes: 'objects' }],
  variants: [
    session,
    apiKeyOf('user', user('/actor/api_key/user'), (actor) => actor.type === 'user' && actor.api_key !== undefined),
    apiKeyOf(
      'service_account',
      [{ wire: '/actor/api_key/service_account/id', native: '/actor/id', shape: referenceShape }],
      (actor) => actor.type === 'service_account',
    ),
    key,
    unknown,
    invalid,
  ],
}

/**
 * OpenAI's audit log objects. Events that came another way are shown in the same form.
 *
 * @example
 * openai.to(openai.from(auditLog)) // deep-equals auditLog
 */
export const openai: Dialect = {
  name: OPENAI.name,
  from: (document) => fromWire(OPENAI, document),
  to: (event) => complete(event, toWire(OPENAI, event)),
}

/** The second that the OpenAI form shows for an instant, and by which its filters compare. */
export const effectiveAtSeconds = (occurredAt: string): number => unixTime(occurredAt, SECOND_MS)

/** What OpenAI's clients need and the event does not say: an actor that is an object, and the id of what was acted on. */
function complete(event: EventInput | RecordedEvent, wire: JsonObject): JsonObject {
  const said: { [name: string]: Json } = { ...wire }
  if (lacksActor(event, wire)) said.actor = {}
  const target = event.targets?.[0]?.id
  if (target !== undefined && event.details === undefined && !isErased(event, 'details')) {
    if (!isCoreName(OPENAI, event.type) && !Object.hasOwn(said, event.type)) said[event.type] = { id: target }
  }
  return said
}

/** Strict clients refuse an event without an actor; one that OpenAI itself said so stays as it was. */
function lacksActor(event: EventInput | RecordedEvent, wire: JsonObject): boolean {
  if (isErased(event, 'actor')) return true
  return !Object.hasOwn(wire, 'actor') && (event.actor !== undefined || !cameThrough(OPENAI.name, event))
}
