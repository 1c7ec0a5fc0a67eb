/** Laws of erasing: disclosures go with the entry that accounts for them; leaves, tiles and every proof stay. */
import assert from 'node:assert/strict'
import { encodeBase64 } from '@sealedlog/sdk/base'
import { type FilledEvent, fillEvent, parseLeaf } from '@sealedlog/sdk/event'
import { hashLeaf, parseCheckpoint, parseNote, RightEdge } from '@sealedlog/sdk/merkle'
import { BOTH_SIGN_MS } from '../acts.js'
import type { Erasure } from '../port.js'
import { type Bench, type HandLaw, placedOf, refusalOf } from './bench.js'
import { fullEvent, someEvent, tinyEvent } from './chance.js'

const ENTRIES = 300
const ROUNDS = 12

export function actLaws(law: HandLaw): void {
  law('what is erased is gone from every reading; leaves, tiles and earlier roots stay', async (bench) => {
    await bench.createLogs('acme', 'umbrella')
    const events = bench.chance.times(ENTRIES, () => someEvent(bench.chance, bench.clock.nowMs))
    await bench.append(bench.unit('acme', ...events), bench.unit('umbrella', ...events))
    const before = await stateOf(bench, 'acme')
    for (let round = 0; round < ROUNDS; round++) {
      const erases = randomErasures(bench, 'acme')
      await bench.append(bench.erasingUnit('acme', redactionEvent(bench, round), erases))
      for (const { index } of erases) await readsAlike(bench, 'acme', index)
    }
    const after = await stateOf(bench, 'acme')
    assert.deepEqual(after.leaves.slice(0, ENTRIES), before.leaves)
    assert.deepEqual(after.tile, before.tile)
    assert.equal(rootAt(after.leaves, ENTRIES), before.root, 'the earlier checkpoint covers what is there now')
    assert.ok(bench.model('acme').some(({ erased }) => erased.length > 0))
  })

  law('everything that an entry discloses can be erased, at once or group by group', async (bench) => {
    await bench.createLogs('acme')
    const [one, two] = [fullEvent(bench.chance, bench.clock.nowMs), fullEvent(bench.chance, bench.clock.nowMs)]
    await bench.record('acme', one, two)
    const groups = groupsAt(bench, 'acme', 0)
    await bench.append(bench.erasingUnit('acme', redactionEvent(bench, 0), [{ index: 0, groups }]))
    for (const [i, group] of groups.entries())
      await bench.append(bench.erasingUnit('acme', redactionEvent(bench, 1 + i), [{ index: 1, groups: [group] }]))
    const entries = await bench.store.readAt('acme', [0, 1])
    assert.deepEqual(
      entries.map(({ disclosures }) => disclosures.length),
      [0, 0],
    )
  })

  law('groups that are gone, or were never there, are passed over', async (bench) => {
    await bench.createLogs('acme')
    await bench.record('acme', fullEvent(bench.chance, bench.clock.nowMs), tinyEvent(1))
    const erases = [
      { index: 0, groups: ['actor', 'targets/7', 'nothing'] },
      { index: 1, groups: ['actor'] },
    ]
    await bench.append(bench.erasingUnit('acme', redactionEvent(bench, 0), erases))
    await bench.append(bench.erasingUnit('acme', redactionEvent(bench, 1), erases))
    assert.deepEqual(bench.model('acme')[0]?.erased, ['actor'])
  })

  law('an event said again after erasing is a duplicate, and brings nothing back', async (bench) => {
    await bench.createLogs('acme')
    const event = fullEvent(bench.chance, bench.clock.nowMs)
    await bench.record('acme', event)
    await bench.append(
      bench.erasingUnit('acme', redactionEvent(bench, 0), [{ index: 0, groups: ['actor', 'content'] }]),
    )
    const head = await bench.head('acme')
    const changed: FilledEvent = { ...event, actor: { ...event.actor, type: 'user', name: 'Somebody else' } }
    // What is erased cannot be compared: other content there is the same event.
    for (const again of [event, changed]) assert.equal((await bench.record('acme', again))[0]?.status, 'duplicate')
    assert.deepEqual(await bench.head('acme'), head)
    const [refused] = await bench.append(bench.unit('acme', { ...event, details: { other: true } }))
    assert.equal(refusalOf(refused).code, 'event_conflict')
  })

  law('an act is carried out once: with a duplicate of its event nothing happens', async (bench) => {
    await bench.createLogs('acme')
    await bench.record('acme', fullEvent(bench.chance, bench.clock.nowMs), fullEvent(bench.chance, bench.clock.nowMs))
    const event = redactionEvent(bench, 0)
    await bench.append(bench.erasingUnit('acme', event, [{ index: 0, groups: ['actor'] }]))
    const [again] = await bench.append(bench.erasingUnit('acme', event, [{ index: 1, groups: ['actor'] }]))
    assert.equal(placedOf(again)[0]?.status, 'duplicate')
    assert.deepEqual(bench.model('acme')[1]?.erased, [])
  })

  law('an act stands in the order of its group: it reaches what was recorded just before it', async (bench) => {
    await bench.createLogs('acme')
    const event = fullEvent(bench.chance, bench.clock.nowMs)
    await bench.append(
      bench.unit('acme', event),
      bench.erasingUnit('acme', redactionEvent(bench, 0), [{ index: 0, groups: ['actor'] }]),
      bench.unit('acme', event, tinyEvent(1)),
    )
    assert.deepEqual(bench.model('acme')[0]?.erased, ['actor'])
    assert.equal(bench.model('acme').length, 3)
  })

  law('a unit that is refused erases nothing', async (bench) => {
    await bench.createLogs('acme')
    await bench.record('acme', fullEvent(bench.chance, bench.clock.nowMs))
    const unit = bench.erasingUnit('acme', redactionEvent(bench, 0), [{ index: 0, groups: ['actor'] }])
    bench.clock.nowMs -= BOTH_SIGN_MS
    assert.equal(refusalOf((await bench.append(unit))[0]).code, 'clock_behind')
    assert.deepEqual(bench.model('acme')[0]?.erased, [])
  })

  law('what the leaf does not account for is not done, and nothing is recorded', async (bench) => {
    await bench.createLogs('acme')
    await bench.record('acme', fullEvent(bench.chance, bench.clock.nowMs), fullEvent(bench.chance, bench.clock.nowMs))
    const redacts = [{ groups: ['actor'], ranges: [[0, 0] as const] }]
    const event = redactionEvent(bench, 0)
    const units = [
      bench.actUnit('acme', event, { redacts }, { erases: [{ index: 0, groups: ['actor', 'details'] }] }),
      bench.actUnit('acme', event, { redacts }, { erases: [{ index: 1, groups: ['actor'] }] }),
      bench.actUnit('acme', event, { redacts }, { rotatesTo: 2 }),
      bench.erasingUnit('acme', event, [{ index: 2, groups: ['actor'] }]),
      { ...bench.unit('acme', event), act: { erases: [{ index: 0, groups: ['actor'] }] } },
      { ...bench.unit('acme', event, tinyEvent(9)), act: { erases: [] } },
    ]
    for (const unit of units) await assert.rejects(bench.store.append([unit]), /assertion failed/)
    await bench.checkLogs()
  })

  law('once erasing is finished, it is', async (bench) => {
    await bench.createLogs('acme')
    await bench.record('acme', fullEvent(bench.chance, bench.clock.nowMs))
    await bench.append(bench.erasingUnit('acme', redactionEvent(bench, 0), [{ index: 0, groups: ['actor'] }]))
    assert.equal(await bench.store.finishErasing(), true)
  })
}

