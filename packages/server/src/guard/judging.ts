/**
 * The checks of a start, carried out while the server answers already: a start takes the same time with ten logs as with
 * ten thousand, and no log is written to before it was checked. Whoever writes first waits for that one log.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogHead } from '../store/index.js'
import type { LogFinding } from './finding.js'
import { allHeads, type ReadStore } from './read-store.js'
import type { SoundLog, StartChecks } from './start-checks.js'

/** Requests wait no longer than this for the checks, which then rest as long as they worked. */
const SLICE_MS = 2

export interface JudgingOptions {
  readonly store: Pick<ReadStore, 'head' | 'heads'>
  readonly checks: StartChecks
  /** called once for each log, before anybody may write to it */
  readonly onResult: (result: LogFinding | SoundLog) => void
}

export class Judging {
  readonly #options: JudgingOptions
  readonly #heads: AsyncGenerator<LogHead>
  /** checked, or being checked */
  readonly #judged = new Map<string, Promise<void>>()
  readonly #stop = new AbortController()
  #ending: Promise<void> | undefined
  #isDone = false

  constructor(options: JudgingOptions) {
    this.#options = options
    this.#heads = allHeads(options.store)
  }

  /** Resolves when a log was checked; undefined when nothing is left to check. One that does not exist yet has nothing to wait for. */
  judge(org: string): Promise<void> | undefined {
    return this.#isDone ? undefined : (this.#judged.get(org) ?? this.#find(org))
  }

  /** Checks so many of the logs that were not, at once. */
  async some(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      const { value: head, done } = await this.#heads.next()
      if (done === true) return (this.#ending ??= this.#finish())
      await this.#once(head)
    }
  }

  /** Checks all that are left, with rests in between, until it is told to stop. */
  async rest(): Promise<void> {
    while (!this.#isDone && !this.#stop.signal.aborted) {
      const begunMs = performance.now()
      while (!this.#isDone && performance.now() - begunMs < SLICE_MS) await this.some(1)
      if (!this.#isDone) await sleep(performance.now() - begunMs, undefined, { ref: false })
    }
  }

  /** Begins no more slices. */
  stop(): void {
    this.#stop.abort()
  }

  async #find(org: string): Promise<void> {
    const head = await this.#options.store.head(org)
    if (head !== undefined) await this.#once(head)
  }

  /** A log that is being checked is not written to, and one that was checked is not checked again: it may have grown. */
  #once(head: LogHead): Promise<void> {
    const known = this.#judged.get(head.org)
    if (known) return known
    const judging = this.#options.checks.check(head).then(this.#options.onResult)
    this.#judged.set(head.org, judging)
    return judging
  }

  /** Every log that is there was checked: what else is expected to be there is gone, or was made meanwhile. */
  async #finish(): Promise<void> {
    for (const finding of this.#options.checks.missing())
      if ((await this.#options.store.head(finding.org)) === undefined) this.#options.onResult(finding)
      else await this.#find(finding.org)
    this.#isDone = true
    this.#judged.clear()
  }
}
