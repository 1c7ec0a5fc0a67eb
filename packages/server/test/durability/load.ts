/** Load from one seed: units of events, single and batched, over several organizations, said by many connections. */
import { type Client, NoAnswer } from './client.js'
import type { JsonObject } from './independent.js'

/** A number in [0, 1), reproducible from its seed (mulberry32). */
export type Chance = () => number

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const wholeNumber = (chance: Chance, min: number, max: number): number =>
  min + Math.floor(chance() * (max - min + 1))

export type SaidEvent = JsonObject & { readonly id: string }

/** What one request says: one event, or a batch, of one organization. */
export interface SaidUnit {
  readonly org: string
  readonly events: readonly SaidEvent[]
  readonly batched: boolean
}

export interface Receipt {
  readonly id: string
  readonly index: number
  readonly leaf_hash: string
  readonly status: 'recorded' | 'duplicate'
}

/** What came of a unit. */
export interface Acknowledged {
  readonly unit: SaidUnit
  readonly receipts: readonly Receipt[]
  readonly checkpoint: string
}

/** The organization that has most of the events; the others share the rest. */
export const BUSY = 'acme'
export const ORGANIZATIONS = [BUSY, 'globex', 'initech', 'umbrella', 'hooli']

const SINGLES = 0.85
const BATCH_EVENTS_MAX = 50
/** Untenanted types, so that OpenAI's route lists them. */
const TYPES = ['api_key.created', 'login.succeeded', 'project.updated', 'invoice.paid']

/** Units without end, the same for the same chance. Ids are the caller's, and grow with time. */
export class Plan {
  readonly #chance: Chance
  readonly #nowMs: number
  #events = 0

  constructor(chance: Chance, nowMs: number) {
    this.#chance = chance
    this.#nowMs = nowMs
  }

  next(): SaidUnit {
    const chance = this.#chance
    const org = chance() < 0.6 ? BUSY : (ORGANIZATIONS[wholeNumber(chance, 1, ORGANIZATIONS.length - 1)] ?? BUSY)
    const batched = chance() > SINGLES
    const count = batched ? wholeNumber(chance, 1, BATCH_EVENTS_MAX) : 1
    return { org, batched, events: Array.from({ length: count }, () => this.#event()) }
  }

  /** Every fourth event is late by up to a day, and many share a second. */
  #event(): SaidEvent {
    const chance = this.#chance
    const n = this.#events++
    const late = chance() < 0.25
    const lateMs = wholeNumber(chance, 0, 86_400) * 1000
    return {
      id: `evt_${String(n).padStart(9, '0')}`,
      type: TYPES[wholeNumber(chance, 0, TYPES.length - 1)] ?? 'invoice.paid',
      actor: { type: 'user', id: `user_${wholeNumber(chance, 0, 99)}`, name: `Actor ${n}` },
      targets: [{ type: 'api_key', id: `key_${n}` }],
      description: `the event number ${n} ${'x'.repeat(wholeNumber(chance, 0, 200))}`,
      ...(late ? { occurred_at: new Date(this.#nowMs - lateMs).toISOString() } : {}),
    }
  }
}

/** Says a unit. @throws NoAnswer; Error where the answer is not 200 or 201 */
export async function say(client: Client, unit: SaidUnit): Promise<Acknowledged> {
  const { org, events, batched } = unit
  if (batched) {
    const call = { method: 'POST', path: '/v1/events/batch', org, body: JSON.stringify(events) } as const
    const { data, checkpoint } = await client.json<{ data: readonly Receipt[]; checkpoint: string }>(call, 200, 201)
    return { unit, receipts: data, checkpoint }
  }
  const call = { method: 'POST', path: '/v1/events', org, body: JSON.stringify(events[0]) } as const
  const receipt = await client.json<Receipt & { checkpoint: string }>(call, 200, 201)
  return { unit, receipts: [receipt], checkpoint: receipt.checkpoint }
}

/** What a load is told of: each unit gets exactly one of the two. */
export interface Listener {
  acknowledged(what: Acknowledged): void
  unanswered(unit: SaidUnit, why: NoAnswer): void
}

/** Says units over many connections at once, until `next` has none or a connection gets no answer. */
export async function pour(
  client: Client,
  connections: number,
  next: () => SaidUnit | undefined,
  listener: Listener,
): Promise<void> {
  const one = async () => {
    for (let unit = next(); unit !== undefined; unit = next()) {
      try {
        listener.acknowledged(await say(client, unit))
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        listener.unanswered(unit, error)
        return
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
}
