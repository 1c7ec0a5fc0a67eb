/** Counting: what is counted is what a list shows, whatever is asked and however it is decided; or nothing is said. */
import { randomBytes } from 'node:crypto'
import { BOUNDS, factsOf, type RecordedEvent } from '@sealedlog/sdk/event'
import { EVERYTHING, parseQueryJson, type Query } from '@sealedlog/sdk/query'
import { expect, test } from 'vitest'
import { randomEvent } from '../../../sdk/test/query/random-events.js'
import { randomSaid } from '../../../sdk/test/query/random-trees.js'
import { NOW_MS, oneIn, pick, random, SEED, times } from '../../../sdk/test/query/support.js'
import { STATS_BY } from '../../dist/http/filters.js'
import { type Counts, MemoryIndex, TooMuchToCount } from '../../dist/index/index.js'
import { AuditLog, type CountedBy, type Stats } from '../../dist/log/index.js'
import { MemoryStore } from '../../dist/store/index.js'
import { altered, events } from './support.js'

const EVENTS = 400
const TREES = 200

async function openWorld(wrap: (index: MemoryIndex) => MemoryIndex = (index) => index) {
  const nowMs = () => NOW_MS
  const store = new MemoryStore(nowMs)
  const log = new AuditLog({ store, index: wrap(new MemoryIndex()), random: randomBytes, nowMs })
  await store.createLog('acme', 'Acme')
  return log
}

/** Everything that a list shows, page after page. */
async function shown(log: AuditLog, query: Query): Promise<readonly RecordedEvent[]> {
  const all: RecordedEvent[] = []
  for (let after; ; ) {
    const page = await log.list({ org: 'acme', query, order: 'asc', limit: 1_000, ...(after && { after }) })
    all.push(...page.events)
    if (page.next === undefined) return all
    after = page.next
  }
}

/** The definition: told by hand, from the texts of times. */
function keysOf(event: RecordedEvent, by: CountedBy): readonly string[] {
  if (by === 'hour') return [`${event.occurred_at.slice(0, 13)}:00:00.000Z`]
  return by === 'day' ? [`${event.occurred_at.slice(0, 10)}T00:00:00.000Z`] : factsOf(event)[by]
}

function countOf(all: readonly RecordedEvent[], by: CountedBy, limit: number): Stats {
  const counts = new Map<string, number>()
  for (const key of all.flatMap((event) => keysOf(event, by))) counts.set(key, (counts.get(key) ?? 0) + 1)
  const isTime = by === 'hour' || by === 'day'
  const groups = Array.from(counts, ([key, count]) => ({ key, count })).sort(
    (a, b) => (isTime ? 0 : b.count - a.count) || (a.key < b.key ? -1 : 1),
  )
  const named = isTime ? groups.slice(-limit) : groups.slice(0, limit)
  return { total: all.length, groups: named, more: named.length < groups.length }
}

test(`${TREES} random queries are counted as a list shows them (QUERY_SEED=${SEED})`, async () => {
  const rnd = random(SEED)
  const log = await openWorld()
  const said = times(EVENTS, (i) => randomEvent(rnd, i)).map((event) => ({ ...event, bucket: 'default' }))
  await log.record('acme', said, 'key_1')
  const hidden = await log.recordOwn('acme', { type: 'sealedlog.export.created' })
  for (const i of times(TREES, (n) => n)) {
    const query = oneIn(rnd, 10) ? EVERYTHING : parseQueryJson(randomSaid(rnd, said), '')
    const by = pick(rnd, [...STATS_BY])
    const limit = pick(rnd, [1, 3, 1_000])
    const found = await log.stats({ org: 'acme', query, by, limit })
    expect([i, by, limit, query, found]).toEqual([i, by, limit, query, countOf(await shown(log, query), by, limit)])
  }
  const query: Query = { field: 'bucket', is: 'sealedlog' }
  expect(await log.stats({ org: 'acme', query, by: 'type', limit: 9 })).toEqual({
    total: 1,
    groups: [{ key: 'sealedlog.export.created', count: 1 }],
    more: false,
  })
  expect(hidden.index).toBe(EVENTS)
})

