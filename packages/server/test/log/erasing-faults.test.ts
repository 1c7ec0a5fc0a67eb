/** Erasing while others record, while the index fails and while the process stops: nothing that was erased is ever told again. */
import { BOUNDS, type EventInput } from '@sealedlog/sdk/event'
import { EVERYTHING } from '@sealedlog/sdk/query'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type IndexEntry, MemoryIndex, type SearchRequest } from '../../dist/index/index.js'
import { AuditLog } from '../../dist/log/index.js'
import type { Unit } from '../../dist/store/index.js'
import { altered, event, events, listed, makeWorld } from './support.js'

const REQUEST = { org: 'acme', person: { identifiers: ['user_1'], match: 'word' }, basis: 'GDPR Art. 17' } as const
const MINE = { field: 'actor_id', is: 'user_1' } as const

const other = (id: string): EventInput => ({ id, type: 'user.added', actor: { type: 'user', id: 'user_2' } })

/** The indexes at which an index, asked itself, still knows the person. */
async function knownBy(index: MemoryIndex): Promise<readonly number[]> {
  const { positions } = await index.search({ org: 'acme', query: MINE, order: 'asc', limit: 10_000, covering: 0 })
  return positions.map((position) => position.index)
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise(setImmediate)
}

/** An index that takes its time to put, and answers in the order of the calls all the same: that is what its port promises. */
function slowInTurn(index: MemoryIndex, slow: number): MemoryIndex {
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(call: () => Promise<T>): Promise<T> => {
    const answer = last.then(call)
    last = answer.catch(() => undefined)
    return answer
  }
  return altered(index, {
    put: (entries: readonly IndexEntry[]) => inTurn(() => turns(slow).then(() => index.put(entries))),
    search: (request: SearchRequest) => inTurn(() => index.search(request)),
    size: (org: string) => inTurn(() => index.size(org)),
    erase: (org: string, entries: readonly IndexEntry[]) => inTurn(() => index.erase(org, entries)),
    clear: () => inTurn(() => index.clear()),
  })
}

describe('events that come while it is erased', () => {
  test('are erased too, up to where the answer says; whoever was answered before it began always is', async () => {
    const plan = fc.array(fc.record({ mine: fc.boolean(), wait: fc.nat(3), lists: fc.boolean() }), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(plan, fc.nat(5), fc.nat(3), async (said, before, slow) => {
        const steps = [...said]
        const coming: Promise<unknown>[] = []
        let log: AuditLog | undefined
        const come = async (): Promise<void> => {
          const step = steps.shift()
          if (step === undefined || log === undefined) return
          const id = `late_${steps.length}`
          coming.push(log.record('acme', [step.mine ? event(id) : other(id)], 'key_1'))
          if (step.lists) coming.push(log.list({ org: 'acme', query: MINE, order: 'asc', limit: 10 }))
          await turns(step.wait)
        }
        const world = await makeWorld(
          (store) =>
            altered(store, {
              readRange: async (org: string, from: number, to: number) => {
                const entries = await store.readRange(org, from, Math.min(to, from + 2))
                await come()
                return entries
              },
              append: async (units: readonly Unit[]) => {
                await come()
                const outcomes = await store.append(units)
                await turns(slow)
                return outcomes
              },
            }),
          (index) => slowInTurn(index, slow),
        )
        await world.log.record('acme', [...events(before), other('o')], 'key_1')
        log = world.log
        const report = await log.erase(REQUEST)
        log = undefined
        await Promise.all(coming)
        const { redactions, scanned } = report
        expect(scanned).toBeGreaterThanOrEqual(before + 1)
        for (const { index } of redactions) expect(index).toBeLessThan(scanned)
        const all = await world.store.readRange('acme', 0, 1_000)
        for (const { index, disclosures } of all.slice(0, scanned))
          expect([index, Buffer.from(disclosures).toString()]).toEqual([index, expect.not.stringContaining('user_1')])
        const list = await world.log.list({ org: 'acme', query: MINE, order: 'asc', limit: 1_000 })
        for (const { index } of list.events) expect(index).toBeGreaterThanOrEqual(scanned)
        for (const index of await knownBy(world.index)) expect(index).toBeGreaterThanOrEqual(scanned)
        expect(await listed(world.log)).toHaveLength(all.length - redactions.length)
      }),
      { numRuns: 150 },
    )
  })

  test('two requests at once are one after the other: the second finds nothing left', async () => {
    const { log } = await makeWorld()
    await log.record('acme', events(20), 'key_1')
    const [first, second] = await Promise.all([log.erase(REQUEST), log.erase(REQUEST)])
    expect([first.events, first.redactions.length, second.events, second.redactions.length]).toEqual([20, 1, 0, 0])
  })
})

