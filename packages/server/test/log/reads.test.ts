/** Sums of reads: what is said of them is what was read, whatever days, restarts and clocks come between. */
import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryIndex } from '../../dist/index/index.js'
import { AuditLog, Standing } from '../../dist/log/index.js'
import { Reads } from '../../dist/log/keeping/reads.js'
import { MemoryStore } from '../../dist/store/index.js'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 10, 20, 9)
const ORGS = ['acme', 'beta'] as const
const KINDS = ['list', 'get', 'tile', 'stream'] as const

type Step =
  | { readonly read: { org: (typeof ORGS)[number]; key: string; kind: (typeof KINDS)[number]; entries: number } }
  | { readonly pass: number }
  | 'minute'
  | 'restart'
  | 'crash'

class World {
  nowMs = START_MS
  readonly store = new MemoryStore()
  readonly log = new AuditLog({
    store: this.store,
    index: new MemoryIndex(),
    random: randomBytes,
    nowMs: () => this.nowMs,
  })
  reads!: Reads

  async open(): Promise<void> {
    const standing = await Standing.open(this.store)
    const { log, store } = this
    this.reads = await Reads.open({ log, documents: store, keys: store, standing, nowMs: () => this.nowMs })
  }

  async minute(): Promise<void> {
    await this.reads.settle()
    await this.reads.save()
  }

  /** What is said, by organization, day and key. */
  async said(): Promise<ReadonlyMap<string, unknown>> {
    const said = new Map<string, unknown>()
    for (const org of ORGS) {
      const query = { field: 'bucket', is: 'sealedlog' } as const
      const { events } = await this.log.list({ org, query, order: 'asc', limit: 1_000 })
      for (const { details, actor, id } of events) {
        const { day, ...counts } = details as { readonly day: string }
        const name = `${org} ${day} ${actor?.id}`
        expect([id, said.has(name)]).toEqual([`reads-${day}-${actor?.id}`, false])
        said.set(name, counts)
      }
    }
    return said
  }
}

async function makeWorld(): Promise<World> {
  const world = new World()
  for (const org of ORGS) await world.store.createLog(org, org)
  await world.open()
  return world
}

interface Counts {
  requests: number
  entries: number
  by_kind: { [kind: string]: { requests: number; entries: number } }
}

/** The same sums, counted the plain way; `saved` is what a crash leaves. */
class Oracle {
  sums = new Map<string, Counts>()
  saved = new Map<string, Counts>()

  add(day: string, { org, key, kind, entries }: Extract<Step, { read: unknown }>['read']): void {
    const name = `${org} ${day} ${key}`
    const sum = structuredClone(this.sums.get(name) ?? { requests: 0, entries: 0, by_kind: {} })
    const one = (sum.by_kind[kind] ??= { requests: 0, entries: 0 })
    for (const counts of [sum, one]) {
      counts.requests++
      counts.entries += entries
    }
    this.sums.set(name, sum)
  }

  save(): void {
    this.saved = new Map(this.sums)
  }

  crash(): void {
    this.sums = new Map(this.saved)
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      read: fc.record({
        org: fc.constantFrom(...ORGS),
        key: fc.constantFrom('root', 'key_1', 'key_2'),
        kind: fc.constantFrom(...KINDS),
        entries: fc.integer({ min: 0, max: 1_000 }),
      }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: DAY_MS }) }) },
  { weight: 2, arbitrary: fc.constant('minute' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
  { weight: 1, arbitrary: fc.constant('crash' as const) },
)

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

describe('the sums of reads', () => {
  test('are those that an oracle counts, one entry a key and day; a crash loses what was not written', async () => {
    const steps = fc.array(step, { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(steps, async (some) => {
        const world = await makeWorld()
        const oracle = new Oracle()
        for (const each of some) await take(world, oracle, each)
        world.nowMs += DAY_MS
        await world.minute()
        expect(await world.said()).toEqual(oracle.sums)
        await world.minute()
        expect((await world.said()).size).toBe(oracle.sums.size)
      }),
      { numRuns: 150 },
    )
  })

  test('of a day that is over stand in the log; those of today do not, and reading causes none', async () => {
    const world = await makeWorld()
    world.reads.count('acme', 'root', 'list', { entries: 3 })
    await world.minute()
    expect(await world.said()).toEqual(new Map())
    world.nowMs += DAY_MS
    expect(await world.said()).toEqual(new Map())
    await world.minute()
    expect((await world.said()).size).toBe(1)
    world.nowMs += DAY_MS
    await world.minute()
    expect((await world.said()).size).toBe(1)
  })

  test('are said once where a stop came between the entry and the forgetting', async () => {
    const world = await makeWorld()
    world.reads.count('acme', 'root', 'list', { entries: 3 })
    await world.reads.save()
    const [document] = await world.store.listDocuments('_system', 'reads', '', 10)
    world.nowMs += DAY_MS
    await world.minute()
    // The document as it was, as if the stop had come before it was deleted.
    await world.store.putDocument({ org: '_system', kind: 'reads', name: document!.name, body: document!.body })
    await world.open()
    await world.minute()
    expect((await world.said()).size).toBe(1)
  })

  test('of a day that is said are not counted on, whatever the clock says', async () => {
    const world = await makeWorld()
    world.reads.count('acme', 'root', 'list', { entries: 3 })
    world.nowMs += DAY_MS
    await world.minute()
    world.nowMs -= DAY_MS
    await world.open()
    world.reads.count('acme', 'root', 'list', { entries: 4 })
    world.nowMs += 2 * DAY_MS
    await world.minute()
    const days = [START_MS, START_MS + DAY_MS].map((ms) => `acme ${dayOf(ms)} root`)
    expect([...(await world.said()).keys()].toSorted()).toEqual(days)
  })

  test('are said although a caller took the id', async () => {
    const world = await makeWorld()
    const id = `reads-${dayOf(START_MS)}-root`
    await world.log.record('acme', [{ id, type: 'a.b' }], 'key_1')
    world.reads.count('acme', 'root', 'list', { entries: 3 })
    world.nowMs += DAY_MS
    await world.minute()
    const found = await world.log.find('acme', `${id}.2`)
    expect(found?.event).toMatchObject({ type: 'sealedlog.reads.summed', actor: { type: 'key', id: 'root' } })
  })
})

async function take(world: World, oracle: Oracle, each: Step): Promise<void> {
  if (typeof each === 'object' && 'read' in each) {
    const { org, key, kind, entries } = each.read
    world.reads.count(org, key, kind, { entries })
    oracle.add(dayOf(world.nowMs), each.read)
  } else if (typeof each === 'object') world.nowMs += each.pass
  else if (each === 'minute') {
    await world.minute()
    oracle.save()
  } else if (each === 'restart') {
    await world.reads.save()
    oracle.save()
    await world.open()
  } else {
    oracle.crash()
    await world.open()
  }
}
