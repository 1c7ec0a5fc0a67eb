/** What a run of the bench knows in the end: the shape of its JSON. Times are milliseconds, sizes bytes. */
import type { TargetName } from './serve.ts'

export interface Results {
  readonly about: About
  readonly rounds: readonly RoundRow[]
  readonly fill: readonly FillRow[]
  readonly lists: readonly ListRow[]
  readonly starts: readonly StartRow[]
  readonly disk: readonly DiskRow[]
  readonly profile?: readonly ProfileRow[]
  /** what was left out, a sentence each */
  readonly notes: readonly string[]
}

export interface About {
  readonly command: string
  readonly at: string
  readonly commit: string
  readonly node: string
  readonly os: string
  readonly cpu: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly postgres: string
  readonly seed: number
  readonly size: number
  readonly quick: boolean
  readonly randomIds: boolean
  readonly tookSeconds: number
}

/** How requests come. */
export interface Case {
  readonly connections: number
  readonly batch: number
}

/** One server in one case: medians over the rounds. */
export interface RoundRow extends Case {
  readonly target: TargetName
  /** events that were in it before the first round */
  readonly size: number
  readonly eventsPerSecond: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** microseconds of CPU an event, of the server and of the PostgreSQL behind it */
  readonly cpuMicros?: number
  /** events a second of each round, in the order in which they were run: ratios are taken round by round */
  readonly each: readonly number[]
}

/** A stretch of filling one server, by batches of 100. */
export interface FillRow {
  readonly target: TargetName
  readonly from: number
  readonly to: number
  readonly eventsPerSecond: number
  readonly p99: number
  readonly cpuMicros?: number
  readonly rssMax?: number
  /** what the server that only parses did with the same, directly after */
  readonly parseEventsPerSecond: number
}

export interface Times {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export type Question = 'one filter' | 'filters' | 'text' | 'histogram' | 'other'

/** A kind of question, asked with other values each time. */
export interface ListRow extends Times {
  readonly size: number
  readonly kind: Question
  readonly about: string
  /** the last that was asked */
  readonly example: string
  /** events on the page, or groups of the histogram; on average */
  readonly shown: number
  /** with none of the files in the machine's memory; where it can be told to let go of them */
  readonly disk?: Times
  /** of the index alone, without reading the events of the page */
  readonly index?: Times
}

export interface StartRow {
  readonly size: number
  readonly after: 'closing' | 'killing'
  readonly ms: number
}

export interface DiskRow {
  readonly size: number
  readonly jsonBytes: number
  readonly logBytes: number
  readonly indexBytes: number
  /** the table and indexes of `insert`, with as many events */
  readonly postgresBytes?: number
}

/** Microseconds of one thread for each event, by what they went to. */
export interface ProfileRow {
  readonly load: string
  readonly thread: string
  readonly of: 'rooms' | 'functions'
  readonly part: string
  readonly micros: number
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] as number)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}
