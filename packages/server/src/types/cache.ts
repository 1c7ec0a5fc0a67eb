/** A bounded memory of things that can be had again: the one idle longest goes first, and all that nobody asks for any more. */

export interface CacheLimits {
  /** what all kept things may weigh together */
  readonly weightMax: number
  /** how long something is kept that nobody asks for */
  readonly idleMs: number
}

interface Kept<V> {
  readonly value: V
  readonly weight: number
  usedAtMs: number
}

export class Cache<V> {
  readonly #limits: CacheLimits
  readonly #nowMs: () => number
  /** the one idle longest stands first */
  readonly #kept = new Map<string, Kept<V>>()
  #weight = 0

  constructor(limits: CacheLimits, nowMs: () => number) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#kept.size
  }

  get weight(): number {
    return this.#weight
  }

  get(name: string): V | undefined {
    const kept = this.#kept.get(name)
    if (kept === undefined) return undefined
    const nowMs = this.#nowMs()
    // Moving it to the end once a while is as good as each time, and costs less.
    if (nowMs - kept.usedAtMs > this.#limits.idleMs / 100) {
      kept.usedAtMs = nowMs
      this.#kept.delete(name)
      this.#kept.set(name, kept)
      this.#forgetIdle(nowMs)
    }
    return kept.value
  }

  /** Keeps something, and forgets others until all fit; what is heavier than all may be is kept alone. */
  set(name: string, value: V, weight: number): void {
    this.delete(name)
    const nowMs = this.#nowMs()
    this.#kept.set(name, { value, weight, usedAtMs: nowMs })
    this.#weight += weight
    this.#forgetIdle(nowMs)
    for (const [other] of this.#kept) {
      if (this.#weight <= this.#limits.weightMax || other === name) return
      this.delete(other)
    }
  }

  delete(name: string): void {
    const kept = this.#kept.get(name)
    if (kept === undefined) return
    this.#kept.delete(name)
    this.#weight -= kept.weight
  }

  #forgetIdle(nowMs: number): void {
    for (const [name, { usedAtMs }] of this.#kept) {
      if (nowMs - usedAtMs <= this.#limits.idleMs) return
      this.delete(name)
    }
  }
}
