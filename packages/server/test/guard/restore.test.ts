/** Backup and restore, as processes of their own over real folders: what is in a backup, and what comes back with it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkConsistency, openNote, parseCheckpoint, parseGrowth } from '@sealedlog/sdk/merkle'
import { describe, expect, test } from 'vitest'
import { checkRoom } from '../../dist/guard/files.js'
import { checkLog, openLogReader, verifierOf } from '../../dist/store/index.js'
import { run, runJson, ServeProcess } from '../cli/support.js'
import {
  type Body,
  call,
  copyFolder,
  erase,
  event,
  filesHolding,
  growData,
  makeData,
  makeOrganizations,
  marksIn,
  metrics,
  record,
  serve,
  tamper,
  temporaryFolder,
} from './support.js'

const newFolder = () => join(temporaryFolder(), 'backup')
const backUp = async (data: string, ...more: string[]) => {
  const out = newFolder()
  await runJson(['backup', '--data', data, '--out', out, ...more], {})
  return out
}

/** `sealedlog verify`, which believes no code of the server: its exit code, and what it says. */
async function verify(folder: string, ...more: readonly string[]) {
  const { code, stdout, stderr } = await run(['verify', folder, ...more], {
    env: { XDG_STATE_HOME: temporaryFolder() },
  })
  return { code, text: stdout + stderr }
}

/** Checks every log of a file by the store's own fsck. */
async function check(folder: string) {
  const store = openLogReader(join(folder, 'log.sqlite'))
  const heads = await store.heads('', 100)
  const checked = new Map<string, Awaited<ReturnType<typeof checkLog>>>()
  for (const { org } of heads) checked.set(org, await checkLog(store as never, org))
  await store.close()
  return checked
}

