/** Processes of the bench: each part runs in one of its own, and is asked things one at a time. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process that answers what it is asked. */
export class Child {
  readonly #process: ChildProcess
  readonly name: string

  private constructor(name: string, process: ChildProcess) {
    this.name = name
    this.#process = process
  }

  /** Starts a file of this folder; `nodeOptions` are Node's own. */
  static start(file: string, args: readonly string[] = [], nodeOptions: readonly string[] = []): Child {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...nodeOptions],
      serialization: 'advanced',
    })
    return new Child([file, ...args.slice(0, 1)].join(' '), child)
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** @throws Error what the process said went wrong, or that it ended */
  async ask<T>(question: object): Promise<T> {
    const left = new AbortController()
    try {
      const answered = once(this.#process, 'message', { signal: left.signal })
      const ended = once(this.#process, 'exit', { signal: left.signal }).then(([code]) => {
        throw new Error(`${this.name} ended with ${String(code)} before it answered`)
      })
      // Whichever comes second is aborted below.
      ended.catch(() => undefined)
      this.#process.send(question)
      const [said] = (await Promise.race([answered, ended])) as [Said<T>]
      if ('error' in said) throw new Error(`${this.name}: ${said.error}`)
      return said.answer
    } finally {
      left.abort()
    }
  }

  /** Ends it as a loss of power would, as far as a process can tell. */
  async kill(): Promise<void> {
    if (this.#isGone) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  /** Asks it to end by itself, and waits until it has. */
  async stop(): Promise<void> {
    if (this.#isGone) return
    const ended = once(this.#process, 'exit')
    this.#process.disconnect()
    await ended
  }

  get #isGone(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }
}

type Said<T> = { readonly answer: T } | { readonly error: string }

/** The other side: answers each question, and ends when nobody is there to ask any more. */
export function answer(
  reply: (question: never) => Promise<unknown>,
  end: () => Promise<void> = async () => undefined,
): void {
  // Whoever asked may have gone before the answer is there.
  const say = (said: Said<unknown>): void => {
    if (process.connected) process.send?.(said)
  }
  process.on('message', (question) => {
    reply(question as never).then(
      (answer) => say({ answer }),
      (error: unknown) => say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  })
  process.on('disconnect', () => {
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
}
