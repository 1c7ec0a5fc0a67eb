/** Asks for counts while nothing is recorded, and counts by hand. */
import { pick, type Random } from '../../../sdk/test/query/support.js'
import { sayText } from '../../../sdk/test/query/say.js'
import type { Client } from '../durability/client.js'
import { shownFor } from '../log/oracle.js'
import type { Known } from '../log/oracle-event.js'
import { type Pool, queryString, randomTree } from './questions.js'
import type { Shelf } from './shelf.js'

const FIELDS = [
  'type',
  'actor_id',
  'actor_type',
  'actor_email',
  'target_id',
  'target_type',
  'project_id',
  'bucket',
  'outcome',
  'correlation_id',
]
const LIMITS = [1, 3, 20, 1_000]
const HOUR_MS = 3_600_000

interface Stats {
  readonly total: number
  readonly data: readonly { readonly key: string; readonly count: number }[]
  readonly has_more: boolean
}

/** One question, and what is wrong with its answer. */
export async function checkCounts(
  rnd: Random,
  client: Pick<Client, 'json'>,
  shelf: Shelf,
  pool: Pool,
  nowMs: number,
): Promise<string | undefined> {
  const said = randomTree(rnd, pool)
  const by = pick(rnd, ['hour', 'day', ...FIELDS])
  const limit = pick(rnd, LIMITS)
  const holds = shownFor(said, nowMs)
  const matching = [...shelf.items.values()].map(({ forms }) => forms.at(-1)?.known as Known).filter(holds)
  const path = `/v1/events/stats?${queryString(Object.entries({ q: sayText(rnd, said), by, limit: `${limit}` }))}`
  const { total, data, has_more } = await client.json<Stats>({ path, org: shelf.org })
  const found = JSON.stringify({ total, data, has_more })
  const expected = JSON.stringify(countByHand(matching, by, limit))
  return found === expected
    ? undefined
    : `${shelf.org}: ${JSON.stringify(said)} by ${by}, at most ${limit}: ${found}, and not ${expected}`
}

/** Hours and days ascending, the newest of them; values by count descending, then as they are spelled. */
function countByHand(events: readonly Known[], by: string, limit: number): Stats {
  const counts = new Map<string, number>()
  for (const event of events) for (const key of keysOf(event, by)) counts.set(key, (counts.get(key) ?? 0) + 1)
  const isTime = by === 'hour' || by === 'day'
  const groups = Array.from(counts, ([key, count]) => ({ key, count })).sort(
    (a, b) => (isTime ? 0 : b.count - a.count) || (a.key < b.key ? -1 : 1),
  )
  const data = isTime ? groups.slice(-limit) : groups.slice(0, limit)
  return { total: events.length, data, has_more: data.length < groups.length }
}

function keysOf({ facts, atMs }: Known, by: string): ReadonlySet<string> {
  if (by !== 'hour' && by !== 'day') return new Set(facts[by])
  const widthMs = by === 'hour' ? HOUR_MS : 24 * HOUR_MS
  return new Set([new Date(Math.floor(atMs / widthMs) * widthMs).toISOString()])
}
