/** Killed without warning, again and again, under load: nothing acknowledged is lost, doubled, moved or changed. */
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Client } from './client.js'
import { BUSY, type Chance, chanceOf, ORGANIZATIONS, Plan, pour, type SaidUnit, say, wholeNumber } from './load.js'
import { launch, startMachine, temporaryFolder } from './machine.js'
import { readView, type View, WHOLE, Witness } from './witness.js'

const KILLS = 50
const CONNECTIONS = 64
/** Before every nth start under load, another start is killed before it serves. */
const START_KILL_EVERY = 5
const START_KILL_MS_MAX = 600
/** Every nth time, and the last, the tail and the lists are read whole. */
const LOOK_WHOLE_EVERY = 10
/** Requests acknowledged before the kill. */
const ANSWERS_MAX = 80
const TIMEOUT_MS = 300_000

const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))

/** The world around the server, which survives it. */
class World {
  readonly witnesses = new Map<string, Witness>()
  /** said, and never answered: the newest kill's last */
  readonly unanswered: SaidUnit[] = []
  /** said again after a restart: the ids that the log held by then */
  readonly held = new Map<SaidUnit, ReadonlySet<string>>()
  readonly totals = { starts: 0, startKills: 0, requests: 0, events: 0, unanswered: 0, resent: 0, foundRecorded: 0 }
  readonly faults: string[] = []
  /** what the server wrote to stderr */
  readonly complaints = new Set<string>()
  #lookedMs = 0

  witness(org: string): Witness {
    const witness = this.witnesses.get(org)
    if (witness === undefined) throw new Error(`nobody watches ${org}`)
    return witness
  }

  /** Creates the organizations, and pins their keys. */
  async settle(client: Client): Promise<void> {
    for (const org of ORGANIZATIONS) {
      const call = { method: 'PUT', path: `/v1/organizations/${org}`, body: '{}' } as const
      const { vkey } = await client.json<{ vkey: string }>(call, 200, 201)
      this.witnesses.set(org, new Witness(org, vkey))
    }
  }

  /** Says units until so many are answered, then does `enough`; units that get no answer are kept. */
  async pour(client: Client, plan: Plan, again: SaidUnit[], answers: number, enough: () => unknown): Promise<void> {
    let left = answers
    const next = () => again.shift() ?? plan.next()
    await pour(client, CONNECTIONS, left > 0 ? next : () => again.shift(), {
      acknowledged: (what) => {
        this.#acknowledged(what)
        if (--left === 0) enough()
      },
      unanswered: (unit) => {
        this.totals.unanswered += unit.events.length
        this.unanswered.push(unit)
      },
    })
    this.unanswered.push(...again)
  }

  #acknowledged(what: Awaited<ReturnType<typeof say>>): void {
    this.totals.requests++
    this.totals.events += what.receipts.length
    this.witness(what.unit.org).hear(what)
    const held = this.held.get(what.unit) ?? new Set()
    this.held.delete(what.unit)
    for (const { id, status } of what.receipts) {
      if (status === 'duplicate') this.totals.foundRecorded++
      if (held.has(id) !== (status === 'duplicate'))
        this.faults.push(`${id} was ${held.has(id) ? '' : 'not '}in the log, and is said to be ${status}`)
    }
  }

  /** Looks at everything after a restart; of the tail and of the lists only what is new, unless `whole`. */
  async look(client: Client, whole: boolean): Promise<ReadonlyMap<string, View>> {
    const listSince = Math.floor(this.#lookedMs / 1000)
    this.#lookedMs = Date.now()
    const looks = [...this.witnesses].map(async ([org, witness]): Promise<[string, View]> => {
      const extent = whole ? WHOLE : { tailAfter: witness.seen - 1, listSince }
      const view = await readView(client, witness.pinned, extent)
      this.faults.push(...witness.check(view))
      return [org, view]
    })
    return new Map(await Promise.all(looks))
  }

  /** What was never answered is there whole or not at all; it is said again. */
  takeUnanswered(): SaidUnit[] {
    const again = this.unanswered.splice(0)
    for (const unit of again) {
      const held = new Set(unit.events.map(({ id }) => id).filter((id) => this.witness(unit.org).ids.has(id)))
      if (held.size !== 0 && held.size !== unit.events.length)
        this.faults.push(`${held.size} of the ${unit.events.length} events of a batch are there`)
      this.held.set(unit, held)
      this.totals.resent += unit.events.length
    }
    return again
  }
}

/** A start that is killed before, while or just after it serves. */
async function killStart(folder: string, chance: Chance): Promise<void> {
  const starting = launch(folder)
  await sleep(chance() * START_KILL_MS_MAX)
  starting.process.kill('SIGKILL')
  await starting.ended
}

/** Some acknowledged events by their ids, as a reader asks for them. */
async function getSome(client: Client, views: ReadonlyMap<string, View>, chance: Chance): Promise<string[]> {
  const faults: string[] = []
  for (const [org, { tail }] of views) {
    const { id, index } = tail[wholeNumber(chance, 0, tail.length - 1)] ?? { id: '', index: -1 }
    if (index === -1) continue
    const found = await client.json({ path: `/v1/events/${id}`, org })
    if (found.index !== index || !(found.description as string).startsWith(`the event number ${Number(id.slice(4))} `))
      faults.push(`${org}: ${id} is not what was said, at ${index}`)
  }
  return faults
}

