/** When to try again: twice as late after each failure, up to an hour. */

export interface BackoffLimits {
  readonly firstMs: number
  readonly mostMs: number
}

export const BACKOFF: BackoffLimits = { firstMs: 10_000, mostMs: 3_600_000 }

interface Failing {
  readonly times: number
  readonly untilMs: number
}

/** Failures by a key of the caller's choice. */
export class Backoff {
  readonly #failing = new Map<string, Failing>()
  readonly #nowMs: () => number
  readonly #limits: BackoffLimits

  constructor(nowMs: () => number, limits: BackoffLimits = BACKOFF) {
    this.#nowMs = nowMs
    this.#limits = limits
  }

  isWaiting(key: string): boolean {
    return this.#nowMs() < (this.#failing.get(key)?.untilMs ?? 0)
  }

  /** Several calls that were under way at once, and fail together, are one failure. Returns how many there were in a row. */
  fail(key: string): number {
    const before = this.#failing.get(key)
    if (before && this.isWaiting(key)) return before.times
    const times = (before?.times ?? 0) + 1
    const waitMs = Math.min(this.#limits.firstMs * 2 ** (times - 1), this.#limits.mostMs)
    this.#failing.set(key, { times, untilMs: this.#nowMs() + waitMs })
    return times
  }

  /** True when it had failed before. */
  succeed(key: string): boolean {
    return this.#failing.delete(key)
  }
}
