/**
 * One altered byte, anywhere: in each file of a bundle, in a file of evidence, in what a data folder keeps of a log.
 *
 * Each position is altered for itself, in files that a real server wrote, and looked at by what the auditor's command runs.
 */
import { isUtf8 } from 'node:buffer'
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseNote } from '@sealedlog/sdk/merkle'
import { runVerify } from '@sealedlog/sdk/verifier'
import type { VerifyReport } from '@sealedlog/sdk/verify'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseLogs } from '../../dist/witness/index.js'
import { run } from '../cli/support.js'
import {
  call,
  erase,
  growTo,
  makeOrganization,
  ORG,
  policyOf,
  ROOT_KEY,
  runWitness,
  serve,
  temporaryFolder,
} from './world.js'

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const home = temporaryFolder()
const bundle = join(home, 'bundle')
const range = join(home, 'range')
const evidence = join(home, 'evidence.json')
const data = join(home, 'data')
/** the key of the first day: what is signed since with another is believed because that one handed over */
let vkey: string

beforeAll(async () => {
  console.log(`bytes.test.ts: SEED=${SEED}`)
  const server = await serve(data)
  await makeOrganization(server)
  vkey = (await call(server, `GET /v1/organizations/${ORG}/tlog/vkey`)).text.trim()
  await growTo(server, 150)
  await erase(server, 'evt_30', ['actor'])
  await call(server, `POST /v1/organizations/${ORG}/tlog/rotate`, {})
  await server.close()
  const witness = await runWitness(join(home, 'witness'), vkey)
  const policy = policyOf(witness.vkey, witness.url)
  const again = await serve(data, { sinks: { policy, witnessEveryMs: 3_600_000 } })
  await growTo(again, 300)
  witness.setLogs(parseLogs(await vkeysOf(again), 'logs'))
  await again.publish()
  await growTo(again, 320)
  const files = ['export', '--org', ORG, '--url', again.url, '--out']
  for (const args of [
    [bundle],
    [range, '--from', '20', '--to', '40', '--withhold', 'details'],
    [evidence, '--event', 'evt_30'],
  ]) {
    const { code, stderr } = await run([...files, ...args], { key: ROOT_KEY })
    expect([code, stderr]).toEqual([0, expect.any(String)])
  }
  await again.close()
  await witness.close()
})

const vkeysOf = async (server: Parameters<typeof call>[0]): Promise<string> =>
  (await call(server, `GET /v1/organizations/${ORG}/tlog/vkey`)).text

interface Verified {
  readonly code: number
  readonly report: VerifyReport | undefined
  readonly stderr: string
}

async function verify(target: string): Promise<Verified> {
  const said = { stdout: '', stderr: '' }
  const to = (stream: 'stdout' | 'stderr') => ({ write: (text: string) => ((said[stream] += text), true) })
  const io = { program: 'sealedlog-verify', version: '0', stdout: to('stdout'), stderr: to('stderr'), env: {} }
  const args = [target, '--vkey', vkey, '--org', ORG, '--json', '--no-remember', '--threads', '0']
  const code = await runVerify(args, io)
  return {
    code,
    report: said.stdout === '' ? undefined : (JSON.parse(said.stdout) as VerifyReport),
    stderr: said.stderr,
  }
}

/** A position, and what is added to the byte that stands there. */
const alteration = fc.record({ at: fc.nat(), difference: fc.integer({ min: 1, max: 255 }) })

function altered(bytes: Uint8Array, { at, difference }: { at: number; difference: number }): Uint8Array {
  const other = Uint8Array.from(bytes)
  const i = at % bytes.length
  other[i] = ((other[i] ?? 0) + difference) & 0xff
  return other
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile() && statSync(join(folder, name)).size > 0)
    .sort()

/** Alters a file for as long as it is looked at. */
async function withFile<T>(path: string, bytes: Uint8Array, look: () => Promise<T>): Promise<T> {
  const honest = readFileSync(path)
  writeFileSync(path, bytes)
  try {
    return await look()
  } finally {
    writeFileSync(path, honest)
  }
}

/** What is no text any more cannot be read, which is said of which file: neither verified nor tampered. */
function expectUnreadable({ report, stderr }: Verified, bytes: Uint8Array, name: string): void {
  expect([name, isUtf8(bytes), report?.verdict ?? 'unchecked']).toEqual([name, false, 'unchecked'])
  expect(report?.reason ?? stderr).toContain(name)
}

/** Every finding names the entry, or the file or part. */
function expectPlaces(report: VerifyReport | undefined): void {
  for (const { index, where, ...finding } of report?.findings ?? [])
    expect([finding, index ?? where]).toEqual([finding, expect.anything()])
}

describe.each([
  ['a bundle of all', bundle, 6],
  ['a bundle of a range', range, 4],
])('%s', (_name, folder, runs) => {
  test('is verified as it is', async () => {
    const { code, report } = await verify(folder)
    expect([report?.findings, code]).toEqual([[], 0])
    expect(report?.groups.redacted).toBeGreaterThan(0)
  })

  test('with a byte altered in any file is not, and it is said in which', async () => {
    const files = filesIn(folder).filter((name) => name !== 'manifest.json')
    expect(files.length).toBeGreaterThan(8)
    for (const name of files)
      await fc.assert(
        fc.asyncProperty(alteration, async (change) => {
          const path = join(folder, name)
          const bytes = altered(readFileSync(path), change)
          const verified = await withFile(path, bytes, () => verify(folder))
          if (verified.code === 2) expectUnreadable(verified, bytes, name)
          else {
            expect([name, verified.code]).toEqual([name, 1])
            expect(verified.report?.findings.map(({ where }) => where)).toContain(name)
          }
        }),
        { numRuns: runs, seed: SEED },
      )
  })
})

