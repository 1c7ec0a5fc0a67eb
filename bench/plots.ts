/** Which plots a run gives, by the names of their files. */
import type { FillRow, Results, RoundRow } from './results.ts'
import { plotBars, plotLines } from './plot.ts'
import { TITLES } from './report.ts'

export function plotsOf(results: Results): { readonly [file: string]: string } {
  return { ...overSize(results.fill), ...latencies(results.rounds), ...perRequest(results.rounds) }
}

/** Throughput over size. */
function overSize(fill: readonly FillRow[]): { readonly [file: string]: string } {
  if (fill.length === 0) return {}
  const lines = [...new Set(fill.map((row) => row.target))].map((target) => ({
    name: TITLES[target],
    points: fill.filter((row) => row.target === target).map((row) => [row.to, row.eventsPerSecond] as const),
  }))
  const title = 'Throughput over size: 100 events a request, 8 connections'
  return { 'throughput.svg': plotLines({ title, x: 'events in the log', y: 'events a second', lines }) }
}

const largestFirst = (rows: readonly RoundRow[], connections: number, batch: number): readonly RoundRow[] => {
  const those = rows.filter((row) => row.connections === connections && row.batch === batch)
  const size = Math.max(...those.map((row) => row.size))
  return those.filter((row) => row.size === size)
}

/** Latency percentiles of single requests, by how many come at once. */
function latencies(rounds: readonly RoundRow[]): { readonly [file: string]: string } {
  return Object.fromEntries(
    [1, 64, 256].flatMap((connections) => {
      const rows = largestFirst(rounds, connections, 1)
      if (rows.length === 0) return []
      const svg = plotBars({
        title: `Latency of one event a request, ${connections === 1 ? '1 connection' : `${connections} connections`}`,
        y: 'milliseconds',
        bars: ['p50', 'p95', 'p99'],
        groups: rows.map((row) => ({ name: TITLES[row.target], values: [row.p50, row.p95, row.p99] })),
      })
      return [[`latency-${connections}.svg`, svg]]
    }),
  )
}

/** Throughput by how many events come in a request. */
function perRequest(rounds: readonly RoundRow[]): { readonly [file: string]: string } {
  const batches = [10, 100, 1_000]
  const rows = batches.map((batch) => largestFirst(rounds, 8, batch))
  const targets = [...new Set(rows.flat().map((row) => row.target))].filter((target) => target !== 'parse')
  if (targets.length === 0) return {}
  const svg = plotBars({
    title: 'Throughput of batches, 8 connections',
    y: 'events a second',
    bars: targets.map((target) => TITLES[target]),
    groups: batches.map((batch, i) => ({
      name: `${batch.toLocaleString('en')} events a request`,
      values: targets.map((target) => rows[i]?.find((row) => row.target === target)?.eventsPerSecond ?? 0),
    })),
  })
  return { 'batches.svg': svg }
}
