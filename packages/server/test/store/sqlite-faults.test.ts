/** Faults in pairs: a commit that was lost, and a commit that was done but reported lost. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { encodeBase64 } from '@sealedlog/sdk/base'
import { hashLeaf, RightEdge } from '@sealedlog/sdk/merkle'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLog, type LogStore, type Unit, type UnitOutcome } from '../../dist/store/index.js'
import { openForWriting } from '../../dist/store/sqlite/connection.js'
import { SqliteReader } from '../../dist/store/sqlite/reader.js'
import { SqliteWriter } from '../../dist/store/sqlite/writer.js'
import { codeOf, idsOf, NOW_MS, SEED, temporaryFolder, unitOf } from './support.js'

type Fate = 'ok' | 'lost' | 'done, reported lost'

const ORGS = ['acme', 'umbrella'] as const
const RUNS_MS_MAX = 60_000

/** A writer in this thread whose next commit has a fate, and a memory of every checkpoint that was seen. */
class Rig {
  fate: Fate = 'ok'
  db!: DatabaseSync
  readonly #path = join(temporaryFolder(), 'log.sqlite')
  readonly #checkpoints = new Map<string, string>()
  #writer!: SqliteWriter
  #reader!: SqliteReader

  constructor() {
    this.reopen()
    for (const org of ORGS) this.#writer.createLog(org, org, `example.com/${org}`, NOW_MS)
  }

  reopen(): void {
    this.close()
    this.db = openForWriting(this.#path)
    this.#writer = new SqliteWriter(this.db, SEED, (run) => this.#commit(run))
    this.#reader = new SqliteReader(this.#path)
  }

  close(): void {
    this.#reader?.close()
    this.#writer?.close()
  }

  append(...units: readonly Unit[]): readonly UnitOutcome[] {
    const outcomes = this.#writer.append(units, NOW_MS)
    outcomes.forEach((outcome, i) => {
      if ('placed' in outcome) this.#see(units[i]?.org ?? '', outcome.size, outcome.checkpoint)
    })
    return outcomes
  }

  size(org: string): number {
    return this.#reader.head(org)?.size ?? -1
  }

  /** Verifies every log, its ids, and that every checkpoint ever seen is a prefix of it. */
  async check(): Promise<Readonly<Record<string, readonly string[]>>> {
    const ids: Record<string, readonly string[]> = {}
    for (const org of ORGS) {
      const head = this.#reader.head(org)
      this.#see(org, head?.size ?? -1, head?.checkpoint ?? '')
      ids[org] = (await checkLog(this.#store(), org)).ids
      this.#checkCheckpoints(org)
    }
    return ids
  }

  #commit(run: () => void): void {
    const { fate } = this
    this.fate = 'ok'
    if (fate !== 'lost') run()
    if (fate !== 'ok') throw new Error(`injected: ${fate}`)
  }

  #see(org: string, size: number, checkpoint: string): void {
    const place = `${org} ${size}`
    expect(this.#checkpoints.get(place) ?? checkpoint, 'no two checkpoints of one size differ').toBe(checkpoint)
    this.#checkpoints.set(place, checkpoint)
  }

  #checkCheckpoints(org: string): void {
    const edge = new RightEdge()
    const roots = [encodeBase64(edge.root())]
    for (const { leaf } of this.#reader.readRange(org, 0, this.size(org))) {
      edge.append(hashLeaf(leaf))
      roots.push(encodeBase64(edge.root()))
    }
    for (const [place, checkpoint] of this.#checkpoints) {
      const [of, size] = place.split(' ')
      if (of === org) expect(checkpoint.split('\n')[2], `the checkpoint of ${place}`).toBe(roots[Number(size)])
    }
  }

  #store(): LogStore {
    const reader = this.#reader
    return {
      head: async (org: string) => reader.head(org),
      readRange: async (org: string, from: number, to: number) => reader.readRange(org, from, to),
      readTile: async (org: string, level: number, index: number) => reader.readTile(org, level, index),
      readTileRoots: async (org: string, level: number, from: number, to: number) =>
        reader.readTileRoots(org, level, from, to),
    } as unknown as LogStore
  }
}

async function withRig(body: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = new Rig()
  try {
    await body(rig)
  } finally {
    rig.close()
  }
}

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
