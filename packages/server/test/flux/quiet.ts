/** While nothing is recorded, answers are exactly the oracle’s: what was lost in a crash shows here. */
import { oneIn, type Random, random } from '../../../sdk/test/query/support.js'
import { Asking } from './asking.js'
import { checkCounts } from './counting.js'
import { readPages } from './load.js'
import { randomQuestion } from './questions.js'
import { someOrganization } from './said.js'
import type { Shelf } from './shelf.js'
import type { Running } from './up.js'
import type { World } from './world.js'

const READERS = 2
/** One question in so many is for counts. */
const COUNTS = 6

/** Asks so many questions. @throws Error where an answer is not the oracle’s */
export async function checkQuietly(world: World, running: Running, questions: number): Promise<void> {
  for (const shelf of world.shelves) await expectAllKnown(world, running, shelf)
  let left = questions
  const ask = async (rnd: Random) => {
    while (left-- > 0) {
      const shelf = world.shelf(someOrganization(rnd))
      if (shelf.items.size === 0) continue
      if (oneIn(rnd, COUNTS)) await count(world, running, shelf, rnd)
      else await list(world, running, shelf, rnd)
      world.totals.questions++
      world.totals.exact++
    }
  }
  await Promise.all(Array.from({ length: READERS }, () => ask(random(world.rnd(2 ** 31)))))
}

/** Everything said is acknowledged, and the server’s own entries were seen: so what must be shown is what may be. */
async function expectAllKnown(world: World, { client }: Running, shelf: Shelf): Promise<void> {
  const size = await world.receipts.size(client, shelf.org)
  const poller = world.pollers.find((each) => each.shelf === shelf)
  await world.up.until(() => (poller?.seen ?? 0) >= size)
  if (shelf.size !== size || shelf.items.size !== size)
    throw new Error(`${shelf.org}: ${shelf.items.size} events are known up to ${shelf.size}, and ${size} are signed`)
}

async function list(world: World, running: Running, shelf: Shelf, rnd: Random): Promise<void> {
  const question = randomQuestion(rnd, world.poolOf(shelf))
  await readPages(running, new Asking(question, shelf, world.moments, running.nowMs), rnd)
}

async function count(world: World, running: Running, shelf: Shelf, rnd: Random): Promise<void> {
  world.totals.counts++
  const fault = await checkCounts(rnd, running.client, shelf, world.poolOf(shelf), running.nowMs)
  if (fault !== undefined) throw new Error(fault)
}
