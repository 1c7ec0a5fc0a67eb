/** The index in runs keeps the promises of the port, with bounds so small that it writes and merges all the time. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkSearch, everything } from '../../dist/index/contract-check.js'
import { random, randomEntries, randomSearch, type SaidEntry } from '../../dist/index/contract-data.js'
import { type EventIndex, IndexBehind, indexContract, openRunsIndex } from '../../dist/index/index.js'
import { RUNS_LIMITS } from '../../dist/index/runs/limits.js'
import { readManifest } from '../../dist/index/runs/manifest.js'
import { countUnmerged, dueMerge } from '../../dist/index/runs/tiers.js'

const TINY = { youngEntriesMax: 20, runEntriesMax: 400, tierFactor: 3 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealedlog-index-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('RunsIndex', () => indexContract(test, () => openRunsIndex(join(folder, 'index'))))
describe('RunsIndex, with tiny runs', () => indexContract(test, () => openRunsIndex(join(folder, 'index'), TINY)))

async function withIndex<T>(body: (index: EventIndex) => Promise<T>): Promise<T> {
  const index = await openRunsIndex(folder, TINY)
  try {
    return await body(index)
  } finally {
    await index.close()
  }
}

const runFiles = (): string[] => readdirSync(folder).filter((name) => name.startsWith('run-'))

/** Holds what an index covers against its definition. */
async function checkCovered(index: EventIndex, entries: readonly SaidEntry[], seed: number): Promise<number> {
  const size = await index.size('acme')
  const known = entries.filter(({ org, index: at }) => org === 'acme' && at < size)
  expect(known).toHaveLength(size)
  if (size === 0) return 0
  const rnd = random(seed)
  for (let i = 0; i < 15; i += 1) await checkSearch(index, known, { ...randomSearch(rnd, known), org: 'acme' }, seed)
  return size
}

describe('the files', () => {
  test('keep everything when they are opened again, and nothing that nobody names', async () => {
    const entries = randomEntries(random(1), 'acme', 300)
    await withIndex((index) => index.put(entries))
    for (const name of ['run-99', 'manifest.json.new', 'left by somebody']) writeFileSync(join(folder, name), 'x')
    await withIndex(async (index) => expect(await checkCovered(index, entries, 1)).toBe(300))
    const named = readManifest(folder)?.runs.map(({ file }) => file) ?? []
    expect(readdirSync(folder).sort()).toEqual(['manifest.json', ...named].sort())
  })

  const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['cut', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['emptied', () => Buffer.alloc(0)],
    ['garbled from end to end', (bytes) => Buffer.from(bytes.map((byte) => byte ^ 0xa5))],
    ['garbled at its beginning', (bytes) => Buffer.concat([Buffer.alloc(64, 0xa5), bytes.subarray(64)])],
    ['lengthened', (bytes) => Buffer.concat([bytes, Buffer.alloc(5_000, 0xa5)])],
  ]
  test.each(damages)('of which one is %s cover less than before, and never something else', async (_, damage) => {
    const entries = randomEntries(random(2), 'acme', 330)
    await withIndex((index) => index.put(entries))
    for (const name of [...runFiles(), 'manifest.json']) {
      const before = readdirSync(folder).map((each) => [each, readFileSync(join(folder, each))] as const)
      writeFileSync(join(folder, name), damage(readFileSync(join(folder, name))))
      await withIndex(async (index) => {
        const covered = async (): Promise<number> => await checkCovered(index, entries, 2)
        // what is broken within is found when it is read: then the log is asked
        await covered().catch((error: unknown) => {
          if (!(error instanceof IndexBehind)) throw error
          return covered()
        })
        await index.put(entries.slice(await index.size('acme')))
        expect(await checkCovered(index, entries, 3)).toBe(330)
      })
      for (const each of readdirSync(folder)) rmSync(join(folder, each))
      for (const [each, bytes] of before) writeFileSync(join(folder, each), bytes)
    }
  })

  test('stay few, and so do descriptors, whatever is put', async () => {
    const rnd = random(3)
    const limits = { youngEntriesMax: 8, runEntriesMax: 100_000, tierFactor: 3 }
    const index = await openRunsIndex(folder, limits)
    const entries = randomEntries(rnd, 'acme', 4_000)
    for (let at = 0; at < entries.length; at += 10) {
      await index.put(entries.slice(at, at + 10))
      if (at % 500 === 0) expect(runFiles().length).toBeLessThan(80)
    }
    const descriptors = readdirSync('/proc/self/fd').length
    expect(descriptors).toBeLessThan(160)
    await index.close()
    expect(readManifest(folder)?.runs.length).toBeLessThan(80)
  })

  test('are gone when the index is cleared', async () => {
    await withIndex(async (index) => {
      await index.put(randomEntries(random(4), 'acme', 200))
      await index.clear()
      expect(runFiles()).toEqual([])
      expect(await index.size('acme')).toBe(0)
    })
  })
})

