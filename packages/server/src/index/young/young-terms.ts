/**
 * The terms of young entries, each with its number: how many came before it.
 *
 * They stand as the bytes of their keys, one behind the other, and are found by a table of their numbers: as hundreds of
 * thousands of strings they would take several times the memory, and be gone through whenever garbage is collected.
 */
import { codeOf } from '../runs/key.js'
import type { TermField } from '../segment.js'

const ROOM = 32
/** Bytes of a key, about: there is room for so many to begin with. */
const KEY_BYTES = 16
/** A UTF-16 code unit is at most so many bytes of UTF-8. */
const UNIT_BYTES_MAX = 3
/** Another one in each process, so that nobody knows which words meet in the table. */
const SEED = Math.floor(Math.random() * 2 ** 32)

/** Texts as bytes: each stands from its number in `starts` to the next. */
export interface ByteTexts {
  readonly count: number
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
}

export class YoungTerms implements ByteTexts {
  /** how many */
  count = 0
  bytes = Buffer.allocUnsafeSlow(ROOM * KEY_BYTES)
  starts = new Uint32Array(ROOM + 1)
  /** by number; one more than there are terms has its room */
  #hashes = new Uint32Array(ROOM)
  /** by hash, or soon after: a number + 1, or 0; at most half full */
  #table = new Uint32Array(2 * ROOM)
  /** numbers by the first two bytes of their keys */
  readonly #files = new Map<number, number[]>()
  #filed = 0

  /** The number of a term, if it is known. */
  find(field: TermField, value: string): number | undefined {
    return this.#find(this.#write(field, value))
  }

  /** The number of a term, which is kept if it is not known yet. */
  take(field: TermField, value: string): number {
    return this.#take(this.#write(field, value))
  }

  /** The same, of a term that others have. */
  takeFrom(others: YoungTerms, number: number): number {
    const [from, to] = [others.starts[number] as number, others.starts[number + 1] as number]
    const start = this.#reserve(to - from)
    this.bytes.set(others.bytes.subarray(from, to), start)
    return this.#take(start + to - from)
  }

  /** The key of a term, as `keyOf` says it. */
  keyAt(number: number): string {
    return this.bytes.toString('latin1', this.starts[number], this.starts[number + 1])
  }

  /** The numbers of a field's values that start with a prefix, in no order; of more than `max` just so many. */
  startingWith(field: TermField, prefix: string, max: number): number[] {
    const start = this.starts[this.count] as number
    const end = this.#write(field, prefix)
    // Only now: writing may have moved them all to where there is more room.
    const sought = this.bytes.slice(start, end)
    const found: number[] = []
    const visit = (number: number): boolean => {
      if (this.#startsWith(number, sought)) found.push(number)
      return found.length < max
    }
    if (prefix === '') for (let number = 0; number < this.count && visit(number); number++);
    else this.#filedBy(fileOf(sought, 0)).every(visit)
    return found
  }

  #startsWith(number: number, sought: Uint8Array): boolean {
    const start = this.starts[number] as number
    if ((this.starts[number + 1] as number) - start < sought.length) return false
    for (let at = 0; at < sought.length; at++) if (this.bytes[start + at] !== sought[at]) return false
    return true
  }

  /** Filed once somebody asks: whoever adds has no work with it. */
  #filedBy(wanted: number): readonly number[] {
    for (; this.#filed < this.count; this.#filed++) {
      const file = fileOf(this.bytes, this.starts[this.#filed] as number)
      const numbers = this.#files.get(file)
      if (numbers) numbers.push(this.#filed)
      else this.#files.set(file, [this.#filed])
    }
    return this.#files.get(wanted) ?? []
  }

  /** Makes room for a key behind the others, and says where it starts. */
  #reserve(bytes: number): number {
    const start = this.starts[this.count] as number
    if (start + bytes > this.bytes.length) this.bytes = larger(this.bytes, start + bytes)
    return start
  }

  /** Writes a key behind the others, and says where it ends. */
  #write(field: TermField, value: string): number {
    const { length } = value
    const start = this.#reserve(1 + length * UNIT_BYTES_MAX)
    const { bytes } = this
    bytes[start] = codeOf(field)
    for (let at = 0; at < length; at++) {
      const unit = value.charCodeAt(at)
      if (unit > 127) return start + 1 + bytes.write(value, start + 1, 'utf8')
      bytes[start + 1 + at] = unit
    }
    return start + 1 + length
  }

  /** Of the key that was written last. */
  #take(end: number): number {
    const known = this.#find(end)
    if (known !== undefined) return known
    const number = this.count++
    this.starts[this.count] = end
    if (this.count === this.#hashes.length) this.#grow()
    else this.#enter(number)
    return number
  }

  #find(end: number): number | undefined {
    const start = this.starts[this.count] as number
    const hash = hashOf(this.bytes, start, end)
    this.#hashes[this.count] = hash
    const mask = this.#table.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#table[slot] as number) - 1
      if (number < 0) return undefined
      if (this.#hashes[number] === hash && this.#isAt(number, start, end)) return number
    }
  }

  #isAt(number: number, start: number, end: number): boolean {
    const { bytes } = this
    let at = this.starts[number] as number
    if ((this.starts[number + 1] as number) - at !== end - start) return false
    for (let from = start; from < end; ) if (bytes[from++] !== bytes[at++]) return false
    return true
  }

  #grow(): void {
    const room = this.count * 2
    this.starts = copied(this.starts, room + 1)
    this.#hashes = copied(this.#hashes, room)
    this.#table = new Uint32Array(2 * room)
    for (let number = 0; number < this.count; number++) this.#enter(number)
  }

  #enter(number: number): void {
    const mask = this.#table.length - 1
    let slot = (this.#hashes[number] as number) & mask
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask
    this.#table[slot] = number + 1
  }
}

/** The field, and the first byte of the value: an empty one is found under what follows it, and by no prefix. */
const fileOf = (bytes: Uint8Array, start: number): number =>
  (bytes[start] as number) * 256 + (bytes[start + 1] as number)

/** FNV-1a, with its upper bits mixed into the lower ones: tables are found by those. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), 0x0100_0193)
    hash ^= hash >>> 15
  }
  return hash >>> 0
}

function larger(bytes: Buffer, needed: number): Buffer<ArrayBuffer> {
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, bytes.length * 2))
  grown.set(bytes)
  return grown
}

function copied(numbers: Uint32Array, room: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(room)
  grown.set(numbers)
  return grown
}
