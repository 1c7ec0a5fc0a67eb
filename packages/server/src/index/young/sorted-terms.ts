/** The terms of young entries in the order of their keys, one after the other, as a run is written. */
import type { Field } from '@sealedlog/sdk/event'
import { FIELDS } from '@sealedlog/sdk/event'
import { keyOf, putKey } from '../runs/key.js'
import type { Terms } from '../runs/source.js'
import type { TermField } from '../segment.js'
import { sortedByBytes } from './byte-sort.js'
import type { FieldTerms } from './field-terms.js'
import type { YoungSegment } from './young-segment.js'

/** In the order of their keys. */
const TERM_FIELDS: readonly TermField[] = [...(Object.keys(FIELDS) as Field[]), 'word']
const NOT_ASCII = /[\u0080-\uffff]/
const ROOM = 256

export class SortedTerms implements Terms {
  key = new Uint8Array(ROOM)
  keyBytes = 0
  ordinals = new Uint32Array(ROOM)
  count = 0
  readonly #segment: YoungSegment
  readonly #sorted: Iterator<readonly [key: string, list: number]>

  constructor(segment: YoungSegment, termsOf: (field: TermField) => FieldTerms | undefined) {
    this.#segment = segment
    this.#sorted = sortedKeys(termsOf)
  }

  next(): boolean {
    const step = this.#sorted.next()
    if (step.done) return false
    const [key, list] = step.value
    if (key.length > this.key.length) this.key = new Uint8Array(key.length * 2)
    putKey(key, this.key)
    this.keyBytes = key.length
    this.count = this.#segment.lengthOf(list)
    if (this.count > this.ordinals.length) this.ordinals = new Uint32Array(this.count * 2)
    this.#segment.readOrdinals(list, this.ordinals)
    return true
  }
}

function* sortedKeys(termsOf: (field: TermField) => FieldTerms | undefined): Generator<readonly [string, number]> {
  for (const field of TERM_FIELDS) {
    const terms = termsOf(field)
    if (terms === undefined) continue
    const { values, lists } = terms
    // most are in ASCII and sorted as they are: a key is made when its turn comes
    const texts = values.map((value) => (NOT_ASCII.test(value) ? keyOf(field, value).slice(1) : value))
    for (const place of sortedByBytes(texts)) yield [keyOf(field, values[place] as string), lists[place] as number]
  }
}
