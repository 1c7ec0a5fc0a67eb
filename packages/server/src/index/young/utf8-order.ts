/** Texts in the order of their UTF-8, found a few at a time: hundreds of thousands are sorted beside other work. */
import type { ByteTexts } from './young-terms.js'

/** So many are parted by one byte; fewer are sorted by four at once, and very few by comparing. */
const SORTED_AT_ONCE = 4_096
const COMPARED_AT_ONCE = 12
const BYTE_VALUES = 256
/** What four bytes are multiplied by, so that a number says bytes and place: 49 bits together. */
const PLACES = 2 ** 16

/** Texts from … to (exclusive) of the order so far, whose first bytes are the same. */
interface Group {
  readonly from: number
  readonly to: number
  readonly shared: number
}

/**
 * Texts as bytes in one piece are compared as numbers.
 *
 * @example
 * const order = new Utf8Order({ count: 2, bytes: encodeUtf8('ba'), starts: Uint32Array.of(0, 1, 2) })
 * while (order.next()) console.log(order.place) // 1, 0
 */
export class Utf8Order {
  /** where the text that is on stands among those that were given */
  place = 0
  readonly bytes: Uint8Array
  /** where each begins, and the last ends */
  readonly #starts: Uint32Array
  readonly #order: Uint32Array
  readonly #spare: Uint32Array
  readonly #numbers: Float64Array
  readonly #groups: Group[]
  /** which is next, and how far they are in order */
  #at = 0
  #sorted = 0

  /** @param texts each once */
  constructor({ count: length, bytes, starts }: ByteTexts) {
    this.bytes = bytes
    this.#starts = starts
    this.#order = new Uint32Array(length)
    for (let place = 0; place < length; place++) this.#order[place] = place
    this.#spare = new Uint32Array(length)
    this.#numbers = new Float64Array(Math.min(length, SORTED_AT_ONCE))
    this.#groups = length === 0 ? [] : [{ from: 0, to: length, shared: 0 }]
  }

  /** Moves to the next, the first to begin with; false where there is none. */
  next(): boolean {
    while (this.#at === this.#sorted) {
      const group = this.#groups.pop()
      if (group === undefined) return false
      this.#sort(group)
    }
    this.place = this.#order[this.#at++] as number
    return true
  }

  /** Where the text that is on begins in `bytes`. */
  get start(): number {
    return this.#starts[this.place] as number
  }

  get end(): number {
    return this.#starts[this.place + 1] as number
  }

  #sort(group: Group): void {
    const size = group.to - group.from
    if (size > SORTED_AT_ONCE) this.#part(this.#narrowed(group))
    else if (size > COMPARED_AT_ONCE) this.#sortByFour(this.#narrowed(group))
    else {
      if (size > 1) this.#insert(group)
      this.#sorted = group.to
    }
  }

  /** As many first bytes as are the same in all: ids may have long beginnings in common. */
  #narrowed({ from, to, shared }: Group): Group {
    const first = this.#order[from] as number
    let same = (this.#starts[first + 1] as number) - (this.#starts[first] as number)
    for (let at = from + 1; at < to && same > shared; at++)
      same = this.#sameIn(first, this.#order[at] as number, shared, same)
    return { from, to, shared: same }
  }

  /** How many first bytes two have in common: `shared` at least, `most` at most. */
  #sameIn(a: number, b: number, shared: number, most: number): number {
    const aStart = this.#starts[a] as number
    const bStart = this.#starts[b] as number
    const end = Math.min(most, (this.#starts[b + 1] as number) - bStart)
    let same = shared
    while (same < end && this.bytes[aStart + same] === this.bytes[bStart + same]) same++
    return same
  }

  /** By the next byte: what has ended comes first. */
  #part({ from, to, shared }: Group): void {
    const order = this.#order
    const bounds = new Uint32Array(BYTE_VALUES + 2)
    for (let at = from; at < to; at++) bump(bounds, this.#byteAt(order[at] as number, shared) + 2)
    for (let value = 1; value < bounds.length; value++)
      bounds[value] = (bounds[value] as number) + (bounds[value - 1] as number)
    const next = bounds.slice()
    for (let at = from; at < to; at++) {
      const place = order[at] as number
      this.#spare[bump(next, this.#byteAt(place, shared) + 1)] = place
    }
    order.set(this.#spare.subarray(0, to - from), from)
    for (let value = BYTE_VALUES; value >= 0; value--)
      this.#add(from + (bounds[value] as number), from + (bounds[value + 1] as number), shared + 1)
  }

  /** -1 where it has ended */
  #byteAt(place: number, shared: number): number {
    const at = (this.#starts[place] as number) + shared
    return at < (this.#starts[place + 1] as number) ? (this.bytes[at] as number) : -1
  }

  #add(from: number, to: number, shared: number): void {
    if (from < to) this.#groups.push({ from, to, shared })
  }

  /** By the next four bytes, as numbers that say where a text ends too. What is the same then goes on, and is sorted on. */
  #sortByFour({ from, to, shared }: Group): void {
    const size = to - from
    const numbers = this.#numbers.subarray(0, size)
    for (let at = 0; at < size; at++) numbers[at] = this.#fourAt(this.#order[from + at] as number, shared) * PLACES + at
    numbers.sort()
    const before = this.#order.slice(from, to)
    for (let at = 0; at < size; at++) this.#order[from + at] = before[(numbers[at] as number) % PLACES] as number
    for (let end = size; end > 0; ) {
      const four = Math.floor((numbers[end - 1] as number) / PLACES)
      let start = end - 1
      while (start > 0 && (numbers[start - 1] as number) >= four * PLACES) start--
      this.#add(from + start, from + end, shared + 4)
      end = start
    }
  }

  #fourAt(place: number, shared: number): number {
    const start = (this.#starts[place] as number) + shared
    const end = this.#starts[place + 1] as number
    let four = 0
    for (let at = start; at < start + 4; at++)
      four = four * (BYTE_VALUES + 1) + (at < end ? (this.bytes[at] as number) + 1 : 0)
    return four
  }

  /** By comparing: very few. */
  #insert({ from, to, shared }: Group): void {
    const order = this.#order
    for (let next = from + 1; next < to; next++) {
      const place = order[next] as number
      let at = next
      for (; at > from && this.#compare(order[at - 1] as number, place, shared) > 0; at--)
        order[at] = order[at - 1] as number
      order[at] = place
    }
  }

  #compare(a: number, b: number, shared: number): number {
    const aLeft = (this.#starts[a + 1] as number) - (this.#starts[a] as number) - shared
    const bLeft = (this.#starts[b + 1] as number) - (this.#starts[b] as number) - shared
    const both = Math.min(aLeft, bLeft)
    let aAt = (this.#starts[a] as number) + shared
    let bAt = (this.#starts[b] as number) + shared
    for (let left = both; left > 0; left--) {
      const difference = (this.bytes[aAt++] as number) - (this.bytes[bAt++] as number)
      if (difference !== 0) return difference
    }
    return aLeft - bLeft
  }
}

/** Counts on, and says what it was. */
function bump(counts: Uint32Array, at: number): number {
  const count = counts[at] as number
  counts[at] = count + 1
  return count
}