/** What a manifest says that the files beside it prove. What it says of itself, and what it leaves out, is only said. */
const PROVEN = ['v', 'org', 'origin', 'size', 'files']

test('a manifest with an altered byte says where, or says what it said', async () => {
  const path = join(range, 'manifest.json')
  const text = readFileSync(path)
  const proven = (bytes: Uint8Array) => {
    const manifest = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>
    return PROVEN.map((name) => manifest[name])
  }
  const { report: honest } = await verify(range)
  let refused = 0
  await fc.assert(
    fc.asyncProperty(alteration, async (change) => {
      const bytes = altered(text, change)
      const { code, report, stderr } = await withFile(path, bytes, () => verify(range))
      if (code === 0) expect([proven(bytes), report?.groups]).toEqual([proven(text), honest?.groups])
      else {
        refused++
        expectPlaces(report)
        if (code === 2) expect(report?.reason ?? stderr).toMatch(/manifest\.json|A bundle of version/)
      }
    }),
    { numRuns: 150, seed: SEED },
  )
  expect(refused).toBeGreaterThan(75)
})

test('a file of evidence with an altered byte says where, or says what it said', async () => {
  const honest = readFileSync(evidence)
  const { code, report } = await verify(evidence)
  expect([code, report?.groups]).toEqual([0, expect.objectContaining({ redacted: 1, disclosed: 2 })])
  const codes = new Set<number>()
  await fc.assert(
    fc.asyncProperty(alteration, async (change) => {
      const bytes = altered(honest, change)
      const found = await withFile(evidence, bytes, () => verify(evidence))
      codes.add(found.code)
      // White space between members says nothing.
      if (found.code === 0) expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toEqual(JSON.parse(String(honest)))
      else if (found.code === 1) {
        expectPlaces(found.report)
        expect(found.report?.findings.length).toBeGreaterThan(0)
      } else expect(found.report?.reason ?? found.stderr).toMatch(/version|no file of evidence/)
    }),
    { numRuns: 300, seed: SEED },
  )
  expect(codes).toContain(1)
})

const textOf = (note = ''): string => parseNote(note).text

describe('a data folder', () => {
  const COLUMNS = [
    ['entry', 'leaf', 40],
    ['entry', 'disclosures', 40],
    ['tile', 'hashes', 15],
    ['tile', 'root', 8],
    ['log', 'checkpoint', 30],
    ['log_key', 'handover', 15],
  ] as const

  /** Alters a byte of one value of a column for as long as it is looked at; gives the entry's index, where it is one's. */
  async function withValue<T>(
    db: DatabaseSync,
    [table, column]: readonly [string, string, number],
    { at, difference, row }: { at: number; difference: number; row: number },
    look: () => Promise<T>,
  ): Promise<readonly [T, number | undefined]> {
    const log = "(SELECT n FROM log WHERE org = 'acme')"
    const of = table === 'log' ? `n = ${log}` : `log = ${log}`
    const rows = db.prepare(`SELECT rowid AS place, * FROM ${table} WHERE ${of} AND length(${column}) > 0`).all()
    const { place, idx, [column]: value } = rows[row % rows.length] as Record<string, number | string | Uint8Array>
    const bytes = altered(typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array), { at, difference })
    const kept = typeof value === 'string' ? 'CAST(? AS TEXT)' : '?'
    const put = db.prepare(`UPDATE ${table} SET ${column} = ${kept} WHERE rowid = ?`)
    put.run(bytes, place as number)
    try {
      return [await look(), table === 'entry' ? (idx as number) : undefined]
    } finally {
      put.run(value as string | Uint8Array, place as number)
    }
  }

  test.each(COLUMNS)(
    'with a byte altered in %s.%s is not verified, and it is said where',
    async (table, column, runs) => {
      const copy = join(temporaryFolder(), 'data')
      cpSync(data, copy, { recursive: true })
      const db = new DatabaseSync(join(copy, 'log.sqlite'))
      db.exec('PRAGMA journal_mode = DELETE')
      for (const { name } of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all())
        db.exec(`DROP TRIGGER ${String(name)}`)
      const honest = await verify(copy)
      expect(honest.code).toBe(0)
      const checkpoint = honest.report?.checkpoint
      await fc.assert(
        fc.asyncProperty(alteration, fc.nat(), async (change, row) => {
          const [found, index] = await withValue(db, [table, column, runs], { ...change, row }, () => verify(copy))
          // Two keys have signed: a line that is of no known key any more is nobody's (c2sp.org/signed-note).
          if (column === 'checkpoint' && found.code === 0) {
            expect(textOf(found.report?.checkpoint)).toBe(textOf(checkpoint))
            return
          }
          expect([table, column, found.code]).toEqual([table, column, 1])
          expectPlaces(found.report)
          const places = found.report?.findings.map((each) => (each.index ?? -1) >= 256 || each.where === 'checkpoint')
          // Of the tail, a data folder keeps no hashes: the root over it tells that one of its leaves is another.
          if (column === 'leaf') expect(places).toContain((index ?? 0) >= 256)
          else if (column === 'disclosures') expect(found.report?.findings.map((each) => each.index)).toContain(index)
          else expect(places?.length).toBeGreaterThan(0)
        }),
        { numRuns: runs, seed: SEED },
      )
      db.close()
    },
  )
})
