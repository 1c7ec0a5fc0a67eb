/** The real server as a process of its own, to be stopped, killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const START_MS_MAX = 60_000

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process that serves, or is about to. */
export interface Starting {
  readonly process: ChildProcess
  readonly ended: Promise<Ending>
  readonly stdout: () => string
  readonly stderr: () => string
}

/** A server that said where it is. */
export interface Machine extends Starting {
  readonly folder: string
  readonly url: string
  readonly rootKey: string
  /** SIGKILL: resolves when it is gone. */
  kill(): Promise<Ending>
  /** SIGTERM: resolves when it has drained. */
  stop(): Promise<Ending>
}

const folders: string[] = []
const running = new Set<ChildProcess>()

afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder of this test file's own, gone when it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-durability-'))
  folders.push(folder)
  return folder
}

/**
 * Starts `sealedlog serve`, and does not wait for it.
 *
 * @param wrap a command that runs the server, such as strace with its options
 * @param more options of `serve`
 * @param main another script that serves, and takes the same options
 */
export function launch(
  folder: string,
  wrap: readonly string[] = [],
  more: readonly string[] = [],
  main = MAIN,
): Starting {
  const marks = join(folder, 'marks')
  const serve = [main, 'serve', '--data', folder, '--marks', marks, '--port', '0', '--log-level', 'silent']
  const limits = ['--rate-key', '0', '--rate-organization', '0']
  const [command = process.execPath, ...args] = [...wrap, process.execPath, ...serve, ...limits, ...more]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve({ code, signal })
    })
  })
  return { process: child, ended, stdout: () => stdout, stderr: () => stderr }
}

/** Starts a server and waits until it says where it is. */
export async function startMachine(
  folder: string,
  wrap: readonly string[] = [],
  more: readonly string[] = [],
  main = MAIN,
): Promise<Machine> {
  const starting = launch(folder, wrap, more, main)
  const url = await announced(starting)
  const rootKey = readFileSync(join(folder, 'root.key'), 'utf8').trim()
  // The server's own process, not that of a command that runs it.
  const pid = Number(readFileSync(join(folder, 'lock.pid'), 'utf8'))
  const end = (signal: NodeJS.Signals) => {
    process.kill(pid, signal)
    return starting.ended
  }
  return { ...starting, folder, url, rootKey, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

function announced({ process: child, ended, stdout, stderr }: Starting): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no start within ${START_MS_MAX} ms: ${stderr()}`)), START_MS_MAX)
    const look = () => {
      const [, url] = /^Sealedlog is at (http\S+)\n/m.exec(stdout()) ?? []
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    }
    child.stdout?.on('data', look)
    const tooEarly = ({ code, signal }: Ending) => {
      clearTimeout(timer)
      reject(new Error(`the server ended before it served (code ${code}, signal ${signal}): ${stderr()}`))
    }
    ended.then(tooEarly, reject)
  })
}
