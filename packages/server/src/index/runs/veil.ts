/** A veil over a segment in which something is being erased: it is searched as if that were done. */
import type { ListPosition } from '@sealedlog/sdk/event'
import {
  END,
  type Hours,
  type Ordinals,
  type PostingList,
  type Segment,
  type TermField,
  type TermList,
} from '../segment.js'
import { placeFrom } from '../array-list.js'
import { keepsTerm, type Survivors } from './survivors.js'

/** The segment without what some of its entries no longer say. */
export function veiled(segment: Segment, survivors: Survivors): Segment {
  const last = segment.first + segment.count - 1
  const erased = new Map<number, number>()
  for (const [index, { atMs }] of survivors)
    if (index >= segment.first && index <= last) erased.set(segment.ordinalOf({ atMs, index }), index)
  return erased.size === 0 ? segment : new VeiledSegment(segment, survivors, erased)
}

class VeiledSegment implements Segment {
  readonly #segment: Segment
  readonly #survivors: Survivors
  /** the index of each erased ordinal */
  readonly #erased: ReadonlyMap<number, number>
  #ordinals: Uint32Array | undefined

  constructor(segment: Segment, survivors: Survivors, erased: ReadonlyMap<number, number>) {
    this.#segment = segment
    this.#survivors = survivors
    this.#erased = erased
  }

  get count(): number {
    return this.#segment.count
  }

  get first(): number {
    return this.#segment.first
  }

  get leastMs(): number {
    return this.#segment.leastMs
  }

  get greatestMs(): number {
    return this.#segment.greatestMs
  }

  positionOf(ordinal: number): ListPosition {
    return this.#segment.positionOf(ordinal)
  }

  ordinalOf(position: ListPosition): number {
    return this.#segment.ordinalOf(position)
  }

  hours(): Hours {
    return this.#segment.hours()
  }

  find(field: TermField, value: string): PostingList | undefined {
    const list = this.#segment.find(field, value)
    return list && this.#veil(field, value, list)
  }

  valuesFrom(field: TermField, prefix: string, max: number): readonly TermList[] {
    // of what is left out there is at most one value for each erased entry and group
    for (let more = max; ; more *= 2) {
      const known = this.#segment.valuesFrom(field, prefix, more)
      const left = known.flatMap(({ value, list }) => {
        const kept = this.#veil(field, value, list)
        return kept ? [{ value, list: kept }] : []
      })
      if (left.length >= max || known.length < more) return left.slice(0, max)
    }
  }

  /** undefined where nothing of it is left: nobody learns that the value was there */
  #veil(field: TermField, value: string, list: PostingList): PostingList | undefined {
    const isGone = (ordinal: number): boolean => {
      const index = this.#erased.get(ordinal)
      const survivor = index === undefined ? undefined : this.#survivors.get(index)
      return survivor !== undefined && !keepsTerm(survivor, field, value)
    }
    this.#ordinals ??= Uint32Array.from(this.#erased.keys()).sort()
    const kept = new VeiledList(list, this.#segment.count, isGone, this.#ordinals)
    return list.count > this.#erased.size || kept.walk(false).head !== END ? kept : undefined
  }
}

class VeiledList implements PostingList {
  readonly #list: PostingList
  readonly #entries: number
  readonly #isGone: (ordinal: number) => boolean
  /** of which something was erased, ascending */
  readonly #erased: Uint32Array
  #gone: Uint32Array | undefined

  constructor(list: PostingList, entries: number, isGone: (ordinal: number) => boolean, erased: Uint32Array) {
    this.#list = list
    this.#entries = entries
    this.#isGone = isGone
    this.#erased = erased
  }

  get count(): number {
    return this.#list.count
  }

  countBelow(ordinal: number): number {
    this.#gone ??= this.#goneOrdinals()
    return this.#list.countBelow(ordinal) - placeFrom(this.#gone, ordinal)
  }

  #goneOrdinals(): Uint32Array {
    const walk = this.#list.walk(false)
    return this.#erased.filter((ordinal) => {
      walk.seek(ordinal)
      return walk.head === ordinal && this.#isGone(ordinal)
    })
  }

  walk(backwards: boolean): Ordinals {
    const last = this.#entries - 1
    const isGone = backwards ? (ordinal: number) => this.#isGone(last - ordinal) : this.#isGone
    return new VeiledWalk(this.#list.walk(backwards), isGone)
  }
}

class VeiledWalk implements Ordinals {
  readonly #walk: Ordinals
  readonly #isGone: (ordinal: number) => boolean

  constructor(walk: Ordinals, isGone: (ordinal: number) => boolean) {
    this.#walk = walk
    this.#isGone = isGone
    this.#pass()
  }

  get head(): number {
    return this.#walk.head
  }

  next(): void {
    this.#walk.next()
    this.#pass()
  }

  seek(target: number): void {
    this.#walk.seek(target)
    this.#pass()
  }

  #pass(): void {
    while (this.#walk.head !== END && this.#isGone(this.#walk.head)) this.#walk.next()
  }
}
