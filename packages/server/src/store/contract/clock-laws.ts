/** Laws of time: `recorded_at` never runs backwards, whatever the clock does. */
import assert from 'node:assert/strict'
import { BOUNDS } from '@sealedlog/sdk/event'
import { type HandLaw, placedOf, refusalOf } from './bench.js'
import { tinyEvent } from './chance.js'

export function clockLaws(law: HandLaw): void {
  law('a clock that goes back a little is raised to the last entry’s time', async (bench) => {
    await bench.createLogs('acme', 'umbrella')
    const startMs = bench.clock.nowMs
    await bench.record('acme', tinyEvent(0))
    bench.clock.nowMs = startMs - BOUNDS.CLOCK_RAISE_MS_MAX
    const [ours, theirs] = await bench.append(bench.unit('acme', tinyEvent(1)), bench.unit('umbrella', tinyEvent(1)))
    assert.equal(placedOf(ours)[0]?.recordedAtMs, startMs)
    assert.equal(placedOf(theirs)[0]?.recordedAtMs, bench.clock.nowMs)
    bench.clock.nowMs = startMs + 1
    assert.equal((await bench.record('acme', tinyEvent(2)))[0]?.recordedAtMs, startMs + 1)
  })

  law('a clock that goes back further refuses the unit, and nothing of it is recorded', async (bench) => {
    await bench.createLogs('acme', 'umbrella')
    await bench.record('acme', tinyEvent(0))
    const before = await bench.head('acme')
    bench.clock.nowMs -= BOUNDS.CLOCK_RAISE_MS_MAX + 1
    const [ours, theirs] = await bench.append(
      bench.unit('acme', tinyEvent(1), tinyEvent(2)),
      bench.unit('umbrella', tinyEvent(1)),
    )
    assert.equal(refusalOf(ours).code, 'clock_behind')
    assert.ok(refusalOf(ours).retryAfterSeconds)
    assert.deepEqual(await bench.head('acme'), before)
    assert.equal(await bench.store.findById('acme', tinyEvent(1).id), undefined)
    assert.equal(placedOf(theirs)[0]?.index, 0)
    bench.clock.nowMs += 1
    assert.equal((await bench.record('acme', tinyEvent(1)))[0]?.index, 1)
  })

  law('a clock that jumps about never makes recorded_at run backwards', async (bench) => {
    await bench.createLogs('acme')
    for (let i = 0; i < 40; i++) {
      bench.clock.nowMs += bench.chance.below(2 * BOUNDS.CLOCK_RAISE_MS_MAX) - BOUNDS.CLOCK_RAISE_MS_MAX
      await bench.append(bench.unit('acme', tinyEvent(i)))
    }
  })
}
