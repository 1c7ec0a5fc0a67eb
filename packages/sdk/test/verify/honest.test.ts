import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { readSegment, type SegmentRequest, verifyEvidence, verifyLog } from '../../dist/verify/index.js'
import { evidenceOf, eventfulWorld } from './eventful.js'
import { World } from './world.js'

const SIZES = [0, 1, 2, 255, 256, 257, 600]

describe('an honest log', () => {
  const world = new World().fill(600)

  test.each(SIZES)('of %i entries is verified, with every older checkpoint of it', async (size) => {
    const old = SIZES.filter((each) => each <= size).map((each) => world.checkpoint(each))
    const options = { vkeys: [world.vkeyAt()], old, org: 'acme' }
    const report = await verifyLog(world.source(size), options)
    expect(report.findings).toEqual([])
    expect(report).toMatchObject({ verdict: 'verified', size, origin: 'audit.example.com/1/first' })
    expect(report.checkpoint).toBe(world.checkpoint(size))
  })

  test('of 65,537 entries is verified, and says how far it is', async () => {
    const leaf = (i: number) =>
      new TextEncoder().encode(
        `{"actor":null,"bucket":"b","groups":{},"id":"evt_${i}","occurred_at":"2026-11-21T00:00:00.000Z","org":"acme","outcome":"success","recorded_at":"2026-11-21T00:00:00.000Z","targets":[],"type":"x","v":1}`,
      )
    const large = new World()
    for (let i = 0; i < 65_537; i++) large.push(leaf(i))
    const done: number[] = []
    const old = [1, 256, 40_000, 65_535, 65_536].map((size) => large.checkpoint(size))
    const report = await verifyLog(large.source(), {
      vkeys: [large.vkeyAt()],
      old,
      onProgress: (entries, total) => done.push(entries / total),
    })
    expect(report).toMatchObject({ verdict: 'verified', size: 65_537, findings: [] })
    expect(done.at(-1)).toBe(1)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
  })
})

describe('a log to which everything happened', () => {
  const world = eventfulWorld()

  test('is verified at any size, with older checkpoints of every origin that it had', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(world.size), fc.array(fc.nat(world.size), { maxLength: 6 }), async (size, sizes) => {
        const old = sizes.filter((each) => each <= size).map((each) => world.checkpoint(each))
        const report = await verifyLog(world.source(size), { old })
        // What a later entry accounts for is missing before it.
        const complaints = report.findings.filter(({ expected }) => !expected.startsWith('a disclosure, or an entry'))
        expect(complaints).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('is verified by the oldest key of its origin, which handed over to the newest', async () => {
    const first = world.keys().findLast(({ origin }) => origin.endsWith('second'))
    const report = await verifyLog(world.source(), { vkeys: [first?.vkey ?? ''] })
    expect(report).toMatchObject({ verdict: 'verified', findings: [] })
    expect(report.checks[0]).toMatchObject({ name: 'signature', state: 'passed' })
  })

  test('is verified with a warning where no key is known but its own', async () => {
    const report = await verifyLog(world.source())
    expect(report).toMatchObject({ verdict: 'verified', findings: [] })
    expect(report.checks[0]).toMatchObject({ state: 'warned', text: expect.stringContaining('same place') })
  })

  test('is not verified by the key of the origin that it left', async () => {
    const first = world.keys().at(-1)
    const report = await verifyLog(world.source(), { vkeys: [first?.vkey ?? ''] })
    expect(report.verdict).toBe('not_verified')
    expect(report.checks[0]).toMatchObject({ state: 'failed', text: expect.stringContaining('start over') })
  })

  test('is the same wherever its segments are checked: requests and results can be sent', async () => {
    const source = world.source()
    const elsewhere = async (request: SegmentRequest) =>
      structuredClone(await readSegment(source, structuredClone(request)))
    const [there, here] = [
      await verifyLog(source, { readSegment: elsewhere, segmentsAtOnce: 3 }),
      await verifyLog(source),
    ]
    expect(there).toEqual(here)
  })

  test('has evidence of each entry that verifies, by what it holds itself and by what is known elsewhere', async () => {
    for (const index of [0, 10, 41, 57, 99, 260, 261, 301, 250, 504]) {
      const evidence = evidenceOf(world, index)
      expect(await verifyEvidence(evidence)).toMatchObject({ verdict: 'verified', findings: [] })
      const report = await verifyEvidence(evidence, {
        vkeys: [world.vkeyAt()],
        old: [world.checkpoint(), world.checkpoint(3)],
      })
      expect(report).toMatchObject({ verdict: 'verified', findings: [], org: 'acme', size: world.size })
    }
  })
})
