/** All that stands in a part, in one go: its positions, and its terms in the order of their keys. */
import { BlockReader } from './blocks.js'
import { ByteReader } from './bytes.js'
import { CHUNK_ORDINALS, chunksOf, decodeChunk, INLINE_ORDINALS_MAX, TABLE_ENTRY_BYTES } from './lists.js'
import type { PageStream } from './page-stream.js'
import { offsetAt, type PartFooter, POSITIONS_A_PAGE, timeAt } from './part-format.js'
import type { Terms } from './source.js'

export function positionsOf(
  stream: PageStream,
  count: number,
): { readonly times: Float64Array; readonly offsets: Uint32Array } {
  const times = new Float64Array(count)
  const offsets = new Uint32Array(count)
  for (let from = 0; from < count; from += POSITIONS_A_PAGE) {
    const length = Math.min(POSITIONS_A_PAGE, count - from)
    stream.copy(timeAt(from), new Uint8Array(times.buffer, from * 8, length * 8))
    stream.copy(offsetAt(from, count), new Uint8Array(offsets.buffer, from * 4, length * 4))
  }
  return { times, offsets }
}

/**
 * The terms of a part. Blocks and lists are read by a stream each: both go forward, but a list stands before the block
 * that names it, by as much as all lists of that block have. The block index is held.
 */
export class PartTerms implements Terms {
  ordinals = new Uint32Array(CHUNK_ORDINALS)
  key: Uint8Array
  keyBytes = 0
  count = 0
  readonly #blocks: PageStream
  readonly #lists: PageStream
  readonly #block = new BlockReader()
  readonly #entries = new ByteReader()
  #table = new Uint32Array(16)
  #blocksLeft: number

  constructor(stream: () => PageStream, { blockIndexAt, crcsAt, blocks }: PartFooter) {
    this.#blocks = stream()
    this.#lists = stream()
    this.#blocksLeft = blocks
    this.key = this.#block.key
    const entriesAt = blockIndexAt + blocks * 4
    this.#entries.bytes = new Uint8Array(crcsAt - entriesAt)
    this.#blocks.copy(entriesAt, this.#entries.bytes)
  }

  next(): boolean {
    const block = this.#block
    while (!block.next()) {
      if (this.#blocksLeft === 0) return false
      this.#openBlock()
    }
    this.key = block.key
    this.keyBytes = block.keyBytes
    this.count = block.count
    if (this.count > INLINE_ORDINALS_MAX) this.#readList(block.listAt)
    else for (let at = 0; at < this.count; at++) this.ordinals[at] = block.short[at] as number
    return true
  }

  #openBlock(): void {
    const entries = this.#entries
    const separatorBytes = entries.varint()
    entries.at += separatorBytes
    const offset = entries.varint()
    const length = entries.varint()
    this.#blocksLeft--
    this.#blocks.locate(offset, length)
    this.#block.open({ bytes: this.#blocks.bytes, at: this.#blocks.at, length })
  }

  #readList(tableAt: number): void {
    const { count } = this
    if (this.ordinals.length < count) this.ordinals = new Uint32Array(count * 2)
    const chunks = chunksOf(count)
    if (this.#table.length < chunks * 2) this.#table = new Uint32Array(chunks * 4)
    this.#lists.copy(tableAt, new Uint8Array(this.#table.buffer, 0, chunks * TABLE_ENTRY_BYTES))
    const chunksAt = tableAt + chunks * TABLE_ENTRY_BYTES
    for (let chunk = 0, start = 0; chunk < chunks; chunk++) {
      const end = this.#table[chunk * 2 + 1] as number
      this.#readChunk(chunk, chunksAt + start, end - start)
      start = end
    }
  }

  #readChunk(chunk: number, offset: number, length: number): void {
    const lists = this.#lists
    const from = chunk * CHUNK_ORDINALS
    const first = this.#table[chunk * 2] as number
    if (length > 0) lists.locate(offset, length)
    decodeChunk(
      lists.bytes,
      lists.at,
      lists.at + length,
      first,
      Math.min(CHUNK_ORDINALS, this.count - from),
      this.ordinals,
      from,
    )
  }
}