describe('an index that fails', () => {
  test('is made anew from what survives, and the answer waits for it', async () => {
    let failures = 1
    const { log, index } = await makeWorld(undefined, (memory) =>
      altered(memory, {
        erase: async (org: string, entries: readonly IndexEntry[]) => {
          if (failures-- > 0) throw new Error('the disk of the index is full')
          return memory.erase(org, entries)
        },
      }),
    )
    await log.record('acme', [...events(5), other('o')], 'key_1')
    expect((await log.erase(REQUEST)).events).toBe(5)
    expect([failures, await knownBy(index)]).toEqual([0, []])
    expect(await listed(log)).toHaveLength(6)
  })

  test('and cannot even be made anew tells no list, until it is rid of it; the same request then answers', async () => {
    let isBroken = true
    const fail = async (): Promise<never> => Promise.reject(new Error('the disk of the index is full'))
    const { log, index } = await makeWorld(undefined, (memory) =>
      altered(memory, {
        erase: (org: string, entries: readonly IndexEntry[]) => (isBroken ? fail() : memory.erase(org, entries)),
        clear: () => (isBroken ? fail() : memory.clear()),
      }),
    )
    await log.record('acme', [...events(5), other('o')], 'key_1')
    await expect(log.erase(REQUEST)).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringMatching(/index 6 account for, and that stands.*index could not be rid of it/),
    })
    expect(await knownBy(index)).toHaveLength(5)
    await expect(listed(log)).rejects.toThrow('the disk of the index is full')
    await log.record('acme', [other('later')], 'key_1')
    await expect(log.erase(REQUEST)).rejects.toMatchObject({ code: 'storage_failed' })
    isBroken = false
    expect(await log.erase(REQUEST)).toMatchObject({ events: 0, redactions: [] })
    expect(await knownBy(index)).toEqual([])
    expect(await listed(log)).toHaveLength(7)
  })

  test('a stop between the commit and the index is made good at the next start', async () => {
    const { log, store, index } = await makeWorld(undefined, (memory) =>
      altered(memory, {
        erase: () => Promise.reject(new Error('stopped')),
        clear: () => Promise.reject(new Error('stopped')),
      }),
    )
    await log.record('acme', events(5), 'key_1')
    await expect(log.erase(REQUEST)).rejects.toMatchObject({ code: 'storage_failed' })
    expect(await knownBy(index)).toHaveLength(5)
    const again = new AuditLog({ store, index, random: (length) => new Uint8Array(length), nowMs: Date.now })
    await again.catchUp()
    expect(await knownBy(index)).toEqual([])
    expect(await listed(again)).toHaveLength(5)
  })

  test('files that somebody else holds open are said, and the same request tries again', async () => {
    let held = 2
    const { log } = await makeWorld((store) => altered(store, { finishErasing: async () => held-- <= 0 }))
    await log.record('acme', events(5), 'key_1')
    const said = { code: 'storage_failed', message: expect.stringContaining('another process') }
    await expect(log.erase(REQUEST)).rejects.toMatchObject(said)
    await expect(log.erase(REQUEST)).rejects.toMatchObject(said)
    expect(await log.erase(REQUEST)).toMatchObject({ events: 0, redactions: [] })
  })
})

describe('what is more than one entry can say', () => {
  test('is said in several, each in a commit of its own, and their checkpoint is the last one’s', async () => {
    const { log, store } = await makeWorld()
    for (let i = 0; i < 25; i++) await log.record('acme', events(1_000, `e${i}_`), 'key_1')
    const report = await log.erase(REQUEST)
    expect([report.events, report.redactions.map(({ index }) => index)]).toEqual([25_000, [25_000, 25_001, 25_002]])
    expect(report.checkpoint).toBe((await store.head('acme'))?.checkpoint)
    expect(report.scanned).toBe(25_003)
    const { events: left } = await log.tail({ org: 'acme', after: 24_999, query: EVERYTHING, limit: 10, waitMs: 0 })
    expect(left).toEqual([])
  })

  test('what stood before a failure stands, and the error says so', async () => {
    let appends = 0
    const { log, index } = await makeWorld((store) =>
      altered(store, {
        append: async (units: readonly Unit[]) => {
          if (units.some(({ act }) => act) && ++appends === 2) throw new Error('the disk is full')
          return store.append(units)
        },
      }),
    )
    for (let i = 0; i < 12; i++) await log.record('acme', events(1_000, `e${i}_`), 'key_1')
    await expect(log.erase(REQUEST)).rejects.toThrow('the disk is full')
    expect(await knownBy(index)).toHaveLength(2_000)
    expect(await log.erase(REQUEST)).toMatchObject({ events: 2_000, redactions: [{ index: 12_001 }] })
  })
})

describe('a legal hold', () => {
  test('refuses what would erase, and no dry run; one that is placed meanwhile stops the rest', async () => {
    let asked = 0
    let heldFrom = 0
    const { store, index } = await makeWorld()
    const log = new AuditLog({
      store,
      index,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      nowMs: Date.now,
      isHeld: async (org) => (asked++ >= heldFrom ? `case 7 of ${org}` : undefined),
    })
    for (let i = 0; i < 12; i++) await log.record('acme', events(1_000, `e${i}_`), 'key_1')
    const said = { code: 'legal_hold', message: expect.stringContaining('case 7 of acme') }
    await expect(log.erase(REQUEST)).rejects.toMatchObject(said)
    const dry = await log.erase({ ...REQUEST, dryRun: true })
    expect([dry.events, dry.redactions, dry.rows.length]).toEqual([12_000, [], BOUNDS.REDACTION_ROWS_MAX])
    expect((await store.head('acme'))?.size).toBe(12_000)
    ;[asked, heldFrom] = [0, 2]
    await expect(log.erase(REQUEST)).rejects.toMatchObject({
      code: 'legal_hold',
      message: expect.stringMatching(/^Erased so far is what the entries at index 12000 account for.*case 7 of acme/),
    })
    ;[asked, heldFrom] = [0, 10]
    expect(await log.erase(REQUEST)).toMatchObject({ events: 2_000, redactions: [{ index: 12_001 }] })
  })
})
