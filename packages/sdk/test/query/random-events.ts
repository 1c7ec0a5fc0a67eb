/** Random events as callers say them: few values, so that they meet, and some of them as odd as the event model lets them be. */
import { formatTime, type Json, type JsonObject } from '../../dist/base/index.js'
import type { Actor, Change, EventInput, Target } from '../../dist/event/index.js'
import { hostileText, KEYS, NOW_MS, oneIn, pick, type Random, sentence, times } from './support.js'

/** Types whose details hold ids, types with two names, types of nobody. */
export const TYPES: readonly string[] = `
  api_key.created api_key.deleted api_key api_keys.listed API_KEY.x invoice.paid a a.b.c
  certificates.activated ip_allowlist.config.activated role.assignment.created tunnel.created key.create
  checkpoint_permission.created checkpoint.permission.created checkpoint.permission.deleted
  authorization.disconnect_role_and_permission authorization.disconnect_role_and_permissions
  tenant.metadata.updated tenant.unheard.of sealedlog.export.created`
  .trim()
  .split(/\s+/)
export const KINDS: readonly string[] = ['user', 'service_account', 'agent', 'key', 'api_key', 'user.bot', 'a:b-c']
export const BUCKETS: readonly string[] = ['default', 'default', 'billing', 'd-1', 'sealedlog']
export const OUTCOMES = ['success', 'failure', 'denied', 'unknown'] as const
export const IDS: readonly string[] = [
  'user_1',
  'user_10',
  'USER_1',
  'key_9',
  'proj_1',
  'cert_1',
  'cert_2',
  'AND',
  '-x',
  'a b',
  'ü',
]
export const EMAILS: readonly string[] = [
  'ada@example.com',
  'Ada@Example.com',
  'BOB@EXAMPLE.COM',
  'zoë@müller.example',
  'x',
]
export const ADDRESSES: readonly string[] = `
  10.0.0.1 10.1.2.3 10.255.255.255 192.0.2.7 0.0.0.0 255.255.255.255 172.16.5.4 2001:db8::1 2001:DB8:0:0:0:0:0:1
  2001:db8:ffff:: :: ::1 ::ffff:10.0.0.1 fe80::1:0:0:1`
  .trim()
  .split(/\s+/)
/** More values than an index walks for a prefix (VALUES_MAX). */
const MANY = 600
const SPAN_MS = 12 * 86_400_000

export function randomEvent(rnd: Random, index: number): EventInput {
  const some = (name: string, make: () => unknown, chance = 2): object => (rnd(chance) > 0 ? { [name]: make() } : {})
  const type = pick(rnd, TYPES)
  return {
    id: `evt_${index}_${rnd(1000)}`,
    type,
    ...(oneIn(rnd, 20) ? {} : { occurred_at: formatTime(NOW_MS - rnd(SPAN_MS / 900) * 900) }),
    ...some('outcome', () => pick(rnd, OUTCOMES), 3),
    ...some('bucket', () => pick(rnd, BUCKETS)),
    ...some('actor', () => randomActor(rnd), 5),
    ...(oneIn(rnd, 6) ? { on_behalf_of: randomActor(rnd) } : {}),
    ...some('targets', () => times(1 + rnd(3), () => randomTarget(rnd))),
    ...some('project', () => ({ id: randomId(rnd), ...some('name', () => sentence(rnd)) }), 3),
    ...some('description', () => (oneIn(rnd, 5) ? hostileText(rnd) : sentence(rnd)), 3),
    ...some('details', () => randomDetails(rnd, type)),
    ...(oneIn(rnd, 4) ? { changes: times(1 + rnd(3), () => randomChange(rnd)) } : {}),
    ...some('context', () => randomContext(rnd)),
    ...some('metadata', () => randomObject(rnd, 2), 3),
    ...(oneIn(rnd, 6) ? { extra: { openai: { ja3: sentence(rnd), 'x.y': hostileText(rnd) } } } : {}),
  }
}

const randomId = (rnd: Random): string => {
  if (oneIn(rnd, 4)) return hostileText(rnd).slice(0, 500).toWellFormed()
  return oneIn(rnd, 3) ? `id_${rnd(MANY)}` : pick(rnd, IDS)
}

