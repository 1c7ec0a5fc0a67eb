/** Long work in slices: others have their turn every few milliseconds, and the work knows what it has cost so far. */
import { setImmediate as letOthersRun } from 'node:timers/promises'

/** How long one goes on without letting others run: a single event may take longer, by itself. */
const SLICE_MS = 4

/**
 * The one that waits last, of all long works. In each turn of the loop one of them goes on: were it all of them, whoever
 * asks a hundred long questions at once would have everybody else wait for a slice of each.
 */
let queue: Promise<unknown> = Promise.resolve()

function turnOfOwn(): Promise<unknown> {
  queue = queue.then(() => letOthersRun())
  return queue
}

export class Slices {
  #spentMs = 0
  #begunMs = performance.now()

  /** Between two pieces of work: lets others run where the slice is over. */
  async turn(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#begunMs < SLICE_MS) return
    this.#spentMs += nowMs - this.#begunMs
    await turnOfOwn()
    this.#begunMs = performance.now()
  }

  /** Time of our own, without that of others. */
  get spentMs(): number {
    return this.#spentMs + performance.now() - this.#begunMs
  }
}