describe('a server that is killed', () => {
  it(
    `keeps what it acknowledged, over ${KILLS} kills under load`,
    async () => {
      console.log(`seed ${SEED} (SEED=${SEED} runs it again)`)
      const startedMs = Date.now()
      const chance = chanceOf(SEED)
      const folder = temporaryFolder()
      const world = new World()
      const plan = new Plan(chanceOf(SEED + 1), startedMs)
      const { totals, faults } = world
      for (let round = 0; round <= KILLS; round++) {
        if (round % START_KILL_EVERY === 0) {
          await killStart(folder, chance)
          totals.startKills++
        }
        const server = await startMachine(folder)
        totals.starts++
        const client = new Client(server, CONNECTIONS)
        if (round === 0) await world.settle(client)
        const views = await world.look(client, round % LOOK_WHOLE_EVERY === 0)
        faults.push(...(await getSome(client, views, chance)))
        const again = world.takeUnanswered()
        const answers = round === KILLS ? 0 : wholeNumber(chance, 1, ANSWERS_MAX)
        await world.pour(client, plan, again, answers, () => server.process.kill('SIGKILL'))
        if (round === KILLS) {
          // Nothing is killed any more: everything ever said is there, and every root is recomputed from scratch.
          const last = await world.look(client, true)
          for (const [org, witness] of world.witnesses) faults.push(...witness.checkNaively(last.get(org) as View, 20))
          expect(world.unanswered).toEqual([])
          expect(sum(world, (witness) => witness.acknowledged)).toBe(sum(last.values(), ({ leaves }) => leaves.length))
          expect((await server.stop()).code).toBe(0)
        } else expect((await server.ended).signal).toBe('SIGKILL')
        client.close()
        world.complaints.add(server.stderr().replaceAll(/node:\d+/g, 'node'))
        expect(faults, `round ${round}, seed ${SEED}`).toEqual([])
      }
      const seconds = ((Date.now() - startedMs) / 1000).toFixed(1)
      console.log(
        `${KILLS} kills under load and ${totals.startKills} during a start in ${seconds} s: ${totals.requests} requests and ${totals.events} events acknowledged, ${totals.unanswered} events cut off, ${totals.resent} said again, ${totals.foundRecorded} of them duplicates; ${sum(world, (witness) => witness.checkpoints)} checkpoints kept.`,
      )
      expect(totals.events).toBeGreaterThan(1_000)
      expect(totals.foundRecorded).toBeGreaterThan(0)
      expect([...world.complaints]).toEqual([''])
    },
    TIMEOUT_MS,
  )
})

function sum(of: World, count: (witness: Witness) => number): number
function sum<T>(of: Iterable<T>, count: (item: T) => number): number
function sum<T>(of: World | Iterable<T>, count: (item: never) => number): number {
  const items = of instanceof World ? of.witnesses.values() : of
  let total = 0
  for (const item of items) total += count(item as never)
  return total
}

describe('the witness', () => {
  /** What a server could do wrong after a restart, and the words by which the witness catches it. */
  const WRONGS: readonly (readonly [wrong: string, view: (view: View) => Partial<View>, fault: RegExp])[] = [
    ['the last entry is lost', (view) => ({ leaves: view.leaves.slice(0, -1) }), /leaves, and the signed size/],
    ['two entries changed places', ({ leaves }) => ({ leaves: swapped(leaves) }), /is not consistent with the leaves/],
    ['an entry stands twice', ({ leaves }) => ({ leaves: doubled(leaves) }), /an id stands twice/],
    ['a byte of a leaf changed', ({ leaves }) => ({ leaves: changed(leaves) }), /the leaf 3 is not what it was/],
    ['the tail lacks an entry', ({ tail }) => ({ tail: tail.slice(1) }), /the tail’s indexes have a gap/],
    ['the list lacks an event', ({ list }) => ({ list: list.slice(1) }), /the list is not the leaves/],
    ['the list shows an event twice', ({ list }) => ({ list: doubled(list) }), /the list is not the leaves/],
    ['OpenAI’s list lacks an event', ({ openai }) => ({ openai: openai.slice(1) }), /OpenAI’s list/],
    [
      'the size was raised by hand',
      ({ checkpoint }) => ({ checkpoint: raised(checkpoint) }),
      /not signed by the pinned/,
    ],
  ]

  it('refuses each of the faults that it is there to find', async () => {
    const server = await startMachine(temporaryFolder())
    const client = new Client(server)
    const world = new World()
    await world.settle(client)
    const again: SaidUnit[] = []
    const plan = new Plan(chanceOf(1), Date.now())
    for (let i = 0; i < 40; i++) again.push({ ...plan.next(), org: BUSY })
    await world.pour(client, plan, again, 0, () => undefined)
    const witness = world.witness(BUSY)
    const view = await readView(client, witness.pinned)
    expect(witness.check(view)).toEqual([])
    for (const [wrong, change, fault] of WRONGS) {
      expect(witness.check({ ...view, ...change(view) }).join('\n'), wrong).toMatch(fault)
      expect(
        witness.check(view).filter((said) => !said.includes('is not what it was')),
        wrong,
      ).toEqual([])
      expect(witness.check(view), wrong).toEqual([])
    }
    client.close()
    await server.stop()
  }, 60_000)
})

const swapped = <T>([a, b, ...rest]: readonly T[]): T[] => [b as T, a as T, ...rest]
const doubled = <T>([a, , ...rest]: readonly T[]): T[] => [a as T, a as T, ...rest]
const changed = (leaves: readonly Buffer[]): Buffer[] =>
  leaves.map((leaf, i) => (i === 3 ? Buffer.from(leaf.toString().replace('"v":1', '"v":2')) : leaf))
const raised = (checkpoint: string): string => checkpoint.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`)