describe('a backup', () => {
  test('is refused where it has no room, before anything is copied', async () => {
    const folder = temporaryFolder()
    await checkRoom(folder, 1)
    await expect(checkRoom(folder, 2 ** 60)).rejects.toMatchObject({ code: 'storage_failed' })
  })

  test('made while a client records all the while holds what was acknowledged before, and verifies', async () => {
    const data = join(temporaryFolder(), 'data')
    const server = await ServeProcess.start(data)
    const seen: string[] = []
    const stop = new AbortController()
    const load = Promise.all(
      Array.from({ length: 4 }, async (_, worker) => {
        for (let i = 0; !stop.signal.aborted; i++) {
          const ids = Array.from({ length: 10 }, (_unused, j) => `w${worker}-${i}-${j}`)
          const answer = await fetch(`${server.url}/v1/events/batch`, {
            method: 'POST',
            headers: { authorization: `Bearer ${SERVE_KEY}`, 'content-type': 'application/json' },
            body: JSON.stringify(ids.map((id) => ({ id, org: 'default', type: 'a.b', actor: { type: 'user', id } }))),
          })
          if (answer.status !== 201) throw new Error(await answer.text())
          seen.push(...ids)
        }
      }),
    )
    while (seen.length < 3_000) await new Promise(setImmediate)
    const acknowledged = [...seen]
    const out = newFolder()
    const [said] = await runJson(['backup', '--data', data, '--out', out], {})
    stop.abort()
    await load
    expect(await server.end('SIGTERM')).toBe(0)
    expect(said).toMatchObject({ object: 'backup', verified: true, secrets: false })
    const checked = await check(out)
    const ids = new Set(checked.get('default')?.ids)
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([])
    expect(ids.size).toBeLessThanOrEqual(seen.length)
    expect(existsSync(join(out, 'signing.key'))).toBe(false)
  })

  test('holds secrets only when it is told to, and nobody else reads them', async () => {
    const data = await makeData({ acme: 3 })
    writeFileSync(join(data, 'root.key'), 'slk_a_root_key_of_this_folder\n')
    const { code, stdout } = await run(['backup', '--data', data, '--out', newFolder()])
    expect([code, stdout]).toEqual([0, expect.stringContaining('Keep signing.key apart')])
    const out = await backUp(data, '--with-secrets')
    expect(readdirSync(out).sort()).toEqual(['log.sqlite', 'manifest.json', 'root.key', 'signing.key'])
    for (const name of readdirSync(out)) expect(statSync(join(out, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(out, 'signing.key'))).toEqual(readFileSync(join(data, 'signing.key')))
  })

  test('gives back the room of what was erased, and holds nothing of it', async () => {
    const data = join(temporaryFolder(), 'data')
    const server = await serve(data)
    await makeOrganizations(server.url, 'acme')
    const marker = 'THE-MARKER-OF-WHAT-IS-ERASED'
    for (let i = 0; i < 40; i++)
      await call(server.url, 'POST /v1/events', event('acme', `e${i}`, { details: { note: marker.repeat(1_000) } }))
    await erase(
      server.url,
      Array.from({ length: 40 }, (_, index) => ({ index, groups: ['details'] })),
    )
    await server.close()
    const out = await backUp(data)
    expect(filesHolding(out, marker)).toEqual([])
    expect(statSync(join(out, 'log.sqlite')).size).toBeLessThan(statSync(join(data, 'log.sqlite')).size / 3)
    expect((await check(out)).get('acme')?.size).toBe(41)
  })

  test.each([
    [
      'a folder that holds something',
      (out: string) => (mkdirSync(out), writeFileSync(join(out, 'x'), '')),
      'not an empty folder',
    ],
    ['a file', (out: string) => writeFileSync(out, ''), 'not an empty folder'],
  ] as const)('is not written into %s', async (_what, prepare, message) => {
    const data = await makeData({})
    const out = newFolder()
    prepare(out)
    const { code, stderr } = await run(['backup', '--data', data, '--out', out])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  test('of a folder without a log, or of a log that does not verify, is none, and leaves nothing', async () => {
    const out = newFolder()
    expect(await run(['backup', '--data', temporaryFolder(), '--out', out])).toMatchObject({ code: 2 })
    const data = await makeData({ acme: 300 })
    tamper(data, (db) => db.exec("UPDATE entry SET disclosures = x'' WHERE idx = 7"))
    const { code, stdout, stderr } = await run(['backup', '--data', data, '--out', out])
    expect([code, stderr]).toEqual([1, expect.stringMatching(/The copy does not verify.*\[proof_failed\]/)])
    expect(stdout).toMatch(/organization acme\n.*disclosures, index 7, group actor.*NOT VERIFIED: 300 entries/s)
    expect(stdout).not.toContain('organization default')
    expect(existsSync(out)).toBe(false)
  })
})

/** What cli/support.ts gives the servers that it starts. */
const SERVE_KEY = 'slk_the_root_key_of_the_command_line_tests'

const heads = async (url: string, org: string): Promise<Body> => (await call(url, `GET /v1/organizations/${org}`)).json
const checkpointOf = async (url: string, org: string): Promise<string> =>
  (await call(url, `GET /v1/organizations/${org}/tlog/checkpoint`)).json

describe('a restore', () => {
  test('of the newest backup into a new folder goes on as if nothing had been', async () => {
    const data = await makeData({ acme: 300, bolt: 2 })
    const out = await backUp(data)
    const elsewhere = join(temporaryFolder(), 'data')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'signing.key'), readFileSync(join(data, 'signing.key')))
    const { code, stdout, stderr } = await run(['restore', out, '--data', elsewhere, '--marks', `${data}.marks`])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Restored and verified \d+ entries of 4 organizations to .* as of 20/)
    const server = await serve(elsewhere, { marks: `${data}.marks` })
    await record(server.url, 'acme', 300, 310)
    expect([(await heads(server.url, 'acme')).size, server.said]).toEqual([310, []])
    await server.close()
  })

  test('of an older backup is refused with what would be lost; then logs go on under a new origin, and old checkpoints hold', async () => {
    const data = await makeData({ acme: 270, bolt: 5 })
    const before = await serve(data)
    const known = {
      note: await checkpointOf(before.url, 'acme'),
      vkey: (await heads(before.url, 'acme')).vkey as string,
    }
    await before.close()
    const out = await backUp(data)
    await growData(data, 'acme', 270, 300)

    const refused = await run(['restore', out, '--data', data, '--replace'])
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/"acme": it has 270 entries, and the marks know 300.*\[rollback_detected\]/s),
    ])
    expect(refused.stderr).not.toContain('"bolt"')
    expect((await check(data)).get('acme')?.size).toBe(300)
    expect(readdirSync(data).filter((name) => /restoring|replaced/.test(name))).toEqual([])

    const { code, stdout } = await run(['restore', out, '--data', data, '--replace', '--start-over'])
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/acme goes on under \S+: 270 entries are kept, 30 are lost\./),
    ])
    expect((await check(data)).get('acme')?.size).toBe(271)
    const aside = readdirSync(data).find((name) => name.startsWith('replaced-'))
    expect((await check(join(data, aside ?? ''))).get('acme')?.size).toBe(300)

    const server = await serve(data)
    await record(server.url, 'acme', 400, 410)
    expect(server.said).toEqual([])
    const { origin, vkey } = await heads(server.url, 'acme')
    const old = parseCheckpoint(openNote(known.note, [verifierOf(known.vkey)]).text)
    expect(origin).not.toBe(old.origin)
    const growth = parseGrowth(
      (await call(server.url, `GET /v1/organizations/acme/tlog/consistency?from=${old.size}`)).json,
    )
    const now = parseCheckpoint(openNote(growth.checkpoint, [verifierOf(vkey)]).text)
    checkConsistency({
      oldSize: old.size,
      newSize: now.size,
      oldRoot: old.root,
      newRoot: now.root,
      proof: growth.hashes,
    })
    const tail = (await call(server.url, 'GET /v1/events/tail?after=269&limit=1&bucket=sealedlog', undefined, 'acme'))
      .json.data[0]
    expect(tail).toMatchObject({ type: 'log.continues', index: 270, details: { origin: old.origin, size: 270 } })
    const { json: found } = await call(server.url, `GET /v1/events/${tail.id}?include=proof`, undefined, 'acme')
    expect(JSON.parse(found.leaf ?? found.proof?.leaf).log).toEqual({
      continues: { origin: old.origin, size: 270, root: Buffer.from(old.root).toString('base64') },
    })
    await server.close()
    expect((await serveOnce(data)).said).toEqual([])
    const kept = join(temporaryFolder(), 'kept')
    writeFileSync(kept, known.note)
    expect(await verify(data, '--org', 'acme', '--old', kept)).toMatchObject({ code: 0 })
  })

  test('erases again what was erased since, from the marks alone where the newer state is lost', async () => {
    const markers = ['MARKER-OF-ADA', 'MARKER-OF-BEN', 'MARKER-OF-CAT']
    const data = join(temporaryFolder(), 'data')
    const server = await serve(data)
    await makeOrganizations(server.url, 'acme')
    for (const [i, marker] of markers.entries())
      await call(server.url, 'POST /v1/events', event('acme', `e${i}`, { details: { note: marker } }))
    await record(server.url, 'acme', 0, 20)
    const out = newFolder()
    await runJson(['backup', '--data', data, '--out', out], {})
    await erase(server.url, [{ index: 0 }])
    await erase(server.url, [{ index: 1, groups: ['details'] }])
    await server.close()
    expect(filesHolding(out, 'MARKER-OF-ADA')).toHaveLength(1)

    // The newer state is lost: only the marks know of the erasures, and the key lies in its safe.
    const key = readFileSync(join(data, 'signing.key'))
    rmSync(data, { recursive: true })
    mkdirSync(data)
    writeFileSync(join(data, 'signing.key'), key)
    const { code, stdout } = await run(['restore', out, '--data', data, '--start-over', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      erased_again: [{ org: 'acme', redactions: 2, groups: 3 }],
      started_over: [{ org: 'acme', kept: 23, lost: 2 }],
    })
    const again = await serve(data)
    expect(again.said).toEqual([])
    const read = async (id: string) => (await call(again.url, `GET /v1/events/${id}`, undefined, 'acme')).json
    expect([(await read('e0')).details, (await read('e1')).details, (await read('e2')).details]).toEqual([
      undefined,
      undefined,
      { note: 'MARKER-OF-CAT' },
    ])
    await again.close()
    expect(filesHolding(data, 'MARKER-OF-ADA')).toEqual([])
    expect(filesHolding(data, 'MARKER-OF-BEN')).toEqual([])
    expect(filesHolding(data, 'MARKER-OF-CAT').length).toBeGreaterThan(0)
    expect(filesHolding(data, 'Actor of e0')).toEqual([])
    expect(await verify(data)).toMatchObject({ code: 0 })
  })

  test('leaves no trace of what is erased after it, wherever the copy had put it', async () => {
    const data = join(temporaryFolder(), 'data')
    const server = await serve(data)
    await makeOrganizations(server.url, 'acme')
    const COUNT = 1_500
    // Of every length: rows within a page, on pages of their own, and on several.
    const marker = (i: number) => `MARKER-${i}-${'x'.repeat((i * 37) % 6_000)}`
    for (let at = 0; at < COUNT; at += 100) {
      const events = Array.from({ length: 100 }, (_, i) =>
        event('acme', `e${at + i}`, { details: { note: marker(at + i) } }),
      )
      expect((await call(server.url, 'POST /v1/events/batch', events)).status).toBe(201)
    }
    await server.close()
    const out = await backUp(data)
    await runJson(['restore', out, '--data', data, '--replace'], {})
    for (const name of readdirSync(data))
      if (name.startsWith('replaced-')) rmSync(join(data, name), { recursive: true })
    const again = await serve(data)
    for (let at = 0; at < COUNT; at += 500)
      await erase(
        again.url,
        Array.from({ length: 500 }, (_, i) => ({ index: at + i, groups: ['details'] })),
      )
    await again.close()
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(data, name)).isFile())
      .map((name) => readFileSync(join(data, name)))
    const left = Array.from({ length: COUNT }, (_, i) => i).filter((i) =>
      files.some((file) => file.includes(`MARKER-${i}-`)),
    )
    expect(left).toEqual([])
  })

  test('knows from the folder that it replaces what the marks do not', async () => {
    const data = await makeData({ acme: 10 })
    const out = await backUp(data)
    const server = await serve(data)
    await erase(server.url, [{ index: 4 }])
    await server.close()
    rmSync(`${data}.marks`)
    const refused = await run(['restore', out, '--data', data, '--replace'])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('the marks know 11')])
    const [said] = await runJson(['restore', out, '--data', data, '--replace', '--start-over'], {})
    expect(said).toMatchObject({ erased_again: [{ org: 'acme', redactions: 1 }] })
  })

  test.each([
    ['over a log, without --replace', (_out: string, data: string) => ['--data', data], /--replace/],
    ['without the signing key', () => ['--data', join(temporaryFolder(), 'data')], /signing\.key/],
  ] as const)('is refused %s', async (_what, args, message) => {
    const data = await makeData({ acme: 3 })
    const out = await backUp(data)
    const { code, stderr } = await run(['restore', out, ...args(out, data)])
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })

  test('is refused of a backup that is not whole, or not what it was', async () => {
    const data = await makeData({ acme: 3 })
    const out = await backUp(data)
    const broken = join(temporaryFolder(), 'broken')
    copyFolder(out, broken)
    const file = readFileSync(join(broken, 'log.sqlite'))
    writeFileSync(join(broken, 'log.sqlite'), file.fill(0, file.length - 20))
    expect(await run(['restore', broken, '--data', data, '--replace'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SHA-256'),
    })
    rmSync(join(out, 'manifest.json'))
    expect(await run(['restore', out, '--data', data, '--replace'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no backup'),
    })
    expect((await check(data)).get('acme')?.size).toBe(3)
  })

  test('is refused while a server has the folder open', async () => {
    const data = await makeData({ acme: 3 })
    const out = await backUp(data)
    const server = await ServeProcess.start(data)
    expect(await run(['restore', out, '--data', data, '--replace'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[data_folder_in_use]'),
    })
    await server.end('SIGTERM')
  })
})

async function serveOnce(data: string) {
  const server = await serve(data)
  await server.close()
  return server
}

describe('starting over', () => {
  test('a folder that was cut: confirmed once, it goes on, and says so for ever', async () => {
    const data = await makeData({ acme: 10 })
    const copy = join(temporaryFolder(), 'copy')
    copyFolder(data, copy)
    await growData(data, 'acme', 10, 15)
    rmSync(data, { recursive: true })
    copyFolder(copy, data)
    const unconfirmed = await run(['start-over', '--data', data, '--org', 'acme'])
    expect([unconfirmed.code, unconfirmed.stderr]).toEqual([2, expect.stringContaining('--yes')])
    const [said] = await runJson(['start-over', '--data', data, '--org', 'acme', '--yes'], {})
    expect(said).toMatchObject({ object: 'starting_over', org: 'acme', kept: 10, lost: 5 })
    const server = await serve(data)
    await record(server.url, 'acme', 50, 55)
    expect(server.said).toEqual([])
    await server.close()
    expect((await check(data)).get('acme')?.size).toBe(16)
    expect(await verify(data)).toMatchObject({ code: 0 })
    expect(await run(['start-over', '--data', data, '--org', 'acme', '--yes'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Nothing of the log'),
    })
  })

  test('a folder that was wiped: the new log says which one it continues, from nothing', async () => {
    const data = await makeData({ acme: 10 })
    const before = marksIn(`${data}.marks`).find(({ org }) => org === 'acme')
    for (const name of readdirSync(data)) if (name !== 'signing.key') rmSync(join(data, name), { recursive: true })
    await serveOnce(data)
    for (const org of ['acme', '_system']) await runJson(['start-over', '--data', data, '--org', org, '--yes'], {})
    const server = await serve(data)
    await record(server.url, 'acme', 0, 5)
    expect([server.said, (await metrics(server.url)).get('sealedlog_log_read_only{found="origin"}')]).toEqual([[], 0])
    const db = new DatabaseSync(join(data, 'log.sqlite'), { readOnly: true })
    const row = db
      .prepare("SELECT leaf FROM entry WHERE idx = 0 AND log = (SELECT n FROM log WHERE org = 'acme')")
      .get()
    db.close()
    expect(JSON.parse(Buffer.from(row?.leaf as Uint8Array).toString()).log.continues).toMatchObject({
      origin: before?.origin,
      size: 0,
    })
    expect(await verify(data, '--org', 'acme')).toMatchObject({ code: 0 })
    await server.close()
  })

  test('a log that does not hold together by itself is refused', async () => {
    const data = await makeData({ acme: 10 })
    tamper(data, (db) =>
      db.exec(
        "UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'user.added', 'user.loved') AS BLOB) WHERE idx = 3",
      ),
    )
    const { code, stderr } = await run(['start-over', '--data', data, '--org', 'acme', '--yes'])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/\[proof_failed\]/)])
  })

  test('marks that are damaged are told so, and nothing is changed', async () => {
    const data = await makeData({ acme: 10 })
    const marks = readFileSync(`${data}.marks`)
    writeFileSync(`${data}.marks`, marks.subarray(0, -1))
    const { code, stderr } = await run(['start-over', '--data', data, '--org', 'acme', '--yes'])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^sealedlog: The marks in .* cannot be used .*damaged.*\[storage_failed\]\n$/),
    ])
    writeFileSync(`${data}.marks`, marks)
    expect((await serveOnce(data)).said).toEqual([])
  })

  test('marks that were not told of it believe the log, which says so itself', async () => {
    const data = await makeData({ acme: 10 })
    const copy = join(temporaryFolder(), 'copy')
    copyFolder(data, copy)
    await growData(data, 'acme', 10, 15)
    const marks = readFileSync(`${data}.marks`)
    rmSync(data, { recursive: true })
    copyFolder(copy, data)
    await runJson(['start-over', '--data', data, '--org', 'acme', '--yes'], {})
    writeFileSync(`${data}.marks`, marks)
    expect((await serveOnce(data)).said).toEqual([])
  })
})
