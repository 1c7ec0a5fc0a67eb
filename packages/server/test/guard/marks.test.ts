/** High-water marks: never behind what they said before, never ahead of the log, and no reason not to record. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MarkKeeper } from '../../dist/guard/keeper.js'
import type { MarkConflict, Marks, MarksToWrite } from '../../dist/guard/marks.js'
import { MarksFile } from '../../dist/guard/sqlite/marks-file.js'
import { call, event, makeData, marksIn, metrics, record, serve, temporaryFolder, until } from './support.js'

const markOf = (size: number, root = `root ${size}`, origin = 'example.com/acme') => ({
  org: 'acme',
  origin,
  size,
  root,
  note: `note ${size}`,
})

describe('the file', () => {
  test('has the schema of the golden file; set UPDATE_GOLDEN=1 to accept a new version', () => {
    const golden = new URL('../golden/marks-schema.sql', import.meta.url)
    const path = join(temporaryFolder(), 'marks')
    new MarksFile(path, 'seed').close()
    const db = new DatabaseSync(path)
    const rows = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name').all()
    db.close()
    const schema = `${rows.map((row) => `${String(row.sql).replaceAll(/^ {2}/gm, '')};`).join('\n\n')}\n`
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, schema)
    expect(schema).toBe(readFileSync(golden, 'utf8'))
  })

  test('whatever is written in whatever order, a mark only grows, and says so where it would not', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y'))), (writes) => {
        const file = new MarksFile(join(temporaryFolder(), 'marks'), 'seed')
        const model = new Map<string, { size: number; root: string }>()
        for (const [size, origin, root] of writes) {
          const known = model.get(origin)
          const conflicts = file.write({ marks: [markOf(size, root, origin)] }, 0)
          const grows = known === undefined || size > known.size
          if (grows) model.set(origin, { size, root })
          expect(conflicts.length).toBe(grows || (size === known.size && root === known.root) ? 0 : 1)
        }
        const found = file.read().marks.map(({ origin, size, root }) => [origin, { size, root }])
        expect(new Map(found as never)).toEqual(model)
        file.close()
      }),
      { numRuns: 30 },
    )
  })

  test('keeps instances apart', () => {
    const path = join(temporaryFolder(), 'marks')
    const [one, other] = [new MarksFile(path, 'one'), new MarksFile(path, 'other')]
    one.write({ marks: [markOf(9)] }, 0)
    expect(other.write({ marks: [markOf(3)] }, 0)).toEqual([])
    expect([one.read().marks[0]?.size, other.read().marks[0]?.size]).toEqual([9, 3])
    one.close()
    other.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('a write that was cut off while it went into the file is taken back by whoever opens it next', () => {
    const [path, killed] = [join(temporaryFolder(), 'marks'), join(temporaryFolder(), 'marks')]
    const many = Array.from({ length: 500 }, (_, i) => markOf(1, 'root', `example.com/${i}`))
    const file = new MarksFile(path, 'seed')
    file.write({ marks: many }, 0)
    file.close()
    // What a kill leaves: a journal that is synced, and pages of the new state in the file.
    const db = new DatabaseSync(path)
    db.exec('PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE mark SET size = 2')
    for (const ending of ['', '-journal']) copyFileSync(`${path}${ending}`, `${killed}${ending}`)
    db.close()
    expect(readFileSync(killed).equals(readFileSync(path))).toBe(false)

    const readOnly = new DatabaseSync(killed, { readOnly: true })
    expect(() => readOnly.prepare('SELECT size FROM mark').all()).toThrow('attempt to write a readonly database')
    readOnly.close()
    const next = new MarksFile(killed, 'seed')
    expect(next.read().marks.map(({ size }) => size)).toEqual(many.map(() => 1))
    expect(next.write({ marks: [markOf(3, 'root', 'example.com/0')] }, 0)).toEqual([])
    next.close()
    expect(existsSync(`${killed}-journal`)).toBe(false)
  })

  test('is not made of a file of another kind', () => {
    const path = join(temporaryFolder(), 'marks')
    const foreign = new MarksFile(path, 'seed')
    foreign.close()
    writeFileSync(path, 'this is no database, and long enough to be read as one'.repeat(100))
    expect(() => new MarksFile(path, 'seed')).toThrow(/not a database/)
  })
})

/** Marks that fail as often as they are told to. */
class Flaky implements Marks {
  fails = 0
  readonly written: MarksToWrite[] = []
  async read() {
    return { marks: [], redactions: [] }
  }
  async write(what: MarksToWrite): Promise<readonly MarkConflict[]> {
    if (this.fails > 0) {
      this.fails -= 1
      throw new Error('the drive is away')
    }
    this.written.push(what)
    return []
  }
  async close() {}
}

const noteOf = (size: number) =>
  `example.com/acme\n${size}\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— example.com/acme AAAAAAAA\n`

test('what could not be written is written with the next, in the newest state, and said once', async () => {
  const marks = new Flaky()
  const said: string[] = []
  const keeper = new MarkKeeper(marks, {
    failing: (error) => said.push(error.message),
    writtenAgain: () => said.push('again'),
    conflict: () => said.push('conflict'),
  })
  marks.fails = 2
  keeper.grown('acme', noteOf(1))
  await keeper.flush()
  keeper.grown('acme', noteOf(2))
  keeper.grown('bolt', noteOf(7))
  await keeper.flush()
  expect([keeper.isFailing, marks.written]).toEqual([true, []])
  await keeper.close()
  expect(marks.written.flatMap((what) => what.marks.map(({ org, size }) => [org, size]))).toEqual([
    ['acme', 2],
    ['bolt', 7],
  ])
  expect([said, keeper.isFailing]).toEqual([['the drive is away', 'again'], false])
})

describe('a server', () => {
  test('has exact marks after a shutdown, wherever they are said to be', async () => {
    const data = join(temporaryFolder(), 'data')
    const marks = join(temporaryFolder(), 'elsewhere', 'of', 'it', 'marks')
    const server = await serve(data, { marks })
    await record(server.url, 'default', 0, 7)
    await server.close()
    expect(marksIn(marks).filter(({ org }) => org === 'default')).toMatchObject([{ org: 'default', size: 7 }])
    expect(existsSync(`${data}.marks`)).toBe(false)
  })

  test('writes them while it runs', async () => {
    const data = join(temporaryFolder(), 'data')
    const server = await serve(data)
    await record(server.url, 'default', 0, 7)
    await until(() => marksIn(server.marks).some(({ org, size }) => org === 'default' && size === 7))
    await server.close()
  })

  test('that cannot write them says so, loudly, and records', async () => {
    const data = await makeData({ default: 3 })
    rmSync(`${data}.marks`)
    mkdirSync(`${data}.marks`)
    const server = await serve(data)
    expect((await call(server.url, 'POST /v1/events', event('default', 'more'))).status).toBe(201)
    expect((await metrics(server.url)).get('sealedlog_marks_failing')).toBe(1)
    expect(server.said.filter(({ level }) => level >= 50).map(({ msg }) => msg)).toContainEqual(
      expect.stringContaining('Recording goes on'),
    )
    await server.close()
    chmodSync(`${data}.marks`, 0o700)
  })
})
