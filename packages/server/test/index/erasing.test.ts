/** What was erased from the index in runs is in none of its files any more: looked for byte by byte. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRunsIndex } from '../../dist/index/index.js'
import { random, type SaidEntry, withoutGroups } from '../../dist/index/contract-data.js'
import { RUNS_LIMITS } from '../../dist/index/runs/limits.js'
import { readManifest } from '../../dist/index/runs/manifest.js'
import { Runs } from '../../dist/index/runs/runs.js'
import { filesText, goneOf, markedEntry, valuesOf } from './marked.js'

const TINY = { youngEntriesMax: 50, runEntriesMax: 800, tierFactor: 3 }
const ROUNDS = 12
const MS_MAX = 60_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealedlog-index-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('markers that were erased', () => {
  for (const seed of [20_261_121, 7]) {
    test(
      `in random order are in no file, while runs are written and merged (seed ${seed})`,
      async () => {
        const rnd = random(seed)
        const index = await openRunsIndex(folder, TINY)
        const entries: SaidEntry[] = []
        const gone: string[] = []
        for (let round = 0; round < ROUNDS; round += 1) {
          const more = Array.from({ length: 20 + rnd(120) }, (_, i) => markedEntry(rnd, 'acme', entries.length + i))
          entries.push(...more)
          const put = index.put(more)
          const places = new Set(Array.from({ length: 1 + rnd(30) }, () => rnd(entries.length)))
          const erased = [...places].map((place) => {
            const before = entries[place] as SaidEntry
            const after = withoutGroups(before, () => rnd(2) === 0)
            gone.push(...goneOf(before, after))
            return (entries[place] = after)
          })
          await Promise.all([put, index.erase('acme', erased)])
          const text = filesText(folder)
          expect(
            gone.filter((value) => text.includes(value)),
            `seed ${seed}`,
          ).toEqual([])
        }
        expect(gone.length).toBeGreaterThan(50)
        expect(await index.finishErasing()).toBe(true)
        await index.close()
        const text = filesText(folder)
        expect(gone.filter((value) => text.includes(value))).toEqual([])
        // and what survives is there: so the others would have been seen
        const [last] = entries.slice(-1) as [SaidEntry]
        expect(text).toContain(valuesOf(withValues(entries, last))[0]?.slice(8))
      },
      MS_MAX,
    )
  }

  test(
    'are hidden from searches at once, and those of others answered meanwhile',
    async () => {
      const rnd = random(5)
      const index = await openRunsIndex(folder, TINY)
      const entries = Array.from({ length: 400 }, (_, i) => markedEntry(rnd, 'acme', i))
      await index.put(entries)
      const [first] = entries as [SaidEntry]
      const query = { field: 'actor_id', is: first.facts.actor_id[0] as string } as const
      const found = () => index.search({ org: 'acme', query, order: 'asc', limit: 9, covering: 400 })
      expect((await found()).positions).toHaveLength(1)
      const erased = index.erase('acme', [withoutGroups(first, () => true)])
      expect((await found()).positions).toEqual([])
      await erased
      expect((await found()).positions).toEqual([])
      await index.close()
    },
    MS_MAX,
  )
})

/** The newest entry that has values of its own. */
const withValues = (entries: readonly SaidEntry[], otherwise: SaidEntry): SaidEntry =>
  entries.findLast((entry) => valuesOf(entry).length > 0) ?? otherwise

describe('a crash in the middle of erasing', () => {
  test(
    'is finished at the next start, wherever it fell',
    async () => {
      const rnd = random(11)
      const entries = Array.from({ length: 120 }, (_, i) => markedEntry(rnd, 'acme', i))
      const begun = await openRunsIndex(folder, TINY)
      await begun.put(entries)
      await begun.close()
      const index = new Runs(folder, { ...RUNS_LIMITS, ...TINY })
      const after = entries.slice(0, 20).map((entry) => withoutGroups(entry, () => true))
      const gone = entries.slice(0, 20).flatMap((entry, i) => goneOf(entry, after[i] as SaidEntry))
      const state = { isErased: false }
      const erased = index.erase('acme', after).then(() => (state.isErased = true))
      // the folder as a crash would leave it, each time that it is another one
      const copies: string[] = []
      for (let before = ''; !state.isErased; await new Promise((resolve) => setImmediate(resolve))) {
        const text = filesText(folder)
        if (text === before) continue
        before = text
        const copy = `${folder}-${copies.length}`
        cpSync(folder, copy, { recursive: true })
        copies.push(copy)
      }
      await erased
      await index.close()
      let named = 0
      for (const copy of copies) {
        const wipes = readManifest(copy)?.runs.some(({ wipe }) => wipe.length > 0)
        const again = new Runs(copy, { ...RUNS_LIMITS, ...TINY })
        expect(again.size('acme')).toBe(120)
        // Views does so too: the entry that erased is not covered yet
        if (!wipes) await again.erase('acme', after)
        expect(await again.finishErasing()).toBe(true)
        const text = filesText(copy)
        expect(gone.filter((value) => text.includes(value))).toEqual([])
        await again.close()
        if (wipes) named += 1
        rmSync(copy, { recursive: true })
      }
      expect(named).toBeGreaterThan(0)
    },
    MS_MAX,
  )
})
