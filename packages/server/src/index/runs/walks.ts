/** Walks over stored lists: one that stands in the dictionary, and one that lies in chunks. */
import { END, type Ordinals, type PostingList } from '../segment.js'
import { CHUNK_ORDINALS, chunksOf, decodeChunk, TABLE_ENTRY_BYTES } from './lists.js'

/** Bytes in one piece, and where those begin that are meant. */
export interface Located {
  bytes: Uint8Array
  at: number
}

/** Where lists are read from, by offset. */
export interface ListBytes {
  u32At(offset: number): number
  /** So many bytes in one piece: good until the next call of anything of any part. */
  locate(offset: number, length: number): Located
}

/** A list of so few ordinals that they stand in the dictionary. */
export class ShortList implements PostingList {
  readonly #ordinals: readonly number[]
  readonly #entries: number

  constructor(ordinals: readonly number[], entries: number) {
    this.#ordinals = ordinals
    this.#entries = entries
  }

  get count(): number {
    return this.#ordinals.length
  }

  countBelow(ordinal: number): number {
    let count = 0
    while (count < this.#ordinals.length && (this.#ordinals[count] as number) < ordinal) count++
    return count
  }

  walk(backwards: boolean): Ordinals {
    if (!backwards) return new ShortWalk(this.#ordinals)
    return new ShortWalk(this.#ordinals.toReversed().map((ordinal) => this.#entries - 1 - ordinal))
  }
}

class ShortWalk implements Ordinals {
  head: number
  readonly #ordinals: readonly number[]
  #at = 0

  constructor(ordinals: readonly number[]) {
    this.#ordinals = ordinals
    this.head = ordinals[0] ?? END
  }

  next(): void {
    this.#at++
    this.head = this.#at < this.#ordinals.length ? (this.#ordinals[this.#at] as number) : END
  }

  seek(target: number): void {
    while (this.head < target) this.next()
  }
}

/** A list in chunks. */
export class LongList implements PostingList {
  readonly count: number
  readonly #source: ListBytes
  readonly #tableAt: number
  readonly #entries: number

  /** @param entries of the segment: what a walk backwards counts from */
  constructor(source: ListBytes, tableAt: number, count: number, entries: number) {
    this.#source = source
    this.#tableAt = tableAt
    this.count = count
    this.#entries = entries
  }

  /** Opens one chunk. */
  countBelow(ordinal: number): number {
    if (ordinal >= this.#entries) return this.count
    const chunks = new Chunks(this.#source, this.#tableAt, this.count)
    const chunk = chunks.reaching(ordinal, 0, chunks.size)
    chunks.read(chunk)
    return chunk * CHUNK_ORDINALS + firstFrom(chunks.ordinals, 0, chunks.length, ordinal)
  }

  walk(backwards: boolean): Ordinals {
    const chunks = new Chunks(this.#source, this.#tableAt, this.count)
    return backwards ? new BackwardWalk(chunks, this.#entries) : new ForwardWalk(chunks)
  }
}

/** The chunks of one list, one of which is open. */
class Chunks {
  readonly size: number
  readonly ordinals = new Uint32Array(CHUNK_ORDINALS)
  /** which is open */
  open = -1
  /** how many ordinals it has */
  length = 0
  readonly #source: ListBytes
  readonly #tableAt: number
  readonly #count: number

  constructor(source: ListBytes, tableAt: number, count: number) {
    this.#source = source
    this.#tableAt = tableAt
    this.#count = count
    this.size = chunksOf(count)
  }

  firstOf(chunk: number): number {
    return this.#source.u32At(this.#tableAt + chunk * TABLE_ENTRY_BYTES)
  }

  read(chunk: number): void {
    const source = this.#source
    const entryAt = this.#tableAt + chunk * TABLE_ENTRY_BYTES
    const first = source.u32At(entryAt)
    const start = chunk === 0 ? 0 : source.u32At(entryAt - 4)
    const length = source.u32At(entryAt + 4) - start
    this.open = chunk
    this.length = Math.min(CHUNK_ORDINALS, this.#count - chunk * CHUNK_ORDINALS)
    // where there are none, the place of the table does as well
    const offset = length === 0 ? entryAt : this.#tableAt + this.size * TABLE_ENTRY_BYTES + start
    const { bytes, at } = source.locate(offset, length)
    decodeChunk(bytes, at, at + length, first, this.length, this.ordinals, 0)
  }

  /** The last chunk from `from` on, below `to`, that begins at or before an ordinal; `from` where none does. */
  reaching(ordinal: number, from: number, to: number): number {
    let low = from
    let high = Math.min(to, from + 1)
    for (let step = 1; high < to && this.firstOf(high) <= ordinal; step *= 2) {
      low = high
      high = Math.min(to, high + step)
    }
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.firstOf(middle) <= ordinal) low = middle
      else high = middle
    }
    return low
  }

  /** The last chunk up to `from` that begins at or before an ordinal; -1 where none does. */
  reachingBack(ordinal: number, from: number): number {
    let high = from + 1
    let low = from
    for (let step = 1; low >= 0 && this.firstOf(low) > ordinal; step *= 2) {
      high = low
      low = Math.max(-1, low - step)
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.firstOf(middle) <= ordinal) low = middle
      else high = middle
    }
    return low
  }
}

class ForwardWalk implements Ordinals {
  head: number
  readonly #chunks: Chunks
  readonly #ordinals: Uint32Array
  #at = 0

  constructor(chunks: Chunks) {
    this.#chunks = chunks
    this.#ordinals = chunks.ordinals
    chunks.read(0)
    this.head = this.#ordinals[0] as number
  }

  next(): void {
    this.#at++
    if (this.#at < this.#chunks.length) this.head = this.#ordinals[this.#at] as number
    else this.#open(this.#chunks.open + 1)
  }

  seek(target: number): void {
    if (this.head >= target) return
    const chunks = this.#chunks
    if ((this.#ordinals[chunks.length - 1] as number) < target) {
      const chunk = chunks.reaching(target, chunks.open, chunks.size)
      if (chunk === chunks.open) {
        this.#open(chunk + 1)
        return
      }
      this.#open(chunk)
    }
    this.#at = firstFrom(this.#ordinals, this.#at, chunks.length, target)
    if (this.#at < chunks.length) this.head = this.#ordinals[this.#at] as number
    else this.#open(chunks.open + 1)
  }

  #open(chunk: number): void {
    this.#at = 0
    if (chunk < this.#chunks.size) {
      this.#chunks.read(chunk)
      this.head = this.#ordinals[0] as number
    } else this.head = END
  }
}

/** Each chunk is turned round when it is read: then it is walked as forwards. */
class BackwardWalk implements Ordinals {
  head = END
  readonly #chunks: Chunks
  readonly #ordinals: Uint32Array
  /** what an ordinal is subtracted from */
  readonly #last: number
  #at = 0

  constructor(chunks: Chunks, entries: number) {
    this.#chunks = chunks
    this.#ordinals = chunks.ordinals
    this.#last = entries - 1
    this.#open(chunks.size - 1)
  }

  next(): void {
    this.#at++
    if (this.#at < this.#chunks.length) this.head = this.#ordinals[this.#at] as number
    else this.#open(this.#chunks.open - 1)
  }

  seek(target: number): void {
    if (this.head >= target) return
    const chunks = this.#chunks
    if ((this.#ordinals[chunks.length - 1] as number) < target) {
      // a target past the first entry reaches back to nothing
      this.#open(chunks.reachingBack(this.#last - target, chunks.open - 1))
      if (this.head >= target) return
    }
    this.#at = firstFrom(this.#ordinals, this.#at, chunks.length, target)
    this.head = this.#ordinals[this.#at] as number
  }

  #open(chunk: number): void {
    this.#at = 0
    if (chunk < 0) {
      this.head = END
      return
    }
    this.#chunks.read(chunk)
    turnRound(this.#ordinals, this.#chunks.length, this.#last)
    this.head = this.#ordinals[0] as number
  }
}

function turnRound(ordinals: Uint32Array, length: number, last: number): void {
  for (let low = 0, high = length - 1; low <= high; low++, high--) {
    const ordinal = ordinals[low] as number
    ordinals[low] = last - (ordinals[high] as number)
    ordinals[high] = last - ordinal
  }
}

/** The first place from `at` on, below `end`, whose ordinal is not below the target. */
function firstFrom(ordinals: Uint32Array, at: number, end: number, target: number): number {
  let low = at
  let high = at
  // by doubling steps and then halving: near ones are cheap
  for (let step = 1; high < end && (ordinals[high] as number) < target; step *= 2) {
    low = high + 1
    high += step
  }
  high = Math.min(high, end)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ordinals[middle] as number) < target) low = middle + 1
    else high = middle
  }
  return low
}
