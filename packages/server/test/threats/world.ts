/**
 * A log as it is in life: a server recorded it, a client kept a checkpoint, a witness cosigned one, an anchor holds some.
 *
 * Each of them saw less of it than the one before, so that a row of the table shows how far back each reaches.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sealedlog } from '@sealedlog/sdk/client'
import { decodeBase64, encodeUtf8 } from '@sealedlog/sdk/base'
import { parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import { afterAll } from 'vitest'
import { type RunningServer, type ServerOptions, startServer } from '../../dist/server.js'
import { type CheckpointKey, deriveCheckpointKey } from '../../dist/store/index.js'
import { parseLogs, type RunningWitness, startWitness } from '../../dist/witness/index.js'
import { Hand } from './hand.js'

export const ORG = 'acme'
export const ROOT_KEY = 'slk_the_root_key_of_the_threat_tests'

/** Sizes: of the old copy, and what the anchor, the witness, the client and the marks know. */
export const OLD = 250
export const ANCHORED = 300
export const WITNESSED = 500
export const KEPT = 600
export const SIZE = 700
/** An erasure is entry 100: the actor of entry 7. */
export const ERASED = 7

const endings: (() => Promise<unknown> | void)[] = []
afterAll(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

/** Run when the test file ends. */
export const atTheEnd = (end: () => Promise<unknown> | void): void => void endings.push(end)

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-threats-'))
  atTheEnd(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A data folder and its marks, for an attack: nobody has it open. */
export interface Folder {
  readonly data: string
  readonly marks: string
}

export interface World {
  readonly honest: Folder
  /** the data folder as it was at the size OLD, with its marks of then */
  readonly old: Folder
  readonly seed: Uint8Array
  readonly origin: string
  readonly vkey: string
  readonly key: CheckpointKey
  /** the checkpoints of some sizes, as callers got them */
  readonly notes: ReadonlyMap<number, string>
  /** the disclosures of the entry ERASED, as somebody copied them before they were erased */
  readonly erased: Uint8Array
  /** what a client kept */
  readonly kept: string
  /** the witness's folder: its key and its memory */
  readonly witness: string
  readonly witnessVkey: string
  /** notes of the anchor */
  readonly anchored: readonly string[]
}

/** A server that is closed when the test file ends, or before. */
export async function serve(data: string, more: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ port: 0, rootKey: ROOT_KEY, drainMs: 0, scrubRate: 0, ...more, data })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= server.close())
  atTheEnd(close)
  return { ...server, close }
}

export async function runWitness(data: string, vkey: string): Promise<RunningWitness> {
  const witness = await startWitness({ data, logs: parseLogs(vkey, 'logs'), host: '127.0.0.1', port: 0 })
  atTheEnd(() => witness.close())
  return witness
}

/** A policy that demands the one witness, wherever it is asked; with a log, for that one alone. */
export const policyOf = (witnessVkey: string, url = '', logVkey?: string): string =>
  `${logVkey === undefined ? '' : `log ${logVkey}\n`}witness w ${witnessVkey} ${url}`.trim() + '\nquorum w\n'

// oxlint-disable-next-line typescript/no-explicit-any
export type Body = any

