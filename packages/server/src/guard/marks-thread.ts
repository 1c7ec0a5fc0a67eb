/** Marks as the server's thread sees them: calls go to a thread of their own. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { AuditError } from '@sealedlog/sdk/base'
import { type KnownMarks, type MarkConflict, type Marks, type MarksToWrite, unusableMarks } from './marks.js'
import type { MarksAnswer, MarksCall, MarksWorkerOptions } from './sqlite/marks-worker.js'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

const YOUNG_MB_MAX = 4

/** The thread is started by the first call. */
export class MarksThread implements Marks {
  readonly #options: MarksWorkerOptions
  readonly #nowMs: () => number
  readonly #waiting: Waiting[] = []
  #worker: Worker | undefined

  constructor(options: MarksWorkerOptions, nowMs: () => number) {
    this.#options = options
    this.#nowMs = nowMs
  }

  async read(): Promise<KnownMarks> {
    return (await this.#call({ name: 'read' })) as KnownMarks
  }

  async write(what: MarksToWrite): Promise<readonly MarkConflict[]> {
    return (await this.#call({ name: 'write', what, nowMs: this.#nowMs() })) as readonly MarkConflict[]
  }

  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    const exited = once(worker, 'exit')
    await this.#call({ name: 'close' }).catch(() => undefined)
    await exited
    this.#worker = undefined
  }

  #call(call: MarksCall): Promise<unknown> {
    const worker = (this.#worker ??= this.#start())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      worker.postMessage(call, [])
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sqlite/marks-worker.js', import.meta.url), {
      workerData: this.#options,
      name: 'sealedlog-marks',
      // On Node 22 each thread says anew that node:sqlite is experimental.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB_MAX },
    })
    worker.on('message', (answer: MarksAnswer) => this.#answered(answer))
    worker.on('error', (error) => this.#ended(worker, error))
    worker.on('exit', () => this.#ended(worker, new Error('the thread of the marks ended')))
    return worker
  }

  #answered(answer: MarksAnswer): void {
    const waiting = this.#waiting.shift()
    if ('error' in answer) waiting?.reject(new AuditError('storage_failed', answer.error))
    else waiting?.resolve(answer.value)
  }

  /** The next call starts another one. */
  #ended(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    for (const waiting of this.#waiting.splice(0)) waiting.reject(unusableMarks(this.#options.path, error.message))
  }
}
