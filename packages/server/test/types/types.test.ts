/** Types as they are kept: versions, what is remembered of them and forgotten, restarts, and who sees whose. */
import { AuditError } from '@sealedlog/sdk/base'
import { BOUNDS, type EventInput } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { MemoryStore, SqliteStore } from '../../dist/store/index.js'
import { batchFuel, type Mode, type Registration, Types, TYPES_LIMITS } from '../../dist/types/index.js'
import { SEED, temporaryFolder } from '../store/support.js'

const of = (type: string, maximum: number, mode: Mode = 'enforce'): Registration => ({
  type,
  mode,
  details: { properties: { n: { maximum } } },
})
const event = (type: string, n: number): EventInput => ({ type, details: { n } })

/** How many issues an event has; undefined where its type says nothing. */
async function judged(types: Types, org: string, said: EventInput): Promise<number | undefined> {
  const rows = await types.rowsFor(org, [said])
  return rows?.judge(said, batchFuel())?.issues.length
}

const make = (clock = { nowMs: 1_000_000 }): { types: Types; store: MemoryStore; clock: { nowMs: number } } => {
  const store = new MemoryStore()
  return { store, clock, types: new Types({ documents: store, nowMs: () => clock.nowMs }) }
}

describe('versions', () => {
  test('are counted, and the newest of them can be read', async () => {
    const { types } = make()
    const newest = BOUNDS.EVENT_TYPE_VERSIONS_MAX + 5
    for (let n = 1; n <= newest; n++) expect((await types.put('acme', of('a.b', n))).row.version).toBe(n)
    const kept = await types.versions('acme', 'a.b')
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([BOUNDS.EVENT_TYPE_VERSIONS_MAX, 6, newest])
    expect(await types.get('acme', 'a.b', 6)).toMatchObject({ version: 6, ...of('a.b', 6) })
    for (const version of [5, newest + 1])
      await expect(types.get('acme', 'a.b', version)).rejects.toMatchObject({ code: 'event_type_not_found' })
  })

  test('are those of one life: a type that is registered again begins with the first', async () => {
    const { types } = make()
    for (let n = 1; n <= 3; n++) await types.put('acme', of('a.b', n))
    await types.put('acme', of('a.b.c', 1))
    await types.put('acme', of('a.b.c', 2))
    await types.delete('acme', 'a.b')
    expect((await types.put('acme', of('a.b', 7))).row.version).toBe(1)
    expect(await types.versions('acme', 'a.b')).toEqual([1])
    expect(await types.versions('acme', 'a.b.c')).toEqual([1, 2])
  })

  test('of many who register at once, each counts once', async () => {
    const { types } = make()
    await types.put('acme', of('a.b', 0))
    const tries = Array.from({ length: 4 }, (_, i) => types.put('acme', of('a.b', i + 1)))
    const done = await Promise.all(tries)
    expect(done.map(({ row }) => row.version).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5])
    for (const { row } of done)
      expect(await types.get('acme', 'a.b', row.version)).toMatchObject({ details: row.details })
  })

  test('are not made past the types that an organization may have', async () => {
    const { types } = make()
    for (let n = 0; n < BOUNDS.EVENT_TYPES_MAX; n++) await types.put('acme', { type: `t${n}`, mode: 'off' })
    await expect(types.put('acme', { type: 'more', mode: 'off' })).rejects.toMatchObject({
      code: 'invalid_event_type',
      issues: [{ code: 'too_many', limit: 'EVENT_TYPES_MAX' }],
    })
    expect((await types.put('acme', { type: 't0', mode: 'warn' })).change).toBe('mode_changed')
    expect((await types.put('beta', { type: 'more', mode: 'off' })).change).toBe('created')
    expect(await types.list('acme')).toHaveLength(BOUNDS.EVENT_TYPES_MAX)
  })
})

describe('two organizations', () => {
  test('do not see, change or delete each other’s types of the same name', async () => {
    const { types } = make()
    await types.put('acme', of('a.b', 1))
    expect([await judged(types, 'acme', event('a.b', 2)), await judged(types, 'beta', event('a.b', 2))]).toEqual([
      1,
      undefined,
    ])
    await types.put('beta', of('a.b', 5))
    expect([await judged(types, 'acme', event('a.b', 2)), await judged(types, 'beta', event('a.b', 2))]).toEqual([
      1,
      undefined,
    ])
    expect(await judged(types, 'beta', event('a.b', 6))).toBe(1)
    await types.delete('beta', 'a.b')
    expect(await judged(types, 'acme', event('a.b', 2))).toBe(1)
    types.countWarnings('acme', 'a.b', 3)
    expect([types.warningsOf('acme', 'a.b'), types.warningsOf('beta', 'a.b')]).toEqual([3, 0])
  })
})

