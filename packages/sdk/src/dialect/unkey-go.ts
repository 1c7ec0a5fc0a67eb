/** Unkey's Go struct `auditlog.AuditLog`, which callers fill in: no JSON tags, so its JSON has the Go names. */
import { isJsonArray, type JsonObject } from '../base/index.js'
import {
  BOUNDS,
  contextIdShape,
  describe,
  descriptionShape,
  type EventInput,
  ipShape,
  kindShape,
  metadataShape,
  nameShape,
  orgShape,
  type RecordedEvent,
  referenceShape,
  typeShape,
  userAgentShape,
} from '../event/index.js'
import { cameThrough, fromWire, isErased, toWire } from './mapper.js'
import { type Dialect, type DialectTable, UNKNOWN_KIND } from './table.js'

export const UNKEY_GO: DialectTable = {
  name: 'unkey_go',
  fields: [
    { wire: '/Event', native: '/type', shape: typeShape, strict: true, required: true },
    // Go writes the zero value of what nobody set: the key names the organization then.
    { wire: '/WorkspaceID', native: '/org', shape: orgShape, strict: true, unset: '', filled: true },
    { wire: '/Display', native: '/description', shape: descriptionShape },
    { wire: '/ActorID', native: '/actor/id', shape: referenceShape },
    { wire: '/ActorType', native: '/actor/type', shape: kindShape, placeholder: UNKNOWN_KIND },
    { wire: '/ActorName', native: '/actor/name', shape: nameShape },
    { wire: '/ActorMeta', native: '/actor/metadata', shape: metadataShape },
    { wire: '/RemoteIP', native: '/context/ip_address', shape: ipShape },
    { wire: '/UserAgent', native: '/context/user_agent', shape: userAgentShape },
    { wire: '/CorrelationID', native: '/context/correlation_id', shape: contextIdShape },
  ],
  lists: [
    {
      wire: '/Resources',
      native: '/targets',
      itemsMax: BOUNDS.TARGETS_MAX,
      fields: [
        { wire: '/ID', native: '/id', shape: referenceShape },
        { wire: '/DisplayName', native: '/display_name', shape: nameShape },
        { wire: '/Name', native: '/name', shape: nameShape },
        { wire: '/Meta', native: '/metadata', shape: metadataShape },
        { wire: '/Type', native: '/type', shape: kindShape, placeholder: UNKNOWN_KIND },
      ],
    },
  ],
  homes: [{ native: '/actor', root: '', claims: ['/Actor*', '/RemoteIP', '/UserAgent'], takes: 'values' }],
  variants: [],
}

/**
 * Unkey's Go struct as `encoding/json` writes it. It says neither id nor time.
 *
 * @example
 * unkeyGo.to(unkeyGo.from(struct)) // deep-equals struct
 */
export const unkeyGo: Dialect = {
  name: UNKEY_GO.name,
  from: (document) => fromWire(UNKEY_GO, document),
  to: (event) => complete(event, toWire(UNKEY_GO, event)),
}

/** What a struct is not without, where the event came another way or it was erased. */
function complete(event: EventInput | RecordedEvent, wire: JsonObject): JsonObject {
  const isOwn = cameThrough(UNKEY_GO.name, event)
  const isForeign = (group: string) => !isOwn || isErased(event, group)
  const written = isJsonArray(wire.Resources) ? (wire.Resources as readonly JsonObject[]) : []
  const resources = event.targets?.map((target, i) =>
    isForeign(`targets/${i}`) ? { Type: target.type, ID: '', ...written[i] } : (written[i] ?? {}),
  )
  return {
    ...(isOwn ? {} : { Display: describe(event), ActorType: UNKNOWN_KIND, ActorID: '' }),
    ...(isForeign('actor') && event.actor ? { ActorType: event.actor.type, ActorID: '' } : {}),
    ...wire,
    ...(resources?.length ? { Resources: resources } : {}),
  }
}
