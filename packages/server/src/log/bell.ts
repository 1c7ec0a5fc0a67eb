/** A bell for each organization: whoever waits for its next entries hears it when they are durable. */
export class Bell {
  readonly #waiting = new Map<string, Set<() => void>>()
  #closed = false

  ring(org: string): void {
    const waiting = this.#waiting.get(org)
    this.#waiting.delete(org)
    for (const wake of waiting ?? []) wake()
  }

  /** Rings for everyone, and lets nobody wait from now on. */
  close(): void {
    this.#closed = true
    for (const org of Array.from(this.#waiting.keys())) this.ring(org)
  }

  /** Whether waiting is over: whoever would wait goes home with what there is. */
  get closed(): boolean {
    return this.#closed
  }

  /** Resolves at the next ring, after `waitMs`, or when the signal aborts: whichever comes first. */
  async wait(org: string, waitMs: number, signal?: AbortSignal): Promise<void> {
    if (waitMs <= 0 || signal?.aborted || this.#closed) return
    const waiting = this.#waiting.get(org) ?? new Set()
    this.#waiting.set(org, waiting)
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, waitMs)
    waiting.add(resolve)
    signal?.addEventListener('abort', () => resolve(), { once: true })
    await promise
    clearTimeout(timer)
    waiting.delete(resolve)
    if (waiting.size === 0 && this.#waiting.get(org) === waiting) this.#waiting.delete(org)
  }

  /** How many are waiting. */
  get size(): number {
    let size = 0
    for (const waiting of this.#waiting.values()) size += waiting.size
    return size
  }
}
