/** Which runs are merged next: neighbours of like size, so that each entry is written a few times and runs stay few. Pure. */
import type { RunsLimits } from './limits.js'

/** What a choice depends on. */
export interface RunSize {
  readonly entries: number
  readonly bytes: number
  /** bytes of the file that no part uses any more */
  readonly wasted: number
}

/** Runs from … to (exclusive), in their sequence. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/**
 * A merge is due where so many of the class stand in a stretch as are merged, or twice as many runs of any lower one with them:
 * what grows evenly is written once for each class, and what was written in small pieces does not pile up between.
 */
const MIXED_FACTOR = 2

/** A file is written anew when less than a third of it is in use: erasing appends to it. */
const WASTED_FACTOR = 3

/**
 * The merge that is due: of the smallest class in which one is. Runs of lower classes between them go along, so none
 * is left behind between two larger ones.
 *
 * @example
 * dueMerge(Array(8).fill({ entries: 16_384, bytes: 2e6, wasted: 0 }), RUNS_LIMITS) // { from: 0, to: 8 }
 */
export function dueMerge(runs: readonly RunSize[], limits: RunsLimits): Stretch | undefined {
  const classes = runs.map(({ entries }) => classOf(entries, limits.tierFactor))
  const top = classOf(limits.runEntriesMax, limits.tierFactor)
  for (let most = 0; most < top; most += 1) {
    const due = stretchesUpTo(classes, most)
      .filter((stretch) => isDue(classes, stretch, most, limits.tierFactor))
      .map((stretch) => fitting(runs, stretch, limits))
      .find(({ from, to }) => to - from > 1)
    if (due) return due
  }
  return wastefulRun(runs)
}

/** How many runs are still to grow by merging. */
export function countUnmerged(runs: readonly RunSize[], limits: RunsLimits): number {
  const top = classOf(limits.runEntriesMax, limits.tierFactor)
  return runs.filter(({ entries }) => classOf(entries, limits.tierFactor) < top).length
}

/** Entries up to the factor are of class 0, up to its square of class 1, and so on. */
function classOf(entries: number, factor: number): number {
  let most = factor
  let size = 0
  for (; entries >= most; most *= factor) size += 1
  return size
}

function isDue(classes: readonly number[], { from, to }: Stretch, most: number, factor: number): boolean {
  const ofClass = classes.slice(from, to).filter((each) => each === most).length
  return ofClass >= factor || to - from >= factor * MIXED_FACTOR
}

/** The longest stretches of runs of at most a class. */
function stretchesUpTo(classes: readonly number[], most: number): Stretch[] {
  const found: Stretch[] = []
  let from = 0
  for (let at = 0; at <= classes.length; at += 1) {
    if ((classes[at] ?? Number.POSITIVE_INFINITY) <= most) continue
    if (at > from) found.push({ from, to: at })
    from = at + 1
  }
  return found
}

/** As many of them, from the first, as one run may hold. */
function fitting(runs: readonly RunSize[], { from, to }: Stretch, limits: RunsLimits): Stretch {
  let entries = 0
  let bytes = 0
  for (let at = from; at < to; at += 1) {
    entries += runs[at]?.entries ?? 0
    bytes += runs[at]?.bytes ?? 0
    if (entries > limits.runEntriesMax || bytes > limits.runBytesMax) return { from, to: at }
  }
  return { from, to }
}

function wastefulRun(runs: readonly RunSize[]): Stretch | undefined {
  const at = runs.findIndex(({ bytes, wasted }) => wasted * WASTED_FACTOR > bytes * (WASTED_FACTOR - 1))
  return at === -1 ? undefined : { from: at, to: at + 1 }
}
