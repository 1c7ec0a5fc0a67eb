/** A writer in this thread whose next commit can be made to fail: faults in pairs, lost, and done but reported lost. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { encodeBase64 } from '@sealedlog/sdk/base'
import { hashLeaf, RightEdge } from '@sealedlog/sdk/merkle'
import { expect } from 'vitest'
import {
  checkLog,
  type LogHead,
  type LogKey,
  type LogStore,
  type NextKey,
  SeedSigner,
  type StoredEntry,
  type Unit,
  type UnitOutcome,
} from '../../dist/store/index.js'
import { openForWriting } from '../../dist/store/sqlite/connection.js'
import { SqliteReader } from '../../dist/store/sqlite/reader.js'
import { SqliteWriter } from '../../dist/store/sqlite/writer.js'
import { NOW_MS, SEED, temporaryFolder } from './support.js'

export type Fate = 'ok' | 'lost' | 'done, reported lost'

export const ORGS = ['acme', 'umbrella'] as const

/** A writer in this thread whose next commit has a fate, and a memory of every checkpoint that was seen. */
export class Rig {
  fate: Fate = 'ok'
  nowMs = NOW_MS
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
    this.#writer = new SqliteWriter(this.db, new SeedSigner(SEED), (run) => this.#commit(run))
    this.#reader = new SqliteReader(this.#path)
  }

  close(): void {
    this.#reader?.close()
    this.#writer?.close()
  }

  append(...units: readonly Unit[]): readonly UnitOutcome[] {
    const outcomes = this.#writer.append(units, this.nowMs)
    outcomes.forEach((outcome, i) => {
      if ('placed' in outcome) this.#see(units[i]?.org ?? '', outcome.size, outcome.checkpoint)
    })
    return outcomes
  }

  head(org: string): LogHead {
    const head = this.#reader.head(org)
    expect(head).toBeDefined()
    return head as LogHead
  }

  nextKey(org: string): NextKey {
    return this.#writer.nextKey(org)
  }

  keys(org: string): readonly LogKey[] {
    return this.#reader.keys(org)
  }

  entry(org: string, index: number): StoredEntry {
    return this.#reader.readAt(org, [index])[0] as StoredEntry
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
      for (const { since, handover } of this.keys(org)) if (handover) this.#see(org, since, handover)
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
      keys: async (org: string) => reader.keys(org),
      readRange: async (org: string, from: number, to: number) => reader.readRange(org, from, to),
      readTile: async (org: string, level: number, index: number) => reader.readTile(org, level, index),
      readTileRoots: async (org: string, level: number, from: number, to: number) =>
        reader.readTileRoots(org, level, from, to),
    } as unknown as LogStore
  }
}

export async function withRig(body: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = new Rig()
  try {
    await body(rig)
  } finally {
    rig.close()
  }
}
