/** Puts go to the index's thread together, and each is told what became of it alone. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { everything } from '../../dist/index/contract-check.js'
import { random, randomEntries, type SaidEntry } from '../../dist/index/contract-data.js'
import { type EventIndex, openRunsIndex } from '../../dist/index/index.js'
import { GatheredPuts, type WaitingPut } from '../../dist/index/runs/gathered-puts.js'

describe('puts', () => {
  let folder: string
  let index: EventIndex
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sealedlog-puts-'))
    index = await openRunsIndex(folder)
  })
  afterEach(async () => {
    await index.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const outcomes = async (puts: readonly Promise<void>[]): Promise<readonly string[]> =>
    (await Promise.allSettled(puts)).map((put) => (put.status === 'fulfilled' ? 'taken' : put.reason.constructor.name))

  for (const seed of [1, 20_261_121])
    test(`that leave a gap are refused, and those before and after them are taken (seed ${seed})`, async () => {
      const rnd = random(seed)
      const entries = randomEntries(rnd, 'acme', 400)
      const puts: Promise<void>[] = []
      const expected: string[] = []
      const found: Promise<unknown>[] = []
      let covered = 0
      for (let nth = 0; nth < 120; nth += 1) {
        const isGap = rnd(4) === 0
        const from = isGap ? covered + 1 + rnd(3) : Math.max(0, covered - rnd(3))
        const some = entries.slice(from, from + 1 + rnd(4))
        puts.push(index.put(some))
        expected.push(isGap ? 'IndexBehind' : 'taken')
        if (!isGap) covered = Math.max(covered, from + some.length)
        // nobody waits for a put: a search sees all that were made before it
        if (rnd(10) > 0) continue
        const count = covered
        found.push(
          index
            .search({ ...everything('acme', 500), covering: count })
            .then(({ positions }) => expect(positions).toHaveLength(count)),
        )
      }
      expect(await outcomes(puts)).toEqual(expected)
      await Promise.all(found)
      expect(found.length).toBeGreaterThan(0)
      expect(await index.size('acme')).toBe(covered)
    })

  test('are answered though nothing else is asked, and before the index is closed', async () => {
    const entries = randomEntries(random(3), 'acme', 60)
    await Promise.all(entries.slice(0, 30).map((entry) => index.put([entry])))
    const rest = entries.slice(30).map((entry) => index.put([entry]))
    const closed = index.close()
    expect(await outcomes(rest)).toEqual(rest.map(() => 'taken'))
    await closed
    index = await openRunsIndex(folder)
    expect(await index.size('acme')).toBe(60)
  })

  test('of which one cannot be handed over or read are taken but for that one', async () => {
    const [first, second, third] = randomEntries(random(4), 'acme', 3) as [SaidEntry, SaidEntry, SaidEntry]
    const handed = index.put([first])
    const none = index.put([{ ...second, leaf: undefined as unknown as Uint8Array }])
    const unread = index.put([{ ...second, leaf: Uint8Array.of(1) }])
    const puts = [handed, none, unread, index.put([second, third])]
    expect(await outcomes(puts)).toEqual(['taken', 'TypeError', 'Error', 'taken'])
    expect(await index.size('acme')).toBe(3)
  })

  test('that wait for their thread are refused when it dies', async () => {
    const started = once(process, 'worker')
    const dying = await openRunsIndex(join(folder, 'dying'))
    const [thread] = (await started) as [Worker]
    const puts = randomEntries(random(7), 'acme', 200).map((entry) => dying.put([entry]))
    void thread.terminate()
    expect((await outcomes(puts)).slice(1)).toEqual(puts.slice(1).map(() => 'Error'))
    await dying.close()
  })
})

describe('gathered puts', () => {
  const entry = randomEntries(random(5), 'acme', 1)[0] as WaitingPut['entries'][number]
  const put = (entries: number): WaitingPut => ({
    entries: Array.from({ length: entries }, () => entry),
    resolve: () => undefined,
    reject: () => undefined,
  })

  test('begin with one that goes at once, and end with the next call, or when they are many', () => {
    const sent: number[][] = []
    const puts = new GatheredPuts((some) => sent.push(some.map(({ entries }) => entries.length)))
    puts.add(put(1))
    expect(sent).toEqual([[1]])
    puts.add(put(2))
    puts.add(put(3))
    expect(sent).toEqual([[1]])
    puts.flush()
    puts.flush()
    expect(sent).toEqual([[1], [2, 3]])
    puts.add(put(4))
    puts.add(put(255))
    expect(sent).toEqual([[1], [2, 3], [4]])
    puts.add(put(1))
    expect(sent).toEqual([[1], [2, 3], [4], [255, 1]])
    puts.add(put(6))
    expect(puts.take()).toHaveLength(1)
    puts.flush()
    expect(sent).toHaveLength(4)
  })
})
