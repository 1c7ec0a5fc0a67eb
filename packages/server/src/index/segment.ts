/**
 * A segment: entries of one organization that follow one another in its log, with the sorted lists of what they say.
 *
 * An entry's *ordinal* is its place within the segment by time, then by index: 0 for the earliest. Lists hold ordinals,
 * so what is sorted by number is sorted by time, and joining lists compares small integers.
 */
import type { Field, ListPosition } from '@sealedlog/sdk/event'

/** What entries are posted under: a fact, or a word of their texts. */
export type TermField = Field | 'word'

/** What a walk stands on past its last ordinal: greater than any. */
export const END = 0xffff_ffff

/** A walk over ordinals, each once, ascending: it goes forward only. */
export interface Ordinals {
  /** what it stands on, or END */
  readonly head: number
  /** Moves to the next. Only while the head is not END. */
  next(): void
  /** Moves to the first that is not below the target; stays if it is there or beyond. */
  seek(target: number): void
}

/** The entries of a segment that are posted under one term. */
export interface PostingList {
  /** how many, at most: fewer where something is being erased */
  readonly count: number
  /** How many stand before an ordinal. */
  countBelow(ordinal: number): number
  /** From the earliest; backwards from the latest, and then an ordinal `o` is said as `segment.count - 1 - o`. */
  walk(backwards: boolean): Ordinals
}

export interface TermList {
  readonly value: string
  readonly list: PostingList
}

/** The hours (UTC, counted from 1970) that hold entries, ascending, each with its first ordinal. */
export interface Hours {
  readonly hours: Int32Array
  readonly firsts: Uint32Array
}

export interface Segment {
  /** how many entries: at least one */
  readonly count: number
  /** the least index; they are `first` … `first + count - 1` */
  readonly first: number
  readonly leastMs: number
  readonly greatestMs: number
  positionOf(ordinal: number): ListPosition
  /** The first ordinal whose position does not come before this one, by time and then by index; `count` where none. */
  ordinalOf(position: ListPosition): number
  find(field: TermField, value: string): PostingList | undefined
  /** The values of a field that start with a prefix, by the bytes of their UTF-8, at most `max`. */
  valuesFrom(field: TermField, prefix: string, max: number): readonly TermList[]
  hours(): Hours
}
