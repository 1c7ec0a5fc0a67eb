/** What the tests of the command line share: folders, servers in this process and in their own, and the command line itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '@sealedlog/sdk/base'
import { afterAll, expect, vi } from 'vitest'
import { type RunningServer, type ServerOptions, startServer } from '../../dist/server.js'

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
export const ROOT_KEY = 'slk_the_root_key_of_the_command_line_tests'

// Each command is a process of its own, and a busy machine starts few of them a second.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const endings: (() => Promise<unknown> | void)[] = []
afterAll(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

/** A folder that is gone when the test file ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-cli-'))
  endings.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface TestServer extends RunningServer {
  readonly data: string
}

/** A server in this process, closed when the test file ends. */
export async function startTestServer(more: Partial<ServerOptions> = {}): Promise<TestServer> {
  const data = more.data ?? join(temporaryFolder(), 'data')
  const server = await startServer({ port: 0, rootKey: ROOT_KEY, drainMs: 0, ...more, data })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= server.close())
  endings.push(close)
  return { ...server, data, close }
}

/** `sealedlog serve` as a process of its own. */
export class ServeProcess {
  readonly url: string
  readonly output: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, output: string) {
    this.#child = child
    this.output = output
    this.url = /is at (\S+)/.exec(output)?.[1] ?? ''
  }

  static async start(data: string, port = 0): Promise<ServeProcess> {
    const env = { ...process.env, SEALEDLOG_ROOT_KEY: ROOT_KEY }
    const child = spawn(process.execPath, [MAIN, 'serve', '--data', data, '--port', String(port)], { env })
    endings.push(() => void child.kill('SIGKILL'))
    let output = ''
    child.stderr.resume()
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      output += String(chunk)
      if (output.includes('curl')) break
    }
    child.stdout.resume()
    return new ServeProcess(child, output)
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly url?: string
  /** the key in the environment; null for none */
  readonly key?: string | null
  readonly stdin?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** The command line as a process of its own, that may still be running. */
export class Running {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  readonly ended: Promise<Ended>

  constructor(args: readonly string[], { url, key = ROOT_KEY, stdin, cwd = tmpdir(), env = {} }: RunOptions = {}) {
    const { SEALEDLOG_URL: _url, SEALEDLOG_KEY: _key, COLUMNS: _columns, ...inherited } = process.env
    const said = {
      ...(url === undefined ? {} : { SEALEDLOG_URL: url }),
      ...(key === null ? {} : { SEALEDLOG_KEY: key }),
    }
    this.child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...inherited, ...said, ...env } })
    endings.push(() => void this.child.kill('SIGKILL'))
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    if (stdin !== undefined) this.child.stdin?.end(stdin)
    this.ended = once(this.child, 'close').then(([code]: unknown[]) => {
      expect(this.stdout + this.stderr, 'the key is printed nowhere').not.toContain(ROOT_KEY)
      return { code: code as number | null, stdout: this.stdout, stderr: this.stderr }
    })
  }
}

export const run = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  new Running(args, { stdin: '', ...options }).ended

/** Runs a command that must succeed, and reads its lines of JSON. */
export async function runJson(args: readonly string[], options: RunOptions): Promise<JsonObject[]> {
  const { code, stdout, stderr } = await run([...args, '--json'], options)
  expect(code, stderr).toBe(0)
  return jsonLines(stdout)
}

export const jsonLines = (text: string): JsonObject[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject)

/** A call of the HTTP API by the root key. */
export async function get(url: string, path: string): Promise<JsonObject> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${ROOT_KEY}` } })
  return (await response.json()) as JsonObject
}

/** Waits until something holds, ten seconds at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tried = 0; tried < 1_000; tried++) {
    if (await holds()) return
    await sleep(10)
  }
  throw new Error(`not within ten seconds: ${holds.toString()}`)
}

/** A file with these lines, in a folder of its own. */
export function fileOf(lines: readonly (string | object)[]): string {
  const path = join(temporaryFolder(), 'events.ndjson')
  writeFileSync(path, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''))
  return path
}

/** An event by its number: every tenth is a failed login. */
export const eventOf = (number: number): JsonObject => ({
  id: `evt_${String(number).padStart(6, '0')}`,
  type: number % 10 === 0 ? 'login.failed' : 'api_key.created',
  occurred_at: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(),
  actor: { type: 'user', id: `user_${number % 7}`, name: `User ${number % 7}` },
  targets: [{ type: 'api_key', id: `key_${number}` }],
})

export const eventsOf = (from: number, to: number): JsonObject[] =>
  Array.from({ length: to - from }, (_, i) => eventOf(from + i))
