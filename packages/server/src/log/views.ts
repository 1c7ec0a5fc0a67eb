/** Keeping the index at the log's heels: told of each commit, caught up from the log wherever it is behind. */
import { openEntry, type RecordedEvent } from '@sealedlog/sdk/event'
import {
  type CountRequest,
  type Counts,
  type EventIndex,
  type Found,
  IndexBehind,
  type IndexEntry,
  type SearchRequest,
  TooMuchToCount,
} from '../index/index.js'
import type { LogStore, StoredEntry } from '../store/index.js'
import { carryOut, redactedIn } from './erasing/carrying-out.js'
import { indexFailed } from './index-failed.js'

/** Entries read at once while catching up, and bytes of them: large entries are read a few at a time. */
const CATCH_UP_ENTRIES = 1_000
const CATCH_UP_ENTRIES_FIRST = 250
const CATCH_UP_BYTES = 1_048_576

/** The log may have grown again while the index was brought to its end: so often is it tried. */
const SEARCH_TRIES_MAX = 5

/** Entries that the index may have been told of and not yet taken: then recording waits for it. */
const INDEX_LAG_MAX = 20_000

/** What an entry is to the index: its bytes. */
export const toIndexEntry = (org: string, { index, leaf, disclosures }: StoredEntry): IndexEntry => ({
  org,
  index,
  leaf,
  disclosures,
})

export const eventOf = (entry: StoredEntry): RecordedEvent => openEntry(entry.leaf, entry.disclosures, entry.index)

/** How far a rebuild has come. */
export type OnProgress = (done: number, total: number) => void

/** What a catch-up does between two steps: it may wait, and it ends the catch-up by throwing. */
export type Pause = (stepMs: number) => Promise<void>

/** What is asked of the index on behalf of readers. */
export type Asked = Pick<Views, 'search' | 'count'>

export class Views {
  readonly #store: LogStore
  readonly #index: EventIndex
  /** catch-ups under way: many readers wait for one */
  readonly #catchingUp = new Map<string, Promise<void>>()
  /** the last search or count of each organization that is under way */
  readonly #searching = new Map<string, Promise<unknown>>()
  /**
   * Organizations with a redaction that the index has not carried out, and where it stands. From there on the index is
   * told by catching up alone, which carries it out: so an index that covers a redaction holds nothing that it erased,
   * whatever stops or fails in between.
   */
  readonly #held = new Map<string, number>()
  /** up to where what such redactions erase was taken out already, ahead of a long catch-up */
  readonly #struck = new Map<string, number>()
  /** the steps of catch-ups that are under way: what they read may be put after it was erased */
  readonly #steps = new Map<string, Promise<unknown>>()
  #lag = 0
  #lastPut: Promise<void> = Promise.resolve()

  constructor(store: LogStore, index: EventIndex) {
    this.#store = store
    this.#index = index
  }

