/** What goes on between a start and a kill: writers, readers and erasers at once, paced by one another. */
import { oneIn, type Random, random } from '../../../sdk/test/query/support.js'
import { NoAnswer } from '../durability/client.js'
import { Asking } from './asking.js'
import { randomQuestion } from './questions.js'
import { ORGANIZATIONS, someOrganization, type Unit } from './said.js'
import type { Running } from './up.js'
import type { World } from './world.js'

const WRITERS = 4
const READERS = 4
/** Events that may be said for each question that is asked; and at first. */
const EVENTS_A_QUESTION = 1.1
const EVENTS_AHEAD = 80
const PAGES_MAX = 6

/**
 * Goes on until the server ends.
 *
 * @param enough is called when so many questions are answered, and for each that is answered afterwards
 */
export async function burden(
  world: World,
  running: Running,
  questions: number,
  enough: (over: number) => void,
): Promise<void> {
  const { totals, up } = world
  const begun = { questions: totals.questions, events: totals.events }
  const asked = () => totals.questions - begun.questions
  const goesOn = () => !running.isEnding
  const mayWrite = () =>
    !goesOn() || totals.events - begun.events < EVENTS_AHEAD + asked() * EVENTS_A_QUESTION

  const write = async () => {
    for (; goesOn(); await up.until(mayWrite)) await say(world, running, world.plan.next(world.round))
  }
  const read = async (rnd: Random) => {
    while (goesOn()) {
      const asking = world.cutOff.pop() ?? newAsking(world, running, rnd)
      await readOn(world, running, asking, rnd)
      totals.questions++
      up.tick()
      if (asked() >= questions) enough(asked() - questions)
    }
  }
  const erase = async (rnd: Random) => {
    const at = rnd(questions)
    await up.until(() => !goesOn() || asked() >= at)
    const name = world.takePerson(rnd)
    if (goesOn() && name !== undefined) await eraseEverywhere(world, running, name)
  }
  const seeds = Array.from({ length: READERS + 1 }, () => world.rnd(2 ** 31))
  const [seed = 0, ...others] = seeds
  const all = [
    ...Array.from({ length: WRITERS }, write),
    ...others.map((each) => read(random(each))),
    erase(random(seed)),
  ]
  await Promise.all(all.map((each) => each.catch(unlessEnding(running))))
}

const unlessEnding =
  (running: Running) =>
  (error: unknown): void => {
    if (!(error instanceof NoAnswer && running.isEnding)) throw error
  }

/** Says a unit. One that is not answered is kept, to be said again. @throws NoAnswer */
async function say(world: World, running: Running, unit: Unit): Promise<void> {
  world.shelf(unit.org).say(unit.events)
  world.pending.add(unit)
  await world.record(running, unit)
  world.pending.delete(unit)
  world.up.tick()
}

/** Says again whatever was not answered. */
export async function sayAgain(world: World, running: Running): Promise<void> {
  for (const unit of world.pending) {
    await world.record(running, unit)
    world.totals.again += unit.events.length
    world.pending.delete(unit)
  }
}

function newAsking(world: World, running: Running, rnd: Random): Asking {
  const shelf = world.shelf(someOrganization(rnd))
  const question = randomQuestion(rnd, world.poolOf(shelf))
  return new Asking(question, shelf, world.moments, running.nowMs)
}

/** Some pages. A question that the server left without an answer is asked on, where it still means the same. @throws NoAnswer */
async function readOn(world: World, running: Running, asking: Asking, rnd: Random): Promise<void> {
  try {
    await readPages(running, asking, rnd)
  } catch (error) {
    if (error instanceof NoAnswer && asking.question.isTimeless) world.cutOff.push(asking)
    throw error
  }
}

/** Reads some pages of a list, and compares. @throws NoAnswer; Error where the oracle says something else */
export async function readPages(running: Running, asking: Asking, rnd: Random): Promise<void> {
  try {
    for (let pages = oneIn(rnd, 3) ? 1 : 1 + rnd(PAGES_MAX); pages > 0 && !asking.isDone; pages--)
      await asking.read(running.client)
    asking.expectAll()
  } catch (error) {
    if (error instanceof NoAnswer) throw error
    throw new Error(asking.toString(), { cause: error })
  }
}

/** Erases somebody in the organizations, one after the other. What is not answered is asked again. @throws NoAnswer */
export async function eraseEverywhere(world: World, running: Running, name: string): Promise<void> {
  for (const org of ORGANIZATIONS) world.erasures.set(`${org} ${name}`, { org, name, ...world.shelf(org).beginErasing(name) })
  await finishErasures(world, running, true)
}

export async function finishErasures(world: World, running: Running, isFirst = false): Promise<void> {
  for (const [key, { org, name, events, done }] of world.erasures) {
    const body = JSON.stringify({ person: { identifiers: [name] }, basis: 'asked to', request_id: `r${world.round}` })
    const call = { method: 'POST', path: '/v1/redactions', org, body } as const
    const found = await running.client.json<{ events: number }>(call, 200, 201)
    done()
    world.erasures.delete(key)
    world.totals.erased += found.events
    if (found.events !== events && (isFirst || found.events !== 0))
      throw new Error(`${org}: ${name} was erased in ${found.events} events, and stood in ${events}`)
  }
}
