/** Random queries over random events in a real log, where the index decides: each answer is what the oracle says. */
import { afterAll, expect, test } from 'vitest'
import { NOW_MS, random, SEED, times } from '../../../sdk/test/query/support.js'
import { readFilters } from '../../dist/http/filters.js'
import { QueryString } from '../../dist/http/query-string.js'
import { Comparer, treeOf } from './oracle-pages.js'
import { randomParameters } from './oracle-parameters.js'
import { decidedTree } from './oracle-trees.js'
import { openWorld } from './oracle-world.js'

const EVENTS = 5_000
const TREES = 2_500
const PARAMETERS = 500
const RUN_MS_MAX = 300_000

const rnd = random(SEED)
const world = await openWorld(rnd, EVENTS)
afterAll(() => world.close())

test(
  `${TREES} trees over ${EVENTS} events, in both orders, in words and in JSON (QUERY_SEED=${SEED})`,
  async () => {
    const comparer = new Comparer(world, rnd)
    for (let i = 0; i < TREES; i++) await comparer.check(decidedTree(rnd, world), `tree ${i}`)
    expect(comparer.compared.lists).toBe(2 * TREES)
    expect(comparer.compared.toTheEnd).toBeGreaterThan(TREES / 10)
    console.log(JSON.stringify(comparer.compared))
  },
  RUN_MS_MAX,
)

test(
  `plain parameters mean what they mean in JSON and in words (QUERY_SEED=${SEED})`,
  async () => {
    const comparer = new Comparer(world, rnd)
    for (const i of times(PARAMETERS, (i) => i)) {
      const { pairs, said } = randomParameters(rnd, world.events)
      expect(readFilters(new QueryString(pairs)), JSON.stringify(pairs)).toEqual(treeOf(said))
      await comparer.check(said, `parameters ${i} at ${NOW_MS}`)
    }
  },
  RUN_MS_MAX,
)
