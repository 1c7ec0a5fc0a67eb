/** Start-up checks on real folders: what was done to them behind the server's back, and what is said of it. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { hashLeaf, RightEdge } from '@sealedlog/sdk/merkle'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  call,
  copyFolder,
  event,
  growData,
  makeData,
  makeOrganizations,
  metrics,
  putBack,
  record,
  serve,
  tamper,
  temporaryFolder,
} from './support.js'

/** A full tile and a tail, and two others that nobody touches. */
let prepared: string
beforeAll(async () => {
  prepared = await makeData({ acme: 600, bolt: 3, cord: 300 })
})

/** A copy of the prepared folder with its marks. */
function prepare(): string {
  const data = join(temporaryFolder(), 'data')
  copyFolder(prepared, data)
  copyFolder(`${prepared}.marks`, `${data}.marks`)
  return data
}

const LOG_OF_ACME = "(SELECT n FROM log WHERE org = 'acme')"

/** Cuts a log off at a size as carefully as can be: entries, tiles, edge, and the genuine checkpoint of that size. */
function cut(db: DatabaseSync, size: number, checkpoint: string): void {
  db.exec(`DELETE FROM entry WHERE log = ${LOG_OF_ACME} AND idx >= ${size}`)
  db.exec(`DELETE FROM tile WHERE log = ${LOG_OF_ACME} AND (idx + 1) * 256 > ${size}`)
  const edge = new RightEdge()
  for (const { leaf } of db.prepare(`SELECT leaf FROM entry WHERE log = ${LOG_OF_ACME} ORDER BY idx`).all())
    edge.append(hashLeaf(leaf as Uint8Array))
  db.prepare("UPDATE log SET size = ?, edge = ?, checkpoint = ? WHERE org = 'acme'").run(
    size,
    edge.encode(),
    checkpoint,
  )
}

/** What happens to acme, and to the others, after a start over a folder. */
async function lookAt(data: string) {
  const server = await serve(data)
  const acme = await call(server.url, 'POST /v1/events', event('acme', 'one-more'))
  const others = await Promise.all(
    ['bolt', 'cord'].map(async (org) => (await call(server.url, 'POST /v1/events', event(org, 'one-more'))).status),
  )
  const list = await call(server.url, 'GET /v1/organizations/acme/tlog/checkpoint')
  const found = [...(await metrics(server.url))].filter(([name, value]) => /read_only/.test(name) && value > 0)
  await server.close()
  return {
    acme,
    others,
    reads: list.status,
    found: found.map(([name]) => /found="(\w+)"/.exec(name)?.[1]),
    said: server.said,
  }
}

const edits: readonly (readonly [string, string, (db: DatabaseSync) => void])[] = [
  [
    'a leaf of the tail',
    'tree',
    (db) =>
      edit(
        db,
        "UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'user.added', 'user.loved') AS BLOB) WHERE idx = 599 AND log = ?",
      ),
  ],
  [
    'the root of a full tile',
    'tree',
    (db) => edit(db, 'UPDATE tile SET root = zeroblob(32) WHERE idx = 0 AND level = 0 AND log = ?'),
  ],
  ['a tile that is gone', 'tree', (db) => edit(db, 'DELETE FROM tile WHERE idx = 1 AND level = 0 AND log = ?')],
  ['the edge for the next entry', 'tree', (db) => edit(db, 'UPDATE log SET edge = zeroblob(length(edge)) WHERE n = ?')],
  ['the last entry deleted', 'entries', (db) => edit(db, 'DELETE FROM entry WHERE idx = 599 AND log = ?')],
  ['an entry of the tail deleted', 'entries', (db) => edit(db, 'DELETE FROM entry WHERE idx = 550 AND log = ?')],
  [
    'an entry slipped in behind the end',
    'entries',
    (db) => edit(db, "INSERT INTO entry (log, idx, id, leaf, disclosures) VALUES (?, 700, 'x', x'00', x'')"),
  ],
  ['a size that is not the checkpoint’s', 'checkpoint', (db) => edit(db, 'UPDATE log SET size = 599 WHERE n = ?')],
  [
    'another log’s checkpoint',
    'checkpoint',
    (db) => edit(db, "UPDATE log SET checkpoint = (SELECT checkpoint FROM log WHERE org = 'cord') WHERE n = ?"),
  ],
  [
    'another verifier key',
    'checkpoint',
    (db) => edit(db, "UPDATE log SET vkey = (SELECT vkey FROM log WHERE org = 'cord') WHERE n = ?"),
  ],
  ['a checkpoint that is none', 'checkpoint', (db) => edit(db, "UPDATE log SET checkpoint = 'trust me' WHERE n = ?")],
]

function edit(db: DatabaseSync, sql: string): void {
  const n = db.prepare("SELECT n FROM log WHERE org = 'acme'").get()?.n as number
  expect(db.prepare(sql).run(n).changes).toBe(1)
}

describe('one log among three that was edited is read-only, and the others go on', () => {
  test.each(edits)('%s → %s', async (_what, kind, change) => {
    const data = prepare()
    tamper(data, change)
    const { acme, others, reads, found, said } = await lookAt(data)
    expect([acme.status, acme.json.code]).toEqual([503, 'log_read_only'])
    expect(acme.json.detail).toMatch(/"acme" is read-only.*sealedlog restore/)
    expect(others).toEqual([201, 201])
    expect(reads).toBe(200)
    expect(found).toEqual([kind])
    expect(said.filter(({ level }) => level >= 50).map(({ msg }) => msg)).toEqual([expect.stringContaining('"acme"')])
  })

  test('nothing that was edited: nothing is said, and all record', async () => {
    const { acme, others, found, said } = await lookAt(prepare())
    expect([acme.status, ...others, found, said]).toEqual([201, 201, 201, [], []])
  })
})

