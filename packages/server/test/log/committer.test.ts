/** Group commit: who waits together, what is refused at once, and what a failing commit leaves behind. */
import { AuditError } from '@sealedlog/sdk/base'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SMALL_GROUP_EVENTS } from '../../dist/log/committer.js'
import { checkLog, type Unit } from '../../dist/store/index.js'
import { altered, event, events, listed, makeWorld } from './support.js'

const failed = () => new AuditError('storage_failed', 'the disk is gone')
const idsOf = (count: number, prefix: string) => events(count, prefix).map(({ id }) => id)

test('what arrives while a commit is in flight forms the next group, in order', async () => {
  const groups: number[] = []
  const gate = Promise.withResolvers<void>()
  const { log, store } = await makeWorld((memory) =>
    altered(memory, {
      append: async (units: readonly Unit[]) => {
        groups.push(units.length)
        if (groups.length === 1) await gate.promise
        return memory.append(units)
      },
    }),
  )
  const first = log.record('acme', [event('first')], 'key_1')
  // The first group leaves on the next turn of the loop; what follows finds it in flight.
  await new Promise(setImmediate)
  const later = events(50, 'later').map((said) => log.record('acme', [said], 'key_1'))
  gate.resolve()
  const receipts = await Promise.all([first, ...later])
  expect(groups).toEqual([1, 50])
  expect(receipts.map(({ data }) => data[0]?.index)).toEqual(Array.from({ length: 51 }, (_, i) => i))
  // One signature for the group: whoever waited together holds the same checkpoint.
  expect(new Set(receipts.slice(1).map(({ checkpoint }) => checkpoint)).size).toBe(1)
  await checkLog(store, 'acme')
})

test.each([
  ['waits a turn for what has arrived', SMALL_GROUP_EVENTS - 1, [2]],
  ['that is no longer small does not', SMALL_GROUP_EVENTS, [1, 1]],
] as const)('a small group %s', async (_, count, expected) => {
  const groups: number[] = []
  const { log, store } = await makeWorld((memory) =>
    altered(memory, {
      append: (units: readonly Unit[]) => {
        groups.push(units.length)
        return memory.append(units)
      },
    }),
  )
  const first = log.record('acme', events(count, 'first'), 'key_1')
  // Within the same turn of the loop, after all that follows from the first without one.
  for (let n = 0; n < 50; n++) await Promise.resolve()
  await Promise.all([first, log.record('acme', [event('second')], 'key_1')])
  expect(groups).toEqual(expected)
  await checkLog(store, 'acme')
})

test('a group is bounded in events and in organizations; what is over waits, and nothing is lost', async () => {
  const groups: (readonly Unit[])[] = []
  const { log, store } = await makeWorld(
    (memory) =>
      altered(memory, {
        append: (units: readonly Unit[]) => {
          groups.push(units)
          return memory.append(units)
        },
      }),
    undefined,
    { groupEventsMax: 20, groupOrganizationsMax: 2 },
  )
  const orgs = ['acme', 'b', 'c', 'd', 'e']
  for (const org of orgs) await store.createLog(org, org)
  await Promise.all(orgs.flatMap((org) => [1, 2, 3].map((n) => log.record(org, events(8, `${org}${n}_`), 'key_1'))))
  for (const group of groups) {
    expect(group.reduce((sum, unit) => sum + unit.events.length, 0)).toBeLessThanOrEqual(20)
    expect(new Set(group.map(({ org }) => org)).size).toBeLessThanOrEqual(2)
  }
  for (const org of orgs) expect(await listed(log, org)).toHaveLength(24)
})

test('a unit larger than a group is committed alone', async () => {
  const { log } = await makeWorld(undefined, undefined, { groupEventsMax: 5 })
  expect((await log.record('acme', events(12), 'key_1')).data).toHaveLength(12)
})

test('one organization’s share, and one key’s, are refused at once; the others go on', async () => {
  const gate = Promise.withResolvers<void>()
  const { log, store } = await makeWorld(
    (memory) =>
      altered(memory, {
        append: async (units: readonly Unit[]) => {
          await gate.promise
          return memory.append(units)
        },
      }),
    undefined,
    { shareBytesMax: 20_000, queueBytesMax: 60_000 },
  )
  await store.createLog('other', 'Other')
  const flood = Promise.allSettled(events(100, 'flood').map((said) => log.record('acme', [said], 'key_1')))
  const sameKey = Promise.allSettled([log.record('other', [event('same-key')], 'key_1')])
  const other = log.record('other', [event('calm')], 'key_2')
  gate.resolve()
  expect((await other).data[0]?.status).toBe('recorded')
  const outcomes = await flood
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'queue_full', retryAfterSeconds: 1 })
  expect((await sameKey)[0]).toMatchObject({ status: 'rejected', reason: { code: 'queue_full' } })
  expect(await listed(log)).toHaveLength(outcomes.length - refused.length)
  // What was held is given back: the same call passes now.
  expect((await log.record('acme', [event('flood99')], 'key_1')).data).toHaveLength(1)
  expect(log.gauge()).toEqual({ waitingUnits: 0, waitingBytes: 0 })
})

test('faults come in pairs: after lost commits, and commits done but reported lost, saying it again records it once', async () => {
  const fault = fc.constantFrom('none' as const, 'lost' as const, 'done, reported lost' as const)
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 12 }), async (faults) => {
      const plan = [...faults]
      const { log, store } = await makeWorld((memory) =>
        altered(memory, {
          append: async (units: readonly Unit[]) => {
            const next = plan.shift() ?? 'none'
            if (next === 'lost') throw failed()
            const outcomes = await memory.append(units)
            if (next !== 'none') throw failed()
            return outcomes
          },
        }),
      )
      for (const [i] of faults.entries()) {
        for (;;) {
          const receipts = await log.record('acme', events(3, `${i}_`), 'key_1').catch((error: unknown) => error)
          await checkLog(store, 'acme')
          if (!(receipts instanceof AuditError)) break
          expect(receipts.code).toBe('storage_failed')
        }
      }
      const said = faults.flatMap((_, i) => idsOf(3, `${i}_`))
      expect((await checkLog(store, 'acme')).ids).toEqual(said)
      expect(await listed(log)).toEqual(said)
    }),
    { numRuns: 60 },
  )
})

test('close takes no more and answers all that was taken', async () => {
  const { log } = await makeWorld()
  const taken = Promise.all(events(20).map((said) => log.record('acme', [said], 'key_1')))
  const closed = log.close()
  await expect(log.record('acme', [event('late')], 'key_1')).rejects.toMatchObject({ code: 'shutting_down' })
  await closed
  expect(await taken).toHaveLength(20)
  expect(await listed(log)).toEqual(idsOf(20, 'e'))
})
