/**
 * Blocks of the dictionary: terms in the order of their keys, each without what it shares with the one before.
 *
 *     term    2 × (bytes of the rest) + (1 where there is one ordinal); bytes shared with the key before; the rest;
 *             then one ordinal; or how many, and
 *             up to 16: the first ordinal, and the gaps (0 for neighbours)
 *             more: where the list stands, counted from the list that this block named before, else from the part's start
 *
 * All numbers are of variable length. The first term of a block shares nothing.
 */
import { ByteReader, ByteWriter } from './bytes.js'
import { INLINE_ORDINALS_MAX } from './lists.js'
import { BLOCK_BYTES } from './part-format.js'

/** A block that is being written. */
export class BlockWriter {
  readonly out = new ByteWriter(2 * BLOCK_BYTES)
  terms = 0
  #listAt = 0

  /** @param shared bytes shared with the key before: nothing is, for the first of a block */
  add(key: Uint8Array, keyBytes: number, shared: number, ordinals: Uint32Array, count: number, listAt: number): void {
    const { out } = this
    const common = this.terms++ === 0 ? 0 : shared
    out.varint((keyBytes - common) * 2 + (count === 1 ? 1 : 0))
    out.varint(common)
    out.put(key, common, keyBytes)
    if (count > 1) out.varint(count)
    if (count > INLINE_ORDINALS_MAX) {
      out.varint(listAt - this.#listAt)
      this.#listAt = listAt
      return
    }
    out.varint(ordinals[0] as number)
    for (let at = 1; at < count; at++) out.varint((ordinals[at] as number) - (ordinals[at - 1] as number) - 1)
  }

  clear(): void {
    this.out.length = 0
    this.terms = 0
    this.#listAt = 0
  }
}

/** Where a block lies. */
export interface Block {
  bytes: Uint8Array
  at: number
  length: number
}

/** Reads the terms of a block, one after the other. */
export class BlockReader {
  key = new Uint8Array(256)
  keyBytes = 0
  count = 0
  /** the ordinals, where there are few; an array that is written again */
  readonly short = new Uint32Array(INLINE_ORDINALS_MAX)
  /** where the list stands, where there are more */
  listAt = 0
  readonly #reader = new ByteReader()
  #end = 0

  open({ bytes, at, length }: Block): void {
    this.#reader.bytes = bytes
    this.#reader.at = at
    this.#end = at + length
    this.listAt = 0
  }

  /** Moves to the next term, the first to begin with; false where there is none. */
  next(): boolean {
    const reader = this.#reader
    if (reader.at >= this.#end) return false
    const head = reader.varint()
    this.#readKey(reader.varint(), head >>> 1)
    this.count = (head & 1) === 1 ? 1 : reader.varint()
    if (this.count > INLINE_ORDINALS_MAX) this.listAt += reader.varint()
    else this.#readShort()
    return true
  }

  #readKey(shared: number, rest: number): void {
    const reader = this.#reader
    this.keyBytes = shared + rest
    if (this.keyBytes > this.key.length) {
      const larger = new Uint8Array(this.keyBytes * 2)
      larger.set(this.key)
      this.key = larger
    }
    const { key } = this
    const { bytes } = reader
    for (let to = shared; to < this.keyBytes; to++) key[to] = bytes[reader.at++] as number
  }

  #readShort(): void {
    let ordinal = this.#reader.varint()
    this.short[0] = ordinal
    for (let at = 1; at < this.count; at++) {
      ordinal += this.#reader.varint() + 1
      this.short[at] = ordinal
    }
  }
}

/** What a block says of one term. */
export type FoundTerm = { readonly short: readonly number[] } | { readonly listAt: number; readonly count: number }

const reader = new ByteReader()

/**
 * Finds a key in a block without putting the others together: what a key shares with the one before says how it
 * compares, as long as it is known how much of the sought one that had.
 */
export function findInBlock({ bytes, at, length }: Block, key: Uint8Array): FoundTerm | undefined {
  const keyBytes = key.length
  const end = at + length
  reader.bytes = bytes
  reader.at = at
  let matched = 0
  let listAt = 0
  while (reader.at < end) {
    const head = reader.varint()
    const shared = reader.varint()
    const restEnd = reader.at + (head >>> 1)
    // it has less of the sought key than the one before: what follows is greater
    if (shared < matched) return undefined
    let isIt = false
    if (shared === matched) {
      while (reader.at < restEnd && matched < keyBytes && bytes[reader.at] === key[matched]) {
        reader.at++
        matched++
      }
      isIt = reader.at === restEnd && matched === keyBytes
      const isGreater =
        matched === keyBytes ? !isIt : reader.at < restEnd && (bytes[reader.at] as number) > (key[matched] as number)
      if (isGreater) return undefined
    }
    reader.at = restEnd
    const count = (head & 1) === 1 ? 1 : reader.varint()
    if (count > INLINE_ORDINALS_MAX) listAt += reader.varint()
    if (isIt) return count > INLINE_ORDINALS_MAX ? { listAt, count } : { short: readShort(count) }
    if (count <= INLINE_ORDINALS_MAX) reader.skip(count)
  }
  return undefined
}

function readShort(count: number): readonly number[] {
  const ordinals = [reader.varint()]
  for (let at = 1; at < count; at++) ordinals.push((ordinals[at - 1] as number) + reader.varint() + 1)
  return ordinals
}