describe('an older state is caught by the marks', () => {
  test('the whole folder put back', async () => {
    const data = prepare()
    const copy = join(temporaryFolder(), 'copy')
    copyFolder(data, copy)
    await growData(data, 'acme', 600, 610)
    putBack(copy, data)
    const { acme, others, found } = await lookAt(data)
    expect([acme.json.code, found, others]).toEqual(['log_read_only', ['rollback'], [201, 201]])
    expect(acme.json.detail).toMatch(/600 entries, and the marks know 610/)
    expect(acme.json.detail).toContain('sealedlog start-over --org acme')
  })

  test('what is left can still be exported, though the log cannot say so', async () => {
    const data = prepare()
    const copy = join(temporaryFolder(), 'copy')
    copyFolder(data, copy)
    await growData(data, 'acme', 600, 601)
    putBack(copy, data)
    const server = await serve(data)
    const { status, json } = await call(server.url, 'POST /v1/exports', {}, 'acme')
    await server.close()
    expect([status, json.index, json.size, json.entries]).toEqual([201, null, 600, 600])
  })

  test.each([512, 550, 599])(
    'the tail cut off at %i, with its edge and the genuine checkpoint of then',
    async (size) => {
      const data = join(temporaryFolder(), 'data')
      const server = await serve(data)
      await makeOrganizations(server.url, 'acme', 'bolt', 'cord')
      const then = await record(server.url, 'acme', 0, size)
      await record(server.url, 'acme', size, 600)
      await server.close()
      tamper(data, (db) => cut(db, size, then.checkpoint))
      const { acme, found } = await lookAt(data)
      expect([acme.json.code, found]).toEqual(['log_read_only', ['rollback']])
    },
  )

  test('unless the marks are gone as well: that is what witnesses and remembered checkpoints are for', async () => {
    const data = prepare()
    const copy = join(temporaryFolder(), 'copy')
    copyFolder(data, copy)
    await growData(data, 'acme', 600, 610)
    putBack(copy, data)
    rmSync(`${data}.marks`)
    const { acme, found, said } = await lookAt(data)
    expect([acme.status, found]).toEqual([201, []])
    expect(said.map(({ msg }) => msg)).toEqual([expect.stringContaining('no marks')])
  })

  test('and recorded on without them: the log is long enough, and another one', async () => {
    const data = prepare()
    const copy = join(temporaryFolder(), 'copy')
    copyFolder(data, copy)
    await growData(data, 'acme', 600, 610)
    putBack(copy, data)
    const other = await serve(data, { marks: false })
    await record(other.url, 'acme', 700, 720)
    await other.close()
    expect((await lookAt(data)).found).toEqual(['fork'])
  })

  test('an organization that the copy does not hold yet, also when it is made again', async () => {
    const data = join(temporaryFolder(), 'data')
    const first = await serve(data)
    await makeOrganizations(first.url, 'bolt', 'cord')
    await first.close()
    const copy = join(temporaryFolder(), 'copy')
    copyFolder(data, copy)
    const second = await serve(data)
    await makeOrganizations(second.url, 'acme')
    await record(second.url, 'acme', 0, 5)
    await second.close()
    putBack(copy, data)
    const third = await serve(data)
    // The log of the instance is older too: what administration does cannot be said, so its caller hears of a failure.
    expect((await call(third.url, 'PUT /v1/organizations/acme')).json.code).toBe('log_read_only')
    const { json } = await call(third.url, 'POST /v1/events', event('acme', 'one-more'))
    expect(json.code).toBe('log_read_only')
    await third.close()
    expect((await lookAt(data)).found).toEqual(['rollback', 'origin'])
  })

  test('a folder that was wiped but for its signing key', async () => {
    const data = prepare()
    for (const name of ['log.sqlite', 'index']) rmSync(join(data, name), { recursive: true })
    const server = await serve(data)
    await call(server.url, 'PUT /v1/organizations/acme')
    const { json } = await call(server.url, 'POST /v1/events', event('acme', 'one-more'))
    expect([json.code, json.detail]).toEqual(['log_read_only', expect.stringContaining('with 600 entries')])
    // acme, bolt, cord, and the log of the instance
    expect((await metrics(server.url)).get('sealedlog_log_read_only{found="origin"}')).toBe(4)
    await server.close()
  })
})

test('a copy that is served side by side is caught while both run', async () => {
  const data = prepare()
  const copy = join(temporaryFolder(), 'copy')
  copyFolder(data, copy)
  const original = await serve(data)
  await record(original.url, 'acme', 600, 605)
  await original.close()
  const other = await serve(copy, { marks: `${data}.marks` })
  // Its start finds the mark that the original has set; the log that both have alike goes on.
  expect((await call(other.url, 'POST /v1/events', event('acme', 'x'))).json.code).toBe('log_read_only')
  const again = await serve(data)
  await record(again.url, 'bolt', 100, 103)
  await again.close()
  await record(other.url, 'bolt', 200, 203)
  await other.close()
  expect(other.said.map(({ msg }) => msg).join()).toMatch(/"bolt".*a copy of this data folder is written to as well/)
})
