/** Events of a catalogued type, with their details typed from the catalogue's own row. */
import type { DetailsOf, EventType } from './catalogue/index.js'
import type { EventInput } from './types.js'

/**
 * An event of one type: `details` has the members that its row documents, each of which may be absent.
 *
 * @example
 * const event: EventOf<'user.added'> = { type: 'user.added', details: { id: 'user_2', data: { role: 'owner' } } }
 */
export type EventOf<T extends EventType> = Omit<EventInput, 'type' | 'details'> & {
  readonly type: T
  readonly details?: DetailsOf<T>
}

/** An event of any catalogued type: a union that is told apart by `type`. */
export type TypedEvent = { [T in EventType]: EventOf<T> }[EventType]
