/**
 * Threads that check segments of one log.
 *
 * A thread reads folders by itself. Of other sources it asks this thread for the bytes of one bundle after the other, which
 * are handed over: so no more of a log is in memory than two bundles a thread, however long the log is.
 */
import { Worker } from 'node:worker_threads'
import { AuditError } from '../base/index.js'
import type { LogSource, SegmentRequest, SegmentResult } from '../verify/index.js'
import {
  type Answer,
  type FromThread,
  packFailure,
  type ThreadSource,
  type ToThread,
  unpackFailure,
} from './thread-messages.js'

interface Job {
  readonly request: SegmentRequest
  readonly resolve: (result: SegmentResult) => void
  readonly reject: (error: Error) => void
}

interface Thread {
  readonly worker: Worker
  job: Job | undefined
}

export class SegmentPool {
  readonly #source: LogSource
  readonly #threadSource: ThreadSource
  readonly #threadsMax: number
  readonly #threads: Thread[] = []
  readonly #queue: Job[] = []

  /** @param threadSource what a thread opens; where it is `asked`, `source` is read on its behalf */
  constructor(source: LogSource, threadSource: ThreadSource, threads: number) {
    this.#source = source
    this.#threadSource = threadSource
    this.#threadsMax = threads
  }

  /** Checks a segment on the next thread that is free. */
  run(request: SegmentRequest): Promise<SegmentResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject })
      const idle = this.#threads.find(({ job }) => job === undefined)
      if (idle) this.#next(idle)
      else if (this.#threads.length < this.#threadsMax) this.#next(this.#start())
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()))
  }

  #start(): Thread {
    const worker = new Worker(new URL('./thread.js', import.meta.url), {
      workerData: this.#threadSource,
      name: 'sealedlog-verify',
      // On Node 22 each thread says anew that node:sqlite is experimental.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    const thread: Thread = { worker, job: undefined }
    worker.on('message', (message: FromThread) => this.#take(thread, message))
    worker.on('error', (error) => this.#fail(thread, error))
    worker.on('exit', (code) => this.#fail(thread, new Error(`a thread of the verifier ended with code ${code}`)))
    this.#threads.push(thread)
    return thread
  }

  #next(thread: Thread): void {
    thread.job = this.#queue.shift()
    if (thread.job) this.#post(thread, { request: thread.job.request })
  }

  #take(thread: Thread, message: FromThread): void {
    if ('ask' in message) return void this.#answer(thread, message)
    const { job } = thread
    thread.job = undefined
    this.#next(thread)
    if ('result' in message) job?.resolve(message.result)
    else job?.reject(unpackFailure(message.failure))
  }

  async #answer(thread: Thread, { ask, number }: Extract<FromThread, { readonly ask: unknown }>): Promise<void> {
    const answer: Answer = await (typeof ask === 'number'
      ? this.#source.disclosures(ask)
      : this.#source.tile(ask)
    ).then(
      (bytes) => ({ number, bytes: bytes && ownBytes(bytes) }),
      (error: unknown) => ({ number, failure: packFailure(error) }),
    )
    const bytes = 'bytes' in answer ? answer.bytes : undefined
    this.#post(thread, answer, bytes ? [bytes.buffer] : [])
  }

  #post(thread: Thread, message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    thread.worker.postMessage(message, transfer)
  }

  #fail(thread: Thread, error: Error): void {
    const at = this.#threads.indexOf(thread)
    if (at !== -1) this.#threads.splice(at, 1)
    const { job } = thread
    thread.job = undefined
    job?.reject(new AuditError('internal_error', `A segment could not be checked: ${error.message}`, { cause: error }))
    // Whoever still waits is not to wait for ever.
    if (this.#threads.length === 0) for (const { reject } of this.#queue.splice(0)) reject(error)
  }
}

/** Bytes in memory of their own, which can be given away: small ones of Node's share theirs with others. */
const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes)
