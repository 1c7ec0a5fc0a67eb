/** A whole run: rounds on empty servers, filling, lists on the way and at the end, rounds on full servers. */
import { rmSync } from 'node:fs'
import type { DiskRow, FillRow, ListRow, RoundRow, StartRow } from './results.ts'
import { fillStretch, stretchesOf } from './fill.ts'
import type { Bench } from './bench.ts'
import { bytesOfFolder } from './disk.ts'
import { bytesOfTable } from './targets/bytes.ts'
import { Child } from './child.ts'
import { KEY } from './bench.ts'
import type { Lists } from './lists.ts'
import { runRounds } from './rounds.ts'

/** What a run gathers. */
export interface Gathered {
  readonly rounds: RoundRow[]
  readonly fill: FillRow[]
  readonly lists: ListRow[]
  readonly starts: StartRow[]
  readonly disk: DiskRow[]
  readonly notes: string[]
}

export const nothing = (): Gathered => ({ rounds: [], fill: [], lists: [], starts: [], disk: [], notes: [] })

/** Lists are measured at the end, and once early for what size does to them. */
const EARLY_STRETCH = 1

export async function runBench(bench: Bench): Promise<Gathered> {
  const gathered = nothing()
  const { phases, quick } = bench.options
  if (phases.has('rounds')) {
    await startAll(bench)
    gathered.rounds.push(...(await runRounds(bench, 0)))
    await stopAll(bench)
    rmSync(bench.dataFolder, { recursive: true, force: true })
    rmSync(`${bench.dataFolder}.marks`, { force: true })
  }
  if (!phases.has('fill') && !phases.has('lists')) return gathered
  await startAll(bench)
  await fillAll(bench, gathered)
  if (phases.has('rounds') && !quick) gathered.rounds.push(...(await runRounds(bench, bench.options.size)))
  await startAfterKill(bench, gathered)
  await stopAll(bench)
  return gathered
}

async function startAll(bench: Bench): Promise<void> {
  bench.say(`starting ${bench.names.join(', ')}`)
  for (const name of bench.names) await bench.start(name, true)
}

async function stopAll(bench: Bench): Promise<void> {
  for (const name of bench.names) await bench.stop(name)
}

async function fillAll(bench: Bench, gathered: Gathered): Promise<void> {
  let jsonBytes = 0
  const stretches = stretchesOf(bench.options.size)
  for (const [i, [from, to]] of stretches.entries()) {
    const filled = await fillStretch(bench, from, to)
    gathered.fill.push(...filled.rows)
    jsonBytes += filled.jsonBytes
    const isLast = i === stretches.length - 1
    if (isLast || (i === EARLY_STRETCH && !bench.options.quick)) await look(bench, gathered, to, jsonBytes)
  }
}

/** Stops our server, looks at its folder, and starts it again. */
async function look(bench: Bench, gathered: Gathered, size: number, jsonBytes: number): Promise<void> {
  if (!bench.names.includes('sealedlog')) return
  await bench.stop('sealedlog')
  if (bench.options.phases.has('lists')) await askLists(bench, gathered, size)
  const { url } = bench.postgres ?? {}
  const hasTable = url !== undefined && bench.names.includes('insert')
  const postgresBytes = hasTable ? await bytesOfTable(url, 'events') : undefined
  const bytes = bytesOfFolder(bench.dataFolder)
  gathered.disk.push({ size, jsonBytes, ...bytes, ...(postgresBytes !== undefined && { postgresBytes }) })
  await bench.start('sealedlog', false)
}

async function askLists(bench: Bench, gathered: Gathered, size: number): Promise<void> {
  bench.say(`lists at ${size.toLocaleString('en')} events`)
  const { seed, runs } = bench.options
  const child = Child.start('./lists.ts')
  try {
    const lists = await child.ask<Lists>({ folder: bench.dataFolder, key: KEY, size, seed, runs })
    gathered.lists.push(...lists.rows)
    gathered.starts.push(lists.start)
    gathered.notes.push(...lists.notes.filter((note) => !gathered.notes.includes(note)))
  } finally {
    await child.stop()
  }
}

/** What a start takes when the process before it was killed in the midst of work. */
async function startAfterKill(bench: Bench, gathered: Gathered): Promise<void> {
  const ours = bench.get('sealedlog')
  if (ours === undefined) return
  await bench.load('sealedlog', { connections: 8, batch: 100, forMs: 500 })
  await ours.child.kill()
  const { startMs } = await bench.start('sealedlog', false)
  gathered.starts.push({ size: bench.options.size, after: 'killing', ms: startMs })
}
