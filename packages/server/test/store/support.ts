/** What the store's tests share: folders that are cleaned away, a seed, units of events, and a writer in this thread. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditError, type ErrorCode } from '@sealedlog/sdk/base'
import { fillEvent, sealEvent } from '@sealedlog/sdk/event'
import { afterAll } from 'vitest'
import type { Unit } from '../../dist/store/index.js'

export const SEED = Uint8Array.from({ length: 32 }, (_, i) => i)
export const OTHER_SEED = SEED.map((byte) => 255 - byte)
export const NOW_MS = Date.UTC(2026, 10, 20, 9, 12, 21, 340)

const folders: string[] = []
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder of this test file's own, gone when it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-store-'))
  folders.push(folder)
  return folder
}

/** A unit of events with these ids; what an id says never changes, its salts do. */
export const unitOf = (org: string, ...ids: readonly string[]): Unit => ({
  org,
  events: ids.map((id) => sealEvent(fillEvent(eventOf(id), NOW_MS, randomBytes), org, randomBytes)),
})

/** The same with the least that an event can say, for very many of them. */
export const tinyUnitOf = (org: string, ...ids: readonly string[]): Unit => ({
  org,
  events: ids.map((id) => sealEvent({ id, type: 'a.b', outcome: 'success', bucket: 'default' }, org, randomBytes)),
})

const eventOf = (id: string) => ({
  id,
  type: 'api_key.created',
  actor: { type: 'user', id: 'user_1', name: `The actor of ${id}` },
  targets: [{ type: 'api_key', id: `key of ${id}` }],
  details: { scopes: ['read'], padding: 'x'.repeat(200) },
})

/** Ids that sort in their order: `e000000`, `e000001`, … */
export const idsOf = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, i) => `e${String(from + i).padStart(6, '0')}`)

/** The code of the AuditError that a promise or call is refused with, or 'none'. Other errors pass through. */
export async function codeOf(call: () => unknown): Promise<ErrorCode | 'none'> {
  try {
    await call()
    return 'none'
  } catch (error) {
    if (error instanceof AuditError) return error.code
    throw error
  }
}
