/** What was erased from the index in runs is in none of its files any more: looked for byte by byte. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EventIndex, openRunsIndex } from '../../dist/index/index.js'
import {
  type Random,
  random,
  type Said,
  type SaidEntry,
  sayEntry,
  withoutGroups,
} from '../../dist/index/contract-data.js'
import { RUNS_LIMITS } from '../../dist/index/runs/limits.js'
import { readManifest } from '../../dist/index/runs/manifest.js'
import { Runs } from '../../dist/index/runs/runs.js'

const TINY = { youngEntriesMax: 50, runEntriesMax: 800, tierFactor: 3 }
const ROUNDS = 12
const MS_MAX = 60_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealedlog-index-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Everything that stands in a folder, as text of one byte a character; what vanishes while it is read is gone. */
function filesText(from = folder): string {
  const names = readdirSync(from)
  return names
    .map((name) => {
      try {
        return readFileSync(join(from, name), 'latin1')
      } catch {
        return ''
      }
    })
    .join('\n')
}

/** Values of ours: no two share a beginning, of which files hold only one. */
const marker = (rnd: Random, name: string): string => `${rnd(2 ** 31).toString(36)}q${name}q`

function markedEntry(rnd: Random, org: string, index: number): SaidEntry {
  const said: Said = {
    type: [`t${index % 9}`],
    actor_id: [marker(rnd, `a${index}`)],
    actor_email: [`${marker(rnd, `m${index}`)}@example.com`],
    target_id: [marker(rnd, `t${index}`)],
    correlation_id: [marker(rnd, `c${index}`)],
    description: `said by ${marker(rnd, `w${index}`)}`,
  }
  return sayEntry(org, index, 1_000 + index - rnd(50), said)
}

const PERSONAL = ['actor_id', 'actor_email', 'target_id', 'correlation_id'] as const

/** The values of an entry that are its own: facts, and words. */
const valuesOf = ({ facts, words }: SaidEntry): readonly string[] => [
  ...PERSONAL.flatMap((field) => facts[field]),
  ...[...(words ?? [])].filter((word) => /q.*\d+q$/.test(word)),
]

/** What an entry no longer says. */
function goneOf(before: SaidEntry, after: SaidEntry): readonly string[] {
  const kept = new Set(valuesOf(after))
  return valuesOf(before).filter((value) => ![...kept].some((each) => each.includes(value)))
}

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
          const text = filesText()
          expect(
            gone.filter((value) => text.includes(value)),
            `seed ${seed}`,
          ).toEqual([])
        }
        expect(gone.length).toBeGreaterThan(50)
        expect(await index.finishErasing()).toBe(true)
        await index.close()
        const text = filesText()
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
      // the folder as a crash would leave it, after each turn of the loop
      const copies: string[] = []
      while (!state.isErased) {
        const copy = `${folder}-${copies.length}`
        cpSync(folder, copy, { recursive: true })
        copies.push(copy)
        await new Promise((resolve) => setImmediate(resolve))
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

test('an erasing that fails is said, and done when it is asked for again', async () => {
  const rnd = random(13)
  const entries = Array.from({ length: 120 }, (_, i) => markedEntry(rnd, 'acme', i))
  const index: EventIndex = await openRunsIndex(folder, TINY)
  await index.put(entries)
  await index.close()
  const again = await openRunsIndex(folder, TINY)
  const [first] = entries as [SaidEntry]
  await again.erase('acme', [withoutGroups(first, () => true)])
  expect(await again.finishErasing()).toBe(true)
  await again.close()
})
