/** The bounds of the index in runs: what is kept in memory, how large files grow, how many there are. */

export interface RunsLimits {
  /** entries in memory that become a run */
  readonly youngEntriesMax: number
  /** postings in memory that become a run: entries differ in how much they say */
  readonly youngPostingsMax: number
  /** young ones that are full and wait to be written: beyond, whoever puts waits */
  readonly sealedMax: number
  /** a merge makes no run of more entries */
  readonly runEntriesMax: number
  /** nor one of more bytes */
  readonly runBytesMax: number
  /** runs of one size class that are merged: also how much larger the next class is */
  readonly tierFactor: number
  /** runs that wait to be merged: beyond, whoever puts waits */
  readonly unmergedMax: number
}

export const YOUNG_ENTRIES_MAX = 16_384
export const YOUNG_POSTINGS_MAX = 1_048_576
export const RUN_ENTRIES_MAX = 1_048_576
export const RUN_BYTES_MAX = 1_073_741_824

export const RUNS_LIMITS: RunsLimits = {
  youngEntriesMax: YOUNG_ENTRIES_MAX,
  youngPostingsMax: YOUNG_POSTINGS_MAX,
  sealedMax: 2,
  runEntriesMax: RUN_ENTRIES_MAX,
  runBytesMax: RUN_BYTES_MAX,
  tierFactor: 8,
  unmergedMax: 64,
}

/** While files cannot be written, so many times what is young otherwise is taken into memory; beyond, puts are refused. */
export const OVERFULL_FACTOR = 4
