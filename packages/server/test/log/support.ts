/** What the tests of the log share: events, and a log in memory whose parts can be made to fail. */
import { randomBytes } from 'node:crypto'
import type { EventInput } from '@sealedlog/sdk/event'
import { EVERYTHING } from '@sealedlog/sdk/query'
import { MemoryIndex } from '../../dist/index/index.js'
import { AuditLog, COMMITTER_LIMITS, type CommitterLimits } from '../../dist/log/index.js'
import { MemoryStore, type Store } from '../../dist/store/index.js'

export const event = (id: string): EventInput => ({ id, type: 'user.added', actor: { type: 'user', id: 'user_1' } })

export const events = (count: number, prefix = 'e'): EventInput[] =>
  Array.from({ length: count }, (_, i) => event(`${prefix}${i}`))

export interface World {
  readonly log: AuditLog
  readonly store: MemoryStore
  readonly index: MemoryIndex
}

/** A log of organization acme over engines in memory, each of which may be wrapped. */
export async function makeWorld(
  wrapStore: (store: MemoryStore) => Store = (store) => store,
  wrapIndex: (index: MemoryIndex) => MemoryIndex = (index) => index,
  limits: Partial<CommitterLimits> = {},
): Promise<World> {
  const store = new MemoryStore()
  const index = new MemoryIndex()
  const log = new AuditLog({
    store: wrapStore(store),
    index: wrapIndex(index),
    random: randomBytes,
    nowMs: Date.now,
    limits: { ...COMMITTER_LIMITS, ...limits },
  })
  await store.createLog('acme', 'Acme')
  return { log, store, index }
}

/** An object with some of its methods replaced; the others are its own. */
export function altered<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get(from, name) {
      const replaced = methods[name as keyof T]
      if (replaced !== undefined) return replaced
      const own = Reflect.get(from, name) as unknown
      return typeof own === 'function' ? (own.bind(from) as unknown) : own
    },
  })
}

/** The ids that a list shows, oldest first. */
export async function listed(log: AuditLog, org = 'acme'): Promise<readonly string[]> {
  const page = await log.list({ org, query: EVERYTHING, order: 'asc', limit: 1_000 })
  return page.events
    .map(({ index, id }) => ({ index, id }))
    .sort((a, b) => a.index - b.index)
    .map(({ id }) => id)
}
