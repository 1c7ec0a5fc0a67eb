/** Chance from a seed, and events as an application would say them. */
import type { RandomBytes } from '@sealedlog/sdk/base'
import { formatTime, newEventId } from '@sealedlog/sdk/base'
import { type EventInput, type FilledEvent, fillEvent } from '@sealedlog/sdk/event'

/** A small generator (mulberry32): the same seed, the same choices, on every machine. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0]
  }

  times<T>(count: number, make: (i: number) => T): T[] {
    return Array.from({ length: count }, (_, i) => make(i))
  }

  readonly bytes: RandomBytes = (length) => Uint8Array.from({ length }, () => this.below(256))
}

/** An event that has every group, and something in each. */
export function fullEvent(chance: Chance, nowMs: number): FilledEvent {
  const n = chance.below(1_000)
  const said: EventInput = {
    id: newEventId(nowMs, chance.bytes),
    type: chance.pick(['api_key.created', 'role.assigned', 'invoice.paid']),
    occurred_at: formatTime(nowMs - chance.below(10_000)),
    actor: { type: 'user', id: `user_${n}`, name: 'Zoë "Z" Ångström', email: `zoe${n}@example.com`, metadata: {} },
    on_behalf_of: { type: 'user', id: `user_${n + 1}` },
    targets: [
      { type: 'api_key', id: `key_${n}`, name: 'line\nfeed', metadata: { tags: ['a', 'b'], deep: { n: 1.5 } } },
      { type: 'project', id: 'proj_1' },
    ],
    project: { id: 'proj_1', name: '数据' },
    description: 'Created a key 🔑',
    details: { scopes: ['read', 'write'], limit: n, note: null },
    changes: [{ path: 'role', before: 'reader', after: 'owner' }],
    context: { ip_address: '192.0.2.7', user_agent: 'curl/8', request_id: `req_${n}` },
    metadata: { plan: 'pro' },
  }
  return fillEvent(said, nowMs, chance.bytes)
}

/** An event with some of the groups, and a time of its own or none. */
export function someEvent(chance: Chance, nowMs: number): FilledEvent {
  const { id, type, outcome, bucket, ...rest } = fullEvent(chance, nowMs)
  const kept = Object.entries(rest).filter(() => chance.below(2) === 0)
  return { id, type, outcome, bucket, ...Object.fromEntries(kept) }
}

/** The least that an event can say: no groups at all. */
export const tinyEvent = (i: number): FilledEvent => ({
  id: `evt_${String(i).padStart(8, '0')}`,
  type: 'a.b',
  outcome: 'success',
  bucket: 'default',
})
