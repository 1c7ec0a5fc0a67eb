/** The suite that every engine of the index passes: the promises of the port, as laws over random entries. */
import assert from 'node:assert/strict'
import { formatTime } from '@sealedlog/sdk/base'
import type { Field, ListPosition } from '@sealedlog/sdk/event'
import { allOf, type Query } from '@sealedlog/sdk/query'
import {
  checkSearch,
  everything,
  expected,
  positionsOf,
  refusesAsBehind,
  type RunTest,
  type WithIndex,
} from './contract-check.js'
import {
  FIELD_NAMES,
  ORGS,
  type Random,
  random,
  randomEntries,
  randomSearch,
  type SaidEntry,
  sayEntry,
} from './contract-data.js'
import { countLaws } from './count-laws.js'
import { erasingLaws } from './erasing-laws.js'
import { type EventIndex, type SearchRequest, VALUES_MAX } from './port.js'
import { textLaws } from './text-laws.js'

export type { RunTest } from './contract-check.js'

const SEEDS = [1, 20_261_120, 4_294_967_291]
const ENTRIES = 600
const SEARCHES = 150

/**
 * Registers the suite with a test runner. `open` gives an empty index, which the suite closes.
 *
 * @example
 * describe('MemoryIndex', () => indexContract(test, async () => new MemoryIndex()))
 */
export function indexContract(test: RunTest, open: () => Promise<EventIndex>): void {
  const withIndex = (name: string, body: (index: EventIndex) => Promise<void>): void =>
    test(name, async () => {
      const index = await open()
      try {
        await body(index)
      } finally {
        await index.close()
      }
    })
  searchLaws(withIndex)
  putLaws(withIndex)
  orderLaws(withIndex)
  textLaws(withIndex)
  countLaws(withIndex)
  erasingLaws(withIndex)
  test('a closed index refuses nothing it was asked before', async () => {
    const index = await open()
    const entries = randomEntries(random(7), 'acme', 20)
    const put = index.put(entries)
    const found = index.search(everything('acme', 20))
    await index.close()
    await put
    assert.equal((await found).positions.length, 20)
  })
}

function searchLaws(test: WithIndex): void {
  for (const seed of SEEDS) {
    test(`a search is what the query says, sorted and cut (seed ${seed})`, async (index) => {
      const rnd = random(seed)
      const entries = ORGS.flatMap((org) => randomEntries(rnd, org, org === 'acme' ? ENTRIES : 40))
      await putInBatches(index, rnd, entries)
      for (let i = 0; i < SEARCHES; i += 1) await checkSearch(index, entries, randomSearch(rnd, entries), seed)
    })

    test(`pages by cursor hold every entry once (seed ${seed})`, async (index) => {
      const rnd = random(seed)
      const entries = randomEntries(rnd, 'acme', 200)
      await index.put(entries)
      for (let i = 0; i < 10; i += 1) {
        const { before: _, after: __, ...request } = { ...randomSearch(rnd, entries), org: 'acme', limit: 1 + rnd(40) }
        const { exact } = await index.search({ ...request, limit: ENTRIES })
        const found = await pages(index, request)
        const whole = expected(entries, { ...request, limit: ENTRIES })
        const held = exact ? found : found.filter((position) => whole.some((each) => each.index === position.index))
        assert.deepEqual(held, whole, `seed ${seed}, ${JSON.stringify(request)}`)
      }
    })
  }

  test('each field, value and prefix finds exactly the entries that carry it', async (index) => {
    const entries = randomEntries(random(3), 'acme', 200)
    await index.put(entries)
    const valuesOf = (field: Field) => new Set(entries.flatMap(({ facts }) => facts[field]))
    const conditions: Query[] = FIELD_NAMES.flatMap((field) =>
      [...valuesOf(field)].flatMap((value) => [
        { field, is: value },
        { field, starts_with: value.slice(0, 3) },
      ]),
    )
    const prefixes = ['', 'api_key.', 'api_', 'api_key.created', 'zzz.', 'api_key.created.more']
    conditions.push(...prefixes.map((prefix): Query => ({ field: 'type', starts_with: prefix })))
    conditions.push({ field: 'ip_address', within: '192.0.0.0/8' }, { field: 'ip_address', within: '2001:db8::/32' })
    for (const condition of conditions) {
      const request = { ...everything('acme', 1_000), query: condition }
      assert.ok((await index.search(request)).exact, JSON.stringify(condition))
      await checkSearch(index, entries, request, 3)
      await checkSearch(index, entries, { ...request, query: { not: condition } }, 3)
    }
  })

  test('what facts do not decide leaves candidates, and says so', async (index) => {
    const entries = randomEntries(random(61), 'acme', 60)
    await index.put(entries)
    const plan: Query = { field: 'metadata.plan', is: 'pro' }
    const user: Query = { field: 'actor_id', is: 'user_1' }
    for (const query of [plan, { and: [user, plan] }, { not: { or: [user, plan] } }, { or: [user, { not: plan }] }]) {
      const { exact } = await checkSearch(index, entries, { ...everything('acme', 1_000), query }, 61)
      assert.equal(exact, false)
    }
  })

  test('a prefix of more values than are walked leaves candidates, and loses nothing', async (index) => {
    const entries = Array.from({ length: VALUES_MAX + 2 }, (_, i) =>
      sayEntry('acme', i, 1_000, { actor_id: [i % 2 === 0 ? `user_${i}` : `key_${i}`] }),
    )
    await index.put(entries)
    const found = async (query: Query) => await index.search({ ...everything('acme', 1_000), query })
    const half = await found({ field: 'actor_id', starts_with: 'user_' })
    assert.deepEqual([half.positions.length, half.exact], [VALUES_MAX / 2 + 1, true])
    for (const query of [{ field: 'actor_id', starts_with: '' }, { not: { field: 'actor_id', starts_with: '' } }]) {
      const { positions, exact } = await found(query)
      // an engine may know better; what it leaves out, facts must bar
      const barred = entries.length - positions.length
      assert.ok(!exact || barred === 0 || 'not' in query)
      assert.ok(barred === 0 || 'not' in query)
    }
  })

  test('an organization never sees another’s entries', async (index) => {
    const rnd = random(5)
    const own = randomEntries(rnd, 'acme', 30)
    await index.put([...own, ...randomEntries(rnd, 'acme2', 50)])
    assert.deepEqual(await positionsOf(index, everything('acme', 1_000)), expected(own, everything('acme', 1_000)))
    assert.deepEqual(await positionsOf(index, everything('nobody', 1_000)), [])
    assert.equal(await index.size('nobody'), 0)
  })
}

