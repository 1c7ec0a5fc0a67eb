/** Unkey's audit log envelope, as it is stored and exported, mapped. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/index.js'
import {
  BOUNDS,
  contextIdShape,
  DEFAULT_BUCKET,
  describe,
  descriptionShape,
  eventIdShape,
  type EventInput,
  ipShape,
  kindShape,
  metadataShape,
  nameShape,
  orgShape,
  type RecordedEvent,
  referenceShape,
  type Target,
  typeShape,
  userAgentShape,
} from '../event/index.js'
import { cameThrough, fromWire, isErased, toWire } from './mapper.js'
import { type Dialect, type DialectTable, timeShape, UNKNOWN_KIND } from './table.js'
import { unkeyGo } from './unkey-go.js'

export const UNKEY: DialectTable = {
  name: 'unkey',
  fields: [
    { wire: '/event_id', native: '/id', shape: eventIdShape, strict: true },
    { wire: '/time', native: '/occurred_at', shape: timeShape, unitMs: 1, strict: true },
    { wire: '/workspace_id', native: '/org', shape: orgShape, strict: true },
    { wire: '/bucket', native: '/bucket', shape: kindShape, filled: true },
    { wire: '/event', native: '/type', shape: typeShape, strict: true, required: true },
    { wire: '/description', native: '/description', shape: descriptionShape },
    { wire: '/actor/type', native: '/actor/type', shape: kindShape, placeholder: UNKNOWN_KIND },
    { wire: '/actor/id', native: '/actor/id', shape: referenceShape },
    { wire: '/actor/name', native: '/actor/name', shape: nameShape },
    { wire: '/actor/meta', native: '/actor/metadata', shape: metadataShape },
    { wire: '/remote_ip', native: '/context/ip_address', shape: ipShape },
    { wire: '/user_agent', native: '/context/user_agent', shape: userAgentShape },
    { wire: '/meta', native: '/metadata', shape: metadataShape },
    { wire: '/correlation_id', native: '/context/correlation_id', shape: contextIdShape },
  ],
  lists: [
    {
      wire: '/targets',
      native: '/targets',
      itemsMax: BOUNDS.TARGETS_MAX,
      fields: [
        { wire: '/type', native: '/type', shape: kindShape, placeholder: UNKNOWN_KIND },
        { wire: '/id', native: '/id', shape: referenceShape },
        { wire: '/name', native: '/name', shape: nameShape },
        { wire: '/meta', native: '/metadata', shape: metadataShape },
      ],
    },
  ],
  // Address and agent stand beside the actor, and belong to the same person: its residue is written from the root.
  homes: [{ native: '/actor', root: '', claims: ['/actor', '/remote_ip', '/user_agent'], takes: 'values' }],
  variants: [],
}

/**
 * Unkey's envelopes. A document with `Event` in place of `event` is the Go struct, and read as that.
 *
 * @example
 * unkey.to(unkey.from(envelope)) // deep-equals envelope
 */
export const unkey: Dialect = {
  name: UNKEY.name,
  from: (document) => (isGoStruct(document) ? unkeyGo.from(document) : fromWire(UNKEY, document)),
  to: (event) => complete(event, toWire(UNKEY, event)),
}

const isGoStruct = (document: JsonObject): boolean =>
  Object.hasOwn(document, 'Event') && !Object.hasOwn(document, 'event')

/** The members that an envelope must have, where the event came another way or they were erased. */
function complete(event: EventInput | RecordedEvent, wire: JsonObject): JsonObject {
  if (!cameThrough(UNKEY.name, event)) return completeForeign(event, wire)
  const actor = isErased(event, 'actor') && event.actor ? { actor: { type: event.actor.type, id: '' } } : {}
  const isWhole = (i: number) => !isErased(event, `targets/${i}`)
  return {
    ...wire,
    ...actor,
    ...targetsOf(event, (target, i) => (isWhole(i) ? wireTarget(wire, i) : nameTarget(target))),
  }
}

function completeForeign(event: EventInput | RecordedEvent, wire: JsonObject): JsonObject {
  const said = withoutEmpty(wire)
  const actor = isErased(event, 'actor') ? {} : withoutEmpty(objectOr(wire.actor))
  return {
    bucket: DEFAULT_BUCKET,
    source: 'customer',
    description: describe(event),
    ...said,
    actor: { type: event.actor?.type ?? UNKNOWN_KIND, id: '', ...actor },
    ...targetsOf(event, (target, i) => ({ ...nameTarget(target), ...withoutEmpty(wireTarget(wire, i)) })),
    ...metaOf(event, objectOr(wire.meta)),
  }
}

/** An envelope has no details of its own: its meta carries them, unless it has some already. */
const metaOf = ({ details }: EventInput, meta: JsonObject): JsonObject =>
  details === undefined ? {} : { meta: { details, ...meta } }

const targetsOf = (event: EventInput, write: (target: Target, i: number) => JsonObject): JsonObject =>
  event.targets?.length ? { targets: event.targets.map(write) } : {}

/** An envelope has one name: what people see stands there when there is no other. */
const nameTarget = ({ type, display_name }: Target): JsonObject =>
  display_name === undefined ? { type, id: '' } : { type, id: '', name: display_name }

const wireTarget = ({ targets }: JsonObject, i: number): JsonObject =>
  objectOr(isJsonArray(targets) ? targets[i] : undefined)

const objectOr = (value: Json | undefined): JsonObject => (isJsonObject(value ?? null) ? (value as JsonObject) : {})

/** Unkey leaves empty texts and objects out. */
const withoutEmpty = (members: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value !== '' && !(isJsonObject(value) && Object.keys(value).length === 0),
    ),
  )
