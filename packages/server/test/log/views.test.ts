/** The index at the log's heels: whatever becomes of it, a reader sees exactly what the log holds. */
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { IndexBehind, type IndexEntry, MemoryIndex, type SearchRequest } from '../../dist/index/index.js'
import { altered, event, events, listed, makeWorld } from './support.js'

test('an index that fails, or forgets, is caught up from the log before anybody reads', async () => {
  const fault = fc.constantFrom('none' as const, 'put fails' as const, 'forgets everything' as const)
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 20 }), async (faults) => {
      const plan = [...faults]
      const { log } = await makeWorld(undefined, (memory) =>
        altered(memory, {
          put: async (entries: readonly IndexEntry[]) => {
            const next = plan.shift() ?? 'none'
            if (next === 'put fails') throw new Error('the disk of the index is full')
            if (next === 'forgets everything') await memory.clear()
            return memory.put(entries)
          },
        }),
      )
      const said: string[] = []
      for (const [i] of faults.entries()) {
        await log.record('acme', events(2, `${i}_`), 'key_1')
        said.push(`${i}_0`, `${i}_1`)
        // A reader may be told that it failed; it is never told less than the log holds.
        for (let answer: readonly string[] | undefined; answer === undefined; ) {
          answer = await listed(log).catch(() => undefined)
          if (answer) expect(answer).toEqual(said)
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('an index that knows more than the log was made for another state of it, and starts over', async () => {
  const { log: longer, index } = await makeWorld()
  await longer.record('acme', events(9, 'other'), 'key_1')
  const { log } = await makeWorld(undefined, () => index)
  await log.record('acme', events(3), 'key_1')
  await log.catchUp()
  expect(await listed(log)).toEqual(['e0', 'e1', 'e2'])
})

test('a reader that comes while the index is being caught up gets what it should cover', async () => {
  const index = new MemoryIndex()
  const { log, store } = await makeWorld(undefined, () => index)
  await log.record('acme', events(50), 'key_1')
  await index.clear()
  const readers = Array.from({ length: 20 }, () => listed(log))
  const writers = events(20, 'new').map((said) => log.record('acme', [said], 'key_1'))
  for (const ids of await Promise.all(readers)) expect(ids.length).toBeGreaterThanOrEqual(50)
  await Promise.all(writers)
  expect(await listed(log)).toHaveLength(70)
  expect((await store.head('acme'))?.size).toBe(70)
})

test('an index that stays behind is an error, never a shorter answer', async () => {
  const { log } = await makeWorld(undefined, (memory) =>
    altered(memory, { put: () => Promise.reject(new Error('never')) }),
  )
  await log.record('acme', [event('e')], 'key_1')
  await expect(listed(log)).rejects.toThrow('never')
  const { log: lying } = await makeWorld(undefined, (memory) => altered(memory, { put: () => Promise.resolve() }))
  await lying.record('acme', [event('e')], 'key_1')
  await expect(listed(lying)).rejects.toMatchObject({ code: 'storage_failed', cause: expect.any(IndexBehind) })
})

test('searches of one organization wait for one another, and for nobody else’s', async () => {
  const gates: (() => void)[] = []
  const asked: string[] = []
  const { log, store } = await makeWorld(undefined, (memory) =>
    altered(memory, {
      search: async (request: SearchRequest) => {
        asked.push(request.org)
        await new Promise<void>((resolve) => gates.push(resolve))
        return memory.search(request)
      },
    }),
  )
  await store.createLog('other', 'Other')
  const searches = [listed(log), listed(log), listed(log), listed(log, 'other')]
  await vi.waitFor(() => expect(asked.toSorted()).toEqual(['acme', 'other']))
  for (let opened = 0; opened < searches.length; opened++) {
    await vi.waitFor(() => expect(gates.length).toBeGreaterThan(opened))
    gates[opened]?.()
  }
  expect(await Promise.all(searches)).toEqual([[], [], [], []])
  expect(asked.filter((org) => org === 'acme')).toHaveLength(3)
})
