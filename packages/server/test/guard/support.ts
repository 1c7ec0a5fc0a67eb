/** What the tests of the guard share: data folders that are copied, cut and edited, and servers over them. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll } from 'vitest'
import { type RunningServer, type ServerOptions, startServer } from '../../dist/server.js'

export const ROOT_KEY = 'slk_the_root_key_of_the_guard_tests'

const endings: (() => Promise<unknown> | void)[] = []
afterAll(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

/** Run when the test file ends. */
export const atTheEnd = (end: () => Promise<unknown> | void): void => void endings.push(end)

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-guard-'))
  endings.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A log line of the server. */
export interface Said {
  readonly level: number
  readonly msg: string
}

export interface GuardedServer extends RunningServer {
  readonly data: string
  readonly marks: string
  /** what it logged, from level warn up */
  readonly said: readonly Said[]
}

/** A server over a folder, with its marks beside it and its log kept. */
export async function serve(data: string, more: Partial<ServerOptions> = {}): Promise<GuardedServer> {
  const said: Said[] = []
  const stream = { write: (line: string) => void said.push(JSON.parse(line) as Said) }
  const logger = { level: 'warn', stream }
  const server = await startServer({ port: 0, rootKey: ROOT_KEY, drainMs: 0, scrubRate: 0, logger, ...more, data })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= server.close())
  endings.push(close)
  const marks = typeof more.marks === 'string' ? more.marks : `${data}.marks`
  return { ...server, data, marks, said, close }
}

/** Whatever a body may hold; what a test reads of it, it then compares. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Body = any

export interface Answer {
  readonly status: number
  readonly json: Body
}

export async function call(url: string, line: string, body?: unknown, org?: string): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ')
  const headers = {
    authorization: `Bearer ${ROOT_KEY}`,
    ...(org === undefined ? {} : { 'sealedlog-organization': org }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : text }
}

export const event = (org: string, id: string, more: object = {}) => ({
  id,
  org,
  type: 'user.added',
  actor: { type: 'user', id: 'user_1', name: `Actor of ${id}` },
  details: { padding: 'x'.repeat(50) },
  ...more,
})

/** Records so many events of an organization in batches; ids count up from `from`. */
export async function record(url: string, org: string, from: number, to: number): Promise<Body> {
  let last: Body
  for (let at = from; at < to; at += 500) {
    const events = Array.from({ length: Math.min(500, to - at) }, (_, i) => event(org, `${org}-${at + i}`))
    const { status, json } = await call(url, 'POST /v1/events/batch', events)
    if (status !== 201) throw new Error(`not recorded: ${JSON.stringify(json)}`)
    last = json
  }
  return last
}

/** Erases what is named of events of acme. */
export async function erase(url: string, events: readonly object[]): Promise<void> {
  const { status, json } = await call(url, 'POST /v1/redactions', { events, basis: 'GDPR Art. 17' }, 'acme')
  if (status !== 201) throw new Error(`not erased: ${JSON.stringify(json)}`)
}

export async function makeOrganizations(url: string, ...orgs: readonly string[]): Promise<void> {
  for (const org of orgs) {
    const { status } = await call(url, `PUT /v1/organizations/${org}`)
    if (status !== 201 && status !== 200) throw new Error(`no organization ${org}`)
  }
}

/** A folder with these organizations, each with so many entries; nobody has it open. */
export async function makeData(sizes: { readonly [org: string]: number }): Promise<string> {
  const data = join(temporaryFolder(), 'data')
  const server = await serve(data)
  await makeOrganizations(server.url, ...Object.keys(sizes))
  for (const [org, size] of Object.entries(sizes)) await record(server.url, org, 0, size)
  await server.close()
  return data
}

/** Goes on with a folder that nobody has open. */
export async function growData(data: string, org: string, from: number, to: number): Promise<void> {
  const server = await serve(data)
  await record(server.url, org, from, to)
  await server.close()
}

export const copyFolder = (from: string, to: string): void => cpSync(from, to, { recursive: true })

/** Puts a copy back, as somebody would: all of the folder, and nothing else. */
export function putBack(copy: string, data: string): void {
  rmSync(data, { recursive: true, force: true })
  copyFolder(copy, data)
}

/** Does what only somebody with the file can do: triggers are no defence. */
export function tamper(data: string, change: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(join(data, 'log.sqlite'))
  for (const { name } of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all())
    db.exec(`DROP TRIGGER ${String(name)}`)
  change(db)
  db.close()
}

/** Opened as the next server would: one that may not write cannot take back a write that a kill has cut off. */
export function marksIn(
  path: string,
): readonly { readonly org: string; readonly origin: string; readonly size: number }[] {
  const db = new DatabaseSync(path, { timeout: 5_000 })
  const rows = db.prepare('SELECT org, origin, size FROM mark ORDER BY org, size').all()
  db.close()
  return rows as never
}

/** The number of files below a folder that hold a text, by any of its bytes. */
export function filesHolding(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text))
}

export async function metrics(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return new Map(
    text
      .split('\n')
      .filter((line) => /^sealedlog_(?:log|marks|scrub)/.test(line))
      .map((line): [string, number] => [line.replace(/ [^ ]*$/, ''), Number(line.replace(/^.* /, ''))]),
  )
}

/** Waits until something holds, ten seconds at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tried = 0; tried < 1_000; tried++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`not within ten seconds: ${holds.toString()}`)
}
