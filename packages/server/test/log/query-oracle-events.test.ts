/** Random queries over random events in a real log, where only the events decide: each answer is what the oracle says. */
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { random, SEED } from '../../../sdk/test/query/support.js'
import { Comparer } from './oracle-pages.js'
import { undecidedTree } from './oracle-trees.js'
import { openWorld } from './oracle-world.js'

const EVENTS = 5_000
const TREES = 2_500
/** Trees whose pages are cut: each list is many of them. */
const TREES_CUT = 150
/** How far a clock leaps each time that it is looked at: a page is over after some 25 events. */
const LEAP_MS = 20
const RUN_MS_MAX = 300_000

const rnd = random(SEED + 1)
const world = await openWorld(rnd, EVENTS)
afterAll(() => world.close())
afterEach(() => void vi.restoreAllMocks())

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

test(
  `${TREES_CUT} trees on a machine so slow that pages end before they are full: nothing is lost (QUERY_SEED=${SEED})`,
  async () => {
    let nowMs = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += LEAP_MS))
    const comparer = new Comparer(world, rnd)
    for (let i = 0; i < TREES_CUT; i++) await comparer.check(undecidedTree(rnd, world), `cut tree ${i}`)
    expect(comparer.compared.cut).toBeGreaterThan(TREES_CUT / 10)
    expect(comparer.compared.toTheEnd).toBeGreaterThan(0)
    console.log(JSON.stringify(comparer.compared))
  },
  RUN_MS_MAX,
)
