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
  const { ip_address, user_agent, ...rest } = objectIn(groups, 'actor')
  const { context: ids, ...content } = objectIn(groups, 'content')
  const context = { ...defined({ ip_address, user_agent }), ...(isJsonObject(ids) ? ids : {}) }
  const actor = clear.actor === null ? undefined : { type: clear.actor, ...rest }
  const targets = clear.targets.map((type, i) => ({ type, ...objectIn(groups, `targets/${i}`) }))
  const { id, type, org, index, occurred_at, recorded_at, outcome, bucket } = clear
  return {
    id,
    type,
    org,
    index,
    occurred_at,
    recorded_at,
    outcome,
    ...defined({ actor, on_behalf_of: groups.get('on_behalf_of') }),
    ...(targets.length === 0 ? {} : { targets }),
    bucket,
    ...content,
    ...defined({ details: groups.get('details'), changes: groups.get('changes') }),
    ...(Object.keys(context).length === 0 ? {} : { context }),
    ...(redacted.length === 0 ? {} : { redacted }),
  } as RecordedEvent
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

function defined(values: { readonly [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function objectIn(groups: ReadonlyMap<string, Json>, name: string): JsonObject {
  const value = groups.get(name)
  return isJsonObject(value) ? value : {}
}
