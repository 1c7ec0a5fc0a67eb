/** Long work in slices: others have their turn every few milliseconds, and the work knows what it has cost so far. */
import { setImmediate as letOthersRun } from 'node:timers/promises'

/** How long one goes on without letting others run: a single event may take longer, by itself. */
const SLICE_MS = 4

export class Slices {
  #spentMs = 0
  #begunMs = performance.now()

  /** Between two pieces of work: lets others run where the slice is over. */
  async turn(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#begunMs < SLICE_MS) return
    this.#spentMs += nowMs - this.#begunMs
    await letOthersRun()
    this.#begunMs = performance.now()
  }

  /** Time of our own, without that of others. */
  get spentMs(): number {
    return this.#spentMs + performance.now() - this.#begunMs
  }
}
