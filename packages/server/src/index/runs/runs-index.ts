/** The index in runs as the server's thread sees it: calls go to a thread of their own, so that no search blocks a request. */
import { Worker } from 'node:worker_threads'
import type { CountRequest, Counts, EventIndex, Found, IndexEntry, SearchRequest } from '../port.js'
import { GatheredPuts, type WaitingPut } from './gathered-puts.js'
import { RUNS_LIMITS, type RunsLimits } from './limits.js'
import {
  type Answer,
  type Ask,
  type Call,
  type Fault,
  packEntries,
  unpackError,
  unpackFound,
  type Value,
} from './messages.js'

/** What the thread makes and drops is dropped before it is this much: left alone, it would be 150 MB, and no faster. */
const YOUNG_MB_MAX = 24

interface Waiting {
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
}

/**
 * Opens the index in a folder of its own, made if it is not there, begun anew if it is broken or of another version.
 *
 * @param limits for tests: other bounds than those of a server
 * @example
 * const index = await openRunsIndex('/data/index')
 */
export async function openRunsIndex(folder: string, limits: Partial<RunsLimits> = {}): Promise<EventIndex> {
  const index = new RunsIndex(folder, { ...RUNS_LIMITS, ...limits })
  try {
    await index.open()
    return index
  } catch (error) {
    await index.close()
    throw error
  }
}

class RunsIndex implements EventIndex {
  readonly #worker: Worker
  readonly #exited: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  readonly #puts = new GatheredPuts((puts) => this.#sendPuts(puts))
  #asked = 0
  /** why no more calls are taken */
  #ended: Error | undefined
  #closing: Promise<void> | undefined

  constructor(folder: string, limits: RunsLimits) {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { folder, limits },
      name: 'sealedlog-index',
      // not those of the process: some are for a main script alone
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB_MAX },
    })
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#end(error))
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#end(new Error(`its thread ended with code ${code}`))
        resolve()
      })
    })
  }

  async open(): Promise<void> {
    await this.#ask({ name: 'open' })
  }

  put(entries: readonly IndexEntry[]): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => this.#puts.add({ entries, resolve, reject }))
  }

  async erase(org: string, entries: readonly IndexEntry[]): Promise<void> {
    const packed = packEntries(entries)
    await this.#ask({ name: 'erase', org, entries: packed }, [packed.bytes.buffer])
  }

  async finishErasing(): Promise<boolean> {
    return (await this.#ask({ name: 'finishErasing' })) as boolean
  }

  async search(request: SearchRequest): Promise<Found> {
    return unpackFound((await this.#ask({ name: 'search', request })) as Float64Array)
  }

  async count(request: CountRequest): Promise<Counts> {
    return (await this.#ask({ name: 'count', request })) as Counts
  }

  async size(org: string): Promise<number> {
    return (await this.#ask({ name: 'size', org })) as number
  }

  async clear(): Promise<void> {
    await this.#ask({ name: 'clear' })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#ended === undefined) {
      const closed = this.#ask({ name: 'close' })
      this.#ended = new Error('the index is closed')
      await closed
    }
    await this.#exited
  }

  /** Sends a call at once, after all puts, so that calls arrive in the order in which they were made. */
  #ask(call: Call, transfer: readonly ArrayBuffer[] = []): Promise<Value> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#puts.flush()
    return new Promise((resolve, reject) => this.#send(call, transfer, { resolve, reject }))
  }

  /** Several puts in one message, and each is told what became of it. */
  #sendPuts(puts: readonly WaitingPut[]): void {
    const settled: Waiting = {
      resolve: (faults) => settlePuts(puts, faults as readonly (Fault | undefined)[] | undefined),
      reject: (error) => refusePuts(puts, error),
    }
    try {
      const packed = packEntries(puts.flatMap(({ entries }) => entries))
      const sizes = puts.map(({ entries }) => entries.length)
      this.#send({ name: 'put', entries: packed, sizes }, [packed.bytes.buffer], settled)
    } catch (error) {
      settled.reject(error as Error)
    }
  }

  #send(call: Call, transfer: readonly ArrayBuffer[], waiting: Waiting): void {
    this.#asked += 1
    const ask: Ask = { number: this.#asked, call }
    this.#waiting.set(ask.number, waiting)
    this.#worker.postMessage(ask, transfer)
  }

  #settle({ number, value, fault }: Answer): void {
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    if (fault) waiting?.reject(unpackError(fault))
    else waiting?.resolve(value)
  }

  /** The thread is gone: whoever waits is told, and whoever comes later. The first reason stands. */
  #end(cause: Error): void {
    this.#ended ??= new Error(`the index is gone: ${cause.message}`, { cause })
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
    refusePuts(this.#puts.take(), this.#ended)
  }
}

/** @param faults of each put; undefined where all went well */
function settlePuts(puts: readonly WaitingPut[], faults: readonly (Fault | undefined)[] | undefined): void {
  puts.forEach(({ resolve, reject }, nth) => {
    const fault = faults?.[nth]
    if (fault) reject(unpackError(fault))
    else resolve()
  })
}

function refusePuts(puts: readonly WaitingPut[], error: Error): void {
  for (const { reject } of puts) reject(error)
}
