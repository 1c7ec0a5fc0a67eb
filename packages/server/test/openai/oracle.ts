/** What OpenAI's list must answer, written plainly from list-semantics.md. It shares no code with the server. */
import { readFileSync } from 'node:fs'
import type { RecordedEvent } from '@sealedlog/sdk/event'

/** The parameters of the list, as the official clients take them. */
export interface Query {
  readonly project_ids?: readonly string[]
  readonly event_types?: readonly string[]
  readonly actor_ids?: readonly string[]
  readonly actor_emails?: readonly string[]
  readonly resource_ids?: readonly string[]
  readonly tenant_only?: boolean
  readonly effective_at?: { readonly gt?: number; readonly gte?: number; readonly lt?: number; readonly lte?: number }
  readonly limit?: number
  readonly after?: string
  readonly before?: string
}

/** What an answer says, without its items' content. */
export interface Answer {
  readonly ids: readonly string[]
  readonly first_id: string | null
  readonly last_id: string | null
  readonly has_more: boolean
}

const LIMIT_DEFAULT = 20

const TENANT_SCOPED = new Set<string>(
  (
    JSON.parse(
      readFileSync(new URL('../../../sdk/test/fixtures/openai/event-types.json', import.meta.url), 'utf8'),
    ) as { readonly tenant_scoped: readonly string[] }
  ).tenant_scoped,
)

const OTHER_NAMES: readonly (readonly string[])[] = [
  ['checkpoint_permission.created', 'checkpoint.permission.created'],
  ['checkpoint_permission.deleted', 'checkpoint.permission.deleted'],
  ['authorization.disconnect_role_and_permission', 'authorization.disconnect_role_and_permissions'],
]

export const isTenant = (type: string): boolean => TENANT_SCOPED.has(type) || type.startsWith('tenant.')

/** The second that the OpenAI form shows. */
export const secondOf = (event: RecordedEvent): number => Math.floor(Date.parse(event.occurred_at) / 1000)

export const actorIdsOf = ({ actor }: RecordedEvent): readonly string[] => present([actor?.id, actor?.api_key?.id])

/** The targets' ids, and where the details hold ids of what was acted on. */
export function resourceIdsOf({ targets = [], details = {} }: RecordedEvent): readonly string[] {
  const lists = [details['certificates'], details['configs']].filter(Array.isArray).flat() as { id?: string }[]
  return present([
    ...targets.map(({ id }) => id),
    details['id'],
    ...(typeof details['principal_id'] === 'string' || typeof details['connector_id'] === 'string'
      ? [details['resource_id']]
      : []),
    ...lists.map(({ id }) => id),
  ])
}

const present = (values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === 'string')

/** Newest first; of one instant, the one recorded last comes first. */
export const inListOrder = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  events.toSorted((a, b) => Date.parse(b.occurred_at) - Date.parse(a.occurred_at) || b.index - a.index)

/** Different filters are all met; of one filter's values, any. */
export function isMatch(event: RecordedEvent, query: Query): boolean {
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = query.effective_at ?? {}
  const second = secondOf(event)
  return (
    isTenant(event.type) === (query.tenant_only ?? false) &&
    second > gt &&
    second >= gte &&
    second < lt &&
    second <= lte &&
    meets(
      query.event_types?.flatMap((type) => OTHER_NAMES.find((names) => names.includes(type)) ?? [type]),
      [event.type],
    ) &&
    meets(query.project_ids, present([event.project?.id])) &&
    meets(query.actor_ids, actorIdsOf(event)) &&
    meets(query.actor_emails?.map(lower), present([event.actor?.email]).map(lower)) &&
    meets(query.resource_ids, resourceIdsOf(event))
  )
}

const lower = (text: string): string => text.toLowerCase()

/** Without values there is no filter. */
const meets = (wanted: readonly string[] | undefined, had: readonly string[]): boolean =>
  wanted === undefined || wanted.length === 0 || had.some((value) => wanted.includes(value))

/** Every event that the query means, whatever its limit: what matches between the cursors, in list order. */
export function windowOf(listed: readonly RecordedEvent[], query: Query): readonly RecordedEvent[] {
  const rankOf = (id: string) => listed.findIndex((event) => event.id === id)
  const from = query.after === undefined ? 0 : rankOf(query.after) + 1
  const to = query.before === undefined ? listed.length : rankOf(query.before)
  return listed.slice(from, Math.max(from, to)).filter((event) => isMatch(event, query))
}

/** One page. `before` alone is the page that ends there; with `after`, the window is filled from `after`. */
export function answerOf(listed: readonly RecordedEvent[], query: Query): Answer {
  const { limit = LIMIT_DEFAULT, after, before } = query
  const all = windowOf(listed, query)
  const page = before !== undefined && after === undefined ? all.slice(-limit) : all.slice(0, limit)
  const ids = page.map(({ id }) => id)
  return { ids, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null, has_more: all.length > limit }
}
