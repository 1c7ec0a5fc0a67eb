/** A part that is read page by page (its format: part-format.ts). */
import type { ListPosition } from '@sealedlog/sdk/event'
import type { Hours, PostingList, Segment, TermField, TermList } from '../segment.js'
import { type Block, BlockReader, findInBlock } from './blocks.js'
import { ByteReader } from './bytes.js'
import { bytesOfKey, compareAt, compareStart, keyOf, textOfKey, valueOf } from './key.js'
import { INLINE_ORDINALS_MAX } from './lists.js'
import type { PageCache, PagedFile } from './page-cache.js'
import { HOUR_MS, hoursAt, offsetAt, type PartPlace, timeAt } from './part-format.js'
import { PartPages } from './part-pages.js'
import { PartTerms, positionsOf } from './part-terms.js'
import type { PartSource, Terms } from './source.js'
import { LongList, ShortList } from './walks.js'

/** The separator, and the block, that were read last, of any part. */
const separator = Object.assign(new ByteReader(), { length: 0 })
const block: Block = { bytes: separator.bytes, at: 0, length: 0 }

/**
 * One part of a file. It holds nothing open and costs nothing until it is read: what it reads stands in the cache, so it
 * may be made anew for each question.
 *
 * Reading throws BrokenRun where bytes do not fit their CRC.
 */
export class Part implements Segment, PartSource {
  readonly place: PartPlace
  readonly count: number
  readonly first: number
  readonly leastMs: number
  readonly greatestMs: number
  readonly #pages: PartPages

  constructor(file: PagedFile, place: PartPlace, cache: PageCache) {
    this.#pages = new PartPages(file, place, cache)
    this.place = place
    this.count = place.count
    this.first = place.first
    this.leastMs = place.leastMs
    this.greatestMs = place.greatestMs
  }

  /** How many terms it has, and how many ordinals their lists have together. */
  get sums(): { readonly terms: number; readonly postings: number } {
    const { terms, postings } = this.#pages.tail.footer
    return { terms, postings }
  }

  positionOf(ordinal: number): ListPosition {
    return { atMs: this.#timeAt(ordinal), index: this.first + this.#offsetAt(ordinal) }
  }

  ordinalOf({ atMs, index }: ListPosition): number {
    if (atMs < this.leastMs) return 0
    if (atMs > this.greatestMs) return this.count
    let [low, high] = this.#ordinalsOfHour(Math.floor(atMs / HOUR_MS))
    while (low < high) {
      const middle = (low + high) >>> 1
      const time = this.#timeAt(middle)
      if (time < atMs || (time === atMs && this.first + this.#offsetAt(middle) < index)) low = middle + 1
      else high = middle
    }
    return low
  }

  find(field: TermField, value: string): PostingList | undefined {
    const key = bytesOfKey(keyOf(field, value))
    const nth = this.#blockOf(key)
    if (nth < 0) return undefined
    const found = findInBlock(this.#openBlock(nth), key)
    if (found === undefined) return undefined
    return 'short' in found ? this.#short(found.short) : this.#long(found.listAt, found.count)
  }

  valuesFrom(field: TermField, prefix: string, max: number): readonly TermList[] {
    const key = bytesOfKey(keyOf(field, prefix))
    const found: TermList[] = []
    const { blocks } = this.#pages.tail.footer
    const reader = new BlockReader()
    for (let nth = Math.max(0, this.#blockOf(key)); nth < blocks; nth++) {
      reader.open(this.#openBlock(nth))
      while (reader.next()) {
        const order = compareStart(reader.key, reader.keyBytes, key)
        if (order > 0 || (order === 0 && found.length >= max)) return found
        if (order === 0) found.push(this.#termList(reader))
      }
    }
    return found
  }

  hours(): Hours {
    const size = this.#pages.tail.footer.hours
    const hours = new Int32Array(size)
    const firsts = new Uint32Array(size)
    for (let nth = 0; nth < size; nth++) {
      hours[nth] = this.#hourAt(nth)
      firsts[nth] = this.#firstOfHour(nth)
    }
    return { hours, firsts }
  }

  /** All positions, read past the cache. */
  positions(): { readonly times: Float64Array; readonly offsets: Uint32Array } {
    return positionsOf(this.#pages.stream(), this.count)
  }

  /** All terms in the order of their keys, with their ordinals, read in one go past the cache. */
  eachTerm(): Terms {
    return new PartTerms(() => this.#pages.stream(), this.#pages.tail.footer)
  }

  #timeAt(ordinal: number): number {
    return this.#pages.f64At(timeAt(ordinal))
  }

  #offsetAt(ordinal: number): number {
    return this.#pages.u32At(offsetAt(ordinal, this.count))
  }

  #hourAt(nth: number): number {
    return this.#pages.u32At(hoursAt(this.count) + nth * 4) | 0
  }

  #firstOfHour(nth: number): number {
    const { hours } = this.#pages.tail.footer
    return nth < hours ? this.#pages.u32At(hoursAt(this.count) + (hours + nth) * 4) : this.count
  }

  /** The ordinals of an hour, from … to; where it has none, those of the place where they would stand. */
  #ordinalsOfHour(hour: number): [low: number, high: number] {
    const { hours } = this.#pages.tail.footer
    let low = 0
    let high = hours
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#hourAt(middle) < hour) low = middle + 1
      else high = middle
    }
    const first = this.#firstOfHour(low)
    return low < hours && this.#hourAt(low) === hour ? [first, this.#firstOfHour(low + 1)] : [first, first]
  }

  /** The block in which a key stands, if anywhere; -1 where there are no terms. */
  #blockOf(key: Uint8Array): number {
    let low = -1
    let high = this.#pages.tail.footer.blocks
    while (high - low > 1) {
      const middle = (low + high) >> 1
      this.#readSeparator(middle)
      const { bytes, at, length } = separator
      if (compareAt(bytes, at, length, key) <= 0) low = middle
      else high = middle
    }
    return low
  }

  #openBlock(nth: number): Block {
    this.#readSeparator(nth)
    separator.at += separator.length
    const offset = separator.varint()
    block.length = separator.varint()
    const { bytes, at } = this.#pages.locate(offset, block.length)
    block.bytes = bytes
    block.at = at
    return block
  }

  #readSeparator(nth: number): void {
    const { blockIndexAt, blocks, crcsAt } = this.#pages.tail.footer
    const entriesAt = blockIndexAt + blocks * 4
    const start = this.#pages.u32At(blockIndexAt + nth * 4)
    const end = nth + 1 < blocks ? this.#pages.u32At(blockIndexAt + nth * 4 + 4) : crcsAt - entriesAt
    const { bytes, at } = this.#pages.locate(entriesAt + start, end - start)
    separator.bytes = bytes
    separator.at = at
    separator.length = separator.varint()
  }

  #termList({ key, keyBytes, count, listAt, short }: BlockReader): TermList {
    const isLong = count > INLINE_ORDINALS_MAX
    const list = isLong ? this.#long(listAt, count) : this.#short(Array.from(short.subarray(0, count)))
    return { value: valueOf(textOfKey(key, keyBytes)), list }
  }

  #short(ordinals: readonly number[]): PostingList {
    return new ShortList(ordinals, this.count)
  }

  #long(listAt: number, count: number): PostingList {
    return new LongList(this.#pages, listAt, count, this.count)
  }
}
