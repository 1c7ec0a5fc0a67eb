/** Scrubbing all logs, round and round, no faster than a rate: bits rot, and whoever edits a row does not ask first. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogFinding } from './finding.js'
import { isFinding, type ScrubOptions, scrubLog } from './log-scrub.js'
import { allHeads, type ReadStore } from './read-store.js'

export interface ScrubberOptions extends Pick<ScrubOptions, 'store' | 'verifierOf'> {
  readonly store: ReadStore
  /** at most so many; 0 does not scrub at all */
  readonly entriesPerSecond: number
  readonly nowMs: () => number
  /** logs that need not be read again: those with a finding */
  readonly isKnownBad: (org: string) => boolean
  readonly onFinding: (finding: LogFinding) => void
}

/** What a scrubber tells about itself. */
export interface ScrubGauge {
  readonly entries: number
  readonly findings: number
  /** when all logs had been read once more; undefined before the first time */
  readonly lastPassMs: number | undefined
}

/** Between two passes, so that a small log is not read all day long. */
const PASS_MS_MIN = 60_000
const REST_MS_MIN = 1

class Stopped extends Error {}

export class Scrubber {
  readonly #options: ScrubberOptions
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined
  #entries = 0
  #findings = 0
  #lastPassMs: number | undefined

  constructor(options: ScrubberOptions) {
    this.#options = options
  }

  gauge(): ScrubGauge {
    return { entries: this.#entries, findings: this.#findings, lastPassMs: this.#lastPassMs }
  }

  /** Begins in the background, and goes on until `close`. */
  start(): void {
    if (this.#options.entriesPerSecond === 0) return
    this.#running ??= this.#run().catch((error: unknown) => {
      if (!(error instanceof Stopped)) throw error
    })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** Reads every log once. */
  async pass(): Promise<void> {
    for await (const { org } of allHeads(this.#options.store)) {
      if (!this.#options.isKnownBad(org)) await this.#scrub(org)
    }
    this.#lastPassMs = this.#options.nowMs()
  }

  async #run(): Promise<void> {
    for (;;) {
      const begunMs = performance.now()
      await this.pass()
      await this.#sleep(Math.max(REST_MS_MIN, PASS_MS_MIN - (performance.now() - begunMs)))
    }
  }

  async #scrub(org: string): Promise<void> {
    const { store, verifierOf } = this.#options
    const result = await scrubLog(org, { store, verifierOf, rest: (entries) => this.#rest(entries) }).catch(
      (error: unknown): LogFinding => {
        if (error instanceof Stopped) throw error
        return { org, kind: 'unreadable', what: `it could not be read (${String(error)}).` }
      },
    )
    if (!isFinding(result)) return
    this.#findings += 1
    this.#options.onFinding(result)
  }

  async #rest(entries: number): Promise<void> {
    this.#entries += entries
    await this.#sleep((entries / this.#options.entriesPerSecond) * 1000)
  }

  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#stop
    await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) throw new Stopped()
  }
}
