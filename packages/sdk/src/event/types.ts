/** What an event is: the native wire form, member for member (docs/reference/event.md). */
import type { Json, JsonObject } from '../base/index.js'

export const OUTCOMES = ['success', 'failure', 'denied', 'unknown'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What a dialect carries that this form has no member for, by dialect: `{ "openai": { "ja3": "…" } }`. */
export type Extra = { readonly [dialect: string]: JsonObject }

export interface Session {
  readonly id?: string
  readonly metadata?: JsonObject
  readonly extra?: Extra
}

/** The key by means of which an actor acted. */
export interface ApiKey {
  readonly id?: string
  readonly type?: string
  readonly name?: string
  readonly extra?: Extra
}

/** Who did it. */
export interface Actor {
  readonly type: string
  readonly id?: string
  readonly name?: string
  readonly email?: string
  readonly metadata?: JsonObject
  readonly session?: Session
  readonly api_key?: ApiKey
  readonly extra?: Extra
}

/** To what it was done. */
export interface Target {
  readonly type: string
  readonly id?: string
  readonly name?: string
  readonly display_name?: string
  readonly metadata?: JsonObject
  readonly extra?: Extra
}

export interface Project {
  readonly id?: string
  readonly name?: string
  readonly extra?: Extra
}

/** One value that changed: `before` is absent where it was created, `after` where it was removed. */
export interface Change {
  readonly path: string
  readonly before?: Json
  readonly after?: Json
}

export interface Context {
  readonly ip_address?: string
  readonly user_agent?: string
  readonly request_id?: string
  readonly correlation_id?: string
  readonly trace_id?: string
}

/** What a caller says happened. Only `type` is required; the server fills in the rest. */
export interface EventInput {
  readonly type: string
  readonly id?: string
  /** the organization, where neither the key nor a header names it */
  readonly org?: string
  /** RFC 3339 */
  readonly occurred_at?: string
  readonly outcome?: Outcome
  readonly actor?: Actor
  readonly on_behalf_of?: Actor
  readonly targets?: readonly Target[]
  readonly project?: Project
  readonly bucket?: string
  readonly description?: string
  readonly details?: JsonObject
  readonly changes?: readonly Change[]
  readonly context?: Context
  readonly metadata?: JsonObject
  readonly extra?: Extra
}

/** An event after filling in: what the leaf is made of. Times are UTC with milliseconds. */
export interface FilledEvent extends EventInput {
  readonly id: string
  readonly outcome: Outcome
  readonly bucket: string
}

/** An event at its position, as every list shows it. */
export interface RecordedEvent extends FilledEvent {
  readonly org: string
  readonly index: number
  readonly occurred_at: string
  readonly recorded_at: string
  /** groups whose content was lawfully erased */
  readonly redacted?: readonly string[]
}
