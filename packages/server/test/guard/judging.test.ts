/** The checks of a start beside a server that answers: each log once, before anything is written to it, in whatever order. */
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Judging } from '../../dist/guard/judging.js'
import { StartChecks } from '../../dist/guard/start-checks.js'
import type { Mark } from '../../dist/guard/marks.js'
import { MemoryStore, SeedSigner } from '../../dist/store/index.js'
import { call, event, makeOrganizations, metrics, record, serve, tamper, temporaryFolder, until } from './support.js'

const SEED = new Uint8Array(32).fill(7)

const markOf = (org: string): Mark => ({
  org,
  origin: `elsewhere.example/${org}`,
  size: 3,
  root: '',
  note: '',
  updatedAtMs: 0,
  continuedBy: null,
  continuedAt: null,
})

/** A store with these logs, empty ones, and what is found of them. */
async function makeWorld(orgs: readonly string[], marks: readonly Mark[]) {
  const signer = new SeedSigner(SEED)
  const store = new MemoryStore(() => 0, signer)
  for (const org of orgs) await store.createLog(org, org)
  const checks = new StartChecks({ store, keyOf: (origin, generation) => signer.keyOf(origin, generation), marks })
  const found: string[] = []
  const judging = new Judging({
    store,
    checks,
    onResult: (result) => void found.push('kind' in result ? `${result.org} ${result.kind}` : result.head.org),
  })
  return { store, judging, found }
}

test('each log is checked once, and before whoever asked for it goes on', async () => {
  const org = fc.integer({ min: 0, max: 19 }).map((n) => `org-${n}`)
  const step = fc.oneof(fc.record({ ask: org }), fc.record({ some: fc.integer({ min: 1, max: 5 }) }))
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(org, { minLength: 1 }), fc.array(step, { maxLength: 30 }), async (orgs, steps) => {
      const { judging, found } = await makeWorld(orgs, [])
      const asked = steps.map(async (each) => {
        if ('some' in each) return judging.some(each.some)
        await judging.judge(each.ask)
        if (orgs.includes(each.ask)) expect(found).toContain(each.ask)
      })
      await Promise.all(asked)
      await judging.rest()
      expect(found.toSorted()).toEqual(orgs.toSorted())
      expect(judging.judge(orgs[0] ?? '')).toBeUndefined()
    }),
    { numRuns: 100 },
  )
})

test('a log that the marks know and that is not there is said to be gone at the end; one that was made meanwhile is another', async () => {
  const { store, judging, found } = await makeWorld(['acme'], [markOf('gone'), markOf('made')])
  await judging.some(1)
  await judging.judge('made')
  await store.createLog('made', 'made')
  await judging.rest()
  expect(found).toEqual(['acme', 'gone origin', 'made origin'])
})

test('told to stop, it checks no more; what is written to is checked all the same', async () => {
  const orgs = Array.from({ length: 50 }, (_, i) => `org-${i}`)
  const { judging, found } = await makeWorld(orgs, [])
  judging.stop()
  await judging.rest()
  expect(found).toEqual([])
  await judging.judge('org-7')
  expect(found).toEqual(['org-7'])
})

test('a log far behind the first ones that was edited takes nothing, from the first moment on', async () => {
  const data = join(temporaryFolder(), 'data')
  const orgs = Array.from({ length: 80 }, (_, i) => `org-${String(i).padStart(3, '0')}`)
  const first = await serve(data)
  await makeOrganizations(first.url, ...orgs)
  for (const org of orgs) await record(first.url, org, 0, 2)
  await first.close()
  tamper(data, (db) =>
    db.exec(
      "UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'user.added', 'user.loved') AS BLOB) WHERE log = (SELECT n FROM log WHERE org = 'org-079')",
    ),
  )
  const server = await serve(data)
  const answers = await Promise.all(
    ['org-079', 'org-078', 'org-000'].map((org) => call(server.url, 'POST /v1/events', event(org, 'one-more'))),
  )
  expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
    [503, 'log_read_only'],
    [201, undefined],
    [201, undefined],
  ])
  await until(async () => (await metrics(server.url)).get('sealedlog_log_read_only{found="tree"}') === 1)
  await server.close()
  expect(server.said.map(({ msg }) => msg)).toEqual([expect.stringContaining('"org-079" is read-only')])
})
