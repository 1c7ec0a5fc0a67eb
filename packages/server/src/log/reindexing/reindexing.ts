/** Making the index anew while the old one answers: beside it, from the log, and then in its place. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventIndex } from '../../index/index.js'
import type { LogStore } from '../../store/index.js'
import type { Journal } from '../keeping/journal.js'
import { isServersOwn } from '../keeping/own.js'
import { Views } from '../views.js'
import type { LiveViews } from './live-views.js'

/** An index beside the one that answers, in files of its own. */
export interface IndexBeside {
  readonly index: EventIndex
  /**
   * Settles that this is the index from now on, durably: a start that follows opens it. Calls `swap` when that is so,
   * and then lets go of the other and its files.
   */
  adopt(swap: () => void): Promise<void>
  /** Closes it, and removes its files. */
  discard(): Promise<void>
}

export type OpenBeside = () => Promise<IndexBeside>

export interface ReindexingOptions {
  readonly store: LogStore
  readonly views: LiveViews
  readonly openBeside: OpenBeside
  readonly nowMs: () => number
  readonly journal: Journal
}

/** How a rebuild stands: the newest since the start of the server, or none. */
export interface ReindexingState {
  readonly status: 'none' | 'running' | 'done' | 'failed'
  /** entries that the new index covers, and that there were at the beginning */
  readonly done: number
  readonly total: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
}

const HEADS_CHUNK = 500
/** After a step it rests for as long as the step took: others have at least half of the time. */
const REST_FACTOR = 1
/** Passes over all logs after the first: what is recorded meanwhile is told at once, so that the second finds nothing. */
const PASSES_MAX = 5

export class Reindexing {
  readonly #options: ReindexingOptions
  #state: ReindexingState = { status: 'none', done: 0, total: 0 }
  #running: Promise<void> | undefined
  #ending = new AbortController()
  #isClosed = false

  constructor(options: ReindexingOptions) {
    this.#options = options
  }

  get state(): ReindexingState {
    return this.#state
  }

  /** Begins, unless one is under way: false then. */
  start(): boolean {
    if (this.#running !== undefined || this.#isClosed) return false
    this.#ending = new AbortController()
    this.#state = { status: 'running', done: 0, total: 0, startedAtMs: this.#options.nowMs() }
    this.#running = this.#run().finally(() => (this.#running = undefined))
    return true
  }

  /** Resolves when none is under way. */
  async idle(): Promise<void> {
    await this.#running
  }

  /** Gives up the one under way: the old index stays. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#ending.abort()
    await this.#running
  }

  /** Never rejects: how it ended is in the state, and why in the journal. */
  async #run(): Promise<void> {
    try {
      await this.#rebuild()
      this.#end('done')
    } catch (error) {
      this.#end('failed')
      if (!this.#isClosed)
        this.#options.journal.error(
          { err: error },
          'The index could not be built again. The one that was there goes on.',
        )
    }
  }

  #end(status: 'done' | 'failed'): void {
    this.#state = { ...this.#state, status, endedAtMs: this.#options.nowMs() }
  }

  async #rebuild(): Promise<void> {
    const { store, views, openBeside } = this.#options
    const beside = await openBeside()
    let discarding: Promise<void> | undefined
    let isAdopted = false
    const discard = (): Promise<void> => {
      views.giveUp()
      this.#ending.abort()
      return (discarding ??= beside.discard())
    }
    try {
      const next = new Views(store, beside.index)
      views.begin(next, async (cause) => {
        // Past this point there is no other that could go on.
        if (isAdopted) throw cause
        await discard()
      })
      await this.#fill(next)
      this.#ending.signal.throwIfAborted()
      isAdopted = true
      await beside.adopt(() => views.swap())
    } catch (error) {
      if (!isAdopted) await discard()
      throw error
    }
  }

  /** Brings the new index to the end of every log. */
  async #fill(next: Views): Promise<void> {
    const { views } = this.#options
    await this.#eachHead(async (org, size) => this.#count(org, 0, size))
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      let behind = 0
      await this.#eachHead(async (org, size) => {
        let covered = await next.size(org)
        if (covered < size) behind += 1
        const onProgress = (done: number): void => {
          this.#count(org, done - covered, 0)
          covered = done
        }
        if (covered < size) await next.catchUp(org, onProgress, this.#pause)
        views.ready(org)
      })
      if (behind === 0) return
    }
  }

  /** The server's own log is counted nowhere. */
  #count(org: string, done: number, total: number): void {
    if (isServersOwn(org)) return
    const { state } = this
    this.#state = { ...state, done: state.done + done, total: Math.max(state.total + total, state.done + done) }
  }

  /** Between two steps. @throws the reason for which it ends */
  readonly #pause = async (stepMs: number): Promise<void> => {
    const { signal } = this.#ending
    signal.throwIfAborted()
    await sleep(stepMs * REST_FACTOR, undefined, { signal })
  }

  async #eachHead(visit: (org: string, size: number) => Promise<void>): Promise<void> {
    for (let after = ''; ; ) {
      const heads = await this.#options.store.heads(after, HEADS_CHUNK)
      for (const { org, size } of heads) {
        this.#ending.signal.throwIfAborted()
        await visit(org, size)
      }
      if (heads.length < HEADS_CHUNK) return
      after = heads.at(-1)?.org ?? ''
    }
  }
}
