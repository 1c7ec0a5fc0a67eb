/** What a part is made from: parts that are there, or entries in memory. */
import { putKey, textOfKey } from './key.js'

/** Terms in the order of their keys, one after the other. What it shows is good until the next. */
export interface Terms {
  /** the bytes of the key stand from 0 to `keyBytes` */
  readonly key: Uint8Array
  readonly keyBytes: number
  /** ascending, from 0 to `count` */
  readonly ordinals: Uint32Array
  readonly count: number
  /** Moves to the next term, the first to begin with; false where there is none. */
  next(): boolean
}

/** Entries of one organization that follow one another in its log. */
export interface PartSource {
  readonly first: number
  readonly count: number
  /** in the order of (`occurred_at`, index): the times in Unix milliseconds, and index − first */
  positions(): { readonly times: Float64Array; readonly offsets: Uint32Array }
  eachTerm(): Terms
  /** Does ahead, in steps, what `eachTerm` would do at once. */
  prepare?(): Generator<undefined, void>
}

/** The key that terms stand on, as a string. */
export const keyTextOf = ({ key, keyBytes }: Terms): string => textOfKey(key, keyBytes)

/**
 * Terms in memory.
 *
 * @param terms in the order of their keys, each once
 * @example
 * memoryTerms([[keyOf('type', 'login'), [0, 1]]])
 */
export function memoryTerms(terms: Iterable<readonly [key: string, ordinals: ArrayLike<number>]>): Terms {
  return new MemoryTerms(terms[Symbol.iterator]())
}

class MemoryTerms implements Terms {
  key = new Uint8Array(256)
  keyBytes = 0
  ordinals = new Uint32Array(256)
  count = 0
  readonly #terms: Iterator<readonly [string, ArrayLike<number>]>

  constructor(terms: Iterator<readonly [string, ArrayLike<number>]>) {
    this.#terms = terms
  }

  next(): boolean {
    const step = this.#terms.next()
    if (step.done) return false
    const [key, ordinals] = step.value
    if (key.length > this.key.length) this.key = new Uint8Array(key.length * 2)
    putKey(key, this.key)
    this.keyBytes = key.length
    if (ordinals.length > this.ordinals.length) this.ordinals = new Uint32Array(ordinals.length * 2)
    for (let at = 0; at < ordinals.length; at++) this.ordinals[at] = ordinals[at] as number
    this.count = ordinals.length
    return true
  }
}
