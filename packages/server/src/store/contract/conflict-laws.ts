/** Laws of conflict: an id that is said again with other content refuses its unit whole. */
import assert from 'node:assert/strict'
import { BOUNDS, type EventInput, type FilledEvent } from '@sealedlog/sdk/event'
import { type Bench, type HandLaw, placedOf, refusalOf } from './bench.js'
import { fullEvent, tinyEvent } from './chance.js'

/** Something else in each group and each clear field; undefined leaves a member out. */
const DIFFERENCES: { readonly [what: string]: { readonly [name in keyof EventInput]?: EventInput[name] | undefined } } =
  {
    'another type': { type: 'something.else' },
    'another outcome': { outcome: 'denied' },
    'another bucket': { bucket: 'other' },
    'another occurred_at': { occurred_at: '2026-01-01T00:00:00.000Z' },
    'another actor type': { actor: { type: 'service', id: 'user_1' } },
    'another actor': { actor: { type: 'user', id: 'somebody_else' } },
    'no actor': { actor: undefined },
    'another address': { context: { ip_address: '192.0.2.8', user_agent: 'curl/8', request_id: 'req_1' } },
    'another request': { context: { ip_address: '192.0.2.7', user_agent: 'curl/8', request_id: 'another' } },
    'another on_behalf_of': { on_behalf_of: { type: 'user', id: 'somebody_else' } },
    'another type in on_behalf_of': { on_behalf_of: { type: 'group', id: 'user_2' } },
    'no on_behalf_of': { on_behalf_of: undefined },
    'another target type': { targets: [{ type: 'other' }, { type: 'project', id: 'proj_1' }] },
    'another first target': {
      targets: [
        { type: 'api_key', id: 'other' },
        { type: 'project', id: 'proj_1' },
      ],
    },
    'another second target': {
      targets: [
        { type: 'api_key', id: 'key_1' },
        { type: 'project', id: 'other' },
      ],
    },
    'targets in another order': {
      targets: [
        { type: 'project', id: 'proj_1' },
        { type: 'api_key', id: 'key_1' },
      ],
    },
    'one target less': { targets: [{ type: 'api_key', id: 'key_1' }] },
    'one target more': {
      targets: [
        { type: 'api_key', id: 'key_1' },
        { type: 'project', id: 'proj_1' },
        { type: 'user', id: 'user_3' },
      ],
    },
    'other details': { details: { n: 2 } },
    'null for an absent detail': { details: { n: 1, note: null } },
    'empty details': { details: {} },
    'no details': { details: undefined },
    'other changes': { changes: [{ path: 'role', before: 'reader', after: 'admin' }] },
    'another project': { project: { id: 'proj_2' } },
    'another description': { description: 'Said differently' },
    'other metadata': { metadata: { plan: 'free' } },
    'something extra': { extra: { openai: { ja3: 'x' } } },
  }

export function conflictLaws(law: HandLaw): void {
  law('other content under a recorded id is a conflict, in every group and every clear field', async (bench) => {
    await bench.createLogs('acme')
    const event = plainEvent(bench)
    await bench.record('acme', event)
    const before = await bench.head('acme')
    for (const [what, difference] of Object.entries(DIFFERENCES)) {
      const refused = refusalOf((await bench.append(bench.unit('acme', changed(event, difference))))[0])
      assert.deepEqual([what, refused.code, pointersOf(refused)], [what, 'event_conflict', ['/0/id']])
      assert.deepEqual(await bench.head('acme'), before, what)
    }
    assert.equal((await bench.record('acme', event))[0]?.status, 'duplicate')
  })

  law('other content under an id of the same unit is a conflict, and nothing of it is recorded', async (bench) => {
    await bench.createLogs('acme')
    for (const [what, difference] of Object.entries(DIFFERENCES)) {
      const event = plainEvent(bench)
      const unit = bench.unit('acme', tinyEvent(1), event, changed(event, difference))
      const refused = refusalOf((await bench.append(unit))[0])
      assert.deepEqual([what, refused.code, pointersOf(refused)], [what, 'event_conflict', ['/2/id']])
    }
    assert.equal((await bench.head('acme')).size, 0)
  })

  law('a conflict refuses its unit whole, while the other units of the group stand', async (bench) => {
    await bench.createLogs('acme', 'umbrella')
    const event = plainEvent(bench)
    await bench.record('acme', event)
    const conflicting = changed(event, { details: { n: 3 } })
    const [first, second, third, fourth] = await bench.append(
      bench.unit('acme', tinyEvent(0)),
      bench.unit('acme', tinyEvent(1), conflicting, event, conflicting, tinyEvent(2)),
      bench.unit('umbrella', conflicting),
      bench.unit('acme', tinyEvent(2)),
    )
    assert.deepEqual(pointersOf(refusalOf(second)), ['/1/id', '/3/id'])
    assert.match(refusalOf(second).message, /index 0/)
    assert.deepEqual(
      [first, third, fourth].map((outcome) => placedOf(outcome)[0]?.index),
      [1, 0, 2],
    )
    assert.equal(await bench.store.findById('acme', tinyEvent(1).id), undefined)
  })

  law('a conflict with another unit of the same group refuses the later one', async (bench) => {
    await bench.createLogs('acme')
    const event = plainEvent(bench)
    const units = [bench.unit('acme', event), bench.unit('acme', changed(event, { description: 'x' }), tinyEvent(1))]
    const [first, second] = await bench.append(...units)
    assert.equal(placedOf(first)[0]?.index, 0)
    assert.deepEqual(pointersOf(refusalOf(second)), ['/0/id'])
  })

  law('a refusal names at most REFUSALS_MAX events', async (bench) => {
    await bench.createLogs('acme')
    const events = bench.chance.times(BOUNDS.REFUSALS_MAX + 1, tinyEvent)
    await bench.record('acme', ...events)
    const changedAll = events.map((event) => changed(event, { bucket: 'other' }))
    const refused = refusalOf((await bench.append(bench.unit('acme', ...changedAll)))[0])
    assert.equal(refused.issues.length, BOUNDS.REFUSALS_MAX)
  })
}

function plainEvent(bench: Bench): FilledEvent {
  const base = fullEvent(bench.chance, bench.clock.nowMs)
  return {
    ...base,
    type: 'api_key.created',
    actor: { type: 'user', id: 'user_1' },
    on_behalf_of: { type: 'user', id: 'user_2' },
    targets: [
      { type: 'api_key', id: 'key_1' },
      { type: 'project', id: 'proj_1' },
    ],
    details: { n: 1 },
    context: { ip_address: '192.0.2.7', user_agent: 'curl/8', request_id: 'req_1' },
  }
}

function changed(event: FilledEvent, difference: object): FilledEvent {
  const members = Object.entries({ ...event, ...difference }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members) as unknown as FilledEvent
}

const pointersOf = (refused: { readonly issues: readonly { readonly pointer: string }[] }): readonly string[] =>
  refused.issues.map(({ pointer }) => pointer)
