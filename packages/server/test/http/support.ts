/** What the tests of HTTP share: a real server in a folder of its own, and two ways to talk to it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type RunningServer, type ServerOptions, startServer } from '../../dist/server.js'

const started: { readonly server: RunningServer; readonly folder: string }[] = []
afterAll(async () => {
  for (const { server, folder } of started.splice(0)) {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** A server on a free port, closed when the test file ends. */
export async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-http-'))
  const server = await startServer({ data: folder, port: 0, drainMs: 0, marks: false, ...options })
  started.push({ server, folder })
  return server
}

/** What to send. An object or array is sent as JSON; a key of null is none. */
export interface Ask {
  readonly method?: string
  readonly path: string
  readonly key?: string | null
  readonly headers?: { readonly [name: string]: string }
  readonly body?: unknown
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** the parsed body; undefined where it is not JSON */
  readonly json: Body
}

/** Whatever a body may hold; what a test reads of it, it then compares. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Body = any

export async function call(url: string, { path, key, headers, body, signal, ...ask }: Ask): Promise<Answer> {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(`${url}${path}`, {
    method: ask.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parseJson(text) }
}

function parseJson(text: string): Body {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Bytes for a socket, one part after the other; `every` milliseconds apart. */
export interface Bytes {
  readonly parts: readonly (string | Uint8Array)[]
  readonly everyMs?: number
}

const RAW_MS_MAX = 8_000

/** Writes bytes as they are, and reads until the server ends the connection. */
export async function callRaw(url: string, { parts, everyMs = 0 }: Bytes): Promise<Answer> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.setTimeout(RAW_MS_MAX, () => socket.destroy())
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined)
  const ended = new Promise((resolve) => socket.on('close', resolve))
  for (const part of parts) {
    if (!socket.writable || chunks.length > 0) break
    socket.write(part)
    if (everyMs > 0) await Promise.race([new Promise((resolve) => setTimeout(resolve, everyMs)), ended])
  }
  await ended
  return parseAnswer(Buffer.concat(chunks).toString('utf8'))
}

function parseAnswer(text: string): Answer {
  const [head = '', ...bodies] = text.split('\r\n\r\n')
  const [line = '', ...lines] = head.split('\r\n')
  const headers = new Headers(
    lines.map((each): [string, string] => [each.split(':')[0] ?? '', each.replace(/^[^:]*: */, '')]),
  )
  const body = bodies.join('\r\n\r\n')
  return { status: Number(line.split(' ')[1] ?? 0), headers, text: body, json: parseJson(body) }
}

/** The same thing many times. */
export const manyOf = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one)

/** Makes a key of one organization (or `*`) and returns it. */
export async function makeKey(
  server: RunningServer,
  organization: string,
  scopes: readonly string[],
  more: object = {},
): Promise<{ readonly id: string; readonly key: string }> {
  const body = { organization, name: `${scopes.join(' and ')} of ${organization}`, scopes, ...more }
  const { status, json } = await call(server.url, { path: '/v1/keys', key: server.rootKey.value, body })
  if (status !== 201) throw new Error(`no key: ${JSON.stringify(json)}`)
  return json
}

/** Makes organizations that are called what their ids are. */
export async function makeOrganizations(server: RunningServer, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { status } = await call(server.url, {
      method: 'PUT',
      path: `/v1/organizations/${id}`,
      key: server.rootKey.value,
    })
    if (status !== 201) throw new Error(`no organization ${id}: ${status}`)
  }
}

/** Asks as one key, in one line: `await ask('GET /v1/events')`, `await ask('POST /v1/events', event)`. */
export type Asks = (line: string, body?: unknown, headers?: { readonly [name: string]: string }) => Promise<Answer>

export const as =
  ({ url }: RunningServer, key: string | null): Asks =>
  (line, body, headers = {}) => {
    const [method = '', path = ''] = line.split(' ')
    return call(url, { method, path, key, headers, ...(body === undefined ? {} : { body }) })
  }
