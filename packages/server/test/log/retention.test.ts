/** What retention looks at: how much at once, and how much for a preview. */
import { randomBytes } from 'node:crypto'
import { BOUNDS, fillEvent, sealEvent, stampLeaf } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { type AuditLog, Journal, Standing } from '../../dist/log/index.js'
import { Retention } from '../../dist/log/keeping/retention.js'
import { type LogStore, MemoryStore, type StoredEntry } from '../../dist/store/index.js'

const NOW_MS = Date.UTC(2026, 10, 20, 9)
const DAY_MS = 86_400_000

/** A log of so many entries, all alike: only how many they are matters here. */
async function retentionOver(size: number): Promise<Retention> {
  const documents = new MemoryStore()
  const event = fillEvent({ type: 'a.b', actor: { type: 'user', id: 'user_1' } }, NOW_MS, randomBytes)
  const { leaf, disclosures, recordedAtOffset, occurredAtOffset } = sealEvent(event, 'acme', randomBytes)
  stampLeaf(leaf, recordedAtOffset, occurredAtOffset, NOW_MS - 30 * DAY_MS)
  const entries = (from: number, to: number): readonly StoredEntry[] =>
    Array.from({ length: Math.min(to, size) - from }, (_, i) => ({ index: from + i, leaf, disclosures }))
  const options = {
    log: { head: async () => ({ size }), find: async () => undefined, recordOwn: async () => ({ index: 0 }) },
    store: { readRange: async (_org: string, from: number, to: number) => entries(from, to) },
  }
  const retention = await Retention.open({
    log: options.log as unknown as AuditLog,
    store: options.store as unknown as LogStore,
    documents,
    standing: await Standing.open(documents),
    journal: new Journal(),
    nowMs: () => NOW_MS,
  })
  await retention.set('acme', { default_days: 7, buckets: {} }, { actor: { type: 'key', id: 'root' } })
  return retention
}

describe('a preview', () => {
  const { RETENTION_PREVIEW_MAX: most } = BOUNDS

  test.each([
    [most, most, true],
    [most + 1, most, false],
  ])('of a log of %i entries counts %i of them', async (size, entries, complete) => {
    const retention = await retentionOver(size)
    const found = await retention.preview('acme')
    expect([found.entries, found.complete, found.ranges]).toEqual([entries, complete, [[0, entries - 1]]])
  })
})
