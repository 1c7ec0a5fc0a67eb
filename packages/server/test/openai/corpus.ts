/** A seeded mix of events in every dialect: many ties, late arrivals, tenant-scoped types, actors of every kind. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { CATALOGUE, type EventTypeRow } from '@sealedlog/sdk/event'

/** The seed of a run: another one is tried with SEED=… */
export const SEED = Number(process.env['SEED'] ?? 20_261_120)

/** Documents of one dialect, as one batch sends them. */
export interface Batch {
  readonly dialect: 'native' | 'openai' | 'unkey'
  readonly documents: readonly JsonObject[]
}

/** A small seeded generator (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }

  /** Some of the values, up to `most`, at least one. */
  some<T>(values: readonly T[], most: number): readonly T[] {
    return Array.from({ length: 1 + this.below(most) }, () => this.pick(values))
  }
}

const BASE_MS = Date.UTC(2026, 9, 1, 8)
const DAY_MS = 86_400_000
const BUSY_SECONDS = 25

const PEOPLE = ['ada', 'grace', 'Alan', 'edsger', 'barbara', 'a+b', 'tony'].map((name, i) => ({
  id: `user-${i}`,
  email: `${name}@${i % 2 === 0 ? 'example.com' : 'Example.ORG'}`,
}))
const PROJECTS = ['proj_1', 'proj_2', 'proj_3', 'proj,4', 'proj 5']
const RESOURCES = [...Array.from({ length: 20 }, (_, i) => `res_${i}`), 'res 1', 'a,b', 'ws__conn', 'ünï+code/%&=?#']
const KEYS = ['key_1', 'key_2', 'key_3', 'key_4']
const SERVICES = ['svc_1', 'svc_2', 'svc_3']

const OPENAI_ROWS = CATALOGUE.filter((row) => row.origin === 'openai')
const TENANT_ROWS = OPENAI_ROWS.filter((row) => row.tenantScoped)
const PLAIN_ROWS = OPENAI_ROWS.filter((row) => !row.tenantScoped)
const UNKEY_ROWS = CATALOGUE.filter((row) => row.origin === 'unkey')
const NATIVE_TYPES = [
  'api_key.created',
  'project.updated',
  'role.bound_to_resource',
  'checkpoint_permission.created',
  'key.create',
  'authorization.disconnect_role_and_permission',
  'tenant.future.thing',
  'tenant.user.added',
  'invoice.paid',
  'invoice.paid',
]

/** Values that a filter may ask for; the last of each stands in no event. */
export const POOLS = {
  project_ids: [...PROJECTS, 'proj_none'],
  event_types: [...PLAIN_ROWS.map(({ type }) => type), ...NATIVE_TYPES.filter(isPlain), 'key.create', 'no.such.type'],
  tenant_types: [...TENANT_ROWS.map(({ type }) => type), 'tenant.future.thing', 'tenant.no.such'],
  actor_ids: [...PEOPLE.map(({ id }) => id), ...KEYS, ...SERVICES, 'root_1', 'agent_1', 'nobody'],
  actor_emails: [...PEOPLE.flatMap(({ email }) => [email, email.toUpperCase()]), 'nobody@example.com'],
  resource_ids: [...RESOURCES, 'res_none'],
} as const

function isPlain(type: string): boolean {
  return !type.startsWith('tenant.') && type !== 'role.bound_to_resource'
}

/** `size` documents for an organization, numbered from `from`, in batches of one dialect each. */
export function makeCorpus(seed: number, org: string, size: number, from = 0): readonly Batch[] {
  const dice = new Dice(seed)
  const batches: Batch[] = []
  for (let made = 0; made < size; ) {
    const count = Math.min(size - made, 20 + dice.below(180))
    const dialect = dice.pick(['openai', 'openai', 'native', 'native', 'unkey'] as const)
    const numbers = Array.from({ length: count }, (_, i) => from + made + i)
    batches.push({ dialect, documents: numbers.map((n) => MAKERS[dialect](dice, n, org)) })
    made += count
  }
  return batches
}

const MAKERS = { native: nativeDocument, openai: openaiDocument, unkey: unkeyDocument }

/** More than half within a few busy seconds, some of them in one millisecond; some long before. */
function chooseMs(dice: Dice): number {
  const which = dice.next()
  if (which < 0.55) return BASE_MS + dice.below(BUSY_SECONDS) * 1000 + dice.pick([0, 0, 1, 500, 999])
  if (which < 0.85) return BASE_MS + dice.below(7_200_000)
  return BASE_MS - dice.below(90 * DAY_MS)
}

