/** The verifier on data folders: sound ones wherever they lie, and every kind of edit located. */
import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  copyOf,
  edit,
  eventsOf,
  makeFolder,
  pictureOf,
  reportOf,
  reportsOf,
  startLog,
  temporaryFolder,
} from './support.js'

const COUNT = 700
let sound: string
beforeAll(async () => {
  sound = await makeFolder(COUNT)
})

describe('a data folder', () => {
  test('that is at rest is verified, and left as it was', async () => {
    const before = pictureOf(sound)
    const { code, reports } = await reportsOf([sound])
    expect([code, reports.map(({ org, verdict }) => [org, verdict])]).toEqual([
      0,
      expect.arrayContaining([
        ['acme', 'verified'],
        ['default', 'verified'],
      ]),
    ])
    const acme = reports.find(({ org }) => org === 'acme')
    expect(acme).toMatchObject({ size: COUNT, groups: { disclosed: 3 * COUNT, missing: 0 }, findings: [] })
    expect(pictureOf(sound)).toEqual(before)
  })

  test('is verified beside its server while it grows, and the server does not notice', async () => {
    const log = await startLog()
    await log.record('acme', eventsOf(0, 300))
    const growing = log.record('acme', eventsOf(300, 2_300))
    const { code, verdict, size = 0 } = await reportOf([log.folder])
    await growing
    expect([code, verdict]).toEqual([0, 'verified'])
    expect(size).toBeGreaterThanOrEqual(300)
    expect(await reportOf([log.folder])).toMatchObject({ verdict: 'verified', size: 2_300 })
    await log.record('acme', eventsOf(2_300, 2_301))
    await log.close()
    expect(await reportOf([log.folder])).toMatchObject({ verdict: 'verified', size: 2_301 })
  })

  test.each([
    ['with its -wal and -shm', ['', '-wal', '-shm']],
    ['with its -wal alone', ['', '-wal']],
  ])('copied from beside a server %s is verified, and left as it was', async (_name, suffixes) => {
    const log = await startLog()
    await log.record('acme', eventsOf(0, COUNT))
    const copy = temporaryFolder()
    for (const suffix of suffixes)
      copyFileSync(join(log.folder, `log.sqlite${suffix}`), join(copy, `log.sqlite${suffix}`))
    const before = pictureOf(copy)
    expect(await reportOf([copy])).toMatchObject({ verdict: 'verified', size: COUNT })
    expect(pictureOf(copy)).toEqual(before)
  })

  test('that is none, or broken, could not be checked', async () => {
    expect(await reportsOf([temporaryFolder()])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds neither log.sqlite'),
    })
    const empty = join(temporaryFolder(), 'x')
    mkdirSync(empty)
    copyFileSync(new URL(import.meta.url), join(empty, 'log.sqlite'))
    expect(await reportsOf([empty])).toMatchObject({ code: 2, stderr: expect.stringContaining('not a database') })
    expect(await reportsOf([sound, '--org', 'nobody'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[organization_not_found]'),
    })
    const parent = temporaryFolder()
    renameSync(copyOf(sound), join(parent, 'data'))
    expect((await reportsOf([parent])).stderr).toContain(`Did you mean ${join(parent, 'data')}?`)
  })
})

const ACME = "(SELECT n FROM log WHERE org = 'acme')"