function putLaws(test: WithIndex): void {
  test('a search sees the put before it, answered or not', async (index) => {
    const entries = randomEntries(random(11), 'acme', 300)
    const answers: Promise<unknown>[] = []
    for (let i = 0; i < 300; i += 10) {
      answers.push(index.put(entries.slice(i, i + 10)))
      const found = index.search({ ...everything('acme', 1_000), covering: i + 10 })
      answers.push(found.then(({ positions }) => assert.equal(positions.length, i + 10)))
    }
    await Promise.all(answers)
  })

  test('saying a put again, whole or in part, changes nothing', async (index) => {
    const entries = randomEntries(random(13), 'acme', 50)
    await index.put(entries.slice(0, 30))
    await index.put(entries.slice(0, 30))
    await index.put(entries.slice(10, 20))
    assert.equal(await index.size('acme'), 30)
    await index.put([...entries.slice(20), ...entries.slice(40)])
    await index.put([])
    assert.equal(await index.size('acme'), 50)
    assert.deepEqual(await positionsOf(index, everything('acme', 100)), expected(entries, everything('acme', 100)))
  })

  test('what is covered stays as it was first said', async (index) => {
    const first = sayEntry('acme', 0, 1_000, { bucket: ['one'] })
    await index.put([first])
    await index.put([sayEntry('acme', 0, 1_001, { bucket: ['other'] })])
    const query: Query = { field: 'bucket', is: 'other' }
    assert.deepEqual(await positionsOf(index, { ...everything('acme', 10), query }), [])
    assert.deepEqual(await positionsOf(index, everything('acme', 10)), [{ atMs: first.atMs, index: 0 }])
  })

  test('a gap is refused, and nothing of the call is kept', async (index) => {
    const rnd = random(19)
    const acme = randomEntries(rnd, 'acme', 20)
    const other = randomEntries(rnd, 'acme2', 20)
    await index.put([...acme.slice(0, 5), ...other.slice(0, 5)])
    await refusesAsBehind(index.put([...other.slice(5, 10), ...acme.slice(6, 10)]), 'acme')
    await refusesAsBehind(index.put([...acme.slice(5, 8), ...acme.slice(9)]), 'acme')
    await refusesAsBehind(index.put(randomEntries(rnd, 'a', 3).slice(1)), 'a')
    assert.deepEqual([await index.size('acme'), await index.size('acme2'), await index.size('a')], [5, 5, 0])
    assert.deepEqual(
      await positionsOf(index, everything('acme2', 100)),
      expected(other.slice(0, 5), everything('acme2', 100)),
    )
    await index.put([...acme, ...other])
    assert.deepEqual(await positionsOf(index, everything('acme', 100)), expected(acme, everything('acme', 100)))
  })

  test('a put that is refused refuses no other that waits beside it', async (index) => {
    const rnd = random(23)
    const acme = randomEntries(rnd, 'acme', 30)
    const other = randomEntries(rnd, 'acme2', 10)
    const answers = await Promise.allSettled([
      index.put(acme.slice(0, 10)),
      index.put([...other, ...acme.slice(20)]),
      index.put(acme.slice(10, 20)),
      index.put(acme.slice(20)),
    ])
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
    assert.deepEqual([await index.size('acme'), await index.size('acme2')], [30, 0])
    assert.deepEqual(await positionsOf(index, everything('acme', 100)), expected(acme, everything('acme', 100)))
  })

  test('a search that must cover more than is there is refused', async (index) => {
    await index.put(randomEntries(random(29), 'acme', 5))
    assert.equal((await positionsOf(index, { ...everything('acme', 10), covering: 5 })).length, 5)
    await refusesAsBehind(index.search({ ...everything('acme', 10), covering: 6 }), 'acme')
    await refusesAsBehind(index.search({ ...everything('acme2', 10), covering: 1 }), 'acme2')
  })

  test('a cleared index has heard of nobody, and fills again', async (index) => {
    const rnd = random(31)
    const entries = randomEntries(rnd, 'acme', 60)
    await index.put(entries)
    await index.clear()
    assert.equal(await index.size('acme'), 0)
    assert.deepEqual(await positionsOf(index, everything('acme', 100)), [])
    await index.put(entries)
    for (let i = 0; i < 20; i += 1) await checkSearch(index, entries, randomSearch(rnd, entries), 31)
  })
}