test('an event whose actor is erased is counted, and not by who it was', async () => {
  const log = await openWorld()
  await log.record('acme', events(3), 'key_1')
  await log.erase({ org: 'acme', events: [{ id: 'e1', groups: ['actor'] }], basis: 'GDPR Art. 17' })
  const ask = { org: 'acme', query: EVERYTHING, limit: 100 }
  expect(await log.stats({ ...ask, by: 'actor_id' })).toEqual({
    total: 3,
    groups: [{ key: 'user_1', count: 2 }],
    more: false,
  })
  expect((await log.stats({ ...ask, by: 'type' })).groups).toEqual([{ key: 'user.added', count: 3 }])
  const byWord = { ...ask, query: { text: 'user_1' }, by: 'outcome' as const }
  expect((await log.stats(byWord)).total).toBe(2)
})

test('an hour begins in UTC, before 1970 too, and those without events are absent', async () => {
  const log = await openWorld()
  const at = [
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00Z',
    '2026-11-20T02:30:00+05:30',
    '2026-11-20T23:59:59.999Z',
  ]
  await log.record(
    'acme',
    at.map((occurred_at, i) => ({ ...events(1, `t${i}_`)[0], type: 'a.b', occurred_at })),
    'key_1',
  )
  const keys = async (by: CountedBy, query: Query) =>
    (await log.stats({ org: 'acme', query, by, limit: 99 })).groups.map(({ key }) => key)
  const hours = ['1969-12-31T23', '1970-01-01T00', '2026-11-19T21', '2026-11-20T23']
  const days = ['1969-12-31', '1970-01-01', '2026-11-19', '2026-11-20']
  for (const query of [EVERYTHING, { text: 'user_1' }]) {
    expect(await keys('hour', query)).toEqual(hours.map((hour) => `${hour}:00:00.000Z`))
    expect(await keys('day', query)).toEqual(days.map((day) => `${day}T00:00:00.000Z`))
  }
})

test('what would take too long is refused with what to do, and is no call of the store', async () => {
  const refusal = { code: 'too_much_to_count', message: expect.stringMatching(/Narrow it by since and until/) }
  const log = await openWorld((index) =>
    altered(index, {
      count: async (): Promise<Counts> => {
        throw new TooMuchToCount('100,001 values')
      },
    }),
  )
  const ask = { org: 'acme', query: EVERYTHING, by: 'actor_id' as const, limit: 10 }
  await expect(log.stats(ask)).rejects.toMatchObject(refusal)

  let total = BOUNDS.STATS_SCAN_MAX + 1
  let searches = 0
  const broad = await openWorld((index) =>
    altered(index, {
      count: async () => ({ total, groups: [], more: false, exact: false }),
      search: async (request) => {
        searches += 1
        return index.search(request)
      },
    }),
  )
  await expect(broad.stats(ask)).rejects.toMatchObject(refusal)
  expect(searches).toBe(0)
  total -= 1
  expect(await broad.stats(ask)).toEqual({ total: 0, groups: [], more: false })
  expect(searches).toBe(1)
})

test('more than the index said there could be are refused as well', async () => {
  const log = await openWorld((index) =>
    altered(index, { count: async () => ({ total: 1, groups: [], more: false, exact: false }) }),
  )
  for (let at = 0; at <= BOUNDS.STATS_SCAN_MAX; at += 1_000) await log.record('acme', events(1_000, `${at}_`), 'key_1')
  const ask = { org: 'acme', query: EVERYTHING, by: 'hour' as const, limit: 10 }
  await expect(log.stats(ask)).rejects.toMatchObject({ code: 'too_much_to_count' })
})
