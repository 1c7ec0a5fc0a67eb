/** Random entries and searches for the contract: from a seed, the same on every machine. */
import { concatBytes, formatTime } from '@sealedlog/sdk/base'
import {
  type Facts,
  type Field,
  FIELDS,
  type FilledEvent,
  groupOfDisclosure,
  type ListPosition,
  openEntry,
  type RecordedEvent,
  sealEvent,
  splitDisclosures,
} from '@sealedlog/sdk/event'
import { allOf, anyOf, type Query } from '@sealedlog/sdk/query'
import { randomSaidTexts, randomTextCondition, type SaidTexts } from './contract-texts.js'
import type { CountRequest, IndexEntry, SearchRequest } from './port.js'
import { pick, type Random, some } from './random.js'
import { toViewEntry, type ViewEntry } from './view-entry.js'

export { pick, type Random, random, some } from './random.js'

/** An entry with what an index should know of it, and the event itself, which decides. */
export type SaidEntry = IndexEntry & ViewEntry & { readonly event: RecordedEvent }

/** What an entry of the laws says, as far as lists can ask for it. */
export type Said = Partial<Omit<Facts, 'tenant'>> & SaidTexts

/** An entry that says these things at a time. */
export function sayEntry(org: string, index: number, atMs: number, said: Said): SaidEntry {
  const at = formatTime(atMs)
  const { leaf, disclosures } = sealEvent({ ...eventOf(said), id: `evt_${index}`, occurred_at: at }, org, noRandom)
  return opened({ org, index, leaf, disclosures })
}

function opened(entry: IndexEntry): SaidEntry {
  const event = openEntry(entry.leaf, entry.disclosures, entry.index)
  return { ...toViewEntry(entry.org, event), ...entry, event }
}

/** The same entry without some of its groups. */
export function withoutGroups(entry: SaidEntry, isGone: (group: string) => boolean): SaidEntry {
  const lines = splitDisclosures(entry.disclosures).filter((line) => !isGone(groupOfDisclosure(line)))
  const { org, index, leaf } = entry
  return opened({ org, index, leaf, disclosures: concatBytes(lines.flatMap((line) => [line, LINE_FEED])) })
}

const LINE_FEED = Uint8Array.of(10)

const noRandom = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length)

function eventOf(said: Said): Omit<FilledEvent, 'id'> {
  const [id, key] = said.actor_id ?? []
  const [types = [], ids = []] = [said.target_type, said.target_id]
  const targets = Array.from({ length: Math.max(types.length, ids.length) }, (_, i) => ({
    ...(types[i] !== undefined && { type: types[i] }),
    ...(ids[i] !== undefined && { id: ids[i] }),
  }))
  const one = (name: string, values: readonly string[] | undefined) =>
    values?.[0] === undefined ? {} : { [name]: values[0] }
  const event = {
    type: said.type?.[0] ?? 'user.added',
    bucket: said.bucket?.[0] ?? 'default',
    outcome: said.outcome?.[0] ?? 'success',
    actor: {
      ...one('type', said.actor_type),
      ...one('email', said.actor_email),
      ...(id !== undefined && { id }),
      ...(key !== undefined && { api_key: { id: key } }),
    },
    ...(targets.length > 0 && { targets }),
    project: one('id', said.project_id),
    context: { ...one('correlation_id', said.correlation_id), ...one('ip_address', said.ip_address) },
    ...(said.description !== undefined && { description: said.description }),
    ...(said.metadata && { metadata: said.metadata }),
    ...(said.details && { details: said.details }),
  }
  return event as unknown as Omit<FilledEvent, 'id'>
}

export const ORGS = ['acme', 'acme2', 'Org_1.x:y-z', 'a'] as const
export const FIELD_NAMES = Object.keys(FIELDS) as readonly Field[]

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

function randomFacts(rnd: Random): Said {
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
    ...randomSaidTexts(rnd),
  }
}

/** Entries in index order whose times wander: many ties, and now and then one from long ago. */
export function randomEntries(rnd: Random, org: string, count: number): SaidEntry[] {
  let now = 1_790_000_000_000
  return Array.from({ length: count }, (_, index) => {
    if (rnd(3) === 0) now += rnd(5)
    const atMs = rnd(8) === 0 ? now - rnd(300) : now
    return sayEntry(org, index, rnd(200) === 0 ? -atMs : atMs, randomFacts(rnd))
  })
}

function randomCondition(rnd: Random, entries: readonly SaidEntry[]): Query {
  const kind = rnd(12)
  if (kind < 2) return randomTextCondition(rnd)
  if (kind === 2) return randomTimes(rnd, entries)
  if (kind === 3)
    return { field: 'ip_address', within: pick(rnd, ['192.0.2.0/24', '2001::/16', '0.0.0.0/0', '10.0.0.0/8']) }
  const field = pick(rnd, FIELD_NAMES)
  if (kind === 4) return { field, starts_with: pick(rnd, VALUES[field]).slice(0, rnd(6)) }
  const values = [...some(rnd, VALUES[field], 3), ...(rnd(6) === 0 ? ['never said'] : [])]
  return anyOf(values.map((is) => ({ field, is })))
}

function randomTimes(rnd: Random, entries: readonly SaidEntry[]): Query {
  const time = () => formatTime(pick(rnd, entries).atMs + rnd(2))
  const kind = rnd(3)
  return { field: 'occurred_at', ...(kind > 0 ? { gte: time() } : {}), ...(kind < 2 ? { lt: time() } : {}) }
}

/** A tree of a few levels, in which every operator occurs. */
export function randomQuery(rnd: Random, entries: readonly SaidEntry[], depth: number): Query {
  if (depth === 0 || rnd(3) === 0) return randomCondition(rnd, entries)
  const parts = Array.from({ length: rnd(4) }, () => randomQuery(rnd, entries, depth - 1))
  const kind = rnd(5)
  if (kind === 0) return { not: randomQuery(rnd, entries, depth - 1) }
  return kind < 3 ? allOf(parts) : anyOf(parts)
}

/** A place that stands near the entries, often on one of them. */
function randomPosition(rnd: Random, entries: readonly SaidEntry[]): ListPosition {
  const { atMs, index } = pick(rnd, entries)
  return rnd(2) === 0 ? { atMs, index } : { atMs: atMs + rnd(3) - 1, index: rnd(entries.length) }
}

export function randomSearch(rnd: Random, entries: readonly SaidEntry[]): SearchRequest {
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

export const randomCount = (rnd: Random, entries: readonly SaidEntry[]): CountRequest => ({
  org: rnd(4) === 0 ? pick(rnd, ORGS) : 'acme',
  query: rnd(3) === 0 ? randomTimes(rnd, entries) : randomQuery(rnd, entries, rnd(4)),
  by: pick(rnd, ['hour', 'day', ...FIELD_NAMES]),
  limit: pick(rnd, [1, 3, 1_000]),
  covering: 0,
})
