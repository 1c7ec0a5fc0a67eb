/** Work in the background, in slices: calls have their turn every few milliseconds. */
import { setImmediate as letOthersRun } from 'node:timers/promises'

/** How long one goes on without letting others run. */
const SLICE_MS = 3
/**
 * Takes a generator to its end, slice by slice.
 *
 * @param goOn asked after each slice: throws to give up
 */
export async function inSlices<T>(steps: Generator<unknown, T>, goOn: () => void): Promise<T> {
  try {
    for (;;) {
      await letOthersRun()
      goOn()
      const begunMs = performance.now()
      do {
        const step = steps.next()
        if (step.done) return step.value
      } while (performance.now() - begunMs < SLICE_MS)
    }
  } finally {
    steps.return(undefined as T)
  }
}
