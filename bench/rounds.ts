/** Rounds: each case on each server back to back, so that a busy minute of the machine meets all of them. */
import type { Case, RoundRow } from './results.ts'
import type { Bench, Measured } from './bench.ts'
import type { TargetName } from './serve.ts'
import { median } from './results.ts'

export const CASES: readonly Case[] = [
  { connections: 1, batch: 1 },
  { connections: 64, batch: 1 },
  { connections: 256, batch: 1 },
  { connections: 8, batch: 10 },
  { connections: 8, batch: 100 },
  { connections: 8, batch: 1_000 },
]

/** Runs all cases on servers that hold `size` events each. */
export async function runRounds(
  bench: Bench,
  size: number,
  cases: readonly Case[] = CASES,
): Promise<readonly RoundRow[]> {
  const { rounds, roundMs, warmUpMs } = bench.options
  await warmUp(bench)
  const measured = new Map<string, Measured[]>()
  const sent = new Map<TargetName, number>()
  const until = performance.now() + bench.options.roundsMsMax
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && performance.now() > until) {
      bench.say(`the machine is slow today: ${round} of ${rounds} rounds`)
      break
    }
    bench.say(`round ${round + 1} of ${rounds}, at ${size.toLocaleString('en')} events`)
    for (const one of cases)
      for (const name of turned(bench.names, round)) {
        const from = sent.get(name) ?? 0
        const load = await bench.load(name, { ...one, from, forMs: roundMs, warmUpMs })
        sent.set(name, from + load.sent)
        const key = keyOf(name, one)
        measured.set(key, [...(measured.get(key) ?? []), load])
      }
  }
  return cases.flatMap((one) => bench.names.map((name) => rowOf(name, size, one, measured.get(keyOf(name, one)) ?? [])))
}

/** Not counted: code that runs for the first time is slow everywhere. */
async function warmUp(bench: Bench): Promise<void> {
  const forMs = bench.options.roundMs / 2
  for (const name of bench.names)
    for (const one of [
      { connections: 64, batch: 1 },
      { connections: 8, batch: 100 },
    ])
      await bench.load(name, { ...one, forMs })
}

/** Another one goes first in each round. */
const turned = <T>(values: readonly T[], by: number): readonly T[] => [
  ...values.slice(by % values.length),
  ...values.slice(0, by % values.length),
]

const keyOf = (name: TargetName, { connections, batch }: Case): string => `${name} ${connections} ${batch}`

function rowOf(target: TargetName, size: number, one: Case, loads: readonly Measured[]): RoundRow {
  const over = (pick: (load: Measured) => number): number => median(loads.map(pick))
  const cpu = loads.map((load) => load.cpuMicros).filter((micros) => micros !== undefined)
  return {
    target,
    size,
    ...one,
    eventsPerSecond: over((load) => load.eventsPerSecond),
    p50: over((load) => load.p50),
    p95: over((load) => load.p95),
    p99: over((load) => load.p99),
    ...(cpu.length > 0 && { cpuMicros: median(cpu) }),
    each: loads.map((load) => load.eventsPerSecond),
  }
}
