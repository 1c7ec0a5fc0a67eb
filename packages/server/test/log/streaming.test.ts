/** The live tail: one wait and one reading for all who stand at one place, and nobody misses what comes meanwhile. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Bell } from '../../dist/log/bell.js'
import { LiveTail } from '../../dist/log/streaming.js'
import type { LogStore, MemoryStore } from '../../dist/store/index.js'
import { altered, events, makeWorld } from './support.js'

const WAIT_MS = 5_000
const never = new AbortController().signal

/** A live tail over a log of `count` entries, with a count of the readings of the store. */
async function liveTail(count: number, wrap: (store: MemoryStore) => LogStore = (store) => store) {
  const { log, store } = await makeWorld()
  for (let at = 0; at < count; at += 500)
    await log.record('acme', events(Math.min(500, count - at), `e${at}_`), 'key_1')
  const counted = { ranges: 0 }
  const bell = new Bell()
  const inner = wrap(store)
  const counting = altered<LogStore>(inner, {
    readRange: (org, from, to) => {
      counted.ranges++
      return inner.readRange(org, from, to)
    },
  })
  const record = async (more: number, name: string) => {
    await log.record('acme', events(more, name), 'key_1')
    bell.ring('acme')
  }
  const live = new LiveTail(counting, bell)
  const read = (after: number, signal = never, waitMs = WAIT_MS) => live.read({ org: 'acme', after, waitMs, signal })
  return { live, bell, read, record, counted }
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('pages', () => {
  test('one after the other are the log, whole and in order, wherever one begins', async () => {
    const { read } = await liveTail(700)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -1, max: 698 }), async (start) => {
        const seen: number[] = []
        for (let next = start; next < 699; ) {
          const page = await read(next)
          expect(page?.events.length).toBeGreaterThan(0)
          expect(page?.next).toBe(page?.events.at(-1)?.index)
          seen.push(...(page?.events.map(({ index }) => index) ?? []))
          next = page?.next ?? 699
        }
        expect(seen).toEqual(range(start + 1, 700))
      }),
      { numRuns: 30 },
    )
  })

  test('of those who began at different places fall into step', async () => {
    const { read } = await liveTail(300)
    const endsFrom = async (after: number) => {
      const ends: number[] = []
      for (let next = after; next < 299; ends.push(next)) next = (await read(next))?.next ?? 299
      return ends
    }
    expect((await endsFrom(5)).slice(1)).toEqual((await endsFrom(-1)).slice(1))
  })

  test('end where their bytes are many, with one entry at least', async () => {
    const { log, store } = await makeWorld()
    const big = events(10).map((event) => ({ ...event, details: { padding: 'x'.repeat(50_000) } }))
    await log.record('acme', big, 'key_1')
    const live = new LiveTail(store, new Bell())
    const page = await live.read({ org: 'acme', after: -1, waitMs: WAIT_MS, signal: never })
    expect(page?.events.map(({ index }) => index)).toEqual([0, 1])
  })
})

describe('readers at one place', () => {
  test('get the very same page, which is read once', async () => {
    const { read, counted } = await liveTail(10)
    const pages = await Promise.all(Array.from({ length: 500 }, () => read(-1)))
    expect(new Set(pages).size).toBe(1)
    expect(counted.ranges).toBe(2)
  })

  test('are woken together, wait at one bell, and leave nothing behind', async () => {
    const { live, read, record, bell } = await liveTail(3)
    const waiting = Promise.all(Array.from({ length: 200 }, () => read(2)))
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    expect([live.readers, bell.size]).toEqual([200, 1])
    await record(2, 'more')
    const pages = await waiting
    expect(new Set(pages).size).toBe(1)
    expect(pages[0]?.next).toBe(4)
    expect([live.readers, bell.size]).toEqual([0, 0])
  })

  test('go home alone when their time is over or they leave, and the last puts out the light', async () => {
    const { live, read, bell } = await liveTail(1)
    const leaving = new AbortController()
    const [brief, left, stays] = [read(0, never, 20), read(0, leaving.signal), read(0)]
    expect(await brief).toBeUndefined()
    expect([live.readers, bell.size]).toEqual([2, 1])
    leaving.abort()
    expect(await left).toBeUndefined()
    expect([live.readers, bell.size]).toEqual([1, 1])
    expect(await read(0, leaving.signal)).toBeUndefined()
    bell.close()
    expect(await stays).toEqual({ events: [], next: 0 })
    expect([live.readers, bell.size]).toEqual([0, 0])
  })

  test('are all told what went wrong, and the next one finds it mended', async () => {
    let broken = true
    const { read, live } = await liveTail(2, (store) =>
      altered<LogStore>(store, {
        readRange: (org, from, to) => {
          if (broken) throw new Error('the disk is gone')
          return store.readRange(org, from, to)
        },
      }),
    )
    const outcomes = await Promise.allSettled([read(-1), read(-1), read(-1)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(live.readers).toBe(0)
    broken = false
    expect((await read(-1))?.next).toBe(1)
  })
})

test('an entry that comes while the end is being read is not missed, however slow the store answers', async () => {
  let slow: PromiseWithResolvers<void> | undefined
  const world = await liveTail(1, (store) =>
    altered<LogStore>(store, {
      readRange: async (org, from, to) => {
        const found = await store.readRange(org, from, to)
        // What was found is old news by the time it is told.
        await slow?.promise
        return found
      },
    }),
  )
  slow = Promise.withResolvers()
  const waiting = world.read(0)
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(world.counted.ranges).toBe(1)
  await world.record(1, 'meanwhile')
  slow.resolve()
  expect((await waiting)?.next).toBe(1)
})

test('others have their turn between readers that each take long over a page', async () => {
  const { read, record } = await liveTail(1)
  const readers = 30
  let turns = 0
  let isOver = false
  const count = () => {
    turns++
    if (!isOver) setImmediate(count)
  }
  const reading = Array.from({ length: readers }, async () => {
    await read(0)
    for (const untilMs = performance.now() + 10; performance.now() < untilMs; );
    return turns
  })
  await record(1, 'more')
  count()
  const seen = await Promise.all(reading)
  isOver = true
  expect(new Set(seen).size).toBeGreaterThan(readers / 3)
})
