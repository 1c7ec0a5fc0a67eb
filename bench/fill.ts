/** Filling: the same load until so many events are in, stretch by stretch; does the last go as fast as the first? */
import { DAY_MS, SPAN_DAYS, START_MS } from './event.ts'
import type { Bench } from './bench.ts'
import type { FillRow } from './results.ts'
import { RssWatch } from './proc.ts'
import type { TargetName } from './serve.ts'

const STRETCHES = 10
const FILLING = { connections: 8, batch: 100 }

/** What is filled: our server, and the table that people make. */
const FILLED: readonly TargetName[] = ['sealedlog', 'insert']

export interface Filled {
  readonly rows: readonly FillRow[]
  /** bytes of JSON that our server was given */
  readonly jsonBytes: number
}

/** Ends of the stretches: each a tenth of the whole. */
export const stretchesOf = (size: number): readonly (readonly [from: number, to: number])[] =>
  Array.from({ length: STRETCHES }, (_, i) => [
    Math.floor((size * i) / STRETCHES),
    Math.floor((size * (i + 1)) / STRETCHES),
  ])

/** Fills the servers from one size to another. */
export async function fillStretch(bench: Bench, from: number, to: number): Promise<Filled> {
  const { size, quick } = bench.options
  const rows: FillRow[] = []
  let jsonBytes = 0
  const timeline = { startMs: START_MS, stepMs: (SPAN_DAYS * DAY_MS) / size }
  for (const target of FILLED.filter((name) => bench.names.includes(name))) {
    const watch = new RssWatch(bench.get(target)?.child.pid ?? 0)
    const load = await bench.load(target, { ...FILLING, ...timeline, from, events: to - from })
    const rssMax = watch.take()
    watch.stop()
    const parse = await parseNow(bench, quick)
    rows.push({
      target,
      from,
      to,
      eventsPerSecond: load.eventsPerSecond,
      p99: load.p99,
      parseEventsPerSecond: parse,
      ...(load.cpuMicros !== undefined && { cpuMicros: load.cpuMicros }),
      ...(rssMax !== undefined && { rssMax }),
    })
    if (target === 'sealedlog') jsonBytes = load.sentBytes
    bench.say(
      `${target}: ${to.toLocaleString('en')} events, ${Math.round(load.eventsPerSecond).toLocaleString('en')} a second`,
    )
  }
  return { rows, jsonBytes }
}

/** How fast the machine is just now. */
async function parseNow(bench: Bench, quick: boolean): Promise<number> {
  if (bench.get('parse') === undefined) return Number.NaN
  const { eventsPerSecond } = await bench.load('parse', { ...FILLING, forMs: quick ? 150 : 1_000, warmUpMs: 50 })
  return eventsPerSecond
}
