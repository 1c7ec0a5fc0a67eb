/**
 * The index: a view of the log that answers lists. It can be thrown away and rebuilt from the log at any time.
 *
 * What an engine promises:
 * - Calls are answered in the order in which they were made: a `search` that follows a `put` sees its entries,
 *   whether or not the `put` has been answered. That is how a reader sees an event from the moment of its receipt.
 * - `put` is idempotent and gap-free: for each organization it covers the entries 0 … `size(org)` − 1 and no others.
 *   Entries it covers already are passed over; entries that would leave a gap are refused with `IndexBehind`,
 *   and nothing of that call is kept.
 * - A `search` is answered by candidates: every event for which the query holds (`matcherOf`, sdk/query), and where
 *   the answer is not `exact` perhaps others. What the facts and times of events decide alone is exact, but for
 *   prefixes and networks of which more than VALUES_MAX values are known, or more than WALKS_MAX in the whole query, and
 *   for a search that would take more than STEPS_MAX steps: then every entry is a candidate. An engine may also know
 *   the words of texts; what it then leaves out does not hold.
 * - `count` counts candidates: what the query holds for, and where the answer is not `exact` perhaps others.
 * - `erase` replaces what is known of entries that are covered by what survives of them. When it resolves, no value that
 *   only they had is left in the engine's files, nor in its memory; where somebody else reads an older state of the
 *   files, `finishErasing` says so. Entries that are not covered yet are refused with `IndexBehind`: what is on its way
 *   to the index may still say the old facts, so the caller brings it there first.
 * - After a crash it may cover less than before, never something else.
 */
import type { Field, ListPosition } from '@sealedlog/sdk/event'
import type { Query } from '@sealedlog/sdk/query'

/** One entry of a log, as its bytes: the index opens it, in a thread of its own. */
export interface IndexEntry {
  readonly org: string
  readonly index: number
  readonly leaf: Uint8Array
  /** what survives of them */
  readonly disclosures: Uint8Array
}

export interface SearchRequest {
  readonly org: string
  /** with absolute times only (`atTime`) */
  readonly query: Query
  /** by `occurred_at`, then by index: newest first is `desc` */
  readonly order: 'asc' | 'desc'
  /** start strictly after this position, in the direction of `order` */
  readonly after?: ListPosition
  /** stop strictly before this position, in the direction of `order` */
  readonly before?: ListPosition
  /** at least 1 */
  readonly limit: number
  /** how many entries of the organization the answer must know: less is refused with `IndexBehind` */
  readonly covering: number
}

/** Positions in the order asked for, at most `limit`. */
export interface Found {
  readonly positions: readonly ListPosition[]
  /** whether the query holds for all of them; else whoever asked looks at each event */
  readonly exact: boolean
}

/** What a count is asked for: how many events there are in each hour, or day, or with each value of a field. */
export interface CountRequest {
  readonly org: string
  /** with absolute times only (`atTime`) */
  readonly query: Query
  readonly by: 'hour' | 'day' | Field
  /** how many groups are named at most */
  readonly limit: number
  /** as of a search */
  readonly covering: number
}

/** A group of a count: the start of its hour or day (UTC) in Unix milliseconds, or the value of the field. */
export interface CountGroup {
  readonly key: number | string
  readonly count: number
}

export interface Counts {
  /** all that the query holds for, in a group or in none */
  readonly total: number
  /**
   * Groups that hold anything: hours and days ascending, the newest where there are more than `limit`; values by count
   * descending, then ascending. An event with several values stands in several groups.
   */
  readonly groups: readonly CountGroup[]
  /** whether there are groups that are not named */
  readonly more: boolean
  /** whether the query holds for all that was counted; else these are the most there can be */
  readonly exact: boolean
}

/** Values of a field, and comparisons, that one count may take: where more would be needed, it is refused with `TooMuchToCount`. */
export const COUNT_VALUES_MAX = 100_000

/** So many values of a field are walked for a prefix or a network; where there are more, every entry is a candidate. */
export const VALUES_MAX = 256

/** The same for all prefixes and networks of one query together: a search must not take long from the others. */
export const WALKS_MAX = 1_024

/** Comparisons, or what takes as long, that one search may take: a second or less. */
export const STEPS_MAX = 30_000_000

export interface EventIndex {
  /** Adds entries of any organizations, each organization's in index order; their bytes may be read until it is answered. */
  put(entries: readonly IndexEntry[]): Promise<void>
  /** Replaces what is known of covered entries of one organization, in any order, by what survives. */
  erase(org: string, entries: readonly IndexEntry[]): Promise<void>
  /** Whether nothing that was erased is left in the files, which every `erase` sees to; tries again where it could not. */
  finishErasing(): Promise<boolean>
  search(request: SearchRequest): Promise<Found>
  /** @throws TooMuchToCount, IndexBehind */
  count(request: CountRequest): Promise<Counts>
  /** How many entries of an organization are covered: 0 for one it has never heard of. */
  size(org: string): Promise<number>
  /** Forgets everything. */
  clear(): Promise<void>
  /** Waits for what was asked, then lets go of files and threads. */
  close(): Promise<void>
}

/** The index does not cover what was asked: read the log from `size(org)` on, put it, and ask again. */
export class IndexBehind extends Error {
  override readonly name = 'IndexBehind'
  readonly org: string

  constructor(org: string) {
    super(`the index is behind the log of ${org}`)
    this.org = org
  }
}

/** A count would take more steps, or name more values, than one call may. */
export class TooMuchToCount extends Error {
  override readonly name = 'TooMuchToCount'
}
