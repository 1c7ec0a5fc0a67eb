/** The SQLite index as the server's thread sees it: calls go to a thread of their own, so that no search blocks a request. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { EventIndex, Found, IndexEntry, SearchRequest } from '../port.js'
import { type Answer, type Ask, type Call, packEntries, unpackError, unpackFound } from './messages.js'

interface Waiting {
  readonly resolve: (value: Answer['value']) => void
  readonly reject: (error: Error) => void
}

/**
 * Opens the index in a file of its own, made if it is not there, made anew if it is broken or of another version.
 *
 * @example
 * const index = await openSqliteIndex('/data/index.sqlite')
 */
export async function openSqliteIndex(path: string): Promise<EventIndex> {
  const index = new SqliteIndex(path)
  try {
    // the first answer says that the file is open
    await index.size('')
    return index
  } catch (error) {
    await index.close()
    throw error
  }
}

/**
 * Erasing writes all terms anew, those of every organization, and meanwhile nobody else is answered. Whoever erases one
 * thing after another waits in between for so many times as long as it took, so that most of the thread's time is others'.
 */
const REST_FACTOR = 4
const REST_MS_MAX = 30_000

class SqliteIndex implements EventIndex {
  readonly #worker: Worker
  readonly #exited: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  #asked = 0
  /** why no more calls are taken */
  #ended: Error | undefined
  #closing: Promise<void> | undefined
  /** ends every rest */
  readonly #closed = new AbortController()

  constructor(path: string) {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { path },
      name: 'sealedlog-index',
      // On Node 22 each thread says anew that node:sqlite is experimental.
      execArgv: ['--disable-warning=ExperimentalWarning'],
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

  async put(entries: readonly IndexEntry[]): Promise<void> {
    const packed = packEntries(entries)
    await this.#ask({ name: 'put', entries: packed }, [packed.buffer])
  }

  async erase(org: string, entries: readonly IndexEntry[]): Promise<void> {
    const packed = packEntries(entries)
    const begunMs = performance.now()
    await this.#ask({ name: 'erase', org, entries: packed }, [packed.buffer])
    await this.#rest(performance.now() - begunMs)
  }

  async #rest(tookMs: number): Promise<void> {
    const restMs = Math.min(REST_MS_MAX, REST_FACTOR * tookMs)
    await sleep(restMs, undefined, { signal: this.#closed.signal }).catch(() => undefined)
  }

  async finishErasing(): Promise<boolean> {
    return (await this.#ask({ name: 'finishErasing' })) as boolean
  }

  async search(request: SearchRequest): Promise<Found> {
    return unpackFound((await this.#ask({ name: 'search', request })) as Float64Array)
  }

  async size(org: string): Promise<number> {
    return (await this.#ask({ name: 'size', org })) as number
  }

  async clear(): Promise<void> {
    await this.#ask({ name: 'clear' })
  }

  close(): Promise<void> {
    this.#closed.abort()
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

  /** Sends a call at once, so that calls arrive in the order in which they were made. */
  #ask(call: Call, transfer: readonly ArrayBuffer[] = []): Promise<Answer['value']> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#asked += 1
    const ask: Ask = { number: this.#asked, call }
    return new Promise((resolve, reject) => {
      this.#waiting.set(ask.number, { resolve, reject })
      this.#worker.postMessage(ask, transfer)
    })
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
  }
}
