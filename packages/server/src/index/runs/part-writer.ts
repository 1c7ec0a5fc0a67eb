/** Writes a part: positions, then terms in the order of their keys; what it holds meanwhile is a page and the block index. */
import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import { assert } from '@sealedlog/sdk/base'
import { BlockWriter } from './blocks.js'
import { ByteWriter } from './bytes.js'
import { KEY_BYTES_MAX } from './key.js'
import { encodeList, INLINE_ORDINALS_MAX } from './lists.js'
import {
  BLOCK_BYTES,
  formatPartFooter,
  HOUR_MS,
  PAGE_BYTES,
  PART_ENTRIES_MAX,
  type PartPlace,
  pagesOf,
  POSITION_BYTES,
  POSITIONS_A_PAGE,
} from './part-format.js'
import type { Sink } from './sink.js'

assert(endianness() === 'LE', 'arrays are written as they lie in memory, which is little-endian')

/** What a writer works in: handed from part to part, so that small ones cost little. */
export class PartScratch {
  readonly page = Buffer.allocUnsafeSlow(PAGE_BYTES)
  readonly times = new Float64Array(POSITIONS_A_PAGE)
  readonly offsets = new Uint32Array(POSITIONS_A_PAGE)
  readonly crcs = new ByteWriter(1_024)
  readonly block = new BlockWriter()
  readonly indexTable = new ByteWriter(1_024)
  readonly indexEntries = new ByteWriter(4_096)
  readonly listTable = new ByteWriter(1_024)
  readonly listChunks = new ByteWriter(4_096)

  clear(): void {
    for (const bytes of [this.crcs, this.indexTable, this.indexEntries]) bytes.length = 0
    this.block.clear()
  }
}

/**
 * Writes one part to a sink.
 *
 * @example
 * const writer = new PartWriter(sink, { first: 0, count: 2 })
 * writer.positions(Float64Array.of(10, 20), Uint32Array.of(0, 1))
 * writer.term(key, key.length, Uint32Array.of(0, 1), 2)
 * const place = writer.finish()
 */
export class PartWriter {
  readonly #out: PagedOut
  readonly #first: number
  readonly #count: number
  readonly #onEnd: (place: PartPlace) => void
  readonly #scratch: PartScratch
  readonly #block: BlockWriter
  readonly #hours: number[] = []
  readonly #firsts: number[] = []
  #lastKey = new Uint8Array(256)
  #lastKeyBytes = 0
  /** positions that were said; those of the last page that is not full are held in the scratch */
  #positions = 0
  #leastMs = 0
  #greatestMs = Number.NEGATIVE_INFINITY
  #terms = 0
  #postings = 0

  /**
   * @param onEnd is told where the part stands, when it is whole
   * @param scratch used by no other writer until this one has finished
   */
  constructor(
    sink: Sink,
    covers: { readonly first: number; readonly count: number },
    onEnd: (place: PartPlace) => void = () => {},
    scratch: PartScratch = new PartScratch(),
  ) {
    assert(covers.count > 0 && covers.count <= PART_ENTRIES_MAX, `a part has 1 to ${PART_ENTRIES_MAX} entries`)
    scratch.clear()
    this.#scratch = scratch
    this.#block = scratch.block
    this.#out = new PagedOut(sink, scratch.page, scratch.crcs)
    this.#first = covers.first
    this.#count = covers.count
    this.#onEnd = onEnd
  }

