/** What was erased from the SQLite index is in none of its files any more: looked for byte by byte. */
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Facts, FIELDS } from '@sealedlog/sdk/event'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type IndexEntry, openSqliteIndex } from '../../dist/index/index.js'
import { openIndexFile } from '../../dist/index/sqlite/index-file.js'
import { PostingTables } from '../../dist/index/sqlite/posting-tables.js'
import { random } from '../../dist/index/contract-data.js'

const NO_FACTS = Object.fromEntries(Object.keys(FIELDS).map((field) => [field, []])) as unknown as Facts
const PERSONAL = ['actor_id', 'actor_email', 'target_id', 'ip_address', 'correlation_id'] as const
const ENTRIES = 3_000
const ROUNDS = 25
const MS_MAX = 60_000

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealedlog-index-'))
  path = join(folder, 'index.sqlite')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** Everything that stands in the folder, as text of one byte a character. */
async function filesText(): Promise<string> {
  const names = await readdir(folder)
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n')
}

/** The values that stand somewhere in the files: each of ours begins with its name in double brackets. */
const valuesIn = (text: string): Set<string> => new Set(text.match(/<<\w+>>/g))

test(
  'markers in thousands of entries, erased in random order, are in no file; those that survive are',
  async () => {
    const seed = 20_261_121
    const rnd = random(seed)
    // Values of many lengths: some of them leave a page for one of their own.
    const value = (name: string) => `<<${name}>>${'x'.repeat(rnd([8, 60, 400, 2_500][rnd(4)] as number))}`
    const people = Array.from({ length: 400 }, (_, i) => ({ id: value(`id${i}`), email: value(`mail${i}`) }))
    const entryAt = (index: number): IndexEntry => {
      const { id, email } = people[rnd(people.length)] as (typeof people)[number]
      const facts = {
        ...NO_FACTS,
        type: [`t${index % 9}`],
        actor_id: [id],
        actor_email: [email],
        target_id: [value(`target${index}`)],
        ip_address: [`<<ip${rnd(200)}>>`],
        correlation_id: [value(`cor${index}`)],
      }
      return { org: 'acme', index, atMs: 1_000 + index - rnd(50), facts }
    }
    const entries = Array.from({ length: ENTRIES }, (_, index) => entryAt(index))
    const index = await openSqliteIndex(path)
    for (let at = 0; at < ENTRIES; at += 100) await index.put(entries.slice(at, at + 100))
    for (let round = 0; round < ROUNDS; round += 1) {
      const chosen = new Set(Array.from({ length: 1 + rnd(60) }, () => rnd(entries.length)))
      const erased = [...chosen].map((place) => {
        const entry = entries[place] as IndexEntry
        const gone = PERSONAL.filter(() => rnd(2) === 0)
        const facts = { ...entry.facts, ...Object.fromEntries(gone.map((field) => [field, []])) }
        return (entries[place] = { ...entry, facts })
      })
      await index.erase('acme', erased)
      const more = Array.from({ length: rnd(60) }, (_, i) => entryAt(entries.length + i))
      await index.put(more)
      entries.push(...more)
      expect(await index.finishErasing(), `seed ${seed}`).toBe(true)
    }
    // The last round's puts may stand in the write-ahead log alone: they are of the files too.
    const alive = valuesIn(entries.flatMap(({ facts }) => PERSONAL.flatMap((field) => facts[field])).join('\n'))
    const open = valuesIn(await filesText())
    expect([...open].filter((name) => !alive.has(name))).toEqual([])
    expect([...alive].filter((name) => !open.has(name))).toEqual([])
    await index.close()
    expect([...valuesIn(await filesText())].sort()).toEqual([...alive].sort())
  },
  MS_MAX,
)

const entry: IndexEntry = {
  org: 'acme',
  index: 0,
  atMs: 1_000,
  facts: { ...NO_FACTS, actor_email: ['<<erased>>'], bucket: ['<<kept>>'] },
}
const survivor: IndexEntry = { ...entry, facts: { ...entry.facts, actor_email: [] } }

test(
  'while somebody else reads an older state of the file, erasing is not finished, and says so',
  async () => {
    const index = await openSqliteIndex(path)
    await index.put([entry])
    const stranger = new DatabaseSync(path)
    stranger.exec('BEGIN; SELECT count(*) FROM term')
    await index.erase('acme', [survivor])
    expect(await index.finishErasing()).toBe(false)
    expect(await filesText()).toContain('<<erased>>')
    stranger.exec('COMMIT')
    stranger.close()
    expect(await index.finishErasing()).toBe(true)
    expect(await filesText()).not.toContain('<<erased>>')
    await index.close()
  },
  MS_MAX,
)

test('what a process that was killed left in the write-ahead log goes when the file is opened', async () => {
  const copy = join(folder, 'left.sqlite')
  const file = openIndexFile(path)
  const tables = new PostingTables({ ...file, emptyWriteAhead: () => false })
  tables.put([[entry]])
  expect(tables.erase('acme', [survivor])).toBeUndefined()
  expect(tables.finishErasing()).toBe(false)
  for (const suffix of ['', '-wal']) await copyFile(path + suffix, copy + suffix)
  file.close()
  expect(await readFile(`${copy}-wal`, 'latin1')).toContain('<<erased>>')
  const index = await openSqliteIndex(copy)
  const texts = await Promise.all(['', '-wal'].map((suffix) => readFile(copy + suffix, 'latin1')))
  expect(texts.join()).not.toContain('<<erased>>')
  expect(texts.join()).toContain('<<kept>>')
  expect(await index.size('acme')).toBe(1)
  await index.close()
})

test('an erasing that fails leaves everything as it was', () => {
  const file = openIndexFile(path)
  const full = new Error('database or disk is full')
  let isFull = true
  const tables = new PostingTables({
    ...file,
    rewriteTerms(gone) {
      file.rewriteTerms(gone)
      if (isFull) throw full
    },
  })
  tables.put([[entry]])
  expect(() => tables.erase('acme', [survivor])).toThrow(full)
  const found = () =>
    tables.search({
      org: 'acme',
      query: { field: 'actor_email', is: '<<erased>>' },
      order: 'asc',
      limit: 9,
      covering: 1,
    })
  expect(found()).toEqual({ positions: [{ atMs: 1_000, index: 0 }], exact: true })
  isFull = false
  tables.erase('acme', [survivor])
  expect(found()).toEqual({ positions: [], exact: true })
  file.close()
})

test('whoever erases lets the others have their turn before he goes on', async () => {
  const index = await openSqliteIndex(path)
  const entryOf = (org: string, i: number): IndexEntry => ({
    org,
    index: i,
    atMs: 1_000 + i,
    facts: { ...NO_FACTS, actor_id: [`${org} ${i}`] },
  })
  const entries = Array.from({ length: 20_000 }, (_, i) => entryOf('acme', i))
  for (let at = 0; at < entries.length; at += 1_000) await index.put(entries.slice(at, at + 1_000))
  await index.put([entryOf('umbrella', 0)])
  const answered: string[] = []
  const erasing = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await index.erase('acme', [{ ...entryOf('acme', i), facts: NO_FACTS }])
      answered.push('erased')
    }
  }
  const erased = erasing()
  // The index answers in the order in which it is asked: this was asked behind the first of them.
  expect(await index.size('umbrella')).toBe(1)
  answered.push('asked')
  await erased
  expect(answered).toEqual(['asked', 'erased', 'erased', 'erased'])
  // A rest is over when the index is closed.
  const last = index.erase('acme', [{ ...entryOf('acme', 9), facts: NO_FACTS }])
  await index.size('umbrella')
  await index.close()
  await last
})
