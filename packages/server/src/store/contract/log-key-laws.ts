/** Laws of a log's keys over time: rotations, and going on under another origin. */
import assert from 'node:assert/strict'
import { encodeBase64 } from '@sealedlog/sdk/base'
import { fillEvent, type FilledEvent } from '@sealedlog/sdk/event'
import { openNote, parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import { BOTH_SIGN_MS } from '../acts.js'
import type { LogKey, Unit } from '../port.js'
import { verifierOf } from '../signing.js'
import { type Bench, type HandLaw, placedOf, refusalOf } from './bench.js'
import { tinyEvent } from './chance.js'

const DAY_MS = 86_400_000

export function logKeyLaws(law: HandLaw): void {
  law('a new log has one key, which signs from size 0; a log that does not exist has none', async (bench) => {
    await bench.createLogs('acme')
    const { origin, vkey } = await bench.head('acme')
    assert.deepEqual(await bench.store.keys('acme'), [{ origin, generation: 1, vkey, since: 0 }])
    assert.deepEqual(await bench.store.keys('nobody'), [])
    await assert.rejects(bench.store.nextKey('nobody'), { code: 'organization_not_found' })
  })

  law('a rotation brings the key that was announced, handed over by the one before it', async (bench) => {
    await bench.createLogs('acme')
    await bench.record('acme', tinyEvent(0), tinyEvent(1))
    const [first] = await bench.store.keys('acme')
    const next = await bench.store.nextKey('acme')
    assert.deepEqual(await bench.store.nextKey('acme'), next)
    await bench.append(await rotation(bench, 'acme'))
    const [newest, ...older] = await bench.store.keys('acme')
    assert.ok(newest && first)
    assert.deepEqual(older, [first])
    const head = await bench.head('acme')
    assert.deepEqual([head.vkey, newest.vkey, newest.generation, newest.since], [next.vkey, next.vkey, 2, 3])
    assert.equal(newest.handover, head.checkpoint, 'one size has one note')
    assert.deepEqual(signersOf(newest.handover ?? '', newest, first), [newest.vkey, first.vkey])
  })

  law('both keys sign for thirty days, the new one first; then the new one alone', async (bench) => {
    await bench.createLogs('acme')
    const [first] = await bench.store.keys('acme')
    await bench.append(await rotation(bench, 'acme'))
    const [newest] = await bench.store.keys('acme')
    assert.ok(newest && first)
    const rotatedAtMs = bench.clock.nowMs
    for (const [after, signers] of [
      [1, [newest, first]],
      [29 * DAY_MS, [newest, first]],
      [BOTH_SIGN_MS - 1, [newest, first]],
      [BOTH_SIGN_MS, [newest]],
      [BOTH_SIGN_MS + DAY_MS, [newest]],
    ] as const) {
      bench.clock.nowMs = rotatedAtMs + after
      await bench.append(bench.unit('acme', tinyEvent(after)))
      const { checkpoint } = await bench.head('acme')
      assert.deepEqual(
        signersOf(checkpoint, newest, first),
        signers.map(({ vkey }) => vkey),
        `after ${after} ms`,
      )
    }
  })

  law('nothing is signed a second time: whatever passes, a size keeps its note', async (bench) => {
    await bench.createLogs('acme')
    await bench.append(await rotation(bench, 'acme'))
    const { checkpoint } = await bench.head('acme')
    bench.clock.nowMs += 2 * BOTH_SIGN_MS
    const event = { ...tinyEvent(0), id: 'rotation_0', type: 'log.key_rotated' }
    const again = await rotation(bench, 'acme', event)
    assert.equal(placedOf((await bench.append(again))[0])[0]?.status, 'duplicate')
    await bench.store.createLog('acme', 'Acme')
    assert.equal((await bench.head('acme')).checkpoint, checkpoint)
    assert.equal((await bench.store.keys('acme')).length, 2)
  })

  law(
    'within a group, what follows a rotation is signed like it, and what stands before it is handed over',
    async (bench) => {
      await bench.createLogs('acme', 'umbrella')
      const [first] = await bench.store.keys('acme')
      await bench.append(
        bench.unit('acme', tinyEvent(0), tinyEvent(1)),
        await rotation(bench, 'acme'),
        bench.unit('umbrella', tinyEvent(0)),
        bench.unit('acme', tinyEvent(2)),
      )
      const [newest] = await bench.store.keys('acme')
      assert.ok(newest && first)
      assert.equal(newest.since, 3)
      const { size } = parseCheckpoint(parseNote(newest.handover ?? '').text)
      const head = await bench.head('acme')
      assert.deepEqual([size, head.size], [3, 4])
      assert.deepEqual(signersOf(head.checkpoint, newest, first), [newest.vkey, first.vkey])
      assert.equal((await bench.store.keys('umbrella')).length, 1)
    },
  )

  law('a key that was rotated again signs no more', async (bench) => {
    await bench.createLogs('acme')
    for (const i of [0, 1, 2, 3]) {
      await bench.append(await rotation(bench, 'acme', rotationEvent(bench, i)))
      const [newest, before, ...older] = await bench.store.keys('acme')
      assert.ok(newest && before)
      const { checkpoint } = await bench.head('acme')
      assert.deepEqual(signersOf(checkpoint, newest, before, ...older), [newest.vkey, before.vkey])
      assert.equal(newest.generation, 2 + i)
    }
    const vkeys = (await bench.store.keys('acme')).map(({ vkey }) => vkey)
    assert.equal(new Set(vkeys).size, 5)
  })

  law('a generation that is not the next one is refused, and so is another key than announced', async (bench) => {
    await bench.createLogs('acme')
    const { vkey } = await bench.store.nextKey('acme')
    const before = [await bench.head('acme'), await bench.store.keys('acme')]
    for (const generation of [0, 1, 3, 1_000])
      assert.equal(await refusal(bench, rotationUnit(bench, generation, vkey)), 'revision_mismatch')
    const { vkey: current } = await bench.head('acme')
    assert.equal(await refusal(bench, rotationUnit(bench, 2, current)), 'revision_mismatch')
    assert.deepEqual([await bench.head('acme'), await bench.store.keys('acme')], before)
    // and of two that ask for the same key, one gets it
    const units = [rotationUnit(bench, 2, vkey, 'one'), rotationUnit(bench, 2, vkey, 'two')]
    const [one, two] = await bench.append(...units)
    assert.deepEqual([placedOf(one)[0]?.index, refusalOf(two).code], [0, 'revision_mismatch'])
  })

  law(
    'a log that goes on under another origin keeps its leaves, and signs nothing under the old one',
    async (bench) => {
      await bench.createLogs('acme', 'umbrella')
      await bench.record('acme', ...bench.chance.times(300, tinyEvent))
      await bench.append(await rotation(bench, 'acme'))
      const [old, oldest] = await bench.store.keys('acme')
      const origin = bench.store.newOrigin()
      await bench.append(bench.unit('umbrella', tinyEvent(0)), await continuation(bench, 'acme', origin))
      const [newest, ...older] = await bench.store.keys('acme')
      assert.ok(newest && old && oldest)
      assert.deepEqual(older, [old, oldest])
      assert.deepEqual([newest.origin, newest.generation, newest.since], [origin, 1, 302])
      assert.equal(newest.handover, undefined)
      for (const i of [1_000, 1_001]) {
        const head = await bench.head('acme')
        assert.deepEqual([head.origin, head.vkey], [origin, newest.vkey])
        assert.deepEqual(signersOf(head.checkpoint, newest, old, oldest), [newest.vkey])
        await bench.append(bench.unit('acme', tinyEvent(i)))
      }
      await bench.append(await rotation(bench, 'acme', rotationEvent(bench, 1)))
      const [rotated] = await bench.store.keys('acme')
      assert.deepEqual([rotated?.origin, rotated?.generation], [origin, 2])
    },
  )

  law('a log goes on only from where it is, and under an origin that nobody had', async (bench) => {
    await bench.createLogs('acme', 'umbrella')
    await bench.record('acme', tinyEvent(0))
    const origin = bench.store.newOrigin()
    const stale = await continuation(bench, 'acme', origin)
    await bench.record('acme', tinyEvent(1))
    const before = await bench.head('acme')
    assert.equal(await refusal(bench, stale), 'revision_mismatch')
    const { origin: taken } = await bench.head('umbrella')
    assert.equal(await refusal(bench, await continuation(bench, 'acme', taken)), 'revision_mismatch')
    assert.deepEqual(await bench.head('acme'), before)
    await bench.append(await continuation(bench, 'acme', origin))
    assert.equal(await refusal(bench, await continuation(bench, 'umbrella', before.origin, 'u')), 'revision_mismatch')
  })

  law('new origins stand under the base of the others, and no two are alike', async (bench) => {
    const { origin } = await bench.store.createLog('acme', 'Acme')
    const [one, two] = [bench.store.newOrigin(), bench.store.newOrigin()]
    assert.equal(new Set([one, two, origin]).size, 3)
    const baseOf = (each: string) => each.slice(0, each.lastIndexOf('/'))
    assert.deepEqual([baseOf(one), baseOf(two)], [baseOf(origin), baseOf(origin)])
  })
}

const rotationEvent = (bench: Bench, n: number | string): FilledEvent =>
  fillEvent({ id: `rotation_${n}`, type: 'log.key_rotated' }, bench.clock.nowMs, bench.chance.bytes)

/** Rotates to the key that the store says is next. */
async function rotation(bench: Bench, org: string, event = rotationEvent(bench, 0)): Promise<Unit> {
  const key = await bench.store.nextKey(org)
  return bench.actUnit(org, event, { key_rotated: key }, { rotatesTo: key.generation })
}

const rotationUnit = (bench: Bench, generation: number, vkey: string, id = 'x'): Unit =>
  bench.actUnit('acme', rotationEvent(bench, id), { key_rotated: { generation, vkey } }, { rotatesTo: generation })

async function continuation(bench: Bench, org: string, origin: string, id = 'x'): Promise<Unit> {
  const { size, checkpoint, origin: left } = await bench.head(org)
  const root = encodeBase64(parseCheckpoint(parseNote(checkpoint).text).root)
  const event = fillEvent({ id: `continues_${id}`, type: 'log.continues' }, bench.clock.nowMs, bench.chance.bytes)
  return bench.actUnit(org, event, { continues: { origin: left, size, root } }, { continuesAs: origin })
}

const refusal = async (bench: Bench, unit: Unit): Promise<string> => refusalOf((await bench.append(unit))[0]).code

/** The verifier keys that signed a note, in the order of their lines; every line must hold. */
function signersOf(note: string, ...keys: readonly LogKey[]): readonly string[] {
  const verifiers = keys.map(({ vkey }) => ({ ...verifierOf(vkey), vkey }))
  const { verified, unverified } = openNote(note, verifiers)
  assert.deepEqual(unverified, [])
  return verified.map(({ keyId }) => {
    const signer = verifiers.find((each) => Buffer.from(each.keyId).equals(keyId))
    return signer?.vkey ?? 'nobody'
  })
}
