/** The publisher: every change reaches every sink, sinks do not wait for one another, and nothing is offered twice at once. */
import { describe, expect, test } from 'vitest'
import { type CheckpointSink, type OfferedCheckpoint } from '../../dist/sink/index.js'
import { Publisher } from '../../dist/sink/publisher.js'
import { Told } from './support.js'

const HOUR_MS = 3_600_000

/** Logs that grow when they are told to, and a clock. */
class World {
  readonly heads = new Map<string, number>()
  readonly told = new Told()
  nowMs = 0
  readonly waits: { readonly ms: number; readonly end: () => void }[] = []

  publisher(
    ...sinks: readonly { readonly sink: CheckpointSink; readonly everyMs?: number; readonly refreshMs?: number }[]
  ) {
    return new Publisher({
      sinks: sinks.map(({ sink, everyMs = 10, refreshMs = HOUR_MS }) => ({ sink, everyMs, refreshMs })),
      heads: async (after, limit) =>
        [...this.heads]
          .map(([org, size]): OfferedCheckpoint => ({ org, origin: `o/${org}`, size, note: `${org} ${size}` }))
          .filter(({ org }) => org > after)
          .toSorted((a, b) => (a.org < b.org ? -1 : 1))
          .slice(0, limit),
      events: this.told,
      nowMs: () => this.nowMs,
      wait: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal.aborted) reject(new Error('stopped'))
          this.waits.push({ ms, end: () => resolve(undefined) })
          signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
        }),
    })
  }
}

class Recorder implements CheckpointSink {
  readonly name = 'recorder'
  readonly taken: string[] = []
  answer: () => boolean | Promise<boolean> = () => true
  busy = 0
  busiest = 0

  async offer({ note }: OfferedCheckpoint): Promise<boolean> {
    this.busiest = Math.max(this.busiest, ++this.busy)
    this.taken.push(note)
    await Promise.resolve()
    this.busy--
    return this.answer()
  }

  /** What came since it was asked last. */
  since(): string[] {
    return this.taken.splice(0).toSorted()
  }
}

describe('a publisher', () => {
  test('offers what changed, what was not taken whole, and everything again after a while; never an empty log', async () => {
    const world = new World()
    const sink = new Recorder()
    const publisher = world.publisher({ sink, refreshMs: HOUR_MS })
    world.heads.set('a', 1).set('b', 0).set('c', 3)
    await publisher.round()
    expect(sink.since()).toEqual(['a 1', 'c 3'])
    await publisher.round()
    expect(sink.since()).toEqual([])
    world.heads.set('b', 1).set('c', 4)
    sink.answer = () => false
    await publisher.round()
    expect(sink.since()).toEqual(['b 1', 'c 4'])
    sink.answer = () => true
    await publisher.round()
    expect(sink.since()).toEqual(['b 1', 'c 4'])
    world.nowMs += HOUR_MS
    await publisher.round()
    expect(sink.since()).toEqual(['a 1', 'b 1', 'c 4'])
  })

  test('reaches every log of many, a few at once', async () => {
    const world = new World()
    const sink = new Recorder()
    for (let i = 0; i < 1_234; i++) world.heads.set(`org${i}`, i + 1)
    await world.publisher({ sink }).round()
    expect(new Set(sink.taken).size).toBe(1_234)
    expect(sink.taken).toHaveLength(1_234)
    expect(sink.busiest).toBe(4)
  })

  test('goes on past a sink that throws, and past logs that cannot be read', async () => {
    const world = new World()
    const [bad, good] = [new Recorder(), new Recorder()]
    bad.answer = () => {
      throw new Error('broken')
    }
    world.heads.set('a', 1).set('b', 1)
    const publisher = world.publisher({ sink: bad }, { sink: good })
    await publisher.round()
    expect([good.since(), bad.since()]).toEqual([
      ['a 1', 'b 1'],
      ['a 1', 'b 1'],
    ])
    expect(world.told.failures.map(({ why }) => why)).toEqual(['broken', 'broken'])
    world.heads.set('a', 2)
    await publisher.round()
    expect([good.since(), bad.since()]).toEqual([['a 2'], ['a 2', 'b 1']])
  })

  test('keeps no sink waiting for one that hangs, and lets go of it when it is closed', async () => {
    const world = new World()
    const good = new Recorder()
    const hanging: CheckpointSink = {
      name: 'hanging',
      offer: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
        }),
    }
    world.heads.set('a', 1)
    const publisher = world.publisher({ sink: hanging, everyMs: 7 }, { sink: good, everyMs: 8 })
    publisher.start()
    for (let size = 2; size < 6; size++) {
      while (world.waits.length === 0) await new Promise(setImmediate)
      expect(good.since()).toEqual([`a ${size - 1}`])
      world.heads.set('a', size)
      const [{ ms, end } = { ms: 0, end: () => undefined }] = world.waits.splice(0)
      expect(ms).toBe(8)
      end()
    }
    await publisher.close()
    expect(world.told.failures).toEqual([])
  })

  test('has one round after the other, however often it is asked', async () => {
    const world = new World()
    const sink = new Recorder()
    world.heads.set('a', 1)
    const publisher = world.publisher({ sink })
    await Promise.all(Array.from({ length: 20 }, () => publisher.round()))
    expect([sink.taken, sink.busiest]).toEqual([['a 1'], 1])
  })
})
