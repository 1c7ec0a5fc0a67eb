/** Keeping the index at the log's heels: told of each commit, caught up from the log wherever it is behind. */
import { parseTime } from '@sealedlog/sdk/base'
import { factsOf, openEntry, type RecordedEvent } from '@sealedlog/sdk/event'
import { type EventIndex, IndexBehind, type IndexEntry, type SearchRequest } from '../index/index.js'
import type { LogStore, StoredEntry } from '../store/index.js'
import { carryOut, redactedIn } from './erasing/carrying-out.js'

/** Entries read at once while catching up. */
const CATCH_UP_ENTRIES = 1_000

/** The log may have grown again while the index was brought to its end: so often is it tried. */
const SEARCH_TRIES_MAX = 5

/** Entries that the index may have been told of and not yet taken: then recording waits for it. */
const INDEX_LAG_MAX = 20_000

/** What an entry is to the index. */
export function toIndexEntry(event: RecordedEvent): IndexEntry {
  return { org: event.org, index: event.index, atMs: parseTime(event.occurred_at) ?? 0, facts: factsOf(event) }
}

export const eventOf = (entry: StoredEntry): RecordedEvent => openEntry(entry.leaf, entry.disclosures, entry.index)

/** How far a rebuild has come. */
export type OnProgress = (done: number, total: number) => void

export class Views {
  readonly #store: LogStore
  readonly #index: EventIndex
  /** catch-ups under way: many readers wait for one */
  readonly #catchingUp = new Map<string, Promise<void>>()
  /** the last search of each organization that is under way */
  readonly #searching = new Map<string, Promise<unknown>>()
  /**
   * Organizations with a redaction that the index has not carried out, and where it stands. From there on the index is
   * told by catching up alone, which carries it out: so an index that covers a redaction holds nothing that it erased,
   * whatever stops or fails in between.
   */
  readonly #held = new Map<string, number>()
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
  add(recorded: readonly RecordedEvent[]): void {
    const events = recorded.filter(({ org, index }) => index < (this.#held.get(org) ?? Number.POSITIVE_INFINITY))
    if (events.length === 0) return
    this.#lag += events.length
    this.#lastPut = this.#index
      .put(events.map(toIndexEntry))
      .catch(() => this.#heal(events))
      .finally(() => (this.#lag -= events.length))
  }

  async #heal(events: readonly RecordedEvent[]): Promise<void> {
    for (const org of new Set(events.map((event) => event.org))) await this.catchUp(org).catch(() => undefined)
  }

  /** Resolves at once while the index keeps up, else when it has: its queue is bounded by making writers wait. */
  async keepUp(): Promise<void> {
    if (this.#lag > INDEX_LAG_MAX) await this.#lastPut
  }

  /**
   * Searches an index that covers the log, bringing it there first where it does not. An organization's searches are
   * handed over one by one: the index works through all calls in turn, and none can fill its queue.
   */
  async search(request: SearchRequest): ReturnType<EventIndex['search']> {
    const before = this.#searching.get(request.org)
    const searching = before ? before.then(() => this.#search(request)) : this.#search(request)
    const done = searching.catch(() => undefined)
    this.#searching.set(request.org, done)
    try {
      return await searching
    } finally {
      if (this.#searching.get(request.org) === done) this.#searching.delete(request.org)
    }
  }

  async #search(request: SearchRequest): ReturnType<EventIndex['search']> {
    for (let tries = SEARCH_TRIES_MAX; ; tries--) {
      try {
        return await this.#index.search(request)
      } catch (error) {
        if (!(error instanceof IndexBehind) || tries === 1) throw error
        await this.catchUp(request.org)
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

  /** Whether the files hold nothing of what was erased: see the index's port. */
  finishErasing(): Promise<boolean> {
    return this.#index.finishErasing()
  }

  /** Brings one organization's index to the end of its log. */
  catchUp(org: string, onProgress?: OnProgress): Promise<void> {
    const running = this.#catchingUp.get(org)
    if (running) return running
    const catching = this.#catchUp(org, onProgress).finally(() => this.#catchingUp.delete(org))
    this.#catchingUp.set(org, catching)
    return catching
  }

  async #catchUp(org: string, onProgress?: OnProgress): Promise<void> {
    const size = (await this.#store.head(org))?.size ?? 0
    let next = await this.#index.size(org)
    if (next > size) next = await this.#startOver()
    // What it knew before, it may have read before a redaction that follows.
    let known = next
    while (next < size) {
      const entries = await this.#store.readRange(org, next, Math.min(size, next + CATCH_UP_ENTRIES))
      if (entries.length === 0) throw new Error(`the log of ${org} lacks entry ${next} of ${size}`)
      if (!(await this.#carriesOut(org, entries, known))) {
        next = known = await this.#startOver()
        continue
      }
      await this.#index.put(entries.map((entry) => toIndexEntry(eventOf(entry))))
      next += entries.length
      onProgress?.(next, size)
    }
    if ((this.#held.get(org) ?? size) < size) this.#held.delete(org)
  }

  /** Takes out of the index what these entries erase; an index that cannot is made anew, from what survives. */
  async #carriesOut(org: string, entries: readonly StoredEntry[], known: number): Promise<boolean> {
    let failed = false
    const open = (entry: StoredEntry): IndexEntry => toIndexEntry(eventOf(entry))
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
