/** Unkey's Go package `auditlog`, 1:1: its struct, its types and its constants. The struct's JSON is what `encoding/json` writes. */
import { type JsonObject, parseText } from '../../base/index.js'
import { unkeyGo } from '../../dialect/index.js'
import type { EventInput, RecordedEvent, UnkeyActorType, UnkeyTargetType } from '../../event/index.js'
import type * as events from './events.js'

export * from './events.js'
export * from './kinds.js'

/** One of Unkey's events by value, or any other: the Go type is a string. */
export type AuditLogEvent = (typeof events)[keyof typeof events] | (string & {})
export type AuditLogActor = UnkeyActorType | (string & {})
export type AuditLogResourceType = UnkeyTargetType | (string & {})

/** A thing that the action affected. What is left out has Go's zero value. */
export interface AuditLogResource {
  ID?: string | undefined
  DisplayName?: string | undefined
  Name?: string | undefined
  Meta?: { [name: string]: unknown } | null | undefined
  Type?: AuditLogResourceType | undefined
}

/** What a caller says happened. It has no id and no time: whoever records it gives it both. */
export interface AuditLog {
  Event: AuditLogEvent
  /** the organization; where it is empty, that of the key */
  WorkspaceID?: string | undefined
  /** a sentence for people */
  Display?: string | undefined
  ActorID?: string | undefined
  ActorType?: AuditLogActor | undefined
  ActorName?: string | undefined
  ActorMeta?: { [name: string]: unknown } | null | undefined
  Resources?: AuditLogResource[] | null | undefined
  RemoteIP?: string | undefined
  UserAgent?: string | undefined
  CorrelationID?: string | undefined
}

/**
 * The event that a struct says, as `record` takes it.
 *
 * @throws AuditError `invalid_event` that names the field, in the struct's own words
 * @example
 * toEvent({ Event: KeyCreateEvent, Resources: [{ ID: 'key_1', Type: KeyResourceType }] }).type // 'key.create'
 */
export const toEvent = (log: AuditLog): EventInput => unkeyGo.from(parseText(JSON.stringify(log)) as JsonObject)

/** An event as Unkey's struct, whichever way the event came. */
export const fromEvent = (event: EventInput | RecordedEvent): AuditLog => unkeyGo.to(event) as unknown as AuditLog