describe('merging', () => {
  test('takes neighbours of a class, and leaves nothing small between large ones', () => {
    const limits = { ...RUNS_LIMITS, ...TINY }
    const rnd = random(5)
    for (let round = 0; round < 200; round += 1) {
      let runs = Array.from({ length: 1 + rnd(60) }, () => ({ entries: 1 + rnd(30), bytes: 10, wasted: 0 }))
      for (let due = dueMerge(runs, limits); due; due = dueMerge(runs, limits)) {
        const { from, to } = due
        const entries = runs.slice(from, to).reduce((sum, run) => sum + run.entries, 0)
        expect(to - from).toBeGreaterThan(1)
        expect(entries).toBeLessThanOrEqual(limits.runEntriesMax)
        runs = [...runs.slice(0, from), { entries, bytes: 10, wasted: 0 }, ...runs.slice(to)]
      }
      expect(runs.length).toBeLessThan(24)
    }
  })

  test('writes what grows evenly once for each class, and makes runs as large as they may be', () => {
    const rnd = random(8)
    let runs: { entries: number; bytes: number; wasted: number }[] = []
    let [taken, written] = [0, 0]
    for (let young = 0; young < 1_000; young += 1) {
      const entries = RUNS_LIMITS.youngEntriesMax + rnd(256)
      runs.push({ entries, bytes: entries * 110, wasted: 0 })
      taken += entries
      written += entries
      for (let due = dueMerge(runs, RUNS_LIMITS); due; due = dueMerge(runs, RUNS_LIMITS)) {
        const { from, to } = due
        const merged = runs.slice(from, to).reduce((sum, run) => sum + run.entries, 0)
        written += merged
        runs = [...runs.slice(0, from), { entries: merged, bytes: merged * 110, wasted: 0 }, ...runs.slice(to)]
      }
      expect(countUnmerged(runs, RUNS_LIMITS)).toBeLessThan(2 * RUNS_LIMITS.tierFactor)
    }
    expect(written / taken).toBeLessThan(3)
    expect(runs.length).toBeLessThan(2 * RUNS_LIMITS.tierFactor + taken / (0.75 * RUNS_LIMITS.runEntriesMax))
  })

  test('rewrites a file of which little is in use', () => {
    const used = { entries: 10, bytes: 90, wasted: 50 }
    expect(dueMerge([used, { ...used, wasted: 61 }], RUNS_LIMITS)).toEqual({ from: 1, to: 2 })
    expect(dueMerge([used, used], RUNS_LIMITS)).toBeUndefined()
  })

  test('goes on while others search, and changes no answer', async () => {
    const rnd = random(6)
    const entries = randomEntries(rnd, 'acme', 900)
    await withIndex(async (index) => {
      const puts: Promise<void>[] = []
      for (let at = 0; at < entries.length; at += 30) {
        puts.push(index.put(entries.slice(at, at + 30)))
        await checkSearch(index, entries.slice(0, at + 30), { ...randomSearch(rnd, entries), org: 'acme' }, 6)
      }
      await Promise.all(puts)
    })
  })
})

describe('the thread', () => {
  test('takes no calls once closed, and closing again is no call', async () => {
    const index = await openRunsIndex(folder)
    await index.close()
    await index.close()
    await expect(index.put([])).rejects.toThrow('the index is closed')
    await expect(index.size('acme')).rejects.toThrow('the index is closed')
  })

  test('when it dies, tells whoever waits and whoever comes later', async () => {
    const started = once(process, 'worker')
    const index = await openRunsIndex(folder)
    const [thread] = (await started) as [Worker]
    const put = index.put(randomEntries(random(7), 'acme', 1_000))
    await Promise.all([expect(put).rejects.toThrow('the index is gone'), thread.terminate()])
    await expect(index.size('acme')).rejects.toThrow('the index is gone')
    await index.close()
  })

  test('hands back an error, and works on', async () => {
    await withIndex(async (index) => {
      const broken = { org: 'acme', index: 0, leaf: Uint8Array.of(1), disclosures: Uint8Array.of() }
      await expect(index.put([broken])).rejects.toThrow('the index failed')
      expect(await index.size('acme')).toBe(0)
      expect((await index.search(everything('acme', 5))).positions).toEqual([])
    })
  })

  test('that cannot have its folder is refused by name', async () => {
    writeFileSync(join(folder, 'a file'), '')
    await expect(openRunsIndex(join(folder, 'a file', 'index'))).rejects.toThrow(/ENOTDIR/)
  })
})
