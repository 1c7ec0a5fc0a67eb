/** A real data folder with thousands of random events in it, and what the oracle knows of each. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatTime } from '@sealedlog/sdk/base'
import type { EventInput } from '@sealedlog/sdk/event'
import { randomEvent } from '../../../sdk/test/query/random-events.js'
import { NOW_MS, type Random, times } from '../../../sdk/test/query/support.js'
import { type OpenData, openData } from '../../dist/server.js'
import { type Known, knownEvent } from './oracle-event.js'

export const ORG = 'acme'
const BATCH = 250

export interface OracleWorld {
  readonly data: OpenData
  readonly events: readonly EventInput[]
  /** in index order */
  readonly known: readonly Known[]
  close(): Promise<void>
}

/** Records events batch by batch, by a clock that goes on in between, and then stands. */
export async function openWorld(rnd: Random, count: number): Promise<OracleWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-oracle-'))
  let nowMs = NOW_MS - 86_400_000
  const data = await openData({ data: folder, marks: false, nowMs: () => nowMs })
  await data.store.createLog(ORG, 'Acme')
  const events = times(count, (i) => randomEvent(rnd, i))
  const known: Known[] = []
  for (let at = 0; at < count; at += BATCH) {
    nowMs += 600_000 + rnd(3_600_000)
    const batch = events.slice(at, at + BATCH)
    const { data: receipts } = await data.log.record(ORG, batch, 'key_1')
    batch.forEach((event, i) => {
      const { index = -1, recorded_at = '' } = receipts[i] ?? {}
      known[index] = knownEvent(event, index, recorded_at)
    })
  }
  nowMs = NOW_MS
  if (known.length !== count) throw new Error(`recorded ${known.length} of ${count} until ${formatTime(nowMs)}`)
  return {
    data,
    events,
    known,
    async close() {
      await data.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Oldest first, as a list with `order=asc` shows them. */
export const inListOrder = (known: readonly Known[]): readonly Known[] =>
  known.toSorted((a, b) => a.atMs - b.atMs || a.index - b.index)
