/** The index in runs whose files cannot be written: what fails is said, what is known is answered, and it goes on after. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type EventIndex, openRunsIndex } from '../../dist/index/index.js'
import { random, type SaidEntry, withoutGroups } from '../../dist/index/contract-data.js'
import { OVERFULL_FACTOR } from '../../dist/index/runs/limits.js'
import { smallDisk } from '../durability/small-disk.js'
import { filesText, goneOf, markedEntry } from './marked.js'

const TINY = { youngEntriesMax: 50, runEntriesMax: 800, tierFactor: 3 }
const COUNT = 400
const ERASED = 30
const MS_MAX = 60_000
/** Beyond the pauses between two tries. */
const RESUMES_MS_MAX = 30_000

const entriesFrom = (from: number, count: number): SaidEntry[] => {
  const rnd = random(from + 13)
  return Array.from({ length: count }, (_, nth) => markedEntry(rnd, 'acme', from + nth))
}

/** Entries whose runs all stand in files: nothing of them is young. */
async function filled(folder: string): Promise<{ index: EventIndex; entries: SaidEntry[] }> {
  const entries = entriesFrom(0, COUNT)
  const begun = await openRunsIndex(folder, TINY)
  await begun.put(entries)
  await begun.close()
  return { index: await openRunsIndex(folder, TINY), entries }
}

/** How many of these entries are found by their own actor's id. */
async function foundOf(index: EventIndex, entries: readonly SaidEntry[], covering: number): Promise<number> {
  let found = 0
  for (const { facts } of entries) {
    const query = { field: 'actor_id', is: facts.actor_id[0] as string } as const
    found += (await index.search({ org: 'acme', query, order: 'asc', limit: 2, covering })).positions.length
  }
  return found
}

/** Erases while nothing can be written, makes it possible again, and erases on. */
async function expectErasedLater(folder: string, fail: () => void, mend: () => void): Promise<void> {
  const { index, entries } = await filled(folder)
  const [gone, kept] = [entries.slice(0, ERASED), entries.slice(ERASED)]
  const after = gone.map((entry) => withoutGroups(entry, () => true))
  const markers = gone.flatMap((entry, nth) => goneOf(entry, after[nth] as SaidEntry))
  fail()
  await expect(index.erase('acme', after)).rejects.toThrow(/ENOSPC|ENOENT/)
  for (let tries = 0; tries < 3; tries++) expect(await index.finishErasing()).toBe(false)
  // whoever searches is shown nothing of it all the same, and all the rest
  expect(await foundOf(index, gone, COUNT)).toBe(0)
  expect(await foundOf(index, kept, COUNT)).toBe(kept.length)
  mend()
  expect(markers.filter((marker) => filesText(folder).includes(marker)).length).toBeGreaterThan(0)
  expect(await index.finishErasing()).toBe(true)
  expect(markers.filter((marker) => filesText(folder).includes(marker))).toEqual([])
  await index.close()
  const again = await openRunsIndex(folder, TINY)
  expect(await foundOf(again, gone, COUNT)).toBe(0)
  expect(await foundOf(again, kept, COUNT)).toBe(kept.length)
  await again.close()
}

describe('a folder that is somewhere else for a while', () => {
  let outside: string
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'sealedlog-index-'))
  })
  afterEach(() => rmSync(outside, { recursive: true, force: true }))

  test(
    'fails an erasing, which is said, and done when it is asked for again',
    async () => {
      const [folder, elsewhere] = [join(outside, 'index'), join(outside, 'elsewhere')]
      await expectErasedLater(
        folder,
        () => renameSync(folder, elsewhere),
        () => renameSync(elsewhere, folder),
      )
    },
    MS_MAX,
  )
})

const disk = smallDisk(8)
if (disk === undefined) console.warn('Nobody may mount a small disk here: as root, `mount -t tmpfs` can.')

describe.skipIf(disk === undefined)('a disk that is really full', () => {
  afterEach(() => disk?.free())

  test(
    'fails an erasing, which is said, and done when it is asked for again',
    async () => {
      if (disk === undefined) return
      await expectErasedLater(
        join(disk.folder, 'erasing'),
        () => disk.fill(),
        () => disk.free(),
      )
    },
    MS_MAX,
  )

  test(
    'keeps what comes in memory up to a bound, answers from it, and writes it when there is room',
    async () => {
      if (disk === undefined) return
      const folder = join(disk.folder, 'recording')
      const { index, entries } = await filled(folder)
      disk.fill()
      let taken = COUNT
      let refusal: unknown
      const room = OVERFULL_FACTOR * TINY.youngEntriesMax
      for (let more = 2 * room; refusal === undefined && more > 0; more -= TINY.youngEntriesMax) {
        const next = entriesFrom(taken, TINY.youngEntriesMax)
        refusal = await index.put(next).then(
          () => undefined,
          (error: unknown) => error,
        )
        if (refusal === undefined) entries.push(...next)
        taken = entries.length
      }
      expect(String(refusal)).toMatch(/files cannot be written, and there is no room for more in memory: .*ENOSPC/)
      expect(taken - COUNT).toBeLessThanOrEqual(room + TINY.youngEntriesMax)
      expect(await index.size('acme')).toBe(taken)
      expect(await foundOf(index, entries, taken)).toBe(taken)
      disk.free()
      const next = entriesFrom(taken, TINY.youngEntriesMax)
      await vi.waitFor(() => index.put(next), { timeout: RESUMES_MS_MAX })
      await index.close()
      const again = await openRunsIndex(folder, TINY)
      expect(await again.size('acme')).toBe(taken + next.length)
      expect(await foundOf(again, [...entries, ...next], taken + next.length)).toBe(taken + next.length)
      await again.close()
    },
    MS_MAX,
  )
})