export async function call(
  { url }: RunningServer,
  line: string,
  body?: unknown,
  key = ROOT_KEY,
): Promise<{ readonly status: number; readonly json: Body; readonly text: string }> {
  const [method = '', path = ''] = line.split(' ')
  const headers = {
    authorization: `Bearer ${key}`,
    'sealedlog-organization': ORG,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const response = await fetch(url + path, init)
  const text = await response.text()
  return { status: response.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined }
}

export const eventAt = (i: number, salt = ''): object => ({
  id: `evt_${salt}${i}`,
  org: ORG,
  type: 'user.added',
  actor: { type: 'user', id: `user_${i % 9}`, name: `Actor of ${i}` },
  targets: [{ type: 'user', id: `member_${i}` }],
  details: { n: i },
})

/** Records entries until the log has a size, and gives the checkpoint of then. */
export async function growTo(server: RunningServer, size: number, salt = ''): Promise<string> {
  const now = await call(server, `GET /v1/organizations/${ORG}/tlog/checkpoint`)
  const from = parseCheckpoint(parseNote(now.text).text).size
  const events = Array.from({ length: size - from }, (_, i) => eventAt(from + i, salt))
  const { status, json } = await call(server, 'POST /v1/events/batch', events)
  if (status !== 201) throw new Error(`not recorded: ${JSON.stringify(json)}`)
  return json.checkpoint
}

export async function makeOrganization(server: RunningServer): Promise<void> {
  const { status } = await call(server, `PUT /v1/organizations/${ORG}`)
  if (status !== 201) throw new Error(`no organization: ${status}`)
}

export async function erase(server: RunningServer, id: string, groups: readonly string[]): Promise<void> {
  const { status, json } = await call(server, 'POST /v1/redactions', {
    events: [{ id, groups }],
    basis: 'GDPR Art. 17',
  })
  if (status !== 201) throw new Error(`not erased: ${JSON.stringify(json)}`)
}

/** Makes the world. It takes a second or two; tests copy it. */
export async function makeWorld(): Promise<World> {
  const home = temporaryFolder()
  const honest = { data: join(home, 'data'), marks: join(home, 'data.marks') }
  const notes = new Map<number, string>()
  const grow = async (server: RunningServer, size: number) => void notes.set(size, await growTo(server, size))

  const first = await serve(honest.data)
  await makeOrganization(first)
  const vkey = (await call(first, `GET /v1/organizations/${ORG}/tlog/vkey`)).text.trim()
  await grow(first, 100)
  const erased = await disclosuresOf(first, ERASED)
  await erase(first, `evt_${ERASED}`, ['actor'])
  await grow(first, OLD)
  await first.close()
  const old = copyOf(honest)

  const anchor = join(home, 'anchor')
  const second = await serve(honest.data, { sinks: { anchor, anchorEveryMs: HOUR_MS } })
  await grow(second, ANCHORED)
  await second.publish()
  await second.close()

  const witness = join(home, 'witness')
  const running = await runWitness(witness, vkey)
  const policy = policyOf(running.vkey, running.url)
  const third = await serve(honest.data, { sinks: { policy, witnessEveryMs: HOUR_MS } })
  await grow(third, WITNESSED)
  await third.publish()
  for (const size of [550, KEPT, SIZE]) await grow(third, size)
  await third.close()
  await running.close()

  const { origin } = parseCheckpoint(parseNote(notes.get(SIZE) ?? '').text)
  const seed = decodeBase64(readFileSync(join(honest.data, 'signing.key'), 'utf8').trim()) ?? new Uint8Array(0)
  return {
    honest,
    old,
    seed,
    origin,
    vkey,
    key: deriveCheckpointKey(seed, origin, 1),
    notes,
    erased,
    kept: notes.get(KEPT) ?? '',
    witness,
    witnessVkey: running.vkey,
    anchored: notesIn(anchor, origin),
  }
}

async function disclosuresOf(server: RunningServer, index: number): Promise<Uint8Array> {
  const { text } = await call(server, `GET /v1/organizations/${ORG}/tlog/disclosures/000`)
  const lines = text.split('\n').filter((line) => line.startsWith(`${index} `))
  return encodeUtf8(lines.map((line) => line.slice(`${index} `.length)).join('\n'))
}

const HOUR_MS = 3_600_000

function notesIn(anchor: string, origin: string): readonly string[] {
  return readdirSync(anchor, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.note'))
    .map((name) => readFileSync(join(anchor, name), 'utf8'))
    .filter((note) => note.startsWith(`${origin}\n`))
}

/** A client that kept its checkpoint from an earlier life. */
export const clientOf = ({ url }: RunningServer, { vkey, kept }: World): Sealedlog =>
  new Sealedlog({ url, key: ROOT_KEY, organization: ORG, vkey, checkpoints: new Map([[ORG, kept]]) })

/** A copy to be harmed, or to look at. */
export function copyOf({ data, marks }: Folder): Folder {
  const home = temporaryFolder()
  const copy = { data: join(home, 'data'), marks: join(home, 'data.marks') }
  cpSync(data, copy.data, { recursive: true })
  cpSync(marks, copy.marks)
  return copy
}

/** Puts one folder in the place of another: the data alone, or its marks as well. */
export function putInPlace(from: Folder, to: Folder, what: 'data' | 'data and marks'): void {
  rmSync(to.data, { recursive: true })
  cpSync(from.data, to.data, { recursive: true })
  if (what === 'data and marks') cpSync(from.marks, to.marks)
}

/** Attacks a log as somebody who may write its files. */
export function tamper({ data }: Folder, change: (hand: Hand) => void): void {
  const hand = new Hand(data, ORG)
  try {
    change(hand)
  } finally {
    hand.close()
  }
}
