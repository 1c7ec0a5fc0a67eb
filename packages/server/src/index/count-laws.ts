/** Laws of counting: groups hold what the query holds for, by time and by value. */
import assert from 'node:assert/strict'
import { EVERYTHING, type Query } from '@sealedlog/sdk/query'
import { checkCount, everything, refusesAsBehind, type WithIndex } from './contract-check.js'
import { FIELD_NAMES, random, randomCount, randomEntries, sayEntry, withoutGroups } from './contract-data.js'
import { COUNT_VALUES_MAX, type CountRequest, TooMuchToCount } from './port.js'

const SEEDS = [6, 20_261_122]
const COUNTS = 150
const HOUR_MS = 3_600_000

const countAll = (by: CountRequest['by'], limit = 1_000): CountRequest => {
  const { org, covering } = everything('acme', 1)
  return { org, query: EVERYTHING, by, limit, covering }
}

export function countLaws(test: WithIndex): void {
  for (const seed of SEEDS) {
    test(`a count is how many the query holds for, by time and by value (seed ${seed})`, async (index) => {
      const rnd = random(seed)
      const entries = ['acme', 'acme2'].flatMap((org) => randomEntries(rnd, org, org === 'acme' ? 400 : 40))
      for (let at = 0; at < entries.length; at += 37) await index.put(entries.slice(at, at + 37))
      for (let i = 0; i < COUNTS; i += 1) await checkCount(index, entries, randomCount(rnd, entries), seed)
      for (const by of [...FIELD_NAMES, 'hour', 'day'] as const) await checkCount(index, entries, countAll(by), seed)
    })
  }

  test('hours and days begin at their first millisecond, before 1970 too, and late events count in theirs', async (index) => {
    const times = [0, -1, HOUR_MS - 1, HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS, -24 * HOUR_MS - 1, 5]
    const entries = times.map((atMs, i) => sayEntry('acme', i, atMs, { outcome: [i % 2 ? 'success' : 'failure'] }))
    await index.put(entries)
    const query: Query = { field: 'outcome', is: 'failure' }
    const keys = async (request: CountRequest) =>
      (await checkCount(index, entries, request, 0)).groups.map(({ key, count }) => [Number(key) / HOUR_MS, count])
    assert.deepEqual(await keys(countAll('hour')), [
      [-25, 1],
      [-24, 1],
      [-1, 1],
      [0, 3],
      [1, 1],
      [24, 1],
    ])
    assert.deepEqual(await keys(countAll('day')), [
      [-48, 1],
      [-24, 2],
      [0, 4],
      [24, 1],
    ])
    assert.deepEqual(await keys({ ...countAll('day'), query }), [
      [-48, 1],
      [0, 2],
      [24, 1],
    ])
    assert.deepEqual(await keys({ ...countAll('day', 2), query }), [
      [0, 2],
      [24, 1],
    ])
  })

  test('what was erased is counted no more', async (index) => {
    const entries = randomEntries(random(9), 'acme', 120)
    await index.put(entries)
    const erased = entries.filter(({ index: place }) => place % 3 === 0).map((each) => withoutGroups(each, () => true))
    await index.erase('acme', erased)
    for (const entry of erased) entries[entry.index] = entry
    for (const by of [...FIELD_NAMES, 'hour', 'day'] as const) await checkCount(index, entries, countAll(by), 9)
  })

  test('what is being erased is counted no more', async (index) => {
    const entries = randomEntries(random(10), 'acme', 120)
    await index.put(entries)
    const erased = entries.filter(({ index: place }) => place % 2 === 0).map((each) => withoutGroups(each, () => true))
    const erasing = index.erase('acme', erased)
    for (const entry of erased) entries[entry.index] = entry
    await Promise.all(
      [...FIELD_NAMES, 'hour', 'day'].map((by) => checkCount(index, entries, countAll(by as CountRequest['by']), 10)),
    )
    await erasing
  })

  test(`more than ${COUNT_VALUES_MAX} values are refused, and other counts of the same events are not`, async (index) => {
    const idsEach = 2_000
    const entries = Array.from({ length: COUNT_VALUES_MAX / idsEach + 1 }, (_, i) =>
      sayEntry('acme', i, 1_000 + i, {
        type: ['certificates.activated'],
        details: { certificates: Array.from({ length: idsEach }, (_, j) => ({ id: `c${i * idsEach + j}` })) },
      }),
    )
    await index.put(entries.slice(0, -1))
    assert.equal((await index.count(countAll('target_id', 3))).more, true)
    await index.put(entries)
    await assert.rejects(index.count(countAll('target_id', 3)), TooMuchToCount)
    await checkCount(index, entries, countAll('type'), 0)
  })

  test('a count covers what it is asked to, and sees the put before it', async (index) => {
    const entries = randomEntries(random(12), 'acme', 10)
    await refusesAsBehind(index.count({ ...countAll('day'), covering: 1 }), 'acme')
    const put = index.put(entries)
    assert.equal((await index.count({ ...countAll('day'), covering: 10 })).total, 10)
    await put
    await refusesAsBehind(index.count({ ...countAll('day'), covering: 11 }), 'acme')
    assert.deepEqual(await index.count({ ...countAll('day'), org: 'nobody' }), {
      total: 0,
      groups: [],
      more: false,
      exact: true,
    })
  })
}
