/** High-water marks: never behind what they said before, never ahead of the log, and no reason not to record. */
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MarkKeeper, toMark } from '../../dist/guard/keeper.js'
import { type MarkConflict, type Marks, type MarksToWrite } from '../../dist/guard/marks.js'
import { MarksFile } from '../../dist/guard/sqlite/marks-file.js'
import { call, event, makeData, marksIn, metrics, record, serve, temporaryFolder, until } from './support.js'

/** A checkpoint of some root, signed by nobody: marks hold what the server has just signed. */
const noteOf = (size: number, root = 'root', origin = 'example.com/acme') =>
  `${origin}\n${size}\n${createHash('sha256').update(root).digest('base64')}\n\n— ${origin} AAAAAAAA\n`

const markOf = (...of: Parameters<typeof noteOf>) => toMark('acme', noteOf(...of))

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
      fc.property(
        fc.array(fc.tuple(fc.nat(20), fc.constantFrom('example.com/a', 'example.com/b'), fc.constantFrom('x', 'y'))),
        (writes) => {
          const file = new MarksFile(join(temporaryFolder(), 'marks'), 'seed')
          const model = new Map<string, { size: number; root: string }>()
          for (const [size, origin, root] of writes) {
            const known = model.get(origin)
            const conflicts = file.write({ marks: [markOf(size, root, origin)] }, 0)
            const grows = known === undefined || size > known.size
            if (grows) model.set(origin, { size, root })
            expect(conflicts.length).toBe(grows || (size === known.size && root === known.root) ? 0 : 1)
          }
          const found = file.read().marks.map(({ note }) => note)
          const expected = [...model].map(([origin, { size, root }]) => noteOf(size, root, origin))
          expect(found.toSorted()).toEqual(expected.toSorted())
          file.close()
        },
      ),
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

  /** Enough for several pages, of which the last holds marks or what was erased. */
  const tornFrom = (marks: number) => {
    const path = join(temporaryFolder(), 'marks')
    const file = new MarksFile(path, 'seed')
    const redactions = [
      { origin: 'example.com/1', index: 3, redacts: [{ ranges: [[1, 1]] as const, groups: ['actor'] }] },
    ]
    file.write(
      { marks: Array.from({ length: marks }, (_, i) => markOf(i + 1, 'root', `example.com/${i}`)), redactions },
      0,
    )
    file.close()
    const bytes = readFileSync(path)
    const torn = join(temporaryFolder(), 'torn')
    const open = (): unknown => {
      const opened = new MarksFile(torn, 'seed')
      try {
        return opened.read()
      } finally {
        opened.close()
      }
    }
    copyFileSync(path, torn)
    return { bytes, torn, open, whole: open() }
  }

  test.each([1, 6, 40, 400])('of %i marks says so wherever it is cut short, or everything is there', (marks) => {
    const { bytes, torn, open, whole } = tornFrom(marks)
    let refused = 0
    for (let length = 16; length < bytes.length; length += length % 4_096 < 3_900 ? 97 : 7) {
      writeFileSync(torn, bytes.subarray(0, length))
      try {
        expect(open(), `${length} bytes of ${bytes.length}`).toEqual(whole)
      } catch (error) {
        expect((error as Error).message).toMatch(/damaged|malformed|not a database/)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(0)
    // With next to nothing in it, it is a new one: there are no marks, and the guard says that.
    for (const length of [1, 0]) {
      writeFileSync(torn, bytes.subarray(0, length))
      expect(open()).toEqual({ marks: [], redactions: [] })
    }
  })

  test.each([1, 40, 400])('of %i marks says so wherever a sector of it is lost, or everything is there', (marks) => {
    const { bytes, torn, open, whole } = tornFrom(marks)
    const SECTOR_BYTES = 512
    let refused = 0
    for (let at = 0; at < bytes.length; at += SECTOR_BYTES)
      for (const filling of [0x00, 0xff, 0x20]) {
        writeFileSync(torn, Buffer.from(bytes).fill(filling, at, at + SECTOR_BYTES))
        try {
          expect(open(), `${SECTOR_BYTES} bytes of ${filling} at ${at}`).toEqual(whole)
        } catch (error) {
          expect((error as Error).message).toMatch(/damaged|malformed|not a database|marks that this version knows/)
          refused += 1
        }
      }
    expect(refused).toBeGreaterThan(0)
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
