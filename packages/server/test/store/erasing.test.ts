/** What was erased from the SQLite store is in none of its files any more: looked for byte by byte. */
import { randomBytes } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fillEvent, sealEvent, toRanges } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { padded, withoutGroups, withoutPadding } from '../../dist/store/erasure.js'
import { checkLog, LOG_FILE, SeedSigner, SqliteStore, type Unit, type UnitOutcome } from '../../dist/store/index.js'
import { openForWriting } from '../../dist/store/sqlite/connection.js'
import { SqliteReader } from '../../dist/store/sqlite/reader.js'
import { SqliteWriter } from '../../dist/store/sqlite/writer.js'
import { Chance } from '../../dist/store/contract/chance.js'
import { NOW_MS, SEED, temporaryFolder } from './support.js'

const ENTRIES = 2_400
const ACTS = 60
const MS_MAX = 60_000
const GROUPS = ['actor', 'details', 'targets/0'] as const

const open = (folder: string) => SqliteStore.open({ folder, seed: SEED, nowMs: () => NOW_MS })

/** Everything that stands in a folder, as text of one byte a character. */
const filesText = (folder: string): string =>
  readdirSync(folder)
    .filter((name) => name !== 'lock')
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')

const markersIn = (text: string): Set<string> => new Set(text.match(/<<[\w./]+>>/g))
const marker = (org: string, i: number, group: string) => `<<${org}.${i}.${group}>>`

/**
 * An event with a marker in each group, some of them longer than a page. Each stands there several times: one that lies
 * across the edge of a page is not found in the file.
 */
function markedUnit(org: string, from: number, to: number, chance: Chance): Unit {
  const pad = () => 'p'.repeat(chance.below(chance.pick([10, 100, 1_000, 3_000])))
  const events = Array.from({ length: to - from }, (_, n) => {
    const i = from + n
    const marked = (group: string) => [1, 2, 3].map(() => pad() + marker(org, i, group)).join('')
    const said = {
      id: `${org}.${i}`,
      type: 'a.b',
      actor: { type: 'user', id: 'u', name: marked('actor') },
      targets: [{ type: 't', id: marker(org, i, 'targets/0'), name: marked('targets/0') }],
      details: { text: marked('details') },
    }
    return sealEvent(fillEvent(said, NOW_MS, randomBytes), org, randomBytes)
  })
  return { org, events }
}

function erasingUnit(org: string, id: string, indexes: readonly number[], groups: readonly string[]): Unit {
  const ranges = toRanges(indexes.toSorted((a, b) => a - b))
  const event = fillEvent({ id, type: 'audit.redaction' }, NOW_MS, randomBytes)
  const act = { erases: indexes.map((index) => ({ index, groups })) }
  return { org, events: [sealEvent(event, org, randomBytes, { redacts: [{ groups, ranges }] })], act }
}

test(
  'markers in thousands of entries, erased in random order, are in no file; those that survive are',
  async () => {
    const seed = 20_261_121
    const chance = new Chance(seed)
    const folder = temporaryFolder()
    const store = await open(folder)
    const alive = new Set<string>()
    const orgs = ['acme', 'umbrella'] as const
    const add = async (org: string, from: number, to: number) => {
      await store.append([markedUnit(org, from, to, chance)])
      for (let i = from; i < to; i++) for (const group of GROUPS) alive.add(marker(org, i, group))
    }
    // An entry's index tells its number: those that erase stand between them.
    const numbers = { acme: [] as (number | undefined)[], umbrella: [] as (number | undefined)[] }
    for (const org of orgs) await store.createLog(org, org)
    for (let from = 0; from < ENTRIES / 2; from += 40)
      for (const org of orgs) {
        await add(org, from, from + 40)
        for (let i = from; i < from + 40; i++) numbers[org].push(i)
      }
    for (let round = 0; round < ACTS; round++) {
      const org = chance.pick([...orgs])
      const groups = GROUPS.filter(() => chance.below(2) === 0)
      const indexes = [
        ...new Set(chance.times(1 + chance.below(chance.pick([1, 80])), () => chance.below(numbers[org].length))),
      ]
      if (groups.length === 0) continue
      await store.append([erasingUnit(org, `redaction.${round}`, indexes, groups)])
      expect(await store.finishErasing(), `seed ${seed}`).toBe(true)
      for (const index of indexes)
        for (const group of groups) alive.delete(marker(org, numbers[org][index] ?? -1, group))
      numbers[org].push(undefined)
      const [from, to] = [10_000 + round * 10, 10_000 + round * 10 + chance.below(10)]
      await add(org, from, to)
      for (let i = from; i < to; i++) numbers[org].push(i)
    }
    const found = markersIn(filesText(folder))
    expect([...found].filter((each) => !alive.has(each))).toEqual([])
    expect([...alive].filter((each) => !found.has(each))).toEqual([])
    for (const org of orgs) expect((await checkLog(store, org)).redactedGroups).toBeGreaterThan(0)
    await store.close()
    expect([...markersIn(filesText(folder))].sort()).toEqual([...alive].sort())
  },
  MS_MAX,
)

test(
  'while somebody else reads an older state of the file, erasing is not finished, and says so',
  async () => {
    const folder = temporaryFolder()
    const store = await open(folder)
    await store.createLog('acme', 'Acme')
    await store.append([markedUnit('acme', 0, 3, new Chance(1))])
    const stranger = new DatabaseSync(join(folder, LOG_FILE), { readOnly: true })
    stranger.exec('BEGIN')
    stranger.prepare('SELECT count(*) FROM entry').get()
    const [outcome] = await store.append([erasingUnit('acme', 'redaction', [1], ['actor'])])
    expect(outcome).toMatchObject({ placed: [{ status: 'recorded' }] })
    // Others go on meanwhile, and none of them finds what was erased.
    await store.append([markedUnit('acme', 3, 4, new Chance(2))])
    expect(await store.finishErasing()).toBe(false)
    expect(filesText(folder)).toContain(marker('acme', 1, 'actor'))
    stranger.exec('COMMIT')
    stranger.close()
    await store.append([markedUnit('acme', 4, 5, new Chance(3))])
    expect(filesText(folder)).not.toContain(marker('acme', 1, 'actor'))
    expect(await store.finishErasing()).toBe(true)
    expect((await checkLog(store, 'acme')).redactedGroups).toBe(1)
    await store.close()
  },
  MS_MAX,
)

