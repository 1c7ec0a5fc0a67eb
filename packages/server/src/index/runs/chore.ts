/** A chore: one thing after the other in the background, as long as there is one to do; what fails is tried again later. */
import { setTimeout as sleep } from 'node:timers/promises'

const WAIT_MS_MIN = 100
const WAIT_MS_MAX = 10_000

/** Thrown by work that others have made pointless: it is looked for anew, at once. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned'
}

export type Task = () => Promise<void>

export class Chore {
  readonly #next: () => Task | undefined
  readonly #onStep: () => void
  #running: Promise<void> | undefined
  #waitMs = WAIT_MS_MIN
  #rest = new AbortController()
  #isStopped = false
  /** why the last task failed: undefined when it did not */
  failure: Error | undefined

  /**
   * @param next what is to be done now, if anything
   * @param onStep told after each task, done or failed
   */
  constructor(next: () => Task | undefined, onStep: () => void) {
    this.#next = next
    this.#onStep = onStep
  }

  /** There may be something to do. What failed before is not waited for where somebody wants it `now`. */
  wake(now = false): void {
    if (now) this.#rest.abort()
    this.#running ??= this.#run()
  }

  /** Begins nothing that fails again. Resolves when what is to be done is done, or failed. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#rest.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    // never within the call that wakes it
    await Promise.resolve()
    for (let task = this.#next(); task; task = this.#next()) {
      this.failure = await attempt(task)
      if (this.failure === undefined) this.#waitMs = WAIT_MS_MIN
      this.#onStep()
      if (this.failure === undefined) continue
      if (this.#isStopped) break
      await this.#wait()
    }
    if (!this.#isStopped) this.failure = undefined
    // at once: whoever wakes it from now on begins anew
    this.#running = undefined
  }

  async #wait(): Promise<void> {
    this.#rest = new AbortController()
    await sleep(this.#waitMs, undefined, { signal: this.#rest.signal }).catch(() => undefined)
    this.#waitMs = Math.min(WAIT_MS_MAX, this.#waitMs * 2)
  }
}

async function attempt(task: Task): Promise<Error | undefined> {
  try {
    await task()
  } catch (error) {
    if (error instanceof Abandoned) return undefined
    return error instanceof Error ? error : new Error(String(error))
  }
  return undefined
}
