/** The facts of an event that lists can ask for, and where it stands in one. */
import { parseTime } from '../base/index.js'
import { isTenantScoped, targetIdsIn, targetTypesOf } from './catalogue/index.js'
import { canonicalIp } from './ip.js'
import type { Actor, RecordedEvent, Target } from './types.js'

/** What a list can be narrowed by: names and their meaning, in the order the docs print them. */
export const FIELDS = {
  type: 'the event type, or a prefix ending in *',
  actor_id: 'the id of the actor, or of the API key by means of which it acted',
  actor_type: 'the actor’s type',
  actor_email: 'the actor’s e-mail address, in any case',
  target_id: 'the id of a target, also where the details hold it',
  target_type: 'the type of a target',
  project_id: 'the project’s id',
  bucket: 'the bucket',
  outcome: 'success, failure, denied or unknown',
  correlation_id: 'the id that joins events of one operation',
  ip_address: 'the address, in any spelling, or a network that it is in',
  tenant: 'yes for tenant-scoped types, else no',
} as const

export type Field = keyof typeof FIELDS

/** The values an event has for each field. */
export type Facts = { readonly [F in Field]: readonly string[] }

/** The facts of an event, spelled the way they are compared. */
export function factsOf(event: RecordedEvent): Facts {
  const { actor, project, context, targets = [], details } = event
  return {
    type: [event.type],
    actor_id: actorIdsOf(actor),
    actor_type: factOf(actor?.type),
    actor_email: factOf(actor?.email?.toLowerCase()),
    target_id: targetIdsOf(targets, targetIdsIn(event.type, details)),
    target_type: targets.length > 0 ? typesOf(targets) : details ? targetTypesOf(event.type) : NONE,
    project_id: factOf(project?.id),
    bucket: [event.bucket],
    outcome: [event.outcome],
    correlation_id: factOf(context?.correlation_id),
    ip_address: factOf(context?.ip_address && canonicalIp(context.ip_address)),
    tenant: isTenantScoped(event.type) ? YES : NO,
  }
}

const NONE: readonly string[] = []
const YES: readonly string[] = ['yes']
const NO: readonly string[] = ['no']

const factOf = (value: string | undefined): readonly string[] => (value === undefined ? NONE : [value])

function actorIdsOf(actor: Actor | undefined): readonly string[] {
  const [id, key] = [actor?.id, actor?.api_key?.id]
  return id === undefined || key === undefined || id === key ? factOf(id ?? key) : [id, key]
}

function targetIdsOf(targets: readonly Target[], inDetails: readonly string[]): readonly string[] {
  const ids: string[] = []
  for (const { id } of targets) if (id !== undefined) ids.push(id)
  for (const id of inDetails) ids.push(id)
  return distinct(ids)
}

const typesOf = (targets: readonly Target[]): readonly string[] => distinct(targets.map(({ type }) => type))

/** Values that are compared each with each: for so few, a set costs more. */
const FEW = 16

/** Each once, in their order. */
function distinct(values: string[]): readonly string[] {
  if (values.length > FEW) return [...new Set(values)]
  for (let at = 1; at < values.length; at++) if (values.indexOf(values[at] as string) < at) return [...new Set(values)]
  return values
}

/** Where an event stands in a list: newest first by `occurred_at`, then by index. */
export interface ListPosition {
  /** `occurred_at` in Unix milliseconds */
  readonly atMs: number
  readonly index: number
}

/** Negative when `a` comes before `b` in time: the order of a list with `order=asc`. */
export const comparePositions = (a: ListPosition, b: ListPosition): number => a.atMs - b.atMs || a.index - b.index

export const positionOf = (event: RecordedEvent): ListPosition => ({
  atMs: parseTime(event.occurred_at) ?? 0,
  index: event.index,
})
