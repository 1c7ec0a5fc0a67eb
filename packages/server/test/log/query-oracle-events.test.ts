/** Random queries over random events in a real log, where only the events decide: each answer is what the oracle says. */
import { afterAll, expect, test } from 'vitest'
import { random, SEED } from '../../../sdk/test/query/support.js'
import { Comparer } from './oracle-pages.js'
import { undecidedTree } from './oracle-trees.js'
import { openWorld } from './oracle-world.js'

const EVENTS = 5_000
const TREES = 2_500
const RUN_MS_MAX = 300_000

const rnd = random(SEED + 1)
const world = await openWorld(rnd, EVENTS)
afterAll(() => world.close())

test(
  `${TREES} trees over ${EVENTS} events, in both orders, in words and in JSON (QUERY_SEED=${SEED})`,
  async () => {
    const comparer = new Comparer(world, rnd)
    for (let i = 0; i < TREES; i++) await comparer.check(undecidedTree(rnd, world), `tree ${i}`)
    expect(comparer.compared.lists).toBe(2 * TREES)
    expect(comparer.compared.toTheEnd).toBeGreaterThan(TREES / 10)
    console.log(JSON.stringify(comparer.compared))
  },
  RUN_MS_MAX,
)
