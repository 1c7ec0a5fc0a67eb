/** Folders that somebody made to keep a verifier busy, or to have it trust a key that it did not see sign. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import { ED25519, formatVerifierKey, noteKeyId } from '../../dist/merkle/index.js'
import { BundleSource, Memory } from '../../dist/verifier/index.js'
import { remember } from '../../dist/verifier/verify-target.js'
import { verifyLog } from '../../dist/verify/index.js'
import { copyOf, makeFolder, reportOf, startLog, temporaryFolder, textOf, verify } from './support.js'

let small: string
beforeAll(async () => {
  small = await makeFolder(20)
})

describe('a database whose rows are computed when they are read', () => {
  test.each<readonly [string, string]>([
    [
      'view',
      `ALTER TABLE log RENAME TO log_2; CREATE VIEW log AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)
       SELECT n, 'o' || n AS org, 'x' AS origin, 1 AS generation, 'v' AS vkey, 1 AS size, 'c' AS checkpoint FROM c`,
    ],
    ['generated column', 'ALTER TABLE entry ADD COLUMN more BLOB AS (zeroblob(900000000))'],
    ['virtual table', 'CREATE VIRTUAL TABLE more USING fts5(text)'],
  ])('is refused: a %s', async (what, sql) => {
    const folder = copyOf(small)
    const db = new DatabaseSync(join(folder, 'log.sqlite'))
    db.exec(sql)
    db.close()
    const { code, stderr } = await verify([folder])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`has a ${what}`)])
  })
})

/** A bundle without a manifest: what the server serves of a log, as files. */
async function plainBundle(): Promise<string> {
  const folder = join(temporaryFolder(), 'bundle')
  const log = await startLog()
  await log.record('acme', [{ type: 'a.b', actor: { type: 'user', id: 'u' } }])
  for (const path of ['checkpoint', 'vkey', 'tile/0/000.p/1', 'tile/entries/000.p/1', 'disclosures/000']) {
    const answer = await log.ask(`/v1/organizations/acme/tlog/${path}`)
    const file = join(folder, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
  }
  await log.close()
  return folder
}

test('keys that are listed beside the one that signed are not remembered as trusted', async () => {
  const state = temporaryFolder()
  const folder = await plainBundle()
  const vkey = readFileSync(join(folder, 'vkey'), 'utf8').trim()
  const origin = vkey.split('+')[0] ?? ''
  const publicKey = new Uint8Array(32).fill(9)
  const keyId = noteKeyId(origin, ED25519, publicKey)
  const stranger = formatVerifierKey({ name: origin, keyId, algorithm: ED25519, publicKey })
  writeFileSync(join(folder, 'vkey'), `${stranger}\n${vkey}\n`)
  const memory = new Memory(state)
  const source = new BundleSource(folder)
  const report = await verifyLog(source)
  const place = { target: folder, org: 'acme' }
  await remember(memory, { source, place }, report, { vkeys: [], old: [], notes: [] }, '2026-11-21T00:00:00.000Z')
  // This is what a person compares with what the operator says; so it is what may be remembered.
  expect((await memory.ofOrigin(origin))?.vkeys).toEqual([vkey])
})

test('nothing is remembered of a log that is known from a bundle alone: it may name another’s', async () => {
  const state = temporaryFolder()
  const folder = await plainBundle()
  const vkey = readFileSync(join(folder, 'vkey'), 'utf8').trim()
  const memory = new Memory(state)
  const origin = vkey.split('+')[0] ?? ''
  const report = await reportOf([folder, '--state', state])
  expect([report.code, textOf(report, 'signature')]).toEqual([0, expect.stringContaining(`Signed by ${vkey},`)])
  expect(await memory.ofOrigin(origin)).toBeUndefined()
  expect((await reportOf([folder, '--state', state, '--vkey', vkey])).code).toBe(0)
  expect((await memory.ofOrigin(origin))?.vkeys).toEqual([vkey])
})

describe.skipIf(process.platform === 'win32')('what is no regular file', () => {
  test.each(['checkpoint', 'tile/entries/000.p/1'])('is not waited for: a pipe as %s', async (path) => {
    const folder = await plainBundle()
    rmSync(join(folder, path))
    execFileSync('mkfifo', [join(folder, path)])
    expect((await verify([folder])).code).toBe(2)
  })

  test('does not keep what else is wrong from being said', async () => {
    const folder = await plainBundle()
    const file = join(folder, 'tile/0/000.p/1')
    const bytes = readFileSync(file)
    bytes[0] = (bytes[0] ?? 0) ^ 1
    writeFileSync(file, bytes)
    const { size, origin = '' } = await reportOf([folder])
    const files = [{ path: 'endless', bytes: 1, sha256: '0'.repeat(64) }]
    const manifest = { v: 1, org: 'acme', origin, size, made_at: 'now', withheld: [], counts: {}, files }
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
    symlinkSync('/dev/zero', join(folder, 'endless'))
    const report = await reportOf([folder])
    expect(report.code).toBe(1)
    expect(report.findings.map(({ check }) => check)).toEqual(expect.arrayContaining(['tree', 'files']))
  })
})
