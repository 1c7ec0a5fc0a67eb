/** The terms of young entries in the order of their keys, one after the other, as a run is written. */
import type { Terms } from '../runs/source.js'
import type { AllLists } from './chains.js'
import { Utf8Order } from './utf8-order.js'
import type { YoungSegment } from './young-segment.js'
import type { ByteTexts } from './young-terms.js'

const ROOM = 256

export class SortedTerms implements Terms {
  key = new Uint8Array(ROOM)
  keyBytes = 0
  ordinals = new Uint32Array(ROOM)
  count = 0
  /** the places of entries, a list for each term */
  readonly #lists: AllLists
  readonly #segment: YoungSegment
  readonly #order: Utf8Order

  constructor(terms: ByteTexts, lists: AllLists, segment: YoungSegment) {
    this.#order = new Utf8Order(terms)
    this.#lists = lists
    this.#segment = segment
  }

  next(): boolean {
    if (!this.#order.next()) return false
    this.#readKey()
    this.#readOrdinals(this.#order.place)
    return true
  }

  #readKey(): void {
    const { bytes, start, end } = this.#order
    this.keyBytes = end - start
    if (this.keyBytes > this.key.length) this.key = new Uint8Array(this.keyBytes * 2)
    for (let at = start, to = 0; at < end; at++, to++) this.key[to] = bytes[at] as number
  }

  #readOrdinals(list: number): void {
    const { numbers, ends } = this.#lists
    const from = list === 0 ? 0 : (ends[list - 1] as number)
    this.count = (ends[list] as number) - from
    if (this.count > this.ordinals.length) this.ordinals = new Uint32Array(this.count * 2)
    const { ordinals } = this
    for (let at = 0; at < this.count; at++) ordinals[at] = numbers[from + at] as number
    this.#segment.toOrdinals(ordinals, this.count)
  }
}
