/** The terms of young entries in the order of their keys, one after the other, as a run is written. */
import type { Terms } from '../runs/source.js'
import type { Chains } from './chains.js'
import { Utf8Order } from './utf8-order.js'
import type { YoungSegment } from './young-segment.js'
import type { ByteTexts } from './young-terms.js'

const ROOM = 256

export class SortedTerms implements Terms {
  key = new Uint8Array(ROOM)
  keyBytes = 0
  ordinals = new Uint32Array(ROOM)
  count = 0
  readonly #chains: Chains
  /** all lists, as places of entries */
  readonly #places: Uint32Array
  readonly #segment: YoungSegment
  readonly #order: Utf8Order

  /** @param chains the places of the segment's entries, a list for each term */
  constructor(terms: ByteTexts, chains: Chains, segment: YoungSegment) {
    this.#order = new Utf8Order(terms)
    this.#chains = chains
    this.#places = chains.readAll()
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
    this.count = this.#chains.countOf(list)
    if (this.count > this.ordinals.length) this.ordinals = new Uint32Array(this.count * 2)
    const from = this.#chains.endOf(list) - this.count
    for (let at = 0; at < this.count; at++) this.ordinals[at] = this.#places[from + at] as number
    this.#segment.toOrdinals(this.ordinals, this.count)
  }
}
