/** Rates: a token bucket for each key and each organization, so that none can take the server from the others. */
import { AuditError } from '@sealedlog/sdk/base'

export interface RateLimits {
  /** events (or reads) a second for one key; 0 is no limit */
  readonly perKey: number
  /** the same for one organization, all its keys together */
  readonly perOrganization: number
}

export const RATE_LIMITS: RateLimits = { perKey: 100_000, perOrganization: 100_000 }

/** Buckets that are kept; the one idle longest goes first, and a bucket that comes back is full. */
const BUCKETS_MAX = 10_000
/** A bucket holds what two seconds bring: a burst is not an attack. */
const BURST_SECONDS = 2

interface Bucket {
  tokens: number
  filledAtMs: number
}

export class Rates {
  readonly #limits: RateLimits
  readonly #nowMs: () => number
  readonly #buckets = new Map<string, Bucket>()

  constructor(limits: RateLimits, nowMs: () => number) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  /**
   * Takes `cost` from the key's bucket and the organization's. A cost above what a bucket can hold empties it.
   *
   * @throws AuditError `rate_limited`, with the seconds after which the same call would pass
   */
  take(keyId: string, org: string, cost: number): void {
    this.#takeFrom(`key ${keyId}`, this.#limits.perKey, cost)
    this.#takeFrom(`organization ${org}`, this.#limits.perOrganization, cost)
  }

  /**
   * The same for whoever can wait: takes only where both buckets stay half full, so that those who cannot wait find
   * something left.
   *
   * @returns 0 when it was taken, else after how many milliseconds to ask again
   */
  spare(keyId: string, org: string, cost: number): number {
    const { perKey, perOrganization } = this.#limits
    const missingMs = Math.max(
      this.#missingMs(`key ${keyId}`, perKey, cost),
      this.#missingMs(`organization ${org}`, perOrganization, cost),
    )
    if (missingMs === 0) this.take(keyId, org, cost)
    return missingMs
  }

  /** How long until a bucket that gave `cost` would be half full; what no bucket holds waits for a full one. */
  #missingMs(name: string, perSecond: number, cost: number): number {
    if (perSecond === 0) return 0
    const full = perSecond * BURST_SECONDS
    const missing = Math.min(full, full / 2 + cost) - this.#fill(name, perSecond).tokens
    return Math.max(0, Math.ceil((missing / perSecond) * 1000))
  }

  #takeFrom(name: string, perSecond: number, cost: number): void {
    if (perSecond === 0) return
    const bucket = this.#fill(name, perSecond)
    const wanted = Math.min(cost, perSecond * BURST_SECONDS)
    if (bucket.tokens < wanted) {
      throw new AuditError(
        'rate_limited',
        `The ${name} is over its rate of ${perSecond} events a second. Wait as long as Retry-After says.`,
        {
          retryAfterSeconds: (wanted - bucket.tokens) / perSecond,
        },
      )
    }
    bucket.tokens -= wanted
  }

  #forgetIdle(): void {
    const [idle] = this.#buckets.keys()
    if (idle !== undefined) this.#buckets.delete(idle)
  }

  #fill(name: string, perSecond: number): Bucket {
    const nowMs = this.#nowMs()
    const bucket = this.#buckets.get(name) ?? { tokens: perSecond * BURST_SECONDS, filledAtMs: nowMs }
    const brought = (Math.max(0, nowMs - bucket.filledAtMs) / 1000) * perSecond
    bucket.tokens = Math.min(perSecond * BURST_SECONDS, bucket.tokens + brought)
    bucket.filledAtMs = nowMs
    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size > BUCKETS_MAX) this.#forgetIdle()
    return bucket
  }
}
