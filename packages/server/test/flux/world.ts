/** The world around a server that is killed again and again: it goes on, and knows what the server must say. */
import type { EventInput } from '@sealedlog/sdk/event'
import { randomEvent } from '../../../sdk/test/query/random-events.js'
import { NOW_MS, pick, type Random, random, times } from '../../../sdk/test/query/support.js'
import type { Asking } from './asking.js'
import { Listener, Poller } from './followers.js'
import type { Pool } from './questions.js'
import { Receipts } from './receipts.js'
import { BUSY, ORGANIZATIONS, personNamed, Plan, type Unit } from './said.js'
import { Moments, Shelf } from './shelf.js'
import { type Running, Up } from './up.js'

const MINUTE_MS = 60_000
const PERSONS = 5
/** Persons that a question may be about: the newest, erased or not. */
const PERSONS_ASKED = 16
/** Of some organizations the tail is followed as a stream too. */
const STREAMED = [BUSY, 'a']

/** An erasure that was asked for, and is not answered yet. */
export interface Erasure {
  readonly org: string
  readonly name: string
  /** how many events it concerns */
  readonly events: number
  readonly done: () => void
}

export class World {
  readonly rnd: Random
  readonly up = new Up()
  readonly moments = new Moments()
  readonly shelves: readonly Shelf[]
  readonly receipts = new Receipts()
  readonly plan: Plan
  readonly pollers: readonly Poller[]
  readonly listeners: readonly Listener[]
  /** said, and not answered */
  readonly pending = new Set<Unit>()
  readonly erasures = new Set<Erasure>()
  /** questions that a kill left in the middle */
  readonly cutOff: Asking[] = []
  readonly totals = {
    questions: 0,
    exact: 0,
    counts: 0,
    events: 0,
    erased: 0,
    again: 0,
    found: 0,
    torn: 0,
    halfErased: 0,
  }
  /** how often the server was started */
  round = 0
  /** who is spoken of */
  persons: readonly string[] = times(PERSONS, personNamed)
  #named = PERSONS
  /** what is asked of an organization that has nothing yet */
  readonly #strangers: readonly EventInput[]

  constructor(seed: number) {
    this.rnd = random(seed)
    this.shelves = ORGANIZATIONS.map((org) => new Shelf(org, this.moments))
    this.#strangers = times(20, (i) => randomEvent(this.rnd, i))
    this.plan = new Plan(random(this.rnd(2 ** 31)))
    this.pollers = this.shelves.map((shelf) => new Poller(shelf, this.up, random(this.rnd(2 ** 31))))
    this.listeners = STREAMED.map((org) => new Listener(this.shelf(org), this.up))
  }

  /** The server’s clock in this round. */
  get nowMs(): number {
    return NOW_MS + this.round * 7 * MINUTE_MS
  }

  shelf(org: string): Shelf {
    const shelf = this.shelves.find((each) => each.org === org)
    if (shelf === undefined) throw new Error(`nobody knows ${org}`)
    return shelf
  }

  /** What questions are about: what was said, and of whom. */
  poolOf({ pool }: Shelf): Pool {
    const from = Math.max(0, this.#named - PERSONS_ASKED)
    const persons = times(this.#named - from, (i) => personNamed(from + i))
    return { events: pool.length > 0 ? pool : this.#strangers, persons }
  }

  /** A person of whom nobody will speak any more. */
  retire(rnd: Random): string {
    const name = pick(rnd, this.persons)
    this.persons = [...this.persons.filter((each) => each !== name), personNamed(this.#named++)]
    return name
  }

  /** Whether somebody still speaks of a person, or did and was not answered. */
  isSpokenOf(name: string): boolean {
    return [...this.pending].some((unit) => JSON.stringify(unit).includes(name))
  }

  /** Says a unit, and hears where its events stand. @throws NoAnswer */
  async record({ client }: Running, { org, events, batched }: Unit): Promise<void> {
    const path = batched ? '/v1/events/batch' : '/v1/events'
    const body = JSON.stringify(batched ? events : events[0])
    const answer = await client.json<RecordAnswer>({ method: 'POST', path, org, body }, 200, 201)
    const receipts = batched ? answer.data : [answer]
    if (receipts.map(({ id }) => id).join() !== events.map(({ id }) => id).join())
      throw new Error(`the receipts of ${events[0]?.id} are not its events’, in their order`)
    const duplicates = receipts.filter(({ status }) => status === 'duplicate').length
    if (duplicates !== 0 && duplicates !== receipts.length)
      throw new Error(`${duplicates} of the ${receipts.length} events of a batch were recorded`)
    for (const { id, index, recorded_at } of receipts) this.shelf(org).acknowledge(id, index, recorded_at)
    this.receipts.keep(org, receipts, answer.checkpoint)
    this.totals.events += events.length
    this.totals.found += duplicates
  }
}

interface Receipt {
  readonly id: string
  readonly index: number
  readonly recorded_at: string
  readonly leaf_hash: string
  readonly status: 'recorded' | 'duplicate'
}

interface RecordAnswer extends Receipt {
  readonly data: readonly Receipt[]
  readonly checkpoint: string
}
