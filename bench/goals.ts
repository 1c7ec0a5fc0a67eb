/** The goals of the bench, each a figure of one run against what it should be. */
import type { FillRow, ListRow, Question, Results, RoundRow } from './results.ts'
import { median } from './results.ts'
import type { TargetName } from './serve.ts'

export interface Goal {
  readonly about: string
  /** undefined where this run does not say it */
  readonly value: number | undefined
  readonly unit: Unit
  readonly goal: number
  readonly beyond: number
  /** whether more is better */
  readonly more: boolean
}

export type Unit = 'ratio' | 'times' | 'ms' | 'MB'
export type Verdict = 'beyond' | 'met' | 'missed' | 'not measured'

export function verdictOf({ value, goal, beyond, more }: Goal): Verdict {
  if (value === undefined || Number.isNaN(value)) return 'not measured'
  const reaches = (bound: number): boolean => (more ? value >= bound : value <= bound)
  if (reaches(beyond)) return 'beyond'
  return reaches(goal) ? 'met' : 'missed'
}

/** All of them, as the run says: rounds and lists at the largest size there is. */
export function goalsOf(results: Results): readonly Goal[] {
  const singles = 'single POSTs, 64 connections'
  const batches = '100 events a POST'
  return [
    more(`${singles}: against the server that only parses`, ratio(results, 64, 1, 'parse'), 'ratio', 0.33, 0.5),
    more(`${batches}: against the server that only parses`, ratio(results, 8, 100, 'parse'), 'ratio', 0.17, 0.3),
    more(`${singles}: against one INSERT a request`, ratio(results, 64, 1, 'insert'), 'times', 2, 3),
    more(`${batches}: against single INSERTs`, againstSingles(results), 'times', 7, 12),
    more(`${batches}: against one INSERT of many rows`, ratio(results, 8, 100, 'insert'), 'times', 1.5, 2.5),
    more('the last fifth of filling against the first', lastAgainstFirst(results.fill), 'ratio', 0.9, 0.97),
    less('list p95, any one filter, newest or deep cursor', worst(results.lists, 'one filter'), 'ms', 2, 0.5),
    less('list p95, two or three filters, empty or not', worst(results.lists, 'filters'), 'ms', 10, 3),
    less('free text p95', worst(results.lists, 'text'), 'ms', 5, 1),
    less('a month by day, big organization, p95', histogram(results.lists), 'ms', 20, 3),
    less('memory while ingesting', memory(results.fill), 'MB', 700, 300),
    less('bytes on disk for each byte of JSON', disk(results), 'ratio', 2.2, 1),
    less(`${singles}: p99`, find(results.rounds, 64, 1, 'sealedlog')?.p99, 'ms', 25, 8),
  ]
}

type Make = (about: string, value: number | undefined, unit: Unit, goal: number, beyond: number) => Goal
const more: Make = (about, value, unit, goal, beyond) => ({ about, value, unit, goal, beyond, more: true })
const less: Make = (about, value, unit, goal, beyond) => ({ about, value, unit, goal, beyond, more: false })

/** The row of the largest size. */
export const find = (
  rows: readonly RoundRow[],
  connections: number,
  batch: number,
  target: TargetName,
): RoundRow | undefined =>
  rows
    .filter((row) => row.connections === connections && row.batch === batch && row.target === target)
    .toSorted((a, b) => b.size - a.size)[0]

/** The median over the rounds of what ours did against the other, directly before or after. */
function ratio({ rounds }: Results, connections: number, batch: number, other: TargetName): number | undefined {
  return against(find(rounds, connections, batch, 'sealedlog'), find(rounds, connections, batch, other))
}

export function against(ours: RoundRow | undefined, theirs: RoundRow | undefined): number | undefined {
  if (ours === undefined || theirs === undefined) return undefined
  return median(ours.each.map((value, round) => value / (theirs.each[round] ?? Number.NaN)))
}

const againstSingles = ({ rounds }: Results): number | undefined =>
  against(find(rounds, 8, 100, 'sealedlog'), find(rounds, 64, 1, 'insert'))

/** Events a second of our server over the last fifth, against the first. */
export function lastAgainstFirst(fill: readonly FillRow[]): number | undefined {
  const rows = fill.filter((row) => row.target === 'sealedlog')
  const fifth = Math.floor(rows.length / 5)
  if (fifth === 0) return undefined
  return speedOf(rows.slice(-fifth)) / speedOf(rows.slice(0, fifth))
}

const speedOf = (rows: readonly FillRow[]): number => {
  const events = rows.reduce((sum, { from, to }) => sum + to - from, 0)
  return events / rows.reduce((sum, { from, to, eventsPerSecond }) => sum + (to - from) / eventsPerSecond, 0)
}

const largest = (rows: readonly ListRow[]): readonly ListRow[] => {
  const size = Math.max(...rows.map((row) => row.size))
  return rows.filter((row) => row.size === size)
}

function worst(rows: readonly ListRow[], kind: Question): number | undefined {
  const of = largest(rows).filter((row) => row.kind === kind)
  return of.length === 0 ? undefined : Math.max(...of.map((row) => row.p95))
}

const histogram = (rows: readonly ListRow[]): number | undefined =>
  largest(rows).find((row) => row.kind === 'histogram')?.p95

/** Of our server in the last stretch. */
function memory(fill: readonly FillRow[]): number | undefined {
  const bytes = fill.findLast((row) => row.target === 'sealedlog')?.rssMax
  return bytes === undefined ? undefined : bytes / 1e6
}

function disk({ disk }: Results): number | undefined {
  const last = disk.at(-1)
  return last && (last.logBytes + last.indexBytes) / last.jsonBytes
}
