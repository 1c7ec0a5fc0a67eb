/** What goes on between a start and a kill: writers, readers and erasers at once, paced by one another. */
import { oneIn, type Random, random } from '../../../sdk/test/query/support.js'
import { NoAnswer } from '../durability/client.js'
import { Asking } from './asking.js'
import { randomQuestion } from './questions.js'
import { ORGANIZATIONS, someOrganization, type Unit } from './said.js'
import type { Shown } from './shelf.js'
import type { Running } from './up.js'
import type { Erasure, World } from './world.js'

const WRITERS = 4
const READERS = 4
/** Events that may be said for each question that is asked; and at first. */
const EVENTS_A_QUESTION = 0.9
const EVENTS_AHEAD = 80
/** One erasure for so many questions. */
const QUESTIONS_AN_ERASURE = 150
const PAGES_MAX = 4

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
  const mayWrite = () => !goesOn() || totals.events - begun.events < EVENTS_AHEAD + asked() * EVENTS_A_QUESTION

  let last: Promise<void> | undefined
  running.lastWord = () => {
    last = say(world, running, world.plan.next(world.persons)).catch(unlessEnding(running))
  }
  const write = async () => {
    for (; goesOn(); await up.until(mayWrite)) await say(world, running, world.plan.next(world.persons))
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
    for (;;) {
      const at = asked() + rnd(2 * QUESTIONS_AN_ERASURE)
      await up.until(() => !goesOn() || asked() >= at)
      const name = world.retire(rnd)
      await up.until(() => !goesOn() || !world.isSpokenOf(name))
      if (!goesOn()) return
      await eraseEverywhere(world, running, name)
    }
  }
  const seeds = Array.from({ length: READERS + 1 }, () => world.rnd(2 ** 31))
  const [seed = 0, ...others] = seeds
  const all = [
    ...Array.from({ length: WRITERS }, write),
    ...others.map((each) => read(random(each))),
    erase(random(seed)),
  ]
  await Promise.all(all.map((each) => each.catch(unlessEnding(running))))
  await last
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
async function eraseEverywhere(world: World, running: Running, name: string): Promise<void> {
  for (const org of ORGANIZATIONS) {
    const erasure = { org, name, ...world.shelf(org).beginErasing(name) }
    world.erasures.add(erasure)
    const events = await erase(world, running, erasure)
    if (events !== erasure.events)
      throw new Error(`${org}: ${name} was erased in ${events} events, and stood in ${erasure.events}`)
  }
}

/** Asks again for what was not answered: by now it is done, or it is not. */
export async function finishErasures(world: World, running: Running): Promise<void> {
  for (const erasure of world.erasures) {
    await expectDoneOrNot(running, erasure)
    await erase(world, running, erasure)
  }
}

async function erase(world: World, { client }: Running, erasure: Erasure): Promise<number> {
  const { org, name, done } = erasure
  const body = JSON.stringify({ person: { identifiers: [name] }, basis: 'asked to' })
  const { events } = await client.json<{ events: number }>(
    { method: 'POST', path: '/v1/redactions', org, body },
    200,
    201,
  )
  done()
  world.erasures.delete(erasure)
  world.totals.erased += events
  return events
}

/** After a crash in the middle, nothing is found by what the log no longer says. */
async function expectDoneOrNot({ client }: Running, { org, name }: Erasure): Promise<void> {
  for (const filter of [`q=${name}`, `actor_id=${name}`, `target_id=${name}`]) {
    const { data } = await client.json<{ data: readonly Shown[] }>({ path: `/v1/events?limit=1000&${filter}`, org })
    for (const document of data)
      if (!JSON.stringify(document).includes(name))
        throw new Error(`${org}: ${document.id} is found by ${filter}, and does not say it`)
  }
}