test('what a process that was killed left in the write-ahead log goes when the folder is opened', async () => {
  const [folder, copy] = [temporaryFolder(), temporaryFolder()]
  const path = join(folder, LOG_FILE)
  const db = openForWriting(path)
  const writer = new SqliteWriter(db, new SeedSigner(SEED))
  writer.settleOriginBase('example.com')
  writer.createLog('acme', 'Acme', 'example.com/acme', NOW_MS)
  writer.append([markedUnit('acme', 0, 3, new Chance(1))], NOW_MS)
  const reader = new DatabaseSync(path, { readOnly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM entry').get()
  writer.append([erasingUnit('acme', 'redaction', [1], ['actor'])], NOW_MS)
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, join(copy, LOG_FILE + suffix))
  reader.close()
  writer.close()
  expect(filesText(copy)).toContain(marker('acme', 1, 'actor'))
  const store = await open(copy)
  expect(filesText(copy)).not.toContain(marker('acme', 1, 'actor'))
  expect((await checkLog(store, 'acme')).redactedGroups).toBe(1)
  await store.close()
})

type Fate = 'lost' | 'done, reported lost'

describe.each<readonly [Fate, number]>([
  ['lost', 0],
  ['done, reported lost', 2],
])('an erasing commit that is %s', (fate, erasedAfter) => {
  test('erased all of it or nothing, and said again is done once', async () => {
    const path = join(temporaryFolder(), LOG_FILE)
    let isFailing = false
    const writer = new SqliteWriter(openForWriting(path), new SeedSigner(SEED), (commit) => {
      if (!isFailing || fate !== 'lost') commit()
      if (isFailing) throw new Error(`injected: ${fate}`)
    })
    writer.createLog('acme', 'Acme', 'example.com/acme', NOW_MS)
    const reader = new SqliteReader(path)
    const store = storeOver(reader)
    const append = (...units: Unit[]): readonly UnitOutcome[] => writer.append(units, NOW_MS)
    append(markedUnit('acme', 0, 300, new Chance(1)))
    isFailing = true
    expect(() => append(erasingUnit('acme', 'redaction', [1, 299], ['actor']))).toThrow(/injected/)
    isFailing = false
    expect((await checkLog(store, 'acme')).redactedGroups).toBe(erasedAfter)
    expect(readFileSync(path, 'latin1') + readFileSync(`${path}-wal`, 'latin1')).toContain(marker('acme', 299, 'actor'))
    const [again] = append(erasingUnit('acme', 'redaction', [1, 299], ['actor']))
    const status = erasedAfter === 0 ? 'recorded' : 'duplicate'
    expect(again).toMatchObject({ placed: [{ index: 300, status }], size: 301 })
    expect(writer.finishErasing()).toBe(true)
    expect((await checkLog(store, 'acme')).redactedGroups).toBe(2)
    expect(readFileSync(path, 'latin1') + readFileSync(`${path}-wal`, 'latin1')).not.toContain(
      marker('acme', 299, 'actor'),
    )
    append(markedUnit('acme', 300, 310, new Chance(2)))
    expect((await checkLog(store, 'acme')).size).toBe(311)
    reader.close()
    writer.close()
  })
})

/** As much of a store as checkLog asks for. */
const storeOver = (reader: SqliteReader): SqliteStore =>
  ({
    head: async (...asked: Parameters<SqliteReader['head']>) => reader.head(...asked),
    keys: async (...asked: Parameters<SqliteReader['keys']>) => reader.keys(...asked),
    readRange: async (...asked: Parameters<SqliteReader['readRange']>) => reader.readRange(...asked),
    readTile: async (...asked: Parameters<SqliteReader['readTile']>) => reader.readTile(...asked),
    readTileRoots: async (...asked: Parameters<SqliteReader['readTileRoots']>) => reader.readTileRoots(...asked),
  }) as unknown as SqliteStore

describe('what survives of an entry’s disclosures', () => {
  const [event] = markedUnit('acme', 0, 1, new Chance(1)).events
  const disclosures = event?.disclosures ?? new Uint8Array(0)
  const lines = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes).split('\n')

  test.each([
    [['actor'], [1, 2]],
    [['details'], [0, 2]],
    [['targets/0'], [0, 1]],
    [['actor', 'targets/0'], [1]],
  ])('without %j is the other lines, as they were', (groups, kept) => {
    const all = lines(disclosures)
    expect(lines(withoutGroups(disclosures, groups))).toEqual(kept.map((i) => all[i]))
  })

  test('is nothing when everything goes, and no news when nothing does', () => {
    expect(withoutGroups(disclosures, [...GROUPS])).toEqual(new Uint8Array(0))
    expect(withoutGroups(disclosures, ['changes', 'act'])).toBeUndefined()
    expect(withoutGroups(new Uint8Array(0), ['actor'])).toBeUndefined()
  })

  test('is read without the zeros behind it', () => {
    for (const more of [0, 1, 5_000])
      expect(withoutPadding(padded(disclosures, disclosures.length + more))).toEqual(disclosures)
    expect(withoutPadding(new Uint8Array(9))).toEqual(new Uint8Array(0))
  })
})
