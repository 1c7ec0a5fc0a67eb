/**
 * Acts: what an entry of the server's own does to the log itself, said in clear in its leaf's `log` (design §4).
 *
 * Verifiers act on this alone, never on what a caller can write. It holds nothing personal and is never erased.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/index.js'

/** First and last index, both included. */
export type IndexRange = readonly [first: number, last: number]

/** Groups that were erased, and of which entries. Of an entry in a range, those of the groups that its leaf commits to. */
export interface Redaction {
  readonly groups: readonly string[]
  /** ascending, without overlaps, each below the index of the entry that says so */
  readonly ranges: readonly IndexRange[]
}

/** Disclosures are erased, by law or by age. */
export interface RedactsAct {
  readonly redacts: readonly Redaction[]
}

/** From the next checkpoint on, the log signs with this key; for a while with the one before it too. */
export interface KeyRotatedAct {
  readonly key_rotated: { readonly generation: number; readonly vkey: string }
}

/** The log goes on under a new origin after a loss: entries 0 … size − 1 survive, and this is entry `size`. */
export interface ContinuesAct {
  readonly continues: {
    readonly origin: string
    readonly size: number
    /** base64 of the root over the surviving entries */
    readonly root: string
  }
}

export type LogAct = RedactsAct | KeyRotatedAct | ContinuesAct

/** Whether a value is an act, strictly: one of the three, with its members and no others. */
export function isLogAct(value: Json | undefined): boolean {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return false
  const { redacts, key_rotated, continues } = value
  if (redacts !== undefined) return isJsonArray(redacts) && redacts.length > 0 && redacts.every(isRedaction)
  if (key_rotated !== undefined) {
    return (
      hasExactly(key_rotated, ['generation', 'vkey']) && isIndex(key_rotated.generation) && isText(key_rotated.vkey)
    )
  }
  return (
    continues !== undefined &&
    hasExactly(continues, ['origin', 'root', 'size']) &&
    isText(continues.origin) &&
    isText(continues.root) &&
    isIndex(continues.size)
  )
}

function isRedaction(value: Json): boolean {
  if (!hasExactly(value, ['groups', 'ranges'])) return false
  const { groups, ranges } = value
  return (
    isJsonArray(groups) &&
    groups.length > 0 &&
    groups.every(isText) &&
    isJsonArray(ranges) &&
    ranges.length > 0 &&
    areAscending(ranges)
  )
}

function areAscending(ranges: readonly Json[]): boolean {
  let before = -1
  for (const range of ranges) {
    if (!isJsonArray(range) || range.length !== 2) return false
    const [first, last] = range
    if (!isIndex(first) || !isIndex(last) || first <= before || last < first) return false
    before = last
  }
  return true
}

const hasExactly = (value: Json, members: readonly string[]): value is JsonObject =>
  isJsonObject(value) && Object.keys(value).sort().join() === members.join()

const isIndex = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isText = (value: Json | undefined): value is string => typeof value === 'string' && value !== ''

/**
 * Indexes as ranges: neighbours joined.
 *
 * @example
 * toRanges([3, 4, 5, 9]) // [[3, 5], [9, 9]]
 */
export function toRanges(ascending: Iterable<number>): IndexRange[] {
  const ranges: [number, number][] = []
  for (const index of ascending) {
    const last = ranges.at(-1)
    if (last && index === last[1] + 1) last[1] = index
    else ranges.push([index, index])
  }
  return ranges
}
