/** Events that a seed makes: few values in every field, many ties, some that arrive late. */
import { formatTime } from '@sealedlog/sdk/base'
import { type EventInput, type Field, OUTCOMES } from '@sealedlog/sdk/event'

/** mulberry32: the same numbers from 0 to 1 for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The values that occur, and some that do not. */
export const VALUES: { readonly [F in Exclude<Field, 'tenant'>]: readonly string[] } = {
  type: ['api_key.created', 'api_key.deleted', 'user.added', 'login.failed', 'api_key.*', 'user.*', '*', 'nothing.*'],
  actor_id: ['user_1', 'user_2', 'svc_1', 'key_9', 'nobody'],
  actor_type: ['user', 'service_account', 'agent'],
  actor_email: ['ada@example.com', 'BOB@example.com', 'nobody@example.com'],
  target_id: ['key_1', 'key_2', 'user_2', 'nothing'],
  target_type: ['api_key', 'user', 'project'],
  project_id: ['proj_1', 'proj_2', 'proj 3/ä&?'],
  bucket: ['default', 'billing', 'empty'],
  outcome: OUTCOMES,
  correlation_id: ['c1', 'c+2', 'none'],
  ip_address: ['203.0.113.7', '2001:DB8::1', '2001:db8:0:0:0:0:0:1', '198.51.100.1'],
}

const NAMES = Object.keys(VALUES) as (keyof typeof VALUES)[]

export const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T

export function seededEvents(count: number, seed: number, nowMs: number): readonly EventInput[] {
  const random = seededRandom(seed)
  const some = <T>(value: T): T | undefined => (random() < 0.7 ? value : undefined)
  return Array.from({ length: count }, (_, i) =>
    withoutUndefined({
      id: `e${String(i).padStart(4, '0')}`,
      type: pick(random, VALUES.type.slice(0, 4)),
      occurred_at: formatTime(nowMs - Math.floor(random() * 20) * 500),
      outcome: some(pick(random, OUTCOMES)),
      bucket: some(pick(random, VALUES.bucket.slice(0, 2))),
      actor: some({
        type: pick(random, VALUES.actor_type),
        ...defined('id', some(pick(random, VALUES.actor_id.slice(0, 3)))),
        ...defined('email', some(pick(random, ['ada@example.com', 'bob@EXAMPLE.com']))),
        ...defined('api_key', random() < 0.2 ? { id: 'key_9' } : undefined),
      }),
      targets: some(
        Array.from({ length: Math.floor(random() * 3) }, () => ({
          type: pick(random, VALUES.target_type),
          id: pick(random, VALUES.target_id),
        })),
      ),
      project: some({ id: pick(random, VALUES.project_id) }),
      context: some({
        ...defined('correlation_id', some(pick(random, VALUES.correlation_id.slice(0, 2)))),
        ...defined('ip_address', some(pick(random, VALUES.ip_address.slice(0, 3)))),
      }),
      details: some({ id: pick(random, VALUES.target_id) }),
    }),
  )
}

const defined = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value })

const withoutUndefined = (event: { readonly [name: string]: unknown }): EventInput =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)) as unknown as EventInput

/** Some parameters, each once or more often: pairs for a query. */
export function seededPairs(random: () => number): readonly (readonly [keyof typeof VALUES, string])[] {
  const names = NAMES.filter(() => random() < 0.15)
  return (names.length === 0 ? [pick(random, NAMES)] : names).flatMap((name) =>
    Array.from({ length: 1 + Math.floor(random() * 2) }, () => [name, pick(random, VALUES[name])] as const),
  )
}
