/** Answers that wait for their readers: bounded for each key, so that slow readers cannot fill the memory. */
import { AuditError } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'

/** When those who read too slowly have read some more, or were given up. */
const RETRY_AFTER_SECONDS = 5

/** What answers go through: a response says when it is over, whether all of it was read or not. */
export interface Leaving {
  once(event: 'close', over: () => void): unknown
}

export class Answers {
  readonly #bytesMax: number
  readonly #held = new Map<string, number>()

  constructor(bytesMax: number = BOUNDS.ANSWER_BYTES_MAX) {
    this.#bytesMax = bytesMax
  }

  /** Before anything is read for a key. @throws AuditError `rate_limited` while as much waits for its readers as may */
  check(keyId: string): void {
    if (this.heldBy(keyId) >= this.#bytesMax) throw this.#refusal(keyId)
  }

  /**
   * Holds an answer until its response is over. A lone one is held whatever its length.
   *
   * @returns `rate_limited` where more would wait for the readers of the key than may: that is sent in its place
   */
  hold(keyId: string, bytes: number, leaving: Leaving): AuditError | undefined {
    const held = this.heldBy(keyId)
    if (held > 0 && held + bytes > this.#bytesMax) return this.#refusal(keyId)
    this.#held.set(keyId, held + bytes)
    leaving.once('close', () => this.#release(keyId, bytes))
    return undefined
  }

  /** Bytes that wait for the readers of a key. */
  heldBy(keyId: string): number {
    return this.#held.get(keyId) ?? 0
  }

  #release(keyId: string, bytes: number): void {
    const left = this.heldBy(keyId) - bytes
    if (left > 0) this.#held.set(keyId, left)
    else this.#held.delete(keyId)
  }

  #refusal(keyId: string): AuditError {
    return new AuditError(
      'rate_limited',
      `The key ${keyId} has not read what it was answered: no more than ${this.#bytesMax.toLocaleString('en')} bytes wait for one key (limit ANSWER_BYTES_MAX). Read those answers, or close their connections, then ask again.`,
      { retryAfterSeconds: RETRY_AFTER_SECONDS },
    )
  }
}
