/** Words that clients have as values too: event types under the names that generators give them, kinds of actors. */
import { type EventType, eventTypeNames, rowOf } from '../event/index.js'
import { pascalName, type PascalCase } from './names.js'
import type { AuditLogEventType } from './types.js'

/** Retired spellings go by the names of their successors, which these are not. */
type Spelled<T extends string> = T extends `checkpoint_permission.${string}` ? never : PascalCase<T>

/** `api_key.created` → `API_KEY_DOT_CREATED`, as Python's enumeration has it */
type Shouted<T extends string> = T extends `${infer Head}.${infer Tail}`
  ? `${Uppercase<Head>}_DOT_${Shouted<Tail>}`
  : Uppercase<T>

/** Every catalogued event type by the name that TypeScript's generators give it, and by Python's. */
export type EventTypeValues = { readonly [T in EventType as Spelled<T>]: T } & {
  readonly [T in EventType as Shouted<T>]: T
}

const shouted = (type: string): string => type.toUpperCase().replaceAll('.', '_DOT_')

/** Catalogue order, backwards: of two types that are spelled alike the first, which is the current one, is said last. */
export const EVENT_TYPES = Object.fromEntries(
  eventTypeNames()
    .toReversed()
    .flatMap((type) => [
      [pascalName(type), type],
      [shouted(type), type],
    ]),
) as EventTypeValues

export const ACTOR_TYPES = { Session: 'session', ApiKey: 'api_key' } as const
export const ACTOR_API_KEY_TYPES = { User: 'user', ServiceAccount: 'service_account' } as const
export const LIST_OBJECTS = { List: 'list' } as const

/** The words of an enumeration, and any newer one. */
export type OpenWord<E> = E[keyof E] | (string & {})

/** Whether a value is an event type that the catalogue knows. Others are as valid. */
export const isEventType = (value: unknown): value is EventType =>
  typeof value === 'string' && rowOf(value) !== undefined

export const asEventType = (value: unknown): AuditLogEventType => value as AuditLogEventType