const redactionEvent = (bench: Bench, n: number): FilledEvent =>
  fillEvent({ id: `redaction_${n}`, type: 'audit.redaction' }, bench.clock.nowMs, bench.chance.bytes)

const groupsAt = (bench: Bench, org: string, index: number): readonly string[] => {
  const leaf = bench.model(org)[index]?.leaf
  assert.ok(leaf)
  return Object.keys(parseLeaf(leaf).groups)
}

/** Some groups of some entries, in any order; some of them gone already. */
function randomErasures(bench: Bench, org: string): readonly Erasure[] {
  const { chance } = bench
  const indexes = new Set(chance.times(1 + chance.below(20), () => chance.below(ENTRIES)))
  return [...indexes].map((index) => {
    const groups = groupsAt(bench, org, index).filter(() => chance.below(2) === 0)
    return { index, groups: groups.length > 0 ? groups : ['content'] }
  })
}

/** What the other readings say of an entry is what the range says, which the bench has compared. */
async function readsAlike({ store }: Bench, org: string, index: number): Promise<void> {
  const [[inRange], [at]] = [await store.readRange(org, index, index + 1), await store.readAt(org, [index])]
  const byId = await store.findById(org, parseLeaf(inRange?.leaf ?? new Uint8Array(0)).id)
  for (const entry of [at, byId])
    assert.deepEqual(Buffer.from(entry?.disclosures ?? 'none'), Buffer.from(inRange?.disclosures ?? ''))
}

async function stateOf(
  { store }: Bench,
  org: string,
): Promise<{ leaves: readonly Buffer[]; tile: Buffer; root: string }> {
  const head = await store.head(org)
  assert.ok(head)
  const entries = await store.readRange(org, 0, head.size)
  const tile = await store.readTile(org, 0, 0)
  return {
    leaves: entries.map(({ leaf }) => Buffer.from(leaf)),
    tile: Buffer.from(tile ?? ''),
    root: encodeBase64(parseCheckpoint(parseNote(head.checkpoint).text).root),
  }
}

function rootAt(leaves: readonly Buffer[], size: number): string {
  const edge = new RightEdge()
  for (const leaf of leaves.slice(0, size)) edge.append(hashLeaf(leaf))
  return encodeBase64(edge.root())
}
