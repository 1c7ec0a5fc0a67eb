/** The SQLite index keeps the promises of the port, survives what happens to files, and scans no table. */
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import type { Facts, ListPosition } from '@sealedlog/sdk/event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  type EventIndex,
  type Found,
  IndexBehind,
  type IndexEntry,
  indexContract,
  openSqliteIndex,
  type SearchRequest,
} from '../../dist/index/index.js'
import { openIndexFile } from '../../dist/index/sqlite/index-file.js'
import { PostingTables } from '../../dist/index/sqlite/posting-tables.js'
import { PRAGMAS, SCHEMA, SCHEMA_VERSION } from '../../dist/index/sqlite/schema.js'
import { STATEMENTS } from '../../dist/index/sqlite/statements.js'
import { TermNumbers } from '../../dist/index/sqlite/term-numbers.js'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealedlog-index-'))
  path = join(folder, 'index.sqlite')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('SqliteIndex', () => indexContract(test, () => openSqliteIndex(path)))

describe('the file', () => {
  test('keeps everything when it is opened again', async () => {
    await withIndex(async (index) => index.put([...entriesOf('acme', 0, 300), ...entriesOf('acme2', 0, 5)]))
    await withIndex(async (index) => {
      expect([await index.size('acme'), await index.size('acme2')]).toEqual([300, 5])
      expect(await index.search(find('acme', 'user_1', 2))).toEqual(exactly([at(298), at(295)]))
      // and new terms take numbers of their own
      await index.put([...entriesOf('acme', 300, 310), ...entriesOf('new', 0, 4)])
      expect(await index.search(find('acme', 'user_1', 2))).toEqual(exactly([at(307), at(304)]))
      expect(await index.search(find('new', 'user_1', 2))).toEqual(exactly([at(1)]))
    })
  })

  test.each([
    ['is no database', (file: string) => writeFile(file, 'not a database, '.repeat(1_000))],
    ['is of another version', (file: string) => execute(file, 'PRAGMA user_version = 99')],
    ['is someone else’s', (file: string) => execute(file, 'DROP TABLE posting; CREATE TABLE posting (x)')],
    ['lost its tables', (file: string) => execute(file, 'DROP TABLE term; PRAGMA user_version = 0')],
    ['was cut', async (file: string) => writeFile(file, (await readFile(file)).subarray(0, 5_000))],
    ['is empty', (file: string) => writeFile(file, '')],
  ])('starts over when it %s', async (_, damage) => {
    await withIndex((index) => index.put(entriesOf('acme', 0, 300)))
    await damage(path)
    await withIndex(async (index) => {
      expect(await index.size('acme')).toBe(0)
      await index.put(entriesOf('acme', 0, 10))
      expect(await index.search(find('acme', 'user_1', 9))).toEqual(exactly([at(7), at(4), at(1)]))
    })
  })

  test('starts over when a page proves broken in the middle of its work', async () => {
    await withIndex((index) => index.put(entriesOf('acme', 0, 5_000)))
    const bytes = await readFile(path)
    // all but the pages that are read at the start: the header and schema, and the roots
    bytes.fill(0xa5, 4_096 * 5)
    await writeFile(path, bytes)
    await withIndex(async (index) => {
      const answer = await Promise.allSettled([index.search({ ...find('acme', 'user_1', 9), covering: 5_000 })])
      expect(answer).toMatchObject([{ status: 'rejected', reason: new IndexBehind('acme') }])
      await index.put(entriesOf('acme', 0, 10))
      expect(await index.search(find('acme', 'user_1', 9))).toEqual(exactly([at(7), at(4), at(1)]))
    })
  })

  test('holds what was answered even when nobody closed it', async () => {
    const copy = join(folder, 'copy.sqlite')
    await withIndex(async (index) => {
      await index.put(entriesOf('acme', 0, 100))
      await copyFile(path, copy)
      await copyFile(`${path}-wal`, `${copy}-wal`)
    })
    const index = await openSqliteIndex(copy)
    expect(await index.size('acme')).toBe(100)
    await index.close()
  })

  test('is as it was before a commit that failed', () => {
    const file = openIndexFile(path)
    const full = new Error('database or disk is full')
    const commit = {
      run: vi
        .fn(() => file.statements.commit.run())
        .mockImplementationOnce(() => {
          throw full
        }),
    } as unknown as StatementSync
    const tables = new PostingTables({ ...file, statements: { ...file.statements, commit } })
    const acme = entriesOf('acme', 0, 5)
    const other = entriesOf('acme2', 0, 5)
    expect(() => tables.put([acme])).toThrow(full)
    expect(tables.size('acme')).toBe(0)
    // terms of the commit that failed are no one’s
    expect(tables.put([other])).toEqual([undefined])
    expect(tables.put([acme])).toEqual([undefined])
    expect(tables.search(find('acme', 'user_1', 9))).toEqual(exactly([at(4), at(1)]))
    expect(tables.search(find('acme2', 'user_2', 9))).toEqual(exactly([at(2)]))
    file.close()
  })

  test('that cannot be opened is refused by name', async () => {
    await expect(openSqliteIndex(join(folder, 'missing', 'index.sqlite'))).rejects.toThrow(/unable to open/)
  })
})

