/** What the tests of the verifier share: data folders that a real server wrote, and the command run in this process. */
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll } from 'vitest'
import { type RunningServer, startServer } from '../../../server/dist/server.js'
import { runVerify, type VerifyIo } from '../../dist/verifier/index.js'
import type { CheckName, VerifyReport } from '../../dist/verify/index.js'

const endings: (() => Promise<unknown> | void)[] = []
afterAll(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

/** A folder that is gone when the test file ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-verifier-'))
  endings.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const KEY = 'slk_the_root_key_of_the_verifier_tests'

/** A server and its data folder. */
export interface TestLog extends RunningServer {
  readonly folder: string
  record(org: string, events: readonly object[]): Promise<void>
  ask(path: string, body?: object): Promise<Response>
}

/** A server that is closed when the test file ends, or before: `close` may be called twice. */
export async function startLog(folder = join(temporaryFolder(), 'data')): Promise<TestLog> {
  const server = await startServer({ data: folder, port: 0, drainMs: 0, marks: false, rootKey: KEY })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= server.close())
  endings.push(close)
  const ask = (path: string, body?: object): Promise<Response> =>
    fetch(server.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const record = async (org: string, events: readonly object[]): Promise<void> => {
    await fetch(`${server.url}/v1/organizations/${org}`, { method: 'PUT', headers: { authorization: `Bearer ${KEY}` } })
    for (let at = 0; at < events.length; at += BATCH) {
      const batch = events.slice(at, at + BATCH).map((event) => ({ org, ...event }))
      const { status } = await ask('/v1/events/batch', batch)
      if (status !== 201) throw new Error(`not recorded: ${status}`)
    }
  }
  return { ...server, folder, close, ask, record }
}

const BATCH = 1_000

export const eventAt = (i: number): object => ({
  id: `evt_${String(i).padStart(6, '0')}`,
  type: i % 10 === 0 ? 'login.failed' : 'api_key.created',
  actor: { type: 'user', id: `user_${i % 7}`, name: `User ${i % 7}` },
  targets: [{ type: 'api_key', id: `key_${i}` }],
  details: { i },
})

export const eventsOf = (from: number, to: number): readonly object[] =>
  Array.from({ length: to - from }, (_, i) => eventAt(from + i))

/** A data folder at rest, with so many entries of the organization acme. */
export async function makeFolder(count: number): Promise<string> {
  const log = await startLog()
  await log.record('acme', eventsOf(0, count))
  await log.close()
  return log.folder
}

/** A copy to be harmed. */
export function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'copy')
  cpSync(folder, copy, { recursive: true })
  return copy
}

const TRIGGERS = ['entry_is_never_deleted', 'leaf_is_never_changed', 'tile_is_never_deleted', 'tile_is_never_changed']

/** What somebody does who can write to the database. */
export function edit(folder: string, sql: string, ...values: readonly (string | number | Uint8Array)[]): void {
  const db = new DatabaseSync(join(folder, 'log.sqlite'))
  for (const trigger of TRIGGERS) db.exec(`DROP TRIGGER ${trigger}`)
  db.prepare(sql).run(...values)
  db.close()
}

/** Every file below a folder with what is in it. */
export function pictureOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    )
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in this process; nothing is remembered but in the folder that is named. */
export async function verify(args: readonly string[], more: Partial<VerifyIo> = {}): Promise<Ran> {
  const ran = { stdout: '', stderr: '' }
  const to = (stream: 'stdout' | 'stderr') => ({ write: (text: string) => ((ran[stream] += text), true) })
  const code = await runVerify(args.includes('--state') ? args : [...args, '--no-remember'], {
    program: 'sealedlog-verify',
    version: '0.0.0',
    stdout: to('stdout'),
    stderr: to('stderr'),
    env: {},
    ...more,
  })
  return { code, ...ran }
}

/** The reports of a run. */
export async function reportsOf(
  args: readonly string[],
  more: Partial<VerifyIo> = {},
): Promise<{ readonly code: number; readonly reports: readonly VerifyReport[]; readonly stderr: string }> {
  const { code, stdout, stderr } = await verify([...args, '--json'], more)
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { code, reports: lines.map((line) => JSON.parse(line) as VerifyReport), stderr }
}

/** The one report of acme. */
export async function reportOf(
  args: readonly string[],
  more: Partial<VerifyIo> = {},
): Promise<VerifyReport & { readonly code: number }> {
  const { code, reports, stderr } = await reportsOf([...args, '--org', 'acme'], more)
  const [report] = reports
  if (report === undefined) throw new Error(`no report: ${stderr}`)
  return { ...report, code }
}

export const stateOf = (report: VerifyReport, name: CheckName): string | undefined =>
  report.checks.find((check) => check.name === name)?.state

export const textOf = (report: VerifyReport, name: CheckName): string =>
  report.checks.find((check) => check.name === name)?.text ?? ''