  /** The times of the next entries, ascending, and index − first of each: all of them, in one piece or more. */
  positions(times: Float64Array, offsets: Uint32Array): void {
    const isRoom = times.length === offsets.length && this.#positions + times.length <= this.#count
    assert(isRoom, 'a part has as many positions as entries, each of two numbers')
    const { times: heldTimes, offsets: heldOffsets } = this.#scratch
    for (let at = 0; at < times.length; at++) {
      const atMs = times[at] as number
      this.#sayHour(atMs, this.#positions)
      const held = this.#positions++ % POSITIONS_A_PAGE
      heldTimes[held] = atMs
      heldOffsets[held] = offsets[at] as number
      if (held === POSITIONS_A_PAGE - 1) this.#putPositions(POSITIONS_A_PAGE)
    }
    if (this.#positions < this.#count) return
    this.#putPositions(this.#count % POSITIONS_A_PAGE)
    this.#putHours()
  }

  /**
   * A term and the entries under it, after all positions: greater than the one before.
   *
   * @param key its bytes stand from 0 to `keyBytes`
   * @param ordinals ascending, from 0 to `count`; at least one
   */
  term(key: Uint8Array, keyBytes: number, ordinals: Uint32Array, count: number): void {
    assert(this.#positions === this.#count && count > 0, 'terms stand after the positions, each with an entry')
    assert(keyBytes > 0 && keyBytes <= KEY_BYTES_MAX, `a key has 1 to ${KEY_BYTES_MAX} bytes`)
    const shared = this.#sharedWithLast(key, keyBytes)
    if (this.#block.terms === 0) this.#beginBlock(key, this.#terms === 0 ? 0 : shared + 1)
    const listAt = count > INLINE_ORDINALS_MAX ? this.#putList(ordinals, count) : 0
    this.#block.add(key, keyBytes, shared, ordinals, count, listAt)
    this.#remember(key, keyBytes, shared)
    this.#terms++
    this.#postings += count
    if (this.#block.out.length >= BLOCK_BYTES) this.#endBlock()
  }

  /** Writes the end. The sink may hold some of it back. */
  finish(): PartPlace {
    assert(this.#positions === this.#count, 'a part has all of its positions')
    if (this.#block.terms > 0) this.#endBlock()
    const { indexTable: table, indexEntries: entries } = this.#scratch
    const out = this.#out
    out.align()
    const blockIndexAt = out.at
    out.putAll(table)
    out.putAll(entries)
    const crcsAt = out.at
    const crcs = out.endPages()
    const covers = { first: this.#first, count: this.#count, leastMs: this.#leastMs, greatestMs: this.#greatestMs }
    const footer = {
      ...covers,
      terms: this.#terms,
      postings: this.#postings,
      blockIndexAt,
      crcsAt,
      hours: this.#hours.length,
      blocks: table.length / 4,
      crc: crc32(crcs),
    }
    const place = { offset: out.offset, length: out.putEnd(crcs, formatPartFooter(footer)), ...covers }
    this.#onEnd(place)
    return place
  }

  #sayHour(atMs: number, ordinal: number): void {
    assert(atMs >= this.#greatestMs, 'times ascend')
    if (ordinal === 0) this.#leastMs = atMs
    this.#greatestMs = atMs
    const hour = Math.floor(atMs / HOUR_MS)
    if (hour === this.#hours.at(-1)) return
    this.#hours.push(hour)
    this.#firsts.push(ordinal)
  }

  /** A page of positions, or what is left for the last. */
  #putPositions(length: number): void {
    const { times, offsets } = this.#scratch
    this.#out.put(bytesOf(times), 0, length * times.BYTES_PER_ELEMENT)
    this.#out.put(bytesOf(offsets), 0, length * offsets.BYTES_PER_ELEMENT)
    if (length === POSITIONS_A_PAGE) this.#out.put(ZEROS, 0, PAGE_BYTES % POSITION_BYTES)
  }

  #putHours(): void {
    this.#out.put(bytesOf(Int32Array.from(this.#hours)), 0, this.#hours.length * 4)
    this.#out.put(bytesOf(Uint32Array.from(this.#firsts)), 0, this.#firsts.length * 4)
  }

  /** @throws where the key does not come after the last */
  #sharedWithLast(key: Uint8Array, keyBytes: number): number {
    const last = this.#lastKey
    const both = Math.min(keyBytes, this.#lastKeyBytes)
    let shared = 0
    while (shared < both && key[shared] === last[shared]) shared++
    const ascends = shared === both ? keyBytes > this.#lastKeyBytes : (key[shared] as number) > (last[shared] as number)
    assert(ascends, 'terms come in the order of their keys, each once')
    return shared
  }

  #remember(key: Uint8Array, keyBytes: number, shared: number): void {
    let from = shared
    if (keyBytes > this.#lastKey.length) {
      this.#lastKey = new Uint8Array(keyBytes * 2)
      from = 0
    }
    for (let at = from; at < keyBytes; at++) this.#lastKey[at] = key[at] as number
    this.#lastKeyBytes = keyBytes
  }

  #putList(ordinals: Uint32Array, count: number): number {
    const { listTable: table, listChunks: chunks } = this.#scratch
    table.length = 0
    chunks.length = 0
    encodeList(ordinals, count, table, chunks)
    this.#out.align()
    const listAt = this.#out.at
    this.#out.putAll(table)
    this.#out.putAll(chunks)
    return listAt
  }

  #beginBlock(key: Uint8Array, separatorBytes: number): void {
    const { indexTable: table, indexEntries: entries } = this.#scratch
    table.u32(entries.length)
    entries.varint(separatorBytes)
    entries.put(key, 0, separatorBytes)
  }

  #endBlock(): void {
    const entries = this.#scratch.indexEntries
    entries.varint(this.#out.at)
    entries.varint(this.#block.out.length)
    this.#out.putAll(this.#block.out)
    this.#block.clear()
  }
}

/** Bytes of a part on their way to the sink, a page at a time, so that each gets its CRC. */
class PagedOut {
  readonly offset: number
  /** how many bytes were put: where the next stands in the part */
  at = 0
  readonly #sink: Sink
  readonly #page: Buffer
  readonly #crcs: ByteWriter
  #held = 0

  constructor(sink: Sink, page: Buffer, crcs: ByteWriter) {
    this.#sink = sink
    this.#page = page
    this.#crcs = crcs
    this.offset = sink.at
  }

  putAll({ bytes, length }: ByteWriter): void {
    this.put(bytes, 0, length)
  }

  put(bytes: Uint8Array, start: number, end: number): void {
    for (let from = start; from < end; ) {
      const length = Math.min(end - from, PAGE_BYTES - this.#held)
      this.#page.set(bytes.subarray(from, from + length), this.#held)
      this.#held += length
      from += length
      if (this.#held === PAGE_BYTES) this.#endPage()
    }
    this.at += end - start
  }

  /** Zeros up to a multiple of four. */
  align(): void {
    const odd = this.at % 4
    if (odd > 0) this.put(ZEROS, 0, 4 - odd)
  }

  endPages(): Uint8Array {
    if (this.#held > 0) this.#endPage()
    assert(this.#crcs.length === pagesOf(this.at) * 4, 'each page has its CRC')
    return this.#crcs.bytes.subarray(0, this.#crcs.length)
  }

  /** Bytes of the whole part. */
  putEnd(crcs: Uint8Array, footer: Uint8Array): number {
    this.#sink.write(crcs)
    this.#sink.write(footer)
    return this.#sink.at - this.offset
  }

  #endPage(): void {
    const page = this.#page.subarray(0, this.#held)
    this.#crcs.u32(crc32(page))
    this.#sink.write(page)
    this.#held = 0
  }
}

const ZEROS = new Uint8Array(4)

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