function orderLaws(test: WithIndex): void {
  test('late events stand where they occurred', async (index) => {
    const times = [500, 400, 600, -100, 500, 450]
    for (const [i, atMs] of times.entries()) await index.put([sayEntry('acme', i, atMs, {})])
    const found = await positionsOf(index, everything('acme', 10))
    assert.deepEqual(
      found.map(({ index }) => index),
      [2, 4, 0, 5, 1, 3],
    )
  })

  test('events of one millisecond stand by index, and a cursor parts them', async (index) => {
    const entries = Array.from({ length: 300 }, (_, i) => sayEntry('acme', i, 1_000 + Math.floor(i / 150), {}))
    await index.put(entries)
    const indexes = async (request: Partial<SearchRequest>) =>
      (await positionsOf(index, { ...everything('acme', 3), ...request })).map(({ index }) => index)
    assert.deepEqual(await indexes({ after: { atMs: 1_000, index: 7 } }), [6, 5, 4])
    assert.deepEqual(await indexes({ after: { atMs: 1_000, index: 7 }, order: 'asc' }), [8, 9, 10])
    assert.deepEqual(await indexes({ before: { atMs: 1_001, index: 298 } }), [299])
    assert.deepEqual(await indexes({ before: { atMs: 1_000, index: 2 }, order: 'asc' }), [0, 1])
    assert.deepEqual(await indexes({ query: occurred(undefined, 1_001) }), [149, 148, 147])
    assert.deepEqual(await indexes({ query: occurred(1_001), order: 'asc' }), [150, 151, 152])
    assert.deepEqual(await indexes({ query: occurred(1_001, 1_001) }), [])
    // the very first entry stands at an edge too
    assert.deepEqual(await indexes({ query: occurred(undefined, 1_000) }), [])
    assert.equal((await indexes({ query: occurred(1_000), limit: 1_000 })).length, 300)
    assert.deepEqual(await indexes({ after: { atMs: 1_000, index: 0 } }), [])
  })

  test('two frequent values that never meet have an empty intersection', async (index) => {
    const entries = Array.from({ length: 3_000 }, (_, i) => {
      const said = { actor_id: [i % 2 ? 'odd' : 'even'], bucket: [i < 1_500 ? 'low' : 'high'] }
      return sayEntry('acme', i, 1_000 + i, said)
    })
    await index.put(entries)
    assert.deepEqual(await positionsOf(index, find(['actor_id', 'odd'], ['actor_id', 'even'])), [])
    assert.deepEqual(await positionsOf(index, find(['bucket', 'low'], ['bucket', 'high'])), [])
    await checkSearch(index, entries, find(['actor_id', 'odd'], ['bucket', 'low']), 43)
  })
}

/** Asks for what carries all of some values. */
const find = (...values: readonly [Field, string][]): SearchRequest => ({
  ...everything('acme', 5),
  query: allOf(values.map(([field, value]) => ({ field, is: value }))),
})

/** Occurred then: the first inclusive, the second exclusive. */
const occurred = (sinceMs?: number, untilMs?: number): Query => ({
  field: 'occurred_at',
  ...(sinceMs === undefined ? {} : { gte: formatTime(sinceMs) }),
  ...(untilMs === undefined ? {} : { lt: formatTime(untilMs) }),
})

async function pages(index: EventIndex, request: SearchRequest): Promise<ListPosition[]> {
  const found: ListPosition[] = []
  for (let page = await positionsOf(index, request); page.length > 0; ) {
    found.push(...page)
    page = await positionsOf(index, { ...request, after: page.at(-1) as ListPosition })
  }
  return found
}

async function putInBatches(index: EventIndex, rnd: Random, entries: readonly SaidEntry[]): Promise<void> {
  const answers: Promise<void>[] = []
  for (let at = 0, size = 0; at < entries.length; at += size) {
    size = 1 + rnd(90)
    answers.push(index.put(entries.slice(at, at + size)))
  }
  await Promise.all(answers)
}