  /**
   * Hands recorded events to the index. Nobody waits for it: the index answers in the order of the calls, and one
   * that could not take them is caught up from the log, now or by the next reader.
   */
  add(recorded: readonly IndexEntry[]): void {
    const entries = recorded.filter(({ org, index }) => index < (this.#held.get(org) ?? Number.POSITIVE_INFINITY))
    if (entries.length === 0) return
    this.#lag += entries.length
    this.#lastPut = this.#index
      .put(entries)
      .catch(() => this.#heal(entries))
      .finally(() => (this.#lag -= entries.length))
  }

  async #heal(entries: readonly IndexEntry[]): Promise<void> {
    for (const org of new Set(entries.map((entry) => entry.org))) await this.catchUp(org).catch(() => undefined)
  }

  /** Resolves at once while the index keeps up, else when it has: its queue is bounded by making writers wait. */
  async keepUp(): Promise<void> {
    if (this.#lag > INDEX_LAG_MAX) await this.#lastPut
  }

  /**
   * Searches an index that covers the log, bringing it there first where it does not. What is asked for one organization
   * is handed over one by one: the index works through all calls in turn, and none can fill its queue.
   */
  search(request: SearchRequest): Promise<Found> {
    return this.#inTurn(request.org, () => this.#index.search(request))
  }

  /** Counts in the same way, and in the same queue. @throws TooMuchToCount */
  count(request: CountRequest): Promise<Counts> {
    return this.#inTurn(request.org, () => this.#index.count(request))
  }

  async #inTurn<T>(org: string, ask: () => Promise<T>): Promise<T> {
    const before = this.#searching.get(org)
    const searching = before ? before.then(() => this.#covered(org, ask)) : this.#covered(org, ask)
    const done = searching.catch(() => undefined)
    this.#searching.set(org, done)
    try {
      return await searching
    } finally {
      if (this.#searching.get(org) === done) this.#searching.delete(org)
    }
  }

  async #covered<T>(org: string, ask: () => Promise<T>): Promise<T> {
    for (let tries = SEARCH_TRIES_MAX; ; tries--) {
      try {
        return await ask()
      } catch (error) {
        if (error instanceof TooMuchToCount) throw error
        if (!(error instanceof IndexBehind) || tries === 1) throw indexFailed(error)
        await this.catchUp(org).catch((cause: unknown) => {
          throw indexFailed(cause)
        })
      }
    }
  }

  /** An entry at this index, which was just committed and is not yet added, erases of earlier ones. */
  hold(org: string, index: number): void {
    if (!this.#held.has(org)) this.#held.set(org, index)
  }

  /** Resolves when the index covers so many entries, and nothing is left in it of what they erase. */
  async reach(org: string, size: number): Promise<void> {
    for (let tries = SEARCH_TRIES_MAX; (await this.#index.size(org)) < size; tries--) {
      if (tries === 0) throw new IndexBehind(org)
      // One that is under way may have begun before the log was of that size.
      await this.catchUp(org)
    }
  }

  /** How many entries of an organization the index covers. */
  size(org: string): Promise<number> {
    return this.#index.size(org)
  }

  /** Whether the files hold nothing of what was erased: see the index's port. */
  finishErasing(): Promise<boolean> {
    return this.#index.finishErasing()
  }

  /**
   * Takes out of the index at once what the redactions up to `size` erase of what it covers, where a catch-up will come
   * to them only later: it reads what remains without it.
   */
  async strike(org: string, size: number): Promise<void> {
    const from = this.#struck.get(org) ?? this.#held.get(org) ?? size
    // A step that has read before the redaction was committed puts what it read: after it, nobody does.
    await this.#steps.get(org)?.catch(() => undefined)
    for (let next = from; next < size; ) {
      const entries = await this.#store.readRange(org, next, Math.min(size, next + CATCH_UP_ENTRIES))
      if (entries.length === 0) throw new Error(`the log of ${org} lacks entry ${next} of ${size}`)
      if (!(await this.#carriesOut(org, entries, await this.#index.size(org)))) throw new IndexBehind(org)
      next += entries.length
    }
    this.#struck.set(org, Math.max(size, from))
  }

  /** Brings one organization's index to the end of its log. */
  catchUp(org: string, onProgress?: OnProgress, pause?: Pause): Promise<void> {
    const running = this.#catchingUp.get(org)
    if (running) return running
    const catching = this.#catchUp(org, onProgress, pause).finally(() => this.#catchingUp.delete(org))
    this.#catchingUp.set(org, catching)
    return catching
  }

  async #catchUp(org: string, onProgress?: OnProgress, pause?: Pause): Promise<void> {
    const size = (await this.#store.head(org))?.size ?? 0
    let next = await this.#index.size(org)
    if (next > size) next = await this.#startOver()
    // What it knew before, it may have read before a redaction that follows.
    let known = next
    for (let chunk = CATCH_UP_ENTRIES_FIRST; next < size; ) {
      const begunMs = performance.now()
      const step = this.#step(org, next, Math.min(size, next + chunk), known)
      this.#steps.set(org, step)
      const taken = await step.finally(() => this.#steps.delete(org))
      if (taken === undefined) {
        next = known = await this.#startOver()
        continue
      }
      next += taken.entries
      chunk = chunkAfter(taken)
      onProgress?.(next, size)
      if (next < size) await pause?.(performance.now() - begunMs)
    }
    if ((this.#held.get(org) ?? size) < size) {
      this.#held.delete(org)
      this.#struck.delete(org)
    }
  }

  /** Reads some entries and puts them; undefined where what they erase cannot be taken out of the index. */
  async #step(org: string, from: number, to: number, known: number): Promise<Taken | undefined> {
    const entries = await this.#store.readRange(org, from, to)
    if (entries.length === 0) throw new Error(`the log of ${org} lacks entry ${from}, which its head counts`)
    if (!(await this.#carriesOut(org, entries, known))) return undefined
    await this.#index.put(entries.map((entry) => toIndexEntry(org, entry)))
    const bytes = entries.reduce((sum, { leaf, disclosures }) => sum + leaf.length + disclosures.length, 0)
    return { entries: entries.length, bytes }
  }

  /** Takes out of the index what these entries erase; an index that cannot is made anew, from what survives. */
  async #carriesOut(org: string, entries: readonly StoredEntry[], known: number): Promise<boolean> {
    let failed = false
    const open = (entry: StoredEntry): IndexEntry => toIndexEntry(org, entry)
    const tell = (survivors: readonly IndexEntry[]): Promise<void> =>
      this.#index.erase(org, survivors).catch((error: unknown) => {
        failed = true
        throw error
      })
    try {
      await carryOut({ store: this.#store, org, known }, redactedIn(entries, known), open, tell)
    } catch (error) {
      if (!failed) throw error
    }
    return !failed
  }

  /** An index that knows more than the log was made for another state of it: a copy was put back. None of it counts. */
  async #startOver(): Promise<number> {
    await this.#index.clear()
    return 0
  }
}

/** What a step of a catch-up took. */
interface Taken {
  readonly entries: number
  readonly bytes: number
}

/** As many entries as have CATCH_UP_BYTES, going by the last. */
const chunkAfter = ({ entries, bytes }: Taken): number =>
  Math.max(1, Math.min(CATCH_UP_ENTRIES, Math.floor((entries * CATCH_UP_BYTES) / bytes)))
