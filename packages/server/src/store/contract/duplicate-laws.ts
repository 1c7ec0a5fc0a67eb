/** Laws of saying an event twice: it is recorded once, and its place is told again. */
import assert from 'node:assert/strict'
import { formatTime } from '@sealedlog/sdk/base'
import { type Bench, type HandLaw, placedOf } from './bench.js'
import { fullEvent, someEvent, tinyEvent } from './chance.js'

export function duplicateLaws(law: HandLaw): void {
  law('an event said again in a later group is a duplicate, and nothing is written', async (bench) => {
    await bench.createLogs('acme')
    for (const make of [fullEvent, someEvent]) {
      const event = make(bench.chance, bench.clock.nowMs)
      const [first] = await bench.record('acme', event)
      const before = await bench.head('acme')
      bench.clock.nowMs += 5_000
      assert.deepEqual(await bench.record('acme', event), [{ ...first, status: 'duplicate' }])
      assert.deepEqual(await bench.head('acme'), before)
    }
  })

  law('the very same sealed event may be said again', async (bench) => {
    await bench.createLogs('acme')
    const unit = bench.unit('acme', fullEvent(bench.chance, bench.clock.nowMs))
    const [[first], [again]] = [placedOf((await bench.append(unit))[0]), placedOf((await bench.append(unit))[0])]
    assert.deepEqual(again, { ...first, status: 'duplicate' })
  })

  law('an event said twice in one unit is recorded once', async (bench) => {
    await bench.createLogs('acme')
    const [one, two] = [fullEvent(bench.chance, bench.clock.nowMs), tinyEvent(2)]
    const placed = await bench.record('acme', one, two, one, two, one)
    assert.deepEqual(placesOf(placed), ['0 recorded', '1 recorded', '0 duplicate', '1 duplicate', '0 duplicate'])
  })

  law('an event said in two units of one group is recorded once', async (bench) => {
    await bench.createLogs('acme')
    const [one, two] = [fullEvent(bench.chance, bench.clock.nowMs), fullEvent(bench.chance, bench.clock.nowMs)]
    const outcomes = await bench.append(bench.unit('acme', one), bench.unit('acme', two, one), bench.unit('acme', two))
    assert.deepEqual(
      outcomes.map((outcome) => placesOf(placedOf(outcome))),
      [['0 recorded'], ['1 recorded', '0 duplicate'], ['1 duplicate']],
    )
  })

  law('members in another order say the same', async (bench) => {
    await bench.createLogs('acme')
    const event = fullEvent(bench.chance, bench.clock.nowMs)
    const { a, b } = { a: { x: 1, y: { p: 1, q: 2 } }, b: { y: { q: 2, p: 1 }, x: 1 } }
    await bench.record('acme', { ...event, details: a })
    assert.deepEqual(placesOf(await bench.record('acme', { ...event, details: b })), ['0 duplicate'])
  })

  law('a caller who left out occurred_at may leave it out again, or say what the server put there', async (bench) => {
    await bench.createLogs('acme')
    const { occurred_at: _, ...event } = fullEvent(bench.chance, bench.clock.nowMs)
    const recordedAt = formatTime(bench.clock.nowMs)
    await bench.record('acme', event)
    bench.clock.nowMs += 1_000
    assert.deepEqual(placesOf(await bench.record('acme', event)), ['0 duplicate'])
    assert.deepEqual(placesOf(await bench.record('acme', { ...event, occurred_at: recordedAt })), ['0 duplicate'])
  })

  law('a caller who said occurred_at may leave it out later', async (bench) => {
    await bench.createLogs('acme')
    const { occurred_at: _, ...event } = fullEvent(bench.chance, bench.clock.nowMs)
    await bench.record('acme', { ...event, occurred_at: '2026-11-20T09:00:00.000Z' })
    assert.deepEqual(placesOf(await bench.record('acme', event)), ['0 duplicate'])
  })

  law('the same id in two organizations is two events', async (bench) => {
    await bench.createLogs('acme', 'umbrella')
    const event = fullEvent(bench.chance, bench.clock.nowMs)
    await bench.append(bench.unit('acme', event), bench.unit('umbrella', { ...event, description: 'another' }))
    assert.deepEqual([bench.model('acme').length, bench.model('umbrella').length], [1, 1])
    await checkSeparate(bench, event.id)
  })
}

async function checkSeparate({ store }: Bench, id: string): Promise<void> {
  const [ours, theirs] = [await store.findById('acme', id), await store.findById('umbrella', id)]
  assert.ok(ours && theirs)
  assert.notDeepEqual(Buffer.from(ours.leaf), Buffer.from(theirs.leaf))
}

const placesOf = (placed: readonly { index: number; status: string }[]): readonly string[] =>
  placed.map(({ index, status }) => `${index} ${status}`)
