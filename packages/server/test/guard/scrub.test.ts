/** Scrubbing: every byte of a log is looked at, and what is wrong is found, whoever did it and wherever it stands. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import { isFinding, scrubLog } from '../../dist/guard/index.js'
import { Gone, rangesOf } from '../../dist/guard/accounts.js'
import { openLogReader, verifierOf } from '../../dist/store/index.js'
import * as fc from 'fast-check'
import { call, copyFolder, erase, event, makeData, metrics, serve, tamper, temporaryFolder, until } from './support.js'

let prepared: string
beforeAll(async () => {
  prepared = await makeData({ acme: 700 })
  const server = await serve(prepared)
  await erase(server.url, [{ index: 5 }, { index: 6 }, { index: 300, groups: ['actor'] }])
  await server.close()
})

function prepare(): string {
  const data = join(temporaryFolder(), 'data')
  copyFolder(prepared, data)
  copyFolder(`${prepared}.marks`, `${data}.marks`)
  return data
}

async function scrub(data: string) {
  const store = openLogReader(join(data, 'log.sqlite'))
  let entries = 0
  const rest = async (count: number) => void (entries += count)
  const result = await scrubLog('acme', { store, verifierOf: async ({ vkey }) => verifierOf(vkey), rest })
  await store.close()
  return { result, entries }
}

test('a log that holds is read whole, and what was erased is accounted for', async () => {
  const { result, entries } = await scrub(prepare())
  expect(result).toMatchObject({ org: 'acme', size: 701, redactedGroups: 5 })
  expect(entries).toBeGreaterThanOrEqual(701)
})

const AT = (index: number) => `idx = ${index} AND log = (SELECT n FROM log WHERE org = 'acme')`
const edits: readonly (readonly [string, string, string])[] = [
  [
    'a leaf in the middle',
    `UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'user.added', 'user.loved') AS BLOB) WHERE ${AT(3)}`,
    'tree',
  ],
  ['a leaf that cannot be read', `UPDATE entry SET leaf = x'7b7d' WHERE ${AT(400)}`, 'tree'],
  ['an entry deleted in the middle', `DELETE FROM entry WHERE ${AT(200)}`, 'entries'],
  ['a hash inside a full tile', `UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0 AND ${AT(1)}`, 'tree'],
  ['the root of a full tile', `UPDATE tile SET root = zeroblob(32) WHERE level = 0 AND ${AT(1)}`, 'tree'],
  [
    'a disclosure edited',
    `UPDATE entry SET disclosures = CAST(replace(CAST(disclosures AS TEXT), 'Actor of', 'Factor of') AS BLOB) WHERE ${AT(100)}`,
    'disclosures',
  ],
  ['a disclosure deleted, and no entry says so', `UPDATE entry SET disclosures = x'' WHERE ${AT(100)}`, 'disclosures'],
  ['one more group gone than the entry says', `UPDATE entry SET disclosures = x'' WHERE ${AT(300)}`, 'disclosures'],
  [
    'the disclosures of another entry',
    `UPDATE entry SET disclosures = (SELECT disclosures FROM entry WHERE ${AT(101)}) WHERE ${AT(100)}`,
    'disclosures',
  ],
]

describe('what was edited is found', () => {
  test.each(edits)('%s', async (_what, sql, kind) => {
    const data = prepare()
    tamper(data, (db) => expect(db.prepare(sql).run().changes).toBe(1))
    const { result } = await scrub(data)
    expect(isFinding(result) && result.kind).toBe(kind)
  })

  test('what was erased and is there again', async () => {
    const read = (db: DatabaseSync) => db.prepare(`SELECT disclosures FROM entry WHERE ${AT(5)}`).get()?.disclosures
    let kept: Uint8Array | undefined
    // A copy from before the erasure, as a backup would have it.
    const copy = join(temporaryFolder(), 'copy')
    const fresh = await makeData({ acme: 10 })
    copyFolder(fresh, copy)
    tamper(copy, (db) => (kept = read(db) as Uint8Array))
    const server = await serve(fresh)
    await erase(server.url, [{ index: 5 }])
    await server.close()
    expect(isFinding((await scrub(fresh)).result)).toBe(false)
    tamper(fresh, (db) => db.prepare(`UPDATE entry SET disclosures = ? WHERE ${AT(5)}`).run(kept as Uint8Array))
    const { result } = await scrub(fresh)
    expect(result).toMatchObject({
      kind: 'disclosures',
      what: expect.stringMatching(/entry 5 was erased, and is there again/),
    })
  })
})

test('a server finds it in the background, makes the log read-only and says so; the others go on', async () => {
  const data = prepare()
  tamper(data, (db) => db.exec(`UPDATE entry SET disclosures = x'' WHERE ${AT(100)}`))
  const server = await serve(data, { scrubRate: 1_000_000 })
  await until(() => server.said.length > 0)
  expect(server.said.map(({ msg }) => msg)).toEqual([expect.stringMatching(/"acme" is read-only.*entry 100 is gone/)])
  expect((await call(server.url, 'POST /v1/events', event('acme', 'more'))).json.code).toBe('log_read_only')
  expect((await call(server.url, 'POST /v1/events', event('default', 'more'))).status).toBe(201)
  const found = await metrics(server.url)
  expect(found.get('sealedlog_log_read_only{found="disclosures"}')).toBe(1)
  expect(found.get('sealedlog_scrub_findings_total')).toBe(1)
  await until(async () => ((await metrics(server.url)).get('sealedlog_scrub_last_pass_timestamp_seconds') ?? 0) > 0)
  await server.close()
})

test('scrubbing a log that is recorded to and erased from all the while finds nothing', async () => {
  const data = prepare()
  const server = await serve(data, { scrubRate: 1_000_000 })
  for (let i = 0; i < 30; i++) {
    await call(server.url, 'POST /v1/events', event('acme', `while-${i}`))
    await erase(server.url, [{ index: 10 + i }])
  }
  await server.close()
  expect(server.said).toEqual([])
  expect(isFinding((await scrub(data)).result)).toBe(false)
})

test('what is erased while it reads on for what was erased while it read is no finding', async () => {
  const data = prepare()
  const server = await serve(data)
  const store = openLogReader(join(data, 'log.sqlite'))
  const eraseAndRecord = async (): Promise<void> => {
    await erase(server.url, [{ index: 690 }])
    for (let n = 0; n < 80; n++) await call(server.url, 'POST /v1/events', event('acme', `on-${n}`))
  }
  // First an entry that is not read yet, so that it reads on; then one that it comes to as it does.
  let rests = 0
  const rest = async (): Promise<void> => {
    rests += 1
    if (rests === 1) await eraseAndRecord()
    if (rests === Math.ceil(701 / 32) + 1) await erase(server.url, [{ index: 775 }])
  }
  const result = await scrubLog('acme', { store, verifierOf: async ({ vkey }) => verifierOf(vkey), rest })
  expect(result).toMatchObject({ org: 'acme', size: 701 })
  await store.close()
  await server.close()
})

test('accounting is what sets say', () => {
  const ranges = fc
    .uniqueArray(fc.nat(40), { maxLength: 20 })
    .map((indexes) => indexes.sort((a, b) => a - b).map((index): [number, number] => [index, index]))
  const group = fc.constantFrom('actor', 'details')
  const redactions = fc.array(fc.record({ groups: fc.uniqueArray(group, { minLength: 1 }), ranges }), { maxLength: 4 })
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(40)), group, redactions, (indexes, name, said) => {
      const gone = new Gone()
      for (const index of indexes.sort((a, b) => a - b)) gone.add(name, index)
      const accounted = new Set(
        said.flatMap((each) => (each.groups.includes(name) ? each.ranges.map(([at]) => at) : [])),
      )
      const expected = indexes.find((index) => !accounted.has(index))
      expect(gone.unaccounted(said)).toEqual(expected === undefined ? undefined : { group: name, index: expected })
      const merged = rangesOf(said, name).flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i))
      expect(merged).toEqual([...accounted].sort((a, b) => a - b))
    }),
  )
})
