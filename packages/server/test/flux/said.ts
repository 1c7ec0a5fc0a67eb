/** What writers say: random events, some of them about persons who will be erased; singles and batches. */
import type { EventInput } from '@sealedlog/sdk/event'
import { randomEvent } from '../../../sdk/test/query/random-events.js'
import { oneIn, pick, type Random, sentence, times } from '../../../sdk/test/query/support.js'

/** The organization that has most of the events; the others share the rest. */
export const BUSY = 'acme'
export const ORGANIZATIONS: readonly string[] = [BUSY, 'globex', 'initech', 'umbrella', 'a']

export type SaidEvent = EventInput & { readonly id: string }

/** What one request says. */
export interface Unit {
  readonly org: string
  readonly events: readonly SaidEvent[]
  readonly batched: boolean
}

const BATCH_EVENTS_MAX = 60

export const someOrganization = (rnd: Random): string => (rnd(10) < 6 ? BUSY : pick(rnd, ORGANIZATIONS))

/** A name that stands alone as a word, and is nobody else’s. */
export const personNamed = (number: number): string => `person${String(number).padStart(4, '0')}x`

export class Plan {
  readonly #rnd: Random
  #events = 0

  constructor(rnd: Random) {
    this.#rnd = rnd
  }

  /** @param persons who are spoken of */
  next(persons: readonly string[]): Unit {
    const rnd = this.#rnd
    const batched = oneIn(rnd, 6)
    const events = times(batched ? 1 + rnd(BATCH_EVENTS_MAX) : 1, () => this.#event(persons))
    return { org: someOrganization(rnd), batched, events }
  }

  /** Over HTTP nobody says the server’s own types and buckets. */
  #event(persons: readonly string[]): SaidEvent {
    const rnd = this.#rnd
    const event = randomEvent(rnd, this.#events++)
    const open = {
      ...event,
      id: event.id as string,
      type: event.type.replace(/^sealedlog\./, 'sealed.'),
      bucket: event.bucket === 'sealedlog' ? 'sealed' : (event.bucket ?? 'default'),
    }
    return oneIn(rnd, 4) ? aboutPerson(rnd, open, pick(rnd, persons)) : open
  }
}

/** The same event with a person in some of its groups. */
function aboutPerson(rnd: Random, event: SaidEvent, name: string): SaidEvent {
  const some = (object: object): object => (oneIn(rnd, 3) ? object : {})
  return {
    ...event,
    ...some({ actor: { ...event.actor, type: 'user', id: name, email: `${name}@example.com` } }),
    ...some({ targets: [...(event.targets ?? []), { type: 'user', id: name, name: sentence(rnd) }] }),
    ...some({ description: `${sentence(rnd)} ${name} ${sentence(rnd)}` }),
    ...some({ details: { ...event.details, note: `by ${name}.` } }),
    ...some({ on_behalf_of: { type: 'user', name: `Dr. ${name}` } }),
    ...some({ changes: [{ path: 'owner', before: name, after: 'nobody' }] }),
  }
}
