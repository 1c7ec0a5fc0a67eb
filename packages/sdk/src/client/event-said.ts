/** An event as an application says it, and as it is sent: with an id, as one text that no retry changes. */
import { newEventId, type RandomBytes } from '../base/index.js'
import type { EventInput, EventOf, EventType } from '../event/index.js'
import { CallFailed } from './call-failed.js'

/** A type that is known by name, and that a caller may say: not one of the server's own. */
export type KnownType = Exclude<EventType, `${'audit' | 'log' | 'sealedlog'}.${string}`>

/** An event of a type: a catalogued one has that type's details, any other may have whatever details it likes. */
export type EventSaid<T extends string> = T extends EventType
  ? EventOf<T>
  : Omit<EventInput, 'type'> & { readonly type: T }

/** An event on its way. */
export interface OutgoingEvent {
  readonly id: string
  /** the organization that the event itself names */
  readonly org: string | undefined
  /** JSON */
  readonly text: string
}

/**
 * Settles what is sent before anything is sent: what the caller does to the object later changes nothing.
 *
 * @throws CallFailed `invalid_event` for a value that JSON would change or refuse
 */
export function prepare(said: EventInput, nowMs: number, random: RandomBytes): OutgoingEvent {
  const id = said.id ?? newEventId(nowMs, random)
  return { id, org: said.org, text: toText({ ...said, id }) }
}

function toText(event: EventInput): string {
  try {
    return JSON.stringify(event, refuseInexact)
  } catch (error) {
    if (error instanceof CallFailed) throw error
    throw invalid(`The event is not JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** What JSON.stringify would quietly turn into null or `{}`, or leave out: an audit log must not. */
function refuseInexact(this: unknown, member: string, value: unknown): unknown {
  const isLost =
    (typeof value === 'number' && !Number.isFinite(value)) ||
    (value === undefined && Array.isArray(this)) ||
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    typeof value === 'bigint' ||
    value instanceof Map ||
    value instanceof Set
  if (isLost) throw invalid(`${shown(member)} is ${kindOf(value)}, which JSON has no form for.`)
  return value
}

const kindOf = (value: unknown): string =>
  typeof value === 'object'
    ? `a ${value instanceof Map ? 'Map' : 'Set'}`
    : typeof value === 'number' || value === undefined
      ? String(value)
      : `a ${typeof value}`

const shown = (member: string): string => JSON.stringify(member.slice(0, 60))

const invalid = (message: string): CallFailed => new CallFailed('invalid_event', message)
