/** What was exported is verified offline, whatever was chosen, erased, withheld or rotated; and what was altered is not. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@sealedlog/sdk/base'
import { BundleSource } from '@sealedlog/sdk/verifier'
import { verifyEvidence, verifyLog, type VerifyReport } from '@sealedlog/sdk/verify'
import { beforeAll, describe, expect, test } from 'vitest'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventsOf, fileOf, ROOT_KEY, run, runJson, startTestServer, temporaryFolder } from './support.js'

const COUNT = 1_500
const TLOG = '/v1/organizations/default/tlog'

let url: string
let folder: string
/** the key of the first day, which is all that the auditor trusts */
let vkey: string

async function post(path: string, body: object): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${ROOT_KEY}`, 'content-type': 'application/json' }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = (await response.json()) as JsonObject
  expect([path, response.ok, answer.detail]).toEqual([path, true, undefined])
  return answer
}

const record = (from: number, to: number) => runJson(['record', fileOf(eventsOf(from, to))], { url })

beforeAll(async () => {
  ;({ url } = await startTestServer())
  folder = temporaryFolder()
  const headers = { authorization: `Bearer ${ROOT_KEY}` }
  vkey = (await (await fetch(`${url}${TLOG}/vkey`, { headers })).text()).trim()
  await record(0, 700)
  await post('/v1/redactions', { events: [{ id: 'evt_000300', groups: ['actor'] }], basis: 'GDPR Art. 17' })
  await record(700, 1_100)
  await post(`${TLOG}/rotate`, {})
  await record(1_100, COUNT)
  await post('/v1/redactions', { person: { identifiers: ['user_3'] }, basis: 'GDPR Art. 17' })
})

async function exportTo(name: string, ...args: readonly string[]): Promise<string> {
  const path = join(folder, name)
  await runJson(['export', '--out', path, ...args], { url })
  return path
}

const verify = (path: string): Promise<VerifyReport> =>
  verifyLog(new BundleSource(path), { vkeys: [vkey], org: 'default' })

const VERIFIER = fileURLToPath(new URL('../../../sdk/bin/sealedlog-verify.js', import.meta.url))

/** The auditor's own command, in a process of its own: its exit code and what it says. */
const sealedlogVerify = (target: string): Promise<{ code: number; stdout: string }> =>
  promisify(execFile)(process.execPath, [VERIFIER, target, '--vkey', vkey, '--no-remember']).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  )

const CHOICES: readonly (readonly [string, readonly string[]])[] = [
  ['all', []],
  ['a range', ['--from', '290', '--to', '310']],
  ['one entry', ['--from', '300', '--to', '301']],
  ['the end', ['--from', '1490']],
  ['a filter', ['--type', 'login.failed']],
  ['a query within a range', ['-q', 'outcome:success', '--from', '100', '--to', '900']],
  ['the redactions', ['--type', 'audit.redaction', '--bucket', 'sealedlog']],
  ['all without people', ['--withhold', 'actor', '--withhold', 'targets']],
  ['a range without people', ['--from', '290', '--to', '310', '--withhold', 'actor']],
]

describe.each(CHOICES)('%s', (name, args) => {
  test('is verified by whoever trusts the first key alone', async () => {
    const { verdict, findings, groups } = await verify(await exportTo(name.replaceAll(' ', '-'), ...args))
    expect([findings, verdict]).toEqual([[], 'verified'])
    expect([groups.missing, groups.mismatch, groups.resurrected]).toEqual([0, 0, 0])
    if (name !== 'all') expect(groups.withheld).toBeGreaterThan(0)
    if (/all|range|one/.test(name)) expect(groups.redacted).toBeGreaterThan(0)
  })
})

test('the auditor’s command says so too, of folders and of evidence', async () => {
  for (const [name, args] of [
    ['told-whole', []],
    ['told-range', ['--from', '290', '--to', '310', '--withhold', 'actor']],
  ] as const) {
    const path = await exportTo(name, ...args)
    expect(await sealedlogVerify(path)).toMatchObject({ code: 0 })
    writeFileSync(join(path, 'vkey'), 'another\n')
    expect(await sealedlogVerify(path)).toMatchObject({ code: 1, stdout: expect.stringContaining('vkey') })
  }
  const out = join(folder, 'evidence.json')
  await run(['export', '--event', 'evt_000300', '--withhold', 'targets', '--out', out], { url })
  expect(await sealedlogVerify(out)).toMatchObject({ code: 0 })
})

test('evidence of an event accounts for what is erased and what is withheld', async () => {
  const { stdout } = await run(['export', '--event', 'evt_000300', '--withhold', 'targets'], { url })
  const { verdict, findings, groups } = await verifyEvidence(stdout, { vkeys: [vkey], org: 'default' })
  expect([findings, verdict]).toEqual([[], 'verified'])
  expect(groups).toMatchObject({ disclosed: 0, redacted: 1, withheld: 1, missing: 0 })
  const policy = join(folder, 'policy')
  writeFileSync(policy, 'quorum none\n')
  const withPolicy = await run(['export', '--event', 'evt_000301', '--policy', policy], { url })
  expect(JSON.parse(withPolicy.stdout)).toMatchObject({ policy: 'quorum none\n' })
  expect(await verifyEvidence(withPolicy.stdout, { vkeys: [vkey] })).toMatchObject({ verdict: 'verified' })
  const altered = withPolicy.stdout.replace('user_0', 'user_1')
  expect(await verifyEvidence(altered, { vkeys: [vkey] })).toMatchObject({ verdict: 'not_verified' })
})

test('what is altered in a folder is found', async () => {
  const honest = await exportTo('honest', '--from', '290', '--to', '310')
  const path = join(folder, 'altered')
  for (const [file, at, check] of [
    ['tile/entries/001', 5_000, 'tree'],
    ['tile/0/001', 77, 'tree'],
    ['tile/1/000.p/5', 3, 'tree'],
    ['checkpoint', 90, 'signature'],
    ['disclosures/001', 30, 'disclosures'],
  ] as const) {
    cpSync(honest, path, { recursive: true })
    const bytes = readFileSync(join(path, file))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(join(path, file), bytes)
    const { verdict, findings } = await verify(path)
    expect([file, verdict]).toEqual([file, 'not_verified'])
    expect([file, findings.map((finding) => finding.check)]).toEqual([file, expect.arrayContaining([check])])
    rmSync(path, { recursive: true })
  }
})

test('what the manifest does not withhold, and nobody erased, is missing', async () => {
  const path = await exportTo('silent', '--withhold', 'actor', '--to', '100')
  const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as JsonObject
  writeFileSync(join(path, 'manifest.json'), JSON.stringify({ ...manifest, withheld: [] }))
  const { verdict, groups } = await verify(path)
  expect([verdict, groups.missing > 0]).toEqual(['not_verified', true])
})
