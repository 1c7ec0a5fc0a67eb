/** What the client's tests share: a real server behind a proxy that loses, answers and alters on demand. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type RunningServer, type ServerOptions, startServer } from '../../../server/dist/server.js'
import { type ClientOptions, Sealedlog } from '../../dist/client/index.js'

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A server that can be stopped and started again where it stood. */
export interface Log {
  readonly key: string
  /** where the server listens now */
  readonly url: () => string
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
}

export async function startLog(options: Partial<ServerOptions> = {}): Promise<Log> {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-client-'))
  let server: RunningServer | undefined
  const start = async (): Promise<void> => {
    server = await startServer({ data: folder, port: 0, drainMs: 0, marks: false, ...options })
  }
  const stop = async (): Promise<void> => {
    await server?.close()
    server = undefined
  }
  await start()
  const key = options.rootKey ?? readFileSync(join(folder, 'root.key'), 'utf8').trim()
  closing.push(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return { key, url: () => server?.url ?? 'http://127.0.0.1:9', start, stop }
}

/** Whatever a document may hold; what a test reads of it, it then compares. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Body = any

/** What becomes of one request: a rule for each, the last of them for all that follow. */
export type Rule =
  | 'pass'
  /** cut before the server sees it */
  | 'lose request'
  /** done by the server, and cut before the caller hears of it */
  | 'lose answer'
  | { readonly status: number; readonly headers?: { readonly [name: string]: string }; readonly body: string }
  /** the caller's document, told differently */
  | { readonly request: (document: Body) => Body }
  /** the server's answer, told differently */
  | ((answer: Body) => Body)

/** One request as it arrived at the proxy. */
export interface Seen {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Proxy {
  readonly url: string
  readonly seen: Seen[]
  /** what happens to the requests to come; then all pass */
  next(...rules: readonly Rule[]): void
}

/** A proxy before a server. */
export async function startProxy(log: Pick<Log, 'url'>): Promise<Proxy> {
  const seen: Seen[] = []
  let rules: Rule[] = []
  const server = createServer((request, response) => {
    forward(request, response, log.url(), seen, () => rules.shift() ?? 'pass').catch(() => request.socket.destroy())
  })
  const url = await listen(server)
  return {
    url,
    seen,
    next(...more) {
      rules = [...more]
    },
  }
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  to: string,
  seen: Seen[],
  take: () => Rule,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString('utf8')
  const { method = 'GET', url = '/', headers } = request
  seen.push({ line: `${method} ${url}`, headers, body })
  const rule = take()
  if (rule === 'lose request') return void request.socket.destroy()
  if (typeof rule === 'object' && 'status' in rule)
    return void response.writeHead(rule.status, rule.headers).end(rule.body)
  const sent = typeof rule === 'object' ? JSON.stringify(rule.request(JSON.parse(body))) : body
  const answer = await ask(`${to}${url}`, method, headers, sent, response)
  if (rule === 'lose answer') return void request.socket.destroy()
  const text = typeof rule === 'function' ? JSON.stringify(await rule(JSON.parse(answer.text))) : answer.text
  response.writeHead(answer.status, answer.headers).end(text)
}

/** Asked on behalf of a caller, as long as the caller is there. */
async function ask(
  url: string,
  method: string,
  { authorization, 'content-type': type, 'sealedlog-organization': org }: IncomingMessage['headers'],
  body: string,
  caller: ServerResponse,
): Promise<{ readonly status: number; readonly headers: { [name: string]: string }; readonly text: string }> {
  const gone = new AbortController()
  caller.once('close', () => gone.abort())
  const said = { authorization, 'content-type': type, 'sealedlog-organization': org as string | undefined }
  const response = await fetch(url, {
    method,
    headers: Object.fromEntries(Object.entries(said).filter((pair): pair is [string, string] => pair[1] !== undefined)),
    ...(body === '' ? {} : { body }),
    signal: gone.signal,
  })
  const text = await response.text()
  const kept = ['content-type', 'retry-after', 'x-request-id'].flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  return { status: response.status, headers: Object.fromEntries(kept), text }
}

/** A refusal or a failure as the server words it. */
export const problem = (status: number, code: string, headers: { readonly [name: string]: string } = {}): Rule => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify({ status, code, detail: `It is ${code}.`, request_id: 'req_1' }),
})

/** All that the log holds, asked without the client. */
export async function entriesOf({ url, key }: Log): Promise<readonly Body[]> {
  const response = await fetch(`${url()}/v1/events/tail?limit=1000`, { headers: { authorization: `Bearer ${key}` } })
  return ((await response.json()) as Body).data
}

/** A document without some of its members. */
export function without(document: Body, ...names: readonly string[]): Body {
  return Object.fromEntries(Object.entries(document as object).filter(([name]) => !names.includes(name)))
}

/** Resolves as soon as something holds. */
export async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 10_000
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new Error('it never held')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** A clock that moves when somebody sleeps, and never by itself. */
export function makeClock(): {
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly slept: number[]
} {
  const slept: number[] = []
  let now = Date.now()
  return {
    slept,
    nowMs: () => now,
    async sleep(ms) {
      slept.push(ms)
      now += ms
    },
  }
}

/** A client of a proxy. */
export const clientOf = (proxy: { readonly url: string }, log: Log, more: Partial<ClientOptions> = {}): Sealedlog =>
  new Sealedlog({ url: proxy.url, key: log.key, ...more })

/** Everything that a loop reads. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** The error of something that must not succeed. */
export async function errorOf(work: Promise<unknown>): Promise<Body> {
  const answer = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in answer) return answer.error
  throw new Error(`it succeeded: ${JSON.stringify(answer.value)}`)
}