describe('an edit of the database', () => {
  test.each<readonly [name: string, check: string, index: number | undefined, harm: (folder: string) => void]>([
    [
      'a word of a leaf',
      'tree',
      undefined,
      (folder) =>
        edit(
          folder,
          `UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'success', 'unknown') AS BLOB) WHERE log = ${ACME} AND idx = 301`,
        ),
    ],
    [
      'an entry taken out',
      'tree',
      undefined,
      (folder) => edit(folder, `DELETE FROM entry WHERE log = ${ACME} AND idx = 300`),
    ],
    [
      'a leaf that is no bytes',
      'tree',
      undefined,
      (folder) => {
        edit(folder, `UPDATE entry SET leaf = zeroblob(0) WHERE log = ${ACME} AND idx = 300`)
      },
    ],
    [
      'disclosures deleted',
      'disclosures',
      300,
      (folder) => edit(folder, `UPDATE entry SET disclosures = x'' WHERE log = ${ACME} AND idx = 300`),
    ],
    [
      'a disclosure reworded',
      'disclosures',
      300,
      (folder) =>
        edit(
          folder,
          `UPDATE entry SET disclosures = CAST(replace(CAST(disclosures AS TEXT), 'User 6', 'User 5') AS BLOB) WHERE log = ${ACME} AND idx = 300`,
        ),
    ],
    [
      'an entry behind the checkpoint',
      'files',
      COUNT,
      (folder) =>
        edit(
          folder,
          `INSERT INTO entry SELECT log, ${COUNT}, 'evt_more', leaf, disclosures FROM entry WHERE log = ${ACME} AND idx = 0`,
        ),
    ],
    [
      'a tile',
      'tree',
      undefined,
      (folder) => edit(folder, `UPDATE tile SET hashes = zeroblob(8192) WHERE log = ${ACME} AND level = 0 AND idx = 1`),
    ],
    [
      'a checkpoint that says less',
      'signature',
      undefined,
      (folder) =>
        edit(
          folder,
          "UPDATE log SET checkpoint = replace(checkpoint, ?, ?) WHERE org = 'acme'",
          `\n${COUNT}\n`,
          `\n${COUNT - 1}\n`,
        ),
    ],
    [
      'an event said twice',
      'ids',
      undefined,
      (folder) =>
        edit(
          folder,
          `UPDATE entry SET leaf = (SELECT leaf FROM entry WHERE log = ${ACME} AND idx = 12) WHERE log = ${ACME} AND idx = 300`,
        ),
    ],
  ])('is found and located: %s', async (_name, check, index, harm) => {
    const folder = copyOf(sound)
    harm(folder)
    const { code, verdict, checks, findings } = await reportOf([folder])
    expect([code, verdict]).toEqual([1, 'not_verified'])
    expect(checks.filter(({ state }) => state === 'failed').map(({ name }) => name)).toContain(check)
    const found = findings.find((finding) => finding.check === check)
    expect(found).toBeDefined()
    if (index !== undefined) expect(found).toMatchObject({ index })
  })

  test.each<readonly [column: string, where: string, index: number | undefined, sql: string]>([
    ['an id', 'column id', 300, `UPDATE entry SET id = 'evt_x' WHERE log = ${ACME} AND idx = 300`],
    [
      'an id that begins as another',
      'column id',
      300,
      `UPDATE entry SET id = 'evt_00030' WHERE log = ${ACME} AND idx = 300`,
    ],
    ['an id of nothing', 'column id', 12, `UPDATE entry SET id = '' WHERE log = ${ACME} AND idx = 12`],
    ['the size', 'table log, column size', undefined, "UPDATE log SET size = size + 1 WHERE org = 'acme'"],
    ['the origin', 'table log, column origin', undefined, "UPDATE log SET origin = 'x.example/y' WHERE org = 'acme'"],
    [
      'the newest time',
      'table log, column recorded_at',
      undefined,
      "UPDATE log SET recorded_at = 5 WHERE org = 'acme'",
    ],
  ])('of a column that no hash covers is found and located: %s', async (_name, where, index, sql) => {
    const folder = copyOf(sound)
    edit(folder, sql)
    const { code, checks, findings } = await reportOf([folder])
    expect([code, checks.filter(({ state }) => state === 'failed').map(({ name }) => name)]).toEqual([1, ['files']])
    expect(findings).toMatchObject([{ check: 'files', where: `log.sqlite, ${where}` }])
    expect(findings[0]?.index).toBe(index)
  })

  test('of the root beside a tile is found, where a full tile stands above it and where none does', async () => {
    const folder = copyOf(sound)
    edit(folder, `UPDATE tile SET root = zeroblob(32) WHERE log = ${ACME} AND level = 0 AND idx = 1`)
    expect(await reportOf([folder])).toMatchObject({ code: 1, findings: [{ check: 'tree' }] })
    // As if the log had 65,536 entries: the tile above is made of the roots of these.
    const other = copyOf(sound)
    const roots = Buffer.alloc(8_192, 1)
    edit(
      other,
      `INSERT INTO tile (log, level, idx, root, hashes) SELECT log, 1, 0, zeroblob(32), unhex(?) FROM tile WHERE log = ${ACME} AND idx = 0`,
      roots.toString('hex'),
    )
    expect((await reportOf([other])).findings).toContainEqual({
      check: 'files',
      where: 'log.sqlite, table tile, level 0, index 0, column root',
      expected: roots.subarray(0, 32).toString('base64'),
      found: expect.stringMatching(/^[\w+/]{43}=$/),
    })
  })

  test('says which entry is not there any more', async () => {
    const folder = copyOf(sound)
    edit(folder, `DELETE FROM entry WHERE log = ${ACME} AND idx = 300`)
    const { findings } = await reportOf([folder])
    expect(findings.find(({ check }) => check === 'files')).toMatchObject({
      index: 300,
      expected: 'an entry',
      found: 'none',
    })
  })

  test('of the index of another organization does not touch this one', async () => {
    const folder = copyOf(sound)
    edit(folder, "UPDATE entry SET disclosures = x'' WHERE log = (SELECT n FROM log WHERE org = '_system')")
    expect(await reportOf([folder])).toMatchObject({ verdict: 'verified' })
    expect(await reportsOf([folder])).toMatchObject({ code: 1 })
  })
})

test('a server that starts while a folder at rest is read makes it be read again', async () => {
  const folder = copyOf(sound)
  let hasWritten = false
  const writeOnce = async (): Promise<undefined> => {
    if (hasWritten) return undefined
    hasWritten = true
    const db = new DatabaseSync(join(folder, 'log.sqlite'))
    db.exec('CREATE TABLE another (x)')
    db.close()
    return undefined
  }
  const { code, reports } = await reportsOf([folder, '--org', 'acme'], { otherCheck: writeOnce })
  expect([code, reports.length, hasWritten]).toEqual([0, 1, true])
  rmSync(folder, { recursive: true })
})
