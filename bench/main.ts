/** `npm run bench`: everything side by side in one go; prints tables, writes JSON and draws plots. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { argv } from 'node:process'
import { nothing, runBench } from './run.ts'
import { needsPostgres, Bench } from './bench.ts'
import { type Options, readOptions } from './options.ts'
import type { Results } from './results.ts'
import { aboutOf } from './about.ts'
import { formatReport } from './report.ts'
import { plotsOf } from './plots.ts'
import { runProfile } from './profile.ts'
import { startPostgres } from './postgres.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const EXIT_STOPPED = 130
/** a process that was just killed may still be writing */
const REMOVE_TRIES = 5

const say = (text: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`)

/** What is compared with PostgreSQL needs a client and, where the machine has none, a server: a fresh clone has neither. */
function install(): void {
  if (existsSync(join(import.meta.dirname, 'node_modules', 'pg'))) return
  say('installing what only the bench needs …')
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, { cwd: import.meta.dirname, stdio: 'inherit' })
  if (status !== 0) say('It could not be installed: what is compared with PostgreSQL is left out.')
}

/** Runs what was asked for, and takes everything away again. */
async function measure(options: Options, args: readonly string[]): Promise<Results> {
  const begunMs = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-bench-'))
  const notes: string[] = []
  const wanted = !options.profile && [...options.targets].some(needsPostgres)
  if (wanted) install()
  const postgres = wanted ? await startPostgres(folder, (text) => notes.push(text)) : undefined
  const bench = new Bench(options, folder, postgres, say)
  const end = async (): Promise<void> => {
    await bench.close()
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: REMOVE_TRIES })
  }
  const stop = (): void => void end().finally(() => process.exit(EXIT_STOPPED))
  for (const signal of SIGNALS) process.once(signal, stop)
  try {
    const gathered = options.profile ? nothing() : await runBench(bench)
    const profile = options.profile ? await runProfile(bench) : undefined
    return {
      about: aboutOf(options, args, postgres, begunMs),
      ...gathered,
      ...(profile && { profile }),
      notes: [...notes, ...gathered.notes],
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
    await end()
  }
}

function write(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const name = results.profile ? 'profile.json' : 'results.json'
  writeFileSync(join(folder, name), `${JSON.stringify(results, null, 2)}\n`)
  for (const [file, svg] of Object.entries(plotsOf(results))) writeFileSync(join(folder, file), svg)
  say(`wrote ${join(folder, name)}`)
}

try {
  const args = argv.slice(2)
  const options = readOptions(args)
  const results = await measure(options, args)
  console.log(`\n${formatReport(results)}`)
  write(results, resolve(options.out))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