describe('the thread', () => {
  test('takes no calls once closed, and closing again is no call', async () => {
    const index = await openSqliteIndex(path)
    await index.close()
    await index.close()
    await expect(index.put([])).rejects.toThrow('the index is closed')
    await expect(index.size('acme')).rejects.toThrow('the index is closed')
  })

  test('when it dies, tells whoever waits and whoever comes later', async () => {
    const started = once(process, 'worker')
    const index = await openSqliteIndex(path)
    const [thread] = (await started) as [Worker]
    const put = index.put(entriesOf('acme', 0, 1_000))
    await Promise.all([expect(put).rejects.toThrow('the index is gone'), thread.terminate()])
    await expect(index.size('acme')).rejects.toThrow('the index is gone')
    await index.close()
  })

  test('hands back an error of the database, and works on', async () => {
    await withIndex(async (index) => {
      await expect(index.size((2n ** 70n) as never)).rejects.toThrow('the index failed')
      expect(await index.size('acme')).toBe(0)
    })
  })
})

describe('the statements', () => {
  test.each(Object.entries(STATEMENTS).filter(([, sql]) => /^(SELECT|INSERT)/.test(sql)))(
    '%s walks a primary key',
    (_, sql) => {
      const db = new DatabaseSync(':memory:')
      db.exec(SCHEMA)
      const plan = db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array.from(sql.matchAll(/\?/g), () => 1))
        .map(({ detail }) => String(detail))
      db.close()
      // reading one row from the end of a key is a scan in name alone
      if (sql === STATEMENTS.lastTerm) expect(plan).toEqual(['SCAN posting'])
      else for (const step of plan) expect(step).toMatch(/^SEARCH \w+ USING PRIMARY KEY/)
      expect(plan.join()).not.toMatch(/TEMP B-TREE/)
      expect(plan.length).toBe(sql.startsWith('SELECT') ? 1 : 0)
    },
  )

  test('the schema is the golden one', async () => {
    const db = new DatabaseSync(':memory:')
    db.exec(PRAGMAS + SCHEMA)
    const tables = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all()
    db.close()
    const text = `-- version ${SCHEMA_VERSION}\n${tables.map(({ sql }) => `${String(sql)};\n`).join('\n')}`
    await expect(text).toMatchFileSnapshot('../golden/index-schema.sql')
  })
})

test('term numbers are remembered, and what is forgotten is asked for again', () => {
  const numbers = new TermNumbers()
  numbers.set(1, 'type', 'kept', 7)
  for (let i = 0; i < 250_000; i += 1) {
    numbers.set(1, 'target_id', `t${i}`, i)
    if (i % 1_000 === 0) expect(numbers.get(1, 'type', 'kept')).toBe(7)
  }
  expect(numbers.get(1, 'target_id', 't0')).toBeUndefined()
  expect(numbers.get(1, 'target_id', 't249999')).toBe(249_999)
  expect(numbers.get(2, 'type', 'kept')).toBeUndefined()
})

async function withIndex(body: (index: EventIndex) => Promise<void>): Promise<void> {
  const index = await openSqliteIndex(path)
  try {
    await body(index)
  } finally {
    await index.close()
  }
}

async function execute(file: string, sql: string): Promise<void> {
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

const at = (index: number) => ({ atMs: 1_000 + index, index })

/** Entries whose actors take turns: user_0, user_1, user_2, user_0, … */
const entriesOf = (org: string, from: number, to: number): IndexEntry[] =>
  Array.from({ length: to - from }, (_, i) => ({ org, ...at(from + i), facts: factsBy(`user_${(from + i) % 3}`) }))

const factsBy = (actor: string): Facts => ({
  type: ['api_key.created'],
  actor_id: [actor],
  actor_type: ['user'],
  actor_email: [],
  target_id: [],
  target_type: [],
  project_id: [],
  bucket: ['default'],
  outcome: ['success'],
  correlation_id: [],
  ip_address: [],
  tenant: ['no'],
})

/** What a search that postings decide gives. */
const exactly = (positions: readonly ListPosition[]): Found => ({ positions, exact: true })

const find = (org: string, actor: string, limit: number): SearchRequest => ({
  org,
  query: { field: 'actor_id', is: actor },
  order: 'desc',
  limit,
  covering: 0,
})
