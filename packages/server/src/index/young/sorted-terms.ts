/** The terms of young entries in the order of their keys, one after the other, as a run is written. */
import { type Field, FIELDS } from '@sealedlog/sdk/event'
import { keyOf } from '../runs/key.js'
import type { Terms } from '../runs/source.js'
import type { TermField } from '../segment.js'
import { FieldTerms } from './field-terms.js'
import { Utf8Order } from './utf8-order.js'
import type { YoungSegment } from './young-segment.js'

/** In the order of their keys. */
const TERM_FIELDS: readonly TermField[] = [...(Object.keys(FIELDS) as Field[]), 'word']
const ROOM = 256

export class SortedTerms implements Terms {
  key = new Uint8Array(ROOM)
  keyBytes = 0
  ordinals = new Uint32Array(ROOM)
  count = 0
  readonly #segment: YoungSegment
  readonly #termsOf: (field: TermField) => FieldTerms | undefined
  #fields = 0
  #terms = new FieldTerms()
  /** the values of the field that is on */
  #order = new Utf8Order([])

  constructor(segment: YoungSegment, termsOf: (field: TermField) => FieldTerms | undefined) {
    this.#segment = segment
    this.#termsOf = termsOf
  }

  next(): boolean {
    while (!this.#order.next()) if (!this.#openField()) return false
    this.#readKey()
    this.#readOrdinals(this.#terms.lists[this.#order.place] as number)
    return true
  }

  #openField(): boolean {
    const field = TERM_FIELDS[this.#fields++]
    if (field === undefined) return false
    this.#terms = this.#termsOf(field) ?? new FieldTerms()
    this.#order = new Utf8Order(this.#terms.values)
    this.key[0] = keyOf(field, '').charCodeAt(0)
    return true
  }

  /** Behind the field's code, which stands there. */
  #readKey(): void {
    const { bytes, start, end } = this.#order
    this.keyBytes = 1 + end - start
    if (this.keyBytes > this.key.length) {
      const [code = 0] = this.key
      this.key = new Uint8Array(this.keyBytes * 2)
      this.key[0] = code
    }
    for (let at = start, to = 1; at < end; at++, to++) this.key[to] = bytes[at] as number
  }

  #readOrdinals(list: number): void {
    this.count = this.#segment.lengthOf(list)
    if (this.count > this.ordinals.length) this.ordinals = new Uint32Array(this.count * 2)
    this.#segment.readOrdinals(list, this.ordinals)
  }
}
