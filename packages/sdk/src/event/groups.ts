/**
 * Groups: the parts of an event that are erased as one (design §4).
 *
 * `splitEvent` takes an event apart so that no value stands in two groups and nothing the leaf says in
 * clear is repeated behind it; `joinEvent` puts it together again from whatever groups survive.
 */
import { isJsonObject, type Json, type JsonObject } from '../base/index.js'
import type { Actor, Context, FilledEvent, RecordedEvent, Target } from './types.js'

/** What the leaf says in clear, for ever. */
export interface ClearPart {
  /** the actor's type; null when the event has no actor */
  readonly actor: string | null
  readonly bucket: string
  readonly id: string
  readonly org: string
  readonly outcome: string
  /** the targets' types, in order */
  readonly targets: readonly string[]
  readonly type: string
}

/** Where and when the log holds it. */
export interface Place {
  readonly index: number
  readonly occurred_at: string
  readonly recorded_at: string
}

/** Group names and values, in canonical (UTF-16) order of the names. */
export type Groups = readonly (readonly [name: string, value: Json])[]

/** The groups of an event. A group without content does not exist. */
export function splitEvent(event: FilledEvent): Groups {
  const groups: [string, Json][] = []
  const put = (name: string, value: object | undefined) => {
    if (value !== undefined) groups.push([name, value as Json])
  }
  put('actor', actorGroup(event.actor, event.context))
  put('changes', event.changes)
  put('content', contentGroup(event))
  put('details', event.details)
  put('on_behalf_of', event.on_behalf_of)
  event.targets?.forEach((target, i) => put(`targets/${i}`, nonEmpty(copyWithoutType(target))))
  // Only `targets/10` sorting before `targets/2` can break the order.
  if ((event.targets?.length ?? 0) > 10) groups.sort(([a], [b]) => (a < b ? -1 : 1))
  return groups
}

/** The event that a leaf's clear part and its surviving groups say. Erased groups are absent, and named in `redacted`. */
export function joinEvent(
  clear: ClearPart & Place,
  groups: ReadonlyMap<string, Json>,
  redacted: readonly string[],
): RecordedEvent {
  const person = objectIn(groups, 'actor')
  const content = objectIn(groups, 'content')
  const { id, type, org, index, occurred_at, recorded_at, outcome, bucket } = clear
  const event: Mutable = { id, type, org, index, occurred_at, recorded_at, outcome }
  if (clear.actor !== null) event.actor = putAll({ type: clear.actor }, person, isOfActor)
  putDefined(event, 'on_behalf_of', groups.get('on_behalf_of'))
  if (clear.targets.length > 0)
    event.targets = clear.targets.map((kind, i) => joinTarget(kind, groups.get(`targets/${i}`)))
  event.bucket = bucket
  putAll(event, content, isNoContext)
  putDefined(event, 'details', groups.get('details'))
  putDefined(event, 'changes', groups.get('changes'))
  const context = joinContext(person, content.context)
  if (context !== undefined) event.context = context
  if (redacted.length > 0) event.redacted = redacted
  return event as unknown as RecordedEvent
}

const isOfActor = (name: string): boolean => name !== 'ip_address' && name !== 'user_agent'
const isNoContext = (name: string): boolean => name !== 'context'

const joinTarget = (type: string, group: Json | undefined): object => putAll({ type }, isJsonObject(group) ? group : {})

function joinContext({ ip_address, user_agent }: JsonObject, ids: Json | undefined): object | undefined {
  const context: Mutable = {}
  putDefined(context, 'ip_address', ip_address)
  putDefined(context, 'user_agent', user_agent)
  if (isJsonObject(ids)) putAll(context, ids)
  return nonEmpty(context)
}

/** The actor with address and agent: one person, erased as one. */
function actorGroup(actor: Actor | undefined, context: Context | undefined): object | undefined {
  const group = actor ? copyWithoutType(actor) : {}
  if (context?.ip_address !== undefined) group.ip_address = context.ip_address
  if (context?.user_agent !== undefined) group.user_agent = context.user_agent
  return nonEmpty(group)
}

/** All the rest: project, description, metadata, the ids in `context`, the event's own `extra`. */
function contentGroup(event: FilledEvent): object | undefined {
  const group: Mutable = {}
  const ids = event.context && idsOf(event.context)
  if (ids !== undefined) group.context = ids
  for (const name of CONTENT) if (event[name] !== undefined) group[name] = event[name]
  return nonEmpty(group)
}

const CONTENT = ['description', 'extra', 'metadata', 'project'] as const

/** Copied member by member: an event is split for each one that is recorded, and a spread costs three times as much. */
interface Mutable {
  [name: string]: unknown
}

function idsOf(context: Context): object | undefined {
  const ids: Mutable = {}
  for (const name of Object.keys(context) as (keyof Context)[])
    if (name !== 'ip_address' && name !== 'user_agent') ids[name] = context[name]
  return nonEmpty(ids)
}

function copyWithoutType(named: Actor | Target): Mutable {
  const copy: Mutable = {}
  for (const name of Object.keys(named)) if (name !== 'type') copy[name] = named[name as keyof typeof named]
  return copy
}

const nonEmpty = (value: object): object | undefined => (Object.keys(value).length === 0 ? undefined : value)

/** Member by member, as above: lists and the index join what was split. */
function putAll(to: Mutable, from: JsonObject, isWanted?: (name: string) => boolean): Mutable {
  for (const name in from) if (isWanted === undefined || isWanted(name)) to[name] = from[name]
  return to
}

function putDefined(to: Mutable, name: string, value: unknown): void {
  if (value !== undefined) to[name] = value
}

function objectIn(groups: ReadonlyMap<string, Json>, name: string): JsonObject {
  const value = groups.get(name)
  return isJsonObject(value) ? value : {}
}
