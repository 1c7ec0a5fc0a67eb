/** The file of the SQLite store: its schema as a golden file, its plans, its triggers, its pragmas. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SeedSigner } from '../../dist/store/index.js'
import { openForReading, openForWriting } from '../../dist/store/sqlite/connection.js'
import { READER_STATEMENTS } from '../../dist/store/sqlite/reader.js'
import { SqliteWriter, WRITER_STATEMENTS } from '../../dist/store/sqlite/writer.js'
import { idsOf, NOW_MS, SEED, temporaryFolder, unitOf } from './support.js'

const GOLDEN = new URL('../golden/log-schema.sql', import.meta.url)

const path = join(temporaryFolder(), 'log.sqlite')
let db: DatabaseSync
let writer: SqliteWriter

beforeAll(() => {
  db = openForWriting(path)
  writer = new SqliteWriter(db, new SeedSigner(SEED))
  writer.createLog('acme', 'Acme', 'example.com/acme', NOW_MS)
  writer.append([unitOf('acme', ...idsOf(0, 300))], NOW_MS)
})
afterAll(() => writer.close())

test('the schema is the golden file; set UPDATE_GOLDEN=1 to accept a migration', () => {
  const rows = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name').all()
  const schema = `${rows.map((row) => `${String(row.sql).replaceAll(/^ {2}/gm, '')};`).join('\n\n')}\n`
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, schema)
  expect(schema).toBe(readFileSync(GOLDEN, 'utf8'))
})

/** Listing all keys reads all keys; everything else must search. */
const WHOLE_TABLE = new Set(['allKeys'])
const NO_PLAN = new Set([
  'begin',
  'commit',
  'rollback',
  'addEntry',
  'addTile',
  'addLog',
  'setMeta',
  'addLogKey',
  'addApiKey',
  'nextRevision',
  'setDocument',
])

describe('every statement that finds rows uses an index', () => {
  const statements = Object.entries({ ...READER_STATEMENTS, ...WRITER_STATEMENTS }).filter(
    ([name]) => !NO_PLAN.has(name),
  )

  test.each(statements)('%s', (name, sql) => {
    const steps = db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row.detail))
    expect(steps.length).toBeGreaterThan(0)
    if (WHOLE_TABLE.has(name)) return
    for (const step of steps)
      expect(step).toMatch(
        /^(?:SEARCH .* USING (?:COVERING )?INDEX|SEARCH .* USING (?:INTEGER )?PRIMARY KEY|SCALAR SUBQUERY)/,
      )
  })
})

describe('the file refuses what must never happen', () => {
  test.each([
    ['DELETE FROM entry', /entries are never deleted/],
    ['DELETE FROM entry WHERE idx = 299', /entries are never deleted/],
    ["UPDATE entry SET leaf = x'00' WHERE idx = 0", /leaves are never changed/],
    ['UPDATE entry SET idx = 1000 WHERE idx = 0', /leaves are never changed/],
    ["UPDATE entry SET id = 'x' WHERE idx = 0", /leaves are never changed/],
    ['UPDATE entry SET log = 2 WHERE idx = 0', /leaves are never changed/],
    ['DELETE FROM tile', /tiles are never deleted/],
    ["UPDATE tile SET hashes = x''", /tiles are never changed/],
    ['UPDATE tile SET idx = idx + 1', /tiles are never changed/],
    ['DELETE FROM log_key', /keys of a log are never deleted/],
    ["UPDATE log_key SET vkey = 'x'", /keys of a log are never changed/],
    ["INSERT INTO entry (log, idx, id, leaf, disclosures) VALUES (1, 0, 'new', x'', x'')", /UNIQUE/],
    ["INSERT INTO entry (log, idx, id, leaf, disclosures) VALUES (1, 300, 'e000000', x'', x'')", /UNIQUE/],
    ["INSERT OR REPLACE INTO entry (log, idx, id, leaf, disclosures) VALUES (1, 0, 'new', x'', x'')", /never deleted/],
    ["INSERT OR REPLACE INTO tile (log, level, idx, root, hashes) VALUES (1, 0, 0, x'', x'')", /never deleted/],
    ["INSERT INTO entry (log, idx, id, leaf, disclosures) VALUES (1, 300, 'new', 'text', x'')", /cannot store TEXT/],
  ])('%s', (sql, message) => {
    const before = db.prepare('SELECT count(*) AS n, total(length(leaf)) AS bytes FROM entry').get()
    expect(() => db.exec(sql)).toThrow(message)
    expect(db.prepare('SELECT count(*) AS n, total(length(leaf)) AS bytes FROM entry').get()).toEqual(before)
  })

  test('but lets disclosures be erased, which the design allows', () => {
    db.exec("UPDATE entry SET disclosures = x'' WHERE idx = 299")
  })
})

const pragma = (of: DatabaseSync, name: string) => Object.values(of.prepare(`PRAGMA ${name}`).get() ?? {})[0]

describe('the pragmas', () => {
  test.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['fullfsync', 1],
    ['checkpoint_fullfsync', 1],
    ['secure_delete', 1],
    ['temp_store', 2],
    ['trusted_schema', 0],
    ['recursive_triggers', 1],
  ])('%s is %s for the writer', (name, value) => {
    expect(pragma(db, name)).toBe(value)
  })

  test('a reader cannot write', () => {
    const reader = openForReading(path)
    expect(() => reader.exec("UPDATE log SET name = 'x'")).toThrow(/readonly|read-only|query_only/i)
    reader.close()
  })
})

test('a file of a newer schema is refused and stays as it is', () => {
  const newer = join(temporaryFolder(), 'log.sqlite')
  const made = openForWriting(newer)
  made.exec('PRAGMA user_version = 99')
  made.close()
  const before = readFileSync(newer)
  expect(() => openForWriting(newer)).toThrow(/newer Sealedlog/)
  expect(readFileSync(newer).equals(before)).toBe(true)
})
