/** Acts and faults: whatever commit is lost, or done and reported lost, an act is done with its entry or not at all. */
import { randomBytes } from 'node:crypto'
import { encodeBase64 } from '@sealedlog/sdk/base'
import { fillEvent, groupOfDisclosure, type LogAct, parseLeaf, sealEvent, splitDisclosures } from '@sealedlog/sdk/event'
import { parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Unit, UnitAct } from '../../dist/store/index.js'
import { type Fate, type Rig, withRig } from './rig.js'
import { codeOf, idsOf, unitOf } from './support.js'

const RUNS_MS_MAX = 60_000
const DAY_MS = 86_400_000
const ORG = 'acme'

const KINDS = ['events', 'erase', 'rotate', 'continue'] as const
type Kind = (typeof KINDS)[number]

function actUnit(rig: Rig, id: string, said: LogAct, act: UnitAct): Unit {
  const event = fillEvent({ id, type: 'log.acted' }, rig.nowMs, randomBytes)
  return { org: ORG, events: [sealEvent(event, ORG, randomBytes, said)], act }
}

function rotationOf(rig: Rig, id: string): Unit {
  const key = rig.nextKey(ORG)
  return actUnit(rig, id, { key_rotated: key }, { rotatesTo: key.generation })
}

function continuationOf(rig: Rig, id: string): Unit {
  const { origin, size, checkpoint } = rig.head(ORG)
  const root = encodeBase64(parseCheckpoint(parseNote(checkpoint).text).root)
  return actUnit(rig, id, { continues: { origin, size, root } }, { continuesAs: `example.com/${id}` })
}

const erasureOf = (rig: Rig, id: string, index: number, groups: readonly string[]): Unit =>
  actUnit(rig, id, { redacts: [{ groups, ranges: [[index, index]] }] }, { erases: [{ index, groups }] })

const disclosedAt = (rig: Rig, index: number): readonly string[] =>
  splitDisclosures(rig.entry(ORG, index).disclosures).map(groupOfDisclosure)

const committedAt = (rig: Rig, index: number): readonly string[] =>
  Object.keys(parseLeaf(rig.entry(ORG, index).leaf).groups)

describe.each<Fate>(['lost', 'done, reported lost'])('a commit with an act that is %s', (fate) => {
  const isDone = fate !== 'lost'

  test.each<readonly [string, (rig: Rig, id: string) => Unit, number]>([
    ['rotates the key', rotationOf, 2],
    ['goes on under another origin', continuationOf, 2],
    ['erases', (rig, id) => erasureOf(rig, id, 3, ['actor']), 1],
  ])('%s with its entry or not at all, and said again does it once', (_what, unitFor, keys) =>
    withRig(async (rig) => {
      rig.append(unitOf(ORG, ...idsOf(0, 300)))
      const before = rig.head(ORG)
      const unit = unitFor(rig, 'x')
      rig.fate = fate
      expect(await codeOf(() => rig.append(unit))).toBe('storage_failed')
      await rig.check()
      expect(rig.keys(ORG)).toHaveLength(isDone ? keys : 1)
      if (!isDone) expect(rig.head(ORG)).toEqual(before)
      expect(rig.append(unit)).toMatchObject([
        { placed: [{ index: 300, status: isDone ? 'duplicate' : 'recorded' }], size: 301 },
      ])
      expect(rig.keys(ORG)).toHaveLength(keys)
      rig.reopen()
      rig.append(unitOf(ORG, ...idsOf(300, 310)))
      await rig.check()
      expect(rig.size(ORG)).toBe(311)
    }),
  )
})

test(
  'whatever sequence of events, erasures, rotations and origins succeeds, is lost, or is done and reported lost: the log holds together',
  async () => {
    const step = fc.record({
      fate: fc.constantFrom<Fate>('ok', 'ok', 'lost', 'done, reported lost'),
      kind: fc.constantFrom<Kind>(...KINDS),
      again: fc.boolean(),
      reopen: fc.nat({ max: 4 }).map((n) => n === 0),
      days: fc.nat({ max: 20 }),
      place: fc.nat(),
      groups: fc.subarray(['actor', 'details', 'targets/0', 'content'], { minLength: 1 }),
    })
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), (steps) =>
      withRig(async (rig) => {
        rig.append(unitOf(ORG, ...idsOf(0, 250)))
        const erased = new Map<number, Set<string>>()
        let keys = 1
        for (const [n, { fate, kind, again, reopen, days, place, groups }] of steps.entries()) {
          rig.nowMs += days * DAY_MS
          const index = place % rig.size(ORG)
          const unit = {
            events: () => unitOf(ORG, ...idsOf(1_000 + n * 3, 1_003 + n * 3)),
            erase: () => erasureOf(rig, `act.${n}`, index, groups),
            rotate: () => rotationOf(rig, `act.${n}`),
            continue: () => continuationOf(rig, `act.${n}`),
          }[kind]()
          rig.fate = fate
          expect(await codeOf(() => rig.append(unit))).toBe(fate === 'ok' ? 'none' : 'storage_failed')
          if (reopen) rig.reopen()
          if (again) rig.append(unit)
          const isDone = again || fate !== 'lost'
          if (isDone && kind === 'erase') erased.set(index, new Set([...(erased.get(index) ?? []), ...groups]))
          if (isDone && (kind === 'rotate' || kind === 'continue')) keys += 1
          await rig.check()
          expect(rig.keys(ORG)).toHaveLength(keys)
        }
        for (const [index, gone] of erased)
          expect(disclosedAt(rig, index)).toEqual(committedAt(rig, index).filter((group) => !gone.has(group)))
      }),
    )
    await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: RUNS_MS_MAX / 4 })
  },
  RUNS_MS_MAX,
)
