/** Following a log live: one wait and one reading for everyone who stands at the same place in it. */
import { setImmediate as letOthersRun, setTimeout as sleep } from 'node:timers/promises'
import type { LogStore } from '../store/index.js'
import type { Bell } from './bell.js'
import type { TailPage } from './tailing.js'
import { eventOf } from './views.js'

/** Entries on a page. Pages end at its multiples, so that readers who began at different places fall into step. */
const PAGE_ENTRIES = 64
/** Bytes of leaves and disclosures after which a page ends: only its last entry may pass them. */
const PAGE_BYTES = 65_536
/** Entries read in one go: that many of the largest are in memory for a moment. */
const CHUNK_ENTRIES = 16
/** A wait without end, as timers know it. */
const WAIT_MS_MAX = 86_400_000
/** Readers told in one turn of the loop at most: each writes to its socket, and others want their turn. */
const TOLD_AT_ONCE_MAX = 64
/** A turn that took longer told too many: each may have a long query of its own to hold against the page. */
const TURN_MS_MAX = 4
/** After the bell, a page waits for more this long for each of its readers: the more follow, the more is said at once. */
const GATHER_MS_EACH = 0.05
const GATHER_MS_MAX = 100

export interface FollowRequest {
  readonly org: string
  /** the index after which to read: it exists, or is the one before the first */
  readonly after: number
  /** how long to wait for an entry */
  readonly waitMs: number
  readonly signal: AbortSignal
}

interface Reader {
  resolve(page: TailPage | undefined): void
  reject(error: unknown): void
}

/** What is under way for all who stand after one index. */
interface Reading {
  readonly readers: Set<Reader>
  /** aborted when nobody is left, or everybody is told */
  readonly over: AbortController
}

/**
 * The live end of every log. Whoever asks for what stands after an index joins whoever asked before: the bell is heard
 * once, entries are read and opened once, and all get the very same page.
 */
export class LiveTail {
  readonly #store: LogStore
  readonly #bell: Bell
  readonly #readings = new Map<string, Reading>()

  constructor(store: LogStore, bell: Bell) {
    this.#store = store
    this.#bell = bell
  }

  /**
   * The entries that follow, all of them, also the server's own; undefined when `waitMs` are over or the signal aborts
   * before there is one. When nobody may wait any more, the page is empty.
   */
  async read(request: FollowRequest): Promise<TailPage | undefined> {
    const { org, after, waitMs, signal } = request
    if (signal.aborted) return undefined
    const place = `${after} ${org}`
    const reading = this.#readings.get(place) ?? this.#begin(place, org, after)
    const { promise, ...reader } = Promise.withResolvers<TailPage | undefined>()
    const leave = (): void => reader.resolve(undefined)
    const timer = setTimeout(leave, waitMs)
    signal.addEventListener('abort', leave)
    reading.readers.add(reader)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
      reading.readers.delete(reader)
      if (reading.readers.size === 0) this.#end(place, reading)
    }
  }

  /** How many are waiting or being told. */
  get readers(): number {
    let readers = 0
    for (const reading of this.#readings.values()) readers += reading.readers.size
    return readers
  }

  #begin(place: string, org: string, after: number): Reading {
    const reading: Reading = { readers: new Set(), over: new AbortController() }
    this.#readings.set(place, reading)
    void this.#run(place, org, after, reading)
    return reading
  }

  /** Never rejects: what goes wrong is told to the readers. */
  async #run(place: string, org: string, after: number, reading: Reading): Promise<void> {
    let tell: (reader: Reader) => void
    try {
      const page = await this.#page(org, after, reading)
      tell = (reader) => reader.resolve(page)
    } catch (error) {
      tell = (reader) => reader.reject(error)
    }
    this.#end(place, reading)
    let [told, atOnce, begunMs] = [0, 1, performance.now()]
    for (const reader of reading.readers) {
      tell(reader)
      if (++told < atOnce) continue
      await letOthersRun()
      const nowMs = performance.now()
      atOnce = nowMs - begunMs > TURN_MS_MAX ? Math.ceil(atOnce / 2) : Math.min(TOLD_AT_ONCE_MAX, atOnce * 2)
      told = 0
      begunMs = nowMs
    }
  }

  /** Whoever comes from now on begins anew; the bell's waiter goes home. */
  #end(place: string, reading: Reading): void {
    if (this.#readings.get(place) === reading) this.#readings.delete(place)
    reading.over.abort()
  }

  async #page(org: string, after: number, { readers, over: { signal } }: Reading): Promise<TailPage> {
    await letOthersRun()
    for (;;) {
      // Waited for before it is looked for: what comes between the two has rung.
      const heard = this.#bell.wait(org, WAIT_MS_MAX, signal)
      const page = await this.#scan(org, after)
      if (page.next > after || signal.aborted || this.#bell.closed) return page
      await heard
      const gatherMs = Math.min(GATHER_MS_MAX, Math.floor(readers.size * GATHER_MS_EACH))
      if (gatherMs > 0 && !this.#bell.closed) await sleep(gatherMs)
    }
  }

  async #scan(org: string, after: number): Promise<TailPage> {
    const events = []
    const last = after + PAGE_ENTRIES - ((after + 1) % PAGE_ENTRIES)
    let bytes = 0
    for (let next = after; ; ) {
      const to = Math.min(next + CHUNK_ENTRIES, last) + 1
      const entries = next < last && bytes < PAGE_BYTES ? await this.#store.readRange(org, next + 1, to) : []
      if (entries.length === 0) return { events, next }
      for (const entry of entries) {
        if (bytes >= PAGE_BYTES) break
        bytes += entry.leaf.length + entry.disclosures.length
        events.push(eventOf(entry))
        next = entry.index
      }
    }
  }
}
