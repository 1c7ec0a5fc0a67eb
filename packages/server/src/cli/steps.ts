/** The steps of a long work on a progress bar. */
import type { OnStep } from '../guard/index.js'
import type { Progress } from './progress.js'

export const stepsOn =
  (progress: Progress): OnStep =>
  (step, done, total) =>
    progress.show(done, total, step)
