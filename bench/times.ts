/** Many durations, as the few figures that say how they were. */

/** Milliseconds that so large a share of the requests waited at most. */
export interface Waits {
  readonly requests: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** What callers waited: the usual shares of them at most so long. */
export function summary(durations: readonly number[]): Waits {
  const sorted = Float64Array.from(durations).sort()
  return {
    requests: sorted.length,
    p50: shareOf(sorted, 0.5),
    p95: shareOf(sorted, 0.95),
    p99: shareOf(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  }
}

/** The value that so large a share is at or below; of few values the next one, never one between two. */
export const shareOf = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
