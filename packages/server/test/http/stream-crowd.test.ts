/** Event streams that are cut off, not read, or very many: every entry once and in order, in bounded memory. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { seededRandom } from './seeded.js'
import { until } from './sse.js'
import { BIG, range, type StreamWorld, streamWorld } from './stream-world.js'

let { ask, record, subscribe, gauge }: StreamWorld = {} as StreamWorld

/** A server of one's own for what follows. */
async function world(...options: Parameters<typeof streamWorld>): Promise<void> {
  ;({ ask, record, subscribe, gauge } = await streamWorld(...options))
}

describe('a subscriber that is cut off a hundred times while events are written', () => {
  const CUTS = 100

  test.each(['', '?type=odd.*'])('sees every index once and in order: %s', async (query) => {
    await world({ heartbeatMs: 20 })
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
    console.log(`SEED=${seed}`)
    const random = seededRandom(seed)
    const at = { written: 0, cuts: 0 }
    let lastEventId: string | undefined
    const writing = (async () => {
      for (; at.cuts < CUTS; await new Promise(setImmediate)) {
        const count = 1 + Math.floor(random() * 15)
        const batch = range(at.written, at.written + count).map((number) => ({
          type: number % 2 === 1 ? 'odd.one' : 'even.one',
        }))
        expect((await ask('POST /v1/events/batch', batch)).status).toBe(201)
        at.written += count
      }
    })()
    const seen: number[] = []
    for (; at.cuts < CUTS; at.cuts++) {
      const subscriber = subscribe({ query, ...(lastEventId === undefined ? {} : { lastEventId }) })
      // At a random moment of the way: before an answer, in the middle of a frame, or after some events.
      const wanted = Math.floor(random() * 25)
      if (random() < 0.2) await new Promise((resolve) => setTimeout(resolve, random() * 5))
      else await subscriber.until(({ dispatched }) => dispatched.length >= wanted)
      subscriber.cut()
      seen.push(...subscriber.indexes)
      if (subscriber.parser.lastEventId !== '') ({ lastEventId } = subscriber.parser)
    }
    await writing
    const rest = subscribe({ query, lastEventId: lastEventId ?? '-1' })
    await rest.until((parser) => parser.lastEventId === String(at.written - 1))
    rest.cut()
    expect([...seen, ...rest.indexes]).toEqual(range(0, at.written).filter((index) => query === '' || index % 2 === 1))
    expect(seen.length).toBeGreaterThan(CUTS)
  })
})

describe('a subscriber that does not read', () => {
  const EVENTS = 60

  test('is dropped with a clear last event, and goes on where it was', async () => {
    await world({ stallMs: 300, lingerMs: 5_000, heartbeatMs: 50 })
    const slow = await subscribe({ deaf: true }).opened
    for (let at = 0; at < EVENTS; at += 5) await record(5, 'big.one', BIG)
    await until(async () => (await gauge('sealedlog_stream_ends_total{code="too_slow"}')) === 1)
    // What waits is bounded: the buffer, the page that filled it, and the last event.
    expect(await gauge('sealedlog_stream_buffer_bytes')).toBeLessThan(BOUNDS.STREAM_BUFFER_BYTES_MAX + 600_000)
    slow.read()
    expect(await slow.ended).toBe('end')
    const { last, indexes } = slow
    expect(last).toMatchObject({
      code: 'too_slow',
      next: indexes.at(-1),
      message: expect.stringContaining('Connect again'),
    })
    expect(indexes.length).toBeLessThan(EVENTS)
    const again = subscribe({ lastEventId: slow.parser.lastEventId })
    await again.until(({ dispatched }) => dispatched.length === EVENTS - indexes.length)
    expect([...indexes, ...again.indexes]).toEqual(range(0, EVENTS))
    again.cut()
  })

  test('and not even then is cut off', async () => {
    await world({ stallMs: 100, lingerMs: 200 })
    const deaf = await subscribe({ deaf: true }).opened
    for (let at = 0; at < EVENTS; at += 5) await record(5, 'big.one', BIG)
    await until(async () => (await gauge('sealedlog_stream_ends_total{code="too_slow"}')) === 1)
    await until(async () => (await gauge('sealedlog_streams')) === 0)
    deaf.read()
    expect(await deaf.ended).toBe('cut')
    expect(deaf.last).toBeUndefined()
    const again = subscribe({ lastEventId: deaf.parser.lastEventId })
    await again.until(({ dispatched }) => dispatched.length === EVENTS - deaf.indexes.length)
    expect([...deaf.indexes, ...again.indexes]).toEqual(range(0, EVENTS))
    again.cut()
  })

  test('does not hold up one that does', async () => {
    await world({ stallMs: 60_000 })
    const slow = await subscribe({ deaf: true }).opened
    const fast = subscribe()
    for (let at = 0; at < EVENTS; at += 5) await record(5, 'big.one', BIG)
    await fast.until(({ dispatched }) => dispatched.length === EVENTS)
    for (const each of [slow, fast]) each.cut()
  })
})

describe('a thousand subscribers of one organization', () => {
  const SUBSCRIBERS = BOUNDS.STREAMS_SHARE_MAX
  const EVENTS = 100

  test('all see everything, one more is refused, and what waits for them is bounded', async () => {
    await world()
    const rss = () => Math.round(process.memoryUsage().rss / 1e6)
    const before = rss()
    const all = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => subscribe().opened))
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
    const more = await subscribe().opened
    expect([more.status, await gauge('sealedlog_streams')]).toEqual([429, SUBSCRIBERS])
    let waitingMax = 0
    for (let at = 0; at < EVENTS; at += 20) {
      await record(20)
      waitingMax = Math.max(waitingMax, await gauge('sealedlog_stream_buffer_bytes'))
    }
    await Promise.all(all.map((each) => each.until(({ dispatched }) => dispatched.length === EVENTS)))
    for (const { indexes } of all) expect(indexes).toEqual(range(0, EVENTS))
    console.log(
      `${SUBSCRIBERS} subscribers: at most ${waitingMax} bytes waited; ${before} MB before, ${rss()} MB after, with the subscribers themselves`,
    )
    expect(waitingMax).toBeLessThan(SUBSCRIBERS * BOUNDS.STREAM_BUFFER_BYTES_MAX)
    for (const each of all) each.cut()
  })

  test('that do not read cost no more than their buffers', async () => {
    await world({ stallMs: 60_000 })
    const deaf = await Promise.all(Array.from({ length: 100 }, () => subscribe({ deaf: true }).opened))
    for (let at = 0; at < 40; at += 5) await record(5, 'big.one', BIG)
    const fast = subscribe({ query: '?after=38' })
    await fast.until(({ dispatched }) => dispatched.length === 1)
    // A buffer, and the one event that may go past it.
    const eachMax = BOUNDS.STREAM_BUFFER_BYTES_MAX + 220_000
    expect(await gauge('sealedlog_stream_buffer_bytes')).toBeLessThan(deaf.length * eachMax)
    for (const each of [...deaf, fast]) each.cut()
  })
})
