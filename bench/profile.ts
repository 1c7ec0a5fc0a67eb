/** Where an event's microseconds go: the server under V8's sampling profiler, thread by thread. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { type CpuProfile, summarize } from './summarize.ts'
import type { ProfileRow } from './results.ts'

const LOADS = [
  { about: '100 events a request, 8 connections', connections: 8, batch: 100 },
  { about: '1 event a request, 64 connections', connections: 64, batch: 1 },
]
const SAMPLE_MICROS = 500

/** The clock that profiles are written by: one for all processes of a machine. */
const nowMicros = (): number => Number(process.hrtime.bigint() / 1_000n)

/** Runs each load on a server of its own; its threads write their profiles as they end. */
export async function runProfile(bench: Bench): Promise<readonly ProfileRow[]> {
  const rows: ProfileRow[] = []
  for (const [i, { about, ...load }] of LOADS.entries()) {
    bench.say(`profile: ${about}`)
    const folder = join(bench.folder, `profile-${i}`)
    mkdirSync(folder)
    const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${SAMPLE_MICROS}`]
    await bench.start('sealedlog', true, flags)
    await bench.load('sealedlog', { ...load, forMs: bench.options.roundMs })
    const fromMicros = nowMicros()
    const { sent } = await bench.load('sealedlog', { ...load, forMs: bench.options.roundMs * 5 })
    const span = { fromMicros, toMicros: nowMicros() }
    await bench.stop('sealedlog')
    for (const name of readdirSync(folder)) {
      const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile
      rows.push(...summarize(profile, span, sent).map((row) => ({ load: about, ...row })))
    }
    rmSync(bench.dataFolder, { recursive: true, force: true })
    rmSync(`${bench.dataFolder}.marks`, { force: true })
  }
  return rows
}
