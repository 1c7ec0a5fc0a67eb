/**
 * The keys that callers showed of late, so that a call costs no read of the file. Only the process that holds the data
 * folder changes keys, and it forgets them all when it does.
 */
import type { KeyRecord } from '../port.js'

/** Keys that are remembered; the one that was read first goes first. */
const KEYS_MAX = 10_000

export class KeyCache {
  readonly #byHash = new Map<string, KeyRecord>()

  /** A key by its hash, read where it is not remembered. One that does not exist is not remembered either. */
  find(hash: string, read: (hash: string) => KeyRecord | undefined): KeyRecord | undefined {
    const known = this.#byHash.get(hash)
    if (known) return known
    const key = read(hash)
    if (key === undefined) return undefined
    const [first] = this.#byHash.keys()
    if (this.#byHash.size >= KEYS_MAX && first !== undefined) this.#byHash.delete(first)
    this.#byHash.set(hash, key)
    return key
  }

  clear(): void {
    this.#byHash.clear()
  }
}