function randomActor(rnd: Random): Actor {
  const some = (name: string, make: () => unknown): object => (oneIn(rnd, 2) ? { [name]: make() } : {})
  return {
    type: pick(rnd, KINDS),
    ...some('id', () => randomId(rnd)),
    ...some('name', () => sentence(rnd)),
    ...some('email', () => pick(rnd, EMAILS)),
    ...(oneIn(rnd, 4) ? { api_key: { id: randomId(rnd), type: pick(rnd, KINDS), name: sentence(rnd) } } : {}),
    ...(oneIn(rnd, 5) ? { session: { id: randomId(rnd), metadata: randomObject(rnd, 1) } } : {}),
    ...(oneIn(rnd, 6) ? { metadata: randomObject(rnd, 1) } : {}),
    ...(oneIn(rnd, 8) ? { extra: { openai: { risk: rnd(9), note: sentence(rnd) } } } : {}),
  }
}

function randomTarget(rnd: Random): Target {
  return {
    type: pick(rnd, KINDS),
    ...(oneIn(rnd, 5) ? {} : { id: randomId(rnd) }),
    ...(oneIn(rnd, 3) ? { name: sentence(rnd) } : {}),
    ...(oneIn(rnd, 6) ? { display_name: hostileText(rnd), metadata: randomObject(rnd, 1) } : {}),
  }
}

/** Ids where some types keep them, now and then of another shape than documented; and anything else. */
function randomDetails(rnd: Random, type: string): JsonObject {
  const anything = randomObject(rnd, 2)
  const ids = times(rnd(3), (): Json => (oneIn(rnd, 6) ? rnd(9) : { id: oneIn(rnd, 6) ? rnd(9) : randomId(rnd) }))
  const id = oneIn(rnd, 6) ? rnd(9) : randomId(rnd)
  if (type.startsWith('certificates')) return { ...anything, certificates: oneIn(rnd, 6) ? { id } : ids, id }
  if (type.startsWith('ip_allowlist')) return { ...anything, configs: ids }
  if (type.startsWith('role')) return { ...anything, id, resource_id: randomId(rnd) }
  return oneIn(rnd, 2) ? anything : { ...anything, id }
}

function randomChange(rnd: Random): Change {
  return {
    path: pick(rnd, ['role', 'limits.requests', 'data.role']),
    ...(oneIn(rnd, 3) ? {} : { before: randomValue(rnd, 1) }),
    ...(oneIn(rnd, 3) ? {} : { after: randomValue(rnd, 1) }),
  }
}

const randomContext = (rnd: Random): object => ({
  ...(oneIn(rnd, 3) ? {} : { ip_address: pick(rnd, ADDRESSES) }),
  ...(oneIn(rnd, 2) ? { correlation_id: pick(rnd, ['c1', 'c 2', 'C1', 'c*']) } : {}),
  ...(oneIn(rnd, 3) ? { user_agent: 'Mozilla/5.0 (X11; Linux)', request_id: `req_${rnd(MANY)}` } : {}),
})

export const randomObject = (rnd: Random, depth: number): JsonObject =>
  Object.fromEntries(times(1 + rnd(3), () => [pick(rnd, KEYS), randomValue(rnd, depth)]))

function randomValue(rnd: Random, depth: number): Json {
  const kind = rnd(depth > 0 ? 11 : 8)
  if (kind < 2) return pick(rnd, NUMBERS)
  if (kind < 3) return pick(rnd, [true, false, null])
  if (kind < 4)
    return formatTime(NOW_MS - rnd(30) * 43_200_000).replace('Z', pick(rnd, ['Z', '000Z', '+00:00', '-09:30']))
  if (kind < 6) return pick(rnd, ['pro', 'free', 'owner', 'reader', 'Owner', ''])
  if (kind < 8) return oneIn(rnd, 2) ? hostileText(rnd) : sentence(rnd)
  if (kind < 9) return times(rnd(4), () => randomValue(rnd, depth - 1))
  return randomObject(rnd, depth - 1)
}

export const NUMBERS: readonly number[] = [
  0, 1, 2, 3, 5, 10, 42, 100, -1, -5, 0.5, 1.25, -2.75, 1e21, -1e21, 1e-7, 5e-324, 1.797e308,
]
