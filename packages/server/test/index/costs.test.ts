/** What one search may cost: past that it leaves candidates, and loses nothing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Facts, FIELDS } from '@sealedlog/sdk/event'
import { parseQuery } from '@sealedlog/sdk/query'
import { expect, test } from 'vitest'
import { type IndexEntry, openSqliteIndex, VALUES_MAX, WALKS_MAX } from '../../dist/index/index.js'

const ENTRIES = 20_000
const NO_FACTS = Object.fromEntries(Object.keys(FIELDS).map((field) => [field, []])) as unknown as Facts

const entries = Array.from({ length: ENTRIES }, (_, index): IndexEntry => {
  const facts = { ...NO_FACTS, type: [`t${index % 7}`], actor_id: [`u${index % VALUES_MAX}`] }
  return { org: 'acme', index, atMs: index, facts }
})

const repeated = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join(' ')

test('a search walks no more values than WALKS_MAX, and no longer than STEPS_MAX', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'costs-'))
  const index = await openSqliteIndex(join(folder, 'index.sqlite'))
  await index.put(entries)
  const found = (text: string) =>
    index.search({ org: 'acme', query: parseQuery(text), order: 'asc', limit: ENTRIES, covering: ENTRIES })
  const prefixes = WALKS_MAX / VALUES_MAX
  expect(await found(repeated(prefixes, () => 'actor:u*'))).toMatchObject({ exact: true })
  const many = await found(`${repeated(prefixes + 1, () => 'actor:u*')} type:t1`)
  expect([many.exact, many.positions.length]).toEqual([false, Math.ceil((ENTRIES - 1) / 7)])
  // Each part holds for all, and all are asked of each.
  const endless = await found(`${repeated(120, (i) => `(actor:u${i} OR -actor:u${i})`)} -type:t1`)
  expect([endless.exact, endless.positions.length]).toEqual([false, ENTRIES])
  await index.close()
  await rm(folder, { recursive: true })
})