describe('what is remembered', () => {
  test('is compiled when the first event asks, and forgotten when none asks for it', async () => {
    const { types, clock } = make()
    for (const type of ['a.a', 'b.b']) await types.put('acme', of(type, 1))
    expect(types.gauge().rules).toBe(0)
    await judged(types, 'acme', event('a.a', 1))
    expect(types.gauge()).toMatchObject({ rules: 1, rows: 1, names: 1 })
    clock.nowMs += TYPES_LIMITS.rules.idleMs + 1
    await judged(types, 'acme', event('b.b', 1))
    expect(types.gauge()).toMatchObject({ rules: 1, rows: 1, names: 1 })
  })

  test('never weighs more than it may, whatever is asked', async () => {
    const store = new MemoryStore()
    const idleMs = 1e9
    const limits = {
      rules: { weightMax: 50_000, idleMs },
      rows: { weightMax: 2_000, idleMs },
      names: { weightMax: 40, idleMs },
    }
    const types = new Types({ documents: store, nowMs: Date.now, limits })
    for (let n = 0; n < 200; n++) {
      const org = `org${n % 20}`
      await types.put(org, of(`t${n}`, n))
      expect(await judged(types, org, event(`t${n}`, n + 1))).toBe(1)
      expect(types.gauge().rulesWeight).toBeLessThanOrEqual(limits.rules.weightMax)
    }
    expect(types.gauge().rows).toBeLessThan(20)
    expect(types.gauge().names).toBeLessThan(20)
    for (let n = 0; n < 200; n++) expect(await judged(types, `org${n % 20}`, event(`t${n}`, n + 1))).toBe(1)
  })

  test('is never what stood there before a change, however slowly it was read', async () => {
    const { store } = make()
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let isSlow = false
    const slow = new Proxy(store, {
      get(from, name) {
        const own = Reflect.get(from, name) as unknown
        if (name !== 'getDocument' || !isSlow) return typeof own === 'function' ? (own.bind(from) as unknown) : own
        return async (...args: [string, string, string]) => {
          const read = await from.getDocument(...args)
          await held
          return read
        }
      },
    })
    const types = new Types({ documents: slow, nowMs: Date.now })
    await types.put('acme', of('a.b', 1))
    isSlow = true
    const before = judged(types, 'acme', event('a.b', 2))
    await new Promise(setImmediate)
    isSlow = false
    await types.put('acme', of('a.b', 5))
    release()
    expect(await before).toBe(1)
    expect(await judged(types, 'acme', event('a.b', 2))).toBeUndefined()
  })
})

test('compiling is paid for by the batch: events of very many types cannot have the server compile all day', async () => {
  const { types } = make()
  const allOf = Array.from({ length: 1_000 }, (_, i) => ({ pattern: `^[a-z]{3}${i}$` }))
  const events = Array.from({ length: 20 }, (_, n): EventInput => ({ type: `t${n}` }))
  for (const { type } of events) await types.put('acme', { type, mode: 'enforce', details: { title: type, allOf } })
  const rows = await types.rowsFor('acme', events)
  const fuel = batchFuel()
  const issues = events.map((said) => rows?.judge(said, fuel)?.issues[0]?.limit)
  expect(issues[0]).toBeUndefined()
  expect(issues.at(-1)).toBe('SCHEMA_STEPS_MAX')
  expect(types.gauge().rules).toBeLessThan(12)
  expect(rows?.judge(events[0] as EventInput, batchFuel())).toBeUndefined()
})

test('an organization that registered nothing is answered without waiting, once that is known', async () => {
  const { types } = make()
  expect(types.rowsFor('acme', [event('a.b', 1)])).toBeInstanceOf(Promise)
  await types.rowsFor('acme', [event('a.b', 1)])
  expect(types.rowsFor('acme', [event('a.b', 1)])).toBeUndefined()
})

test('a restart finds every registration and every version as it was', async () => {
  const folder = temporaryFolder()
  const open = (): Promise<SqliteStore> => SqliteStore.open({ folder, seed: SEED })
  const first = await open()
  const types = new Types({ documents: first, nowMs: Date.now })
  await types.put('acme', of('a.b', 1, 'warn'))
  const { row } = await types.put('acme', of('a.b', 2, 'enforce'))
  await first.close()
  const second = await open()
  const again = new Types({ documents: second, nowMs: Date.now })
  expect(await again.get('acme', 'a.b')).toEqual(row)
  expect(await again.get('acme', 'a.b', 1)).toMatchObject(of('a.b', 1, 'warn'))
  expect(await judged(again, 'acme', event('a.b', 3))).toBe(1)
  await second.close()
})

test('a store that fails is told, and what is remembered stays true', async () => {
  const { store } = make()
  let isBroken = false
  const broken = new Proxy(store, {
    get(from, name) {
      const own = Reflect.get(from, name) as (...args: unknown[]) => Promise<unknown>
      return async (...args: unknown[]) => {
        const result = await own.apply(from, args)
        if (isBroken && name === 'putDocument')
          throw new AuditError('storage_failed', 'it was written, and the answer was lost')
        return result
      }
    },
  })
  const types = new Types({ documents: broken, nowMs: Date.now })
  await types.put('acme', of('a.b', 1))
  expect(await judged(types, 'acme', event('a.b', 2))).toBe(1)
  isBroken = true
  await expect(types.put('acme', of('a.b', 2, 'enforce'))).rejects.toMatchObject({ code: 'storage_failed' })
  isBroken = false
  expect(await judged(types, 'acme', event('a.b', 2))).toBe(
    (await types.get('acme', 'a.b')).version === 2 ? undefined : 1,
  )
})
