/** Building the index again while it answers: nobody is told less or other than the log holds, whatever happens meanwhile. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import { MemoryIndex } from '../../dist/index/index.js'
import { type IndexBeside, Journal } from '../../dist/log/index.js'
import { type OpenData, openData } from '../../dist/server.js'
import { IDENTIFIERS, Marker, markedEvent, tracesIn } from '../http/marked.js'
import { altered, events, listed, makeWorld } from './support.js'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-reindex-'))
  folders.push(folder)
  return folder
}

/** An index in memory beside the one that answers, and what became of it. */
function memoryBeside(wrap: (index: MemoryIndex) => MemoryIndex, adopted = (): void => undefined) {
  const ends: string[] = []
  const open = async (): Promise<IndexBeside> => ({
    index: wrap(new MemoryIndex()),
    adopt: async (swap) => {
      ends.push('adopted')
      adopted()
      swap()
    },
    discard: async () => void ends.push('discarded'),
  })
  return { ends, open }
}

/** Takes nothing before it is let. */
class Gate {
  #open = false
  #waiting: (() => void)[] = []

  get isWaitedFor(): boolean {
    return this.#waiting.length > 0
  }

  async pass(): Promise<void> {
    if (!this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** One of those that wait. */
  letOne(): void {
    this.#waiting.shift()?.()
  }

  open(): void {
    this.#open = true
    for (const pass of this.#waiting.splice(0)) pass()
  }
}

test('while writers write and readers read, every list is what the log holds, before the swap and after', async () => {
  const step = fc.constantFrom('record', 'list', 'rebuild', 'put', 'put', 'turn')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.nat(300), async (steps, before) => {
      const gate = new Gate()
      const { log } = await makeWorld()
      const slow = (index: MemoryIndex): MemoryIndex =>
        altered(index, { put: (entries) => gate.pass().then(() => index.put(entries)) })
      // From then on readers wait for what it has not taken.
      const beside = memoryBeside(slow, () => gate.open())
      const reindexing = log.reindexing({ openBeside: beside.open, journal: new Journal() })
      const said: string[] = []
      const record = async (count: number): Promise<void> => {
        const batch = events(count, `${said.length}_`)
        await log.record('acme', batch, 'key_1')
        said.push(...batch.map(({ id = '' }) => id))
      }
      await record(before + 1)
      for (const now of steps) {
        if (now === 'record') await record(3)
        else if (now === 'list') expect((await listed(log)).slice(0, 1_000)).toEqual(said.slice(0, 1_000))
        else if (now === 'rebuild') reindexing.start()
        else if (now === 'put') gate.letOne()
        else await turn()
      }
      gate.open()
      await reindexing.idle()
      await record(1)
      expect((await listed(log)).slice(0, 1_000)).toEqual(said.slice(0, 1_000))
      const hasRun = steps.includes('rebuild')
      expect([reindexing.state.status, beside.ends.includes('adopted')]).toEqual([hasRun ? 'done' : 'none', hasRun])
      expect(beside.ends).not.toContain('discarded')
    }),
    { numRuns: 40, endOnFailure: true },
  )
})

test('there is one at a time; one that fails, or is closed, leaves the index as it was, and says so', async () => {
  const { log, index } = await makeWorld()
  await log.record('acme', events(10), 'key_1')
  const gate = new Gate()
  const full = memoryBeside((memory) =>
    altered(memory, {
      put: async () => {
        await gate.pass()
        throw new Error('the disk is full')
      },
    }),
  )
  const journal = new Journal()
  const lines: string[] = []
  journal.writeTo({ info: (_facts, text) => void lines.push(text), error: (_facts, text) => void lines.push(text) })
  const failing = log.reindexing({ openBeside: full.open, journal })
  expect([failing.start(), failing.start(), failing.state.status]).toEqual([true, false, 'running'])
  await vi.waitFor(() => expect(gate.isWaitedFor).toBe(true))
  gate.open()
  await failing.idle()
  expect([failing.state.status, full.ends, lines]).toEqual([
    'failed',
    ['discarded'],
    ['The index could not be built again. The one that was there goes on.'],
  ])

  const slow = new Gate()
  const late = memoryBeside((memory) =>
    altered(memory, {
      put: async (entries) => {
        await slow.pass()
        return memory.put(entries)
      },
    }),
  )
  const closed = log.reindexing({ openBeside: late.open, journal })
  closed.start()
  await vi.waitFor(() => expect(slow.isWaitedFor).toBe(true))
  const closing = closed.close()
  slow.open()
  await closing
  expect([closed.state.status, late.ends, closed.start(), lines.length]).toEqual(['failed', ['discarded'], false, 1])
  expect([await listed(log), await index.size('acme')]).toEqual([events(10).map(({ id }) => id), 10])
})

const MARKED = 600

/** A data folder with a log in which every other event says one person. */
async function markedData(): Promise<{ readonly folder: string; readonly data: OpenData }> {
  const folder = temporaryFolder()
  const data = await openData({ data: join(folder, 'data'), marks: false })
  await data.store.createLog('acme', 'Acme')
  const marker = new Marker()
  const marked = Array.from({ length: MARKED }, (_, n) => markedEvent(`evt_${n}`, marker))
  for (let at = 0; at < MARKED; at += 100) await data.log.record('acme', marked.slice(at, at + 100), 'key_1')
  return { folder, data }
}

test('what is erased while the index is half built is in no file when the erasure is answered, nor afterwards', async () => {
  const { folder, data } = await markedData()
  try {
    let puts = 0
    const gate = new Gate()
    const openBeside = async (): Promise<IndexBeside> => {
      const beside = await data.indexes.beside()
      const put: typeof beside.index.put = async (entries) => {
        puts += 1
        if (puts > 1) await gate.pass()
        return beside.index.put(entries)
      }
      return { ...beside, index: altered(beside.index, { put }) }
    }
    const reindexing = data.log.reindexing({ openBeside, journal: new Journal() })
    reindexing.start()
    // The first step is in the new files; the second has been read, and is not put.
    await vi.waitFor(() => expect(gate.isWaitedFor).toBe(true), 15_000)
    expect(readdirSync(join(folder, 'data'))).toContain('index-2')
    const ask = { org: 'acme', person: { identifiers: IDENTIFIERS }, basis: 'GDPR Art. 17', dryRun: false } as never
    const erasing = data.log.erase(ask)
    for (let turns = 0; turns < 50; turns++) await turn()
    gate.letOne()
    await erasing
    // The third waits.
    expect(tracesIn(folder, IDENTIFIERS)).toEqual([])
    expect(reindexing.state.status).toBe('running')
    gate.open()
    await reindexing.idle()
    expect([reindexing.state.status, reindexing.state.done]).toEqual(['done', MARKED + 1])
    expect(tracesIn(folder, IDENTIFIERS)).toEqual([])
    expect(
      readdirSync(join(folder, 'data')).filter((name) => name.startsWith('index') && name !== 'index.name'),
    ).toEqual(['index-2'])
  } finally {
    await data.close()
  }
})
