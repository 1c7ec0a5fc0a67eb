/** Young entries as a segment: lists are put together when somebody asks for them. */
import type { ListPosition } from '@sealedlog/sdk/event'
import { ArrayList } from '../array-list.js'
import { valueOf } from '../runs/key.js'
import type { Hours, Ordinals, PostingList, Segment, TermField, TermList } from '../segment.js'
import type { Chains } from './chains.js'
import type { TimeOrder } from './time-order.js'
import type { YoungTerms } from './young-terms.js'

const HOUR_MS = 3_600_000
/** A list of more than one in so many entries is sorted by marking them all. */
const MARKED_SHARE = 16

/** What a segment is made from. */
export interface Young {
  readonly first: number
  readonly count: number
  /** settled */
  readonly order: TimeOrder
  readonly terms: YoungTerms
  /** the places of entries, a list for each term */
  readonly chains: Chains
}

export class YoungSegment implements Segment {
  readonly count: number
  readonly first: number
  readonly leastMs: number
  readonly greatestMs: number
  readonly order: TimeOrder
  readonly #part: Young
  readonly #lists = new Map<number, PostingList>()
  #hours: Hours | undefined

  /** Of entries that are in order, and until there are more. */
  constructor(part: Young) {
    this.#part = part
    this.order = part.order
    this.count = part.count
    this.first = part.first
    this.leastMs = this.#timeAt(0)
    this.greatestMs = this.#timeAt(this.count - 1)
  }

  positionOf(ordinal: number): ListPosition {
    return { atMs: this.#timeAt(ordinal), index: this.first + this.order.placeOf(ordinal) }
  }

  ordinalOf({ atMs, index }: ListPosition): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      const timeMs = this.#timeAt(middle)
      if (timeMs < atMs || (timeMs === atMs && this.first + this.order.placeOf(middle) < index)) low = middle + 1
      else high = middle
    }
    return low
  }

  #timeAt(ordinal: number): number {
    return this.order.timeAt(this.order.placeOf(ordinal))
  }

  find(field: TermField, value: string): PostingList | undefined {
    const list = this.#part.terms.find(field, value)
    return list === undefined ? undefined : this.#list(list)
  }

  valuesFrom(field: TermField, prefix: string, max: number): readonly TermList[] {
    const { terms } = this.#part
    const found = terms.startingWith(field, prefix, max).map((number) => {
      const key = terms.keyAt(number)
      return { key, value: valueOf(key), list: this.#list(number) }
    })
    return found.sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  #list(number: number): PostingList {
    const known = this.#lists.get(number)
    if (known) return known
    const list = new YoungList(this, number)
    this.#lists.set(number, list)
    return list
  }

  lengthOf(list: number): number {
    return this.#part.chains.countOf(list)
  }

  /** Puts the ordinals of a list into an array that has room for them, ascending. */
  readOrdinals(list: number, into: Uint32Array): void {
    this.#part.chains.read(list, into)
    this.toOrdinals(into, this.lengthOf(list))
  }

  /** Makes the ordinals of entries of their places, ascending. */
  toOrdinals(places: Uint32Array, count: number): void {
    let ascends = true
    for (let at = 0; at < count; at++) {
      places[at] = this.order.ordinalOf(places[at] as number)
      ascends &&= at === 0 || (places[at - 1] as number) < (places[at] as number)
    }
    if (ascends) return
    if (count * MARKED_SHARE > this.count) sortByMarks(places, count, this.count)
    else places.subarray(0, count).sort()
  }

  hours(): Hours {
    this.#hours ??= this.#readHours()
    return this.#hours
  }

  #readHours(): Hours {
    const hours: number[] = []
    const firsts: number[] = []
    for (let ordinal = 0; ordinal < this.count; ordinal++) {
      const hour = Math.floor(this.#timeAt(ordinal) / HOUR_MS)
      if (hour === hours.at(-1)) continue
      hours.push(hour)
      firsts.push(ordinal)
    }
    return { hours: Int32Array.from(hours), firsts: Uint32Array.from(firsts) }
  }
}

/** A list that is put together when it is first walked. */
class YoungList implements PostingList {
  readonly count: number
  readonly #segment: YoungSegment
  readonly #number: number
  #list: ArrayList | undefined

  constructor(segment: YoungSegment, number: number) {
    this.#segment = segment
    this.#number = number
    this.count = segment.lengthOf(number)
  }

  countBelow(ordinal: number): number {
    return ordinal >= this.#segment.count ? this.count : this.#read().countBelow(ordinal)
  }

  walk(backwards: boolean): Ordinals {
    return this.#read().walk(backwards)
  }

  #read(): ArrayList {
    if (this.#list === undefined) {
      const ordinals = new Uint32Array(this.count)
      this.#segment.readOrdinals(this.#number, ordinals)
      this.#list = new ArrayList(ordinals, this.#segment.count)
    }
    return this.#list
  }
}

function sortByMarks(numbers: Uint32Array, count: number, end: number): void {
  const marks = new Uint8Array(end)
  for (let at = 0; at < count; at++) marks[numbers[at] as number] = 1
  for (let number = 0, at = 0; number < end; number++) if (marks[number] === 1) numbers[at++] = number
}
