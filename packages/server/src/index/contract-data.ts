/** Random entries and searches for the contract: from a seed, the same on every machine. */
import { formatTime } from '@sealedlog/sdk/base'
import { type Facts, type Field, FIELDS, type ListPosition } from '@sealedlog/sdk/event'
import { allOf, anyOf, type Query } from '@sealedlog/sdk/query'
import type { IndexEntry, SearchRequest } from './port.js'

export const ORGS = ['acme', 'acme2', 'Ünï', 'a'] as const
export const FIELD_NAMES = Object.keys(FIELDS) as readonly Field[]

/** A whole number from 0 up to the bound, exclusive. */
export type Random = (bound: number) => number

/** Marsaglia's xorshift32 (2003): small, and the same everywhere. */
export function random(seed: number): Random {
  let state = seed | 0 || 1
  return (bound) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}

const pick = <T>(rnd: Random, values: readonly T[]): T => values[rnd(values.length)] as T

export const some = <T>(rnd: Random, values: readonly T[], most: number): T[] => [
  ...new Set(Array.from({ length: rnd(most + 1) }, () => pick(rnd, values))),
]

/** What values the entries are made of: few, so that they meet. */
const VALUES: Readonly<Record<Field, readonly string[]>> = {
  type: [
    'api_key.created',
    'api_key.deleted',
    'api_key',
    'api_keys.listed',
    'api_zz',
    'user.added',
    'role.bound',
    'API_KEY.x',
  ],
  actor_id: ['user_1', 'user_2', 'user_10', 'key_1', 'user'],
  actor_type: ['user', 'service', 'user.bot'],
  actor_email: ['a@example.com', 'b@example.com', 'ä@example.com'],
  target_id: ['t1', 't2', 't3', 't4', 't5', 'user_1', 'with space', "quo'te", 'emoji 🐟'],
  target_type: ['api_key', 'user', 'role'],
  project_id: ['proj_1', 'proj_2'],
  bucket: ['default', 'sealedlog', 'd*'],
  outcome: ['success', 'failure', 'denied', 'unknown'],
  correlation_id: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'],
  ip_address: ['192.0.2.1', '2001:db8::1'],
  tenant: ['yes', 'no'],
}

function randomFacts(rnd: Random): Facts {
  const one = (field: Field) => [pick(rnd, VALUES[field])]
  const few = (field: Field, most: number) => some(rnd, VALUES[field], most)
  return {
    type: one('type'),
    actor_id: few('actor_id', 2),
    actor_type: few('actor_type', 1),
    actor_email: few('actor_email', 1),
    target_id: few('target_id', 4),
    target_type: few('target_type', 2),
    project_id: few('project_id', 1),
    bucket: one('bucket'),
    outcome: one('outcome'),
    correlation_id: few('correlation_id', 1),
    ip_address: few('ip_address', 1),
    tenant: one('tenant'),
  }
}

/** Entries in index order whose times wander: many ties, and now and then one from long ago. */
export function randomEntries(rnd: Random, org: string, count: number): IndexEntry[] {
  let now = 1_790_000_000_000
  return Array.from({ length: count }, (_, index) => {
    if (rnd(3) === 0) now += rnd(5)
    const atMs = rnd(8) === 0 ? now - rnd(300) : now
    return { org, index, atMs: rnd(200) === 0 ? -atMs : atMs, facts: randomFacts(rnd) }
  })
}

function randomCondition(rnd: Random, entries: readonly IndexEntry[]): Query {
  const kind = rnd(12)
  if (kind === 0) return { text: 'words' }
  if (kind === 1) return { field: 'metadata.plan', is: 'pro' }
  if (kind === 2) return randomTimes(rnd, entries)
  if (kind === 3)
    return { field: 'ip_address', within: pick(rnd, ['192.0.2.0/24', '2001::/16', '0.0.0.0/0', '10.0.0.0/8']) }
  const field = pick(rnd, FIELD_NAMES)
  if (kind === 4) return { field, starts_with: pick(rnd, VALUES[field]).slice(0, rnd(6)) }
  const values = [...some(rnd, VALUES[field], 3), ...(rnd(6) === 0 ? ['never said'] : [])]
  return anyOf(values.map((is) => ({ field, is })))
}

function randomTimes(rnd: Random, entries: readonly IndexEntry[]): Query {
  const time = () => formatTime(pick(rnd, entries).atMs + rnd(2))
  const kind = rnd(3)
  return { field: 'occurred_at', ...(kind > 0 ? { gte: time() } : {}), ...(kind < 2 ? { lt: time() } : {}) }
}

/** A tree of a few levels, in which every operator occurs. */
function randomQuery(rnd: Random, entries: readonly IndexEntry[], depth: number): Query {
  if (depth === 0 || rnd(3) === 0) return randomCondition(rnd, entries)
  const parts = Array.from({ length: rnd(4) }, () => randomQuery(rnd, entries, depth - 1))
  const kind = rnd(5)
  if (kind === 0) return { not: randomQuery(rnd, entries, depth - 1) }
  return kind < 3 ? allOf(parts) : anyOf(parts)
}

/** A place that stands near the entries, often on one of them. */
function randomPosition(rnd: Random, entries: readonly IndexEntry[]): ListPosition {
  const { atMs, index } = pick(rnd, entries)
  return rnd(2) === 0 ? { atMs, index } : { atMs: atMs + rnd(3) - 1, index: rnd(entries.length) }
}

export function randomSearch(rnd: Random, entries: readonly IndexEntry[]): SearchRequest {
  const sometimes = <T>(value: T) => (rnd(4) === 0 ? value : {})
  return {
    org: rnd(4) === 0 ? pick(rnd, ORGS) : 'acme',
    query: randomQuery(rnd, entries, rnd(4)),
    order: pick(rnd, ['asc', 'desc']),
    ...sometimes({ after: randomPosition(rnd, entries) }),
    ...sometimes({ before: randomPosition(rnd, entries) }),
    limit: pick(rnd, [1, 2, 7, 50, 1_000]),
    covering: 0,
  }
}