function openaiDocument(dice: Dice, n: number): JsonObject {
  const row: EventTypeRow = dice.pick(dice.chance(0.3) ? TENANT_ROWS : PLAIN_ROWS)
  const { project: _, actor, [row.type]: details, ...rest } = structuredClone(row.example)
  return {
    ...rest,
    id: `audit_log-${n}`,
    effective_at: Math.floor(chooseMs(dice) / 1000),
    actor: dice.chance(0.8) ? openaiActor(dice) : (actor ?? {}),
    ...(dice.chance(0.6) && { project: { id: dice.pick(PROJECTS), name: 'A project' } }),
    ...(details !== undefined && { [row.type]: withIds(dice, details as JsonObject) }),
    ...(dice.chance(0.1) && { since_tomorrow: { unknown: [null, n] } }),
  }
}

/** The same details about other things. */
function withIds(dice: Dice, details: JsonObject): JsonObject {
  const one = (item: unknown) => ({ ...(item as JsonObject), id: dice.pick(RESOURCES) })
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (name === 'id' || name === 'resource_id') return [name, dice.pick(RESOURCES)]
      return [name, (name === 'certificates' || name === 'configs') && Array.isArray(value) ? value.map(one) : value]
    }),
  )
}

function openaiActor(dice: Dice): JsonObject {
  const user = dice.pick(PEOPLE)
  const service_account = { id: dice.pick(SERVICES) }
  const key = { id: dice.pick(KEYS) }
  return dice.pick<JsonObject>([
    { type: 'session', session: { user, ip_address: '192.0.2.7', user_agent: 'Mozilla/5.0', ja3: 'e694' } },
    { type: 'session', session: { user } },
    { type: 'api_key', api_key: { ...key, type: 'user', user } },
    { type: 'api_key', api_key: { ...key, type: 'service_account', service_account } },
    { type: 'api_key', api_key: { type: 'service_account', service_account } },
    {},
  ])
}

/** An actor of each kind, and none. */
export const ACTOR_KINDS = ['user', 'service_account', 'rootkey', 'key', 'agent', 'system', 'robot', 'none'] as const

function nativeActor(dice: Dice): JsonObject {
  const kind = dice.pick(ACTOR_KINDS)
  const api_key = dice.chance(0.3) ? { api_key: { id: dice.pick(KEYS) } } : {}
  if (kind === 'none') return {}
  if (kind === 'user') return { actor: { type: kind, ...dice.pick(PEOPLE), name: 'A person', ...api_key } }
  if (kind === 'service_account') return { actor: { type: kind, id: dice.pick(SERVICES), ...api_key } }
  if (kind === 'key') return { actor: { type: kind, id: dice.pick(KEYS) } }
  return { actor: { type: kind, id: kind === 'agent' ? 'agent_1' : 'root_1' } }
}

/** Details hold an `id` only where the law says what it means: for the types that OpenAI documents. */
function nativeDetails(dice: Dice, type: string): JsonObject {
  if (dice.chance(0.5)) return {}
  const documented = PLAIN_ROWS.some((row) => row.type === type) || type === 'role.bound_to_resource'
  return { details: documented ? { id: dice.pick(RESOURCES) } : { note: 'free', count: dice.below(9) } }
}

function nativeDocument(dice: Dice, n: number): JsonObject {
  const type = dice.pick(NATIVE_TYPES)
  const targets = dice.chance(0.3)
    ? []
    : dice.some(RESOURCES, 3).map((id) => ({ type: 'thing', id, name: `The ${id}` }))
  return {
    id: `evt_${n}`,
    type,
    // Where the caller says no time, it is that of recording.
    ...(dice.chance(0.97) && { occurred_at: new Date(chooseMs(dice)).toISOString() }),
    ...nativeActor(dice),
    ...nativeDetails(dice, type),
    ...(targets.length > 0 && { targets }),
    ...(dice.chance(0.5) && { project: { id: dice.pick(PROJECTS) } }),
    ...(dice.chance(0.3) && { bucket: 'other', metadata: { n } }),
    ...(dice.chance(0.3) && { context: { ip_address: '2001:DB8::1', user_agent: 'curl/8', request_id: `r${n}` } }),
  }
}

function unkeyDocument(dice: Dice, n: number, org: string): JsonObject {
  const row: EventTypeRow = dice.pick(UNKEY_ROWS)
  const type = dice.pick(['user', 'rootkey', 'key', 'system'])
  const ids = { user: PEOPLE.map(({ id }) => id), rootkey: ['root_1'], key: KEYS, system: ['system'] }
  return {
    ...structuredClone(row.example),
    event_id: `log_${n}`,
    time: chooseMs(dice),
    workspace_id: org,
    actor: { type, id: dice.pick(ids[type as keyof typeof ids]), name: 'An actor' },
    targets: dice.some(RESOURCES, 2).map((id) => ({ type: 'key', id, name: 'A key' })),
  }
}
