/** What ran, on what: without it no figure says anything. */
import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem, type } from 'node:os'
import type { About } from './results.ts'
import type { Options } from './options.ts'
import type { Postgres } from './postgres.ts'
import { SETTINGS } from './postgres.ts'

export function aboutOf(
  options: Options,
  args: readonly string[],
  postgres: Postgres | undefined,
  begunMs: number,
): About {
  // Where it was written to concerns nobody.
  const said = args.filter((arg, i) => arg !== '--out' && args[i - 1] !== '--out' && !arg.startsWith('--out='))
  return {
    command: ['npm run bench', ...(said.length > 0 ? ['--', ...said] : [])].join(' '),
    at: new Date(begunMs).toISOString().slice(0, 16).replace('T', ' '),
    commit: commitOf(),
    node: process.version,
    os: `${type()} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    postgres: postgres === undefined ? 'none' : postgresText(postgres),
    seed: options.seed,
    size: options.size,
    quick: options.quick,
    randomIds: options.randomIds,
    tookSeconds: (Date.now() - begunMs) / 1000,
  }
}

function postgresText({ version, whose, pid }: Postgres): string {
  const settings = Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`)
  return [`${version} ${whose}`, ...(pid === undefined ? [] : settings)].join(', ')
}

/** With a word where files differ from it; `unknown` outside of git. */
function commitOf(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...args], { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' and changes' : ''}`
  } catch {
    return 'unknown'
  }
}
