/** Faults in pairs: a commit that was lost, and a commit that was done but reported lost. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UnitOutcome } from '../../dist/store/index.js'
import { type Fate, ORGS, withRig } from './rig.js'
import { codeOf, idsOf, unitOf } from './support.js'

const RUNS_MS_MAX = 60_000

const statusesOf = (outcome: UnitOutcome | undefined): readonly string[] =>
  outcome && 'placed' in outcome ? outcome.placed.map(({ status }) => status) : ['refused']

describe.each([
  ['lost', 0, 'recorded'],
  ['done, reported lost', 300, 'duplicate'],
] as const)('a commit that is %s', (fate, sizeAfter, statusAgain) => {
  test('hands nothing out, and saying the same ids again records each exactly once', () =>
    withRig(async (rig) => {
      rig.append(unitOf('acme', 'before'))
      rig.fate = fate
      const ids = idsOf(0, 300)
      expect(await codeOf(() => rig.append(unitOf('acme', ...ids), unitOf('umbrella', 'u')))).toBe('storage_failed')
      expect(rig.size('acme')).toBe(1 + sizeAfter)
      await rig.check()
      const [again] = rig.append(unitOf('acme', ...ids), unitOf('umbrella', 'u'))
      expect(new Set(statusesOf(again))).toEqual(new Set([statusAgain]))
      rig.append(unitOf('acme', 'after'))
      expect(await rig.check()).toEqual({ acme: ['before', ...ids, 'after'], umbrella: ['u'] })
    }))

  test('leaves nothing behind in the writer: other events said next get the right places', () =>
    withRig(async (rig) => {
      rig.append(unitOf('acme', ...idsOf(0, 200)))
      rig.fate = fate
      expect(await codeOf(() => rig.append(unitOf('acme', ...idsOf(200, 260))))).toBe('storage_failed')
      rig.append(unitOf('acme', ...idsOf(260, 600)))
      const { acme } = await rig.check()
      expect(acme).toEqual(fate === 'lost' ? [...idsOf(0, 200), ...idsOf(260, 600)] : idsOf(0, 600))
    }))
})

test(
  'whatever sequence of commits succeeds, is lost, or is done and reported lost: each event stands once, no checkpoint is taken back',
  async () => {
    const step = fc.record({
      fate: fc.constantFrom<Fate>('ok', 'lost', 'done, reported lost'),
      reopen: fc.nat({ max: 5 }).map((n) => n === 0),
      units: fc.array(
        fc.record({
          org: fc.constantFrom(...ORGS),
          from: fc.nat({ max: 400 }),
          count: fc.integer({ min: 1, max: 90 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    })
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) =>
      withRig(async (rig) => {
        const said: Record<string, Set<string>> = { acme: new Set(), umbrella: new Set() }
        for (const { fate, reopen, units } of steps) {
          const now = units.map(({ org, from, count }) => unitOf(org, ...idsOf(from, from + count)))
          for (const { org, events } of now) for (const { id } of events) said[org]?.add(id)
          rig.fate = fate
          expect(await codeOf(() => rig.append(...now))).toBe(fate === 'ok' ? 'none' : 'storage_failed')
          if (reopen) rig.reopen()
          await rig.check()
        }
        for (const org of ORGS) rig.append(unitOf(org, ...(said[org] ?? [])))
        const ids = await rig.check()
        for (const org of ORGS) expect([...(ids[org] ?? [])].sort()).toEqual([...(said[org] ?? [])].sort())
      }),
    )
    await fc.assert(property, { numRuns: 30, interruptAfterTimeLimit: RUNS_MS_MAX / 2 })
  },
  RUNS_MS_MAX,
)

test('a full disk refuses with storage_failed, keeps the log whole, and goes on when there is room', () =>
  withRig(async (rig) => {
    rig.append(unitOf('acme', ...idsOf(0, 100)))
    const pages = Number(rig.db.prepare('PRAGMA page_count').get()?.page_count)
    rig.db.exec(`PRAGMA max_page_count = ${pages + 20}`)
    let recorded = 100
    while ((await codeOf(() => rig.append(unitOf('acme', ...idsOf(recorded, recorded + 10))))) === 'none')
      recorded += 10
    await rig.check()
    expect(rig.size('acme')).toBe(recorded)
    expect(recorded).toBeGreaterThan(100)
    await expect((async () => rig.append(unitOf('acme', ...idsOf(recorded, recorded + 500))))()).rejects.toMatchObject({
      code: 'storage_failed',
      message: /full/,
      retryAfterSeconds: 5,
    })
    rig.db.exec('PRAGMA max_page_count = 1000000')
    rig.append(unitOf('acme', ...idsOf(recorded, recorded + 500)))
    expect((await rig.check()).acme).toEqual(idsOf(0, recorded + 500))
  }))
