/** Laws of appending: order, indexes, statuses, and who is refused. */
import assert from 'node:assert/strict'
import type { Unit } from '../port.js'
import { type Bench, type HandLaw, placedOf, refusalOf } from './bench.js'
import { fullEvent, someEvent, tinyEvent } from './chance.js'

const ORGS = ['acme', 'umbrella', 'wayne'] as const
const GROUPS = 12

export function appendLaws(law: HandLaw): void {
  law('groups of random units over several organizations are recorded in order, gap-free', async (bench) => {
    await bench.createLogs(...ORGS)
    for (let i = 0; i < GROUPS; i++) {
      bench.clock.nowMs += bench.chance.below(50)
      const units = bench.chance.times(1 + bench.chance.below(6), () => someUnit(bench))
      for (const outcome of await bench.append(...units)) {
        for (const { status } of placedOf(outcome)) assert.equal(status, 'recorded')
      }
    }
  })

  law('all units of a group share the checkpoint that covers them all', async (bench) => {
    await bench.createLogs('acme')
    const outcomes = await bench.append(
      bench.unit('acme', tinyEvent(0)),
      bench.unit('acme', tinyEvent(1), tinyEvent(2)),
    )
    const head = await bench.head('acme')
    for (const outcome of outcomes) {
      assert.ok('placed' in outcome)
      assert.deepEqual([outcome.size, outcome.checkpoint], [3, head.checkpoint])
    }
  })

  law('an event without a time occurred when it was recorded', async (bench) => {
    await bench.createLogs('acme')
    const { occurred_at: _, ...event } = fullEvent(bench.chance, bench.clock.nowMs)
    const [placed] = await bench.record('acme', event)
    const leaf = Buffer.from(bench.model('acme')[0]?.leaf ?? []).toString()
    const time = new Date(bench.clock.nowMs).toISOString()
    assert.equal(placed?.recordedAtMs, bench.clock.nowMs)
    assert.ok(leaf.includes(`"occurred_at":"${time}"`) && leaf.includes(`"recorded_at":"${time}"`))
  })

  law('an unknown organization is refused, and the rest of the group stands', async (bench) => {
    await bench.createLogs('acme')
    const [first, second, third] = await bench.append(
      bench.unit('acme', tinyEvent(0)),
      bench.unit('nobody', tinyEvent(1)),
      bench.unit('acme', tinyEvent(2)),
    )
    assert.equal(refusalOf(second).code, 'organization_not_found')
    assert.match(refusalOf(second).message, /PUT \/v1\/organizations\/nobody/)
    assert.deepEqual([placedOf(first)[0]?.index, placedOf(third)[0]?.index], [0, 1])
    assert.equal(await bench.store.head('nobody'), undefined)
  })

  law('groups appended at once are recorded one after another, in the order of the calls', async (bench) => {
    await bench.createLogs('acme')
    const groups = bench.chance.times(20, (i) => bench.store.append([bench.unit('acme', tinyEvent(i))]))
    const indexes = (await Promise.all(groups)).map(([outcome]) => placedOf(outcome)[0]?.index)
    assert.deepEqual(
      indexes,
      groups.map((_, i) => i),
    )
  })

  law('a unit without events, and a group without units, change nothing', async (bench) => {
    await bench.createLogs('acme')
    await bench.record('acme', tinyEvent(0))
    const before = await bench.head('acme')
    assert.deepEqual(await bench.append(), [])
    assert.deepEqual(await bench.record('acme'), [])
    assert.deepEqual(await bench.head('acme'), before)
  })
}

function someUnit(bench: Bench): Unit {
  const events = bench.chance.times(1 + bench.chance.below(5), () => someEvent(bench.chance, bench.clock.nowMs))
  return bench.unit(bench.chance.pick(ORGS), ...events)
}
