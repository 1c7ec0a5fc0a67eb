/** Lets system calls of a running process fail, or wait, for files of our choice: strace, attached and let go again. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'

/** What is done to calls, as strace says it: `fdatasync:error=EIO`, `pwrite64:delay_enter=20000`. */
export interface Fault {
  readonly calls: readonly string[]
  /** `error=EIO`, `delay_enter=<microseconds>`, with `when=` where not all of them */
  readonly what: string
  /** of these files alone; of all where none is named. They must exist. */
  readonly files?: readonly string[]
}

/** A fault that lasts until it is lifted. */
export interface Lasting {
  lift(): Promise<void>
}

const GET_IT =
  'strace cannot be attached here: apt-get install strace, and be root or allow ptrace (kernel.yama.ptrace_scope=0)'

/** Why no fault can be made here; undefined where they can. In CI they must be. */
export function whyNoFaults(): string | undefined {
  const sleeper = spawn('sleep', ['10'], { stdio: 'ignore' })
  const { stderr } = spawnSync('timeout', ['1', 'strace', '-p', String(sleeper.pid)], { encoding: 'utf8' })
  sleeper.kill()
  if (/ attached/.test(stderr ?? '')) return undefined
  if (process.env.CI) throw new Error(GET_IT)
  return GET_IT
}

/** Attaches to a process and all its threads: when this resolves, calls that begin are struck. */
export const strike = (pid: number, fault: Fault): Promise<Lasting> => attach(['-f', '-p', String(pid)], fault)

/** The same for one thread of a process, by its name such as `sealedlog-index`. */
export function strikeThread(pid: number, name: string, fault: Fault): Promise<Lasting> {
  const threads = readdirSync(`/proc/${pid}/task`)
  // The system keeps 15 letters of a name.
  const thread = threads.find((id) => readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').trim() === name.slice(0, 15))
  if (thread === undefined) throw new Error(`there is no thread ${name}`)
  return attach(['-p', thread], fault)
}

async function attach(whom: readonly string[], { calls, what, files = [] }: Fault): Promise<Lasting> {
  const faults = ['-o', '/dev/null', '-e', `trace=${calls.join()}`, '-e', `inject=${calls.join()}:${what}`]
  const paths = files.flatMap((file) => ['-P', file])
  const tracer = spawn('strace', [...faults, ...paths, ...whom], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(tracer, 'close')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    tracer.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (/ attached/.test(said)) resolve()
    })
    void ended.then(() => reject(new Error(`strace ended: ${said}`)))
  })
  return {
    async lift() {
      tracer.kill('SIGINT')
      await ended
    },
  }
}
