/**
 * Soaks a server in mixed load and watches whether anything grows that should not: memory, descriptors, write-ahead
 * files, files of the index. Verifies the log at the end. Exits with 1 where something grew without bound.
 *
 *     npm run soak -- [--minutes 60 | --events 2000000] [--rate 1000] [--json]
 *
 * With minutes, events come at a rate (1,000 a second unless it is said); with a number of events, as fast as they are taken.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Load } from './soak-load.mjs'

const MAIN = fileURLToPath(new URL('../packages/server/dist/cli/main.js', import.meta.url))
const MEGABYTE = 2 ** 20
const MINUTES = 60
const RATE = 1_000
/** Samples of a run, more or less: the first of three thirds is compared with the last. */
const SAMPLES = 300
/** The first share of a run fills caches: it is left out. */
const WARM_UP = 0.1
/** Below so many events growth is not judged, only bounds are: what fills once looks like what grows. */
const JUDGED_EVENTS_MIN = 300_000
/** What may stand there at the most, however long it ran. */
const BOUNDS = { 'write-ahead MB': 128, 'index files': 128, descriptors: 256 }
/** What the last third may have more than the first: a part of it, and so much besides. */
const GROWTH = {
  'memory MB': [0.15, 32],
  'heap MB': [0.25, 24],
  descriptors: [0, 12],
  'write-ahead MB': [0.25, 24],
  'index files': [0.5, 16],
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    events: { type: 'string' },
    rate: { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'boolean' },
  },
})
const events = values.events === undefined ? Number.POSITIVE_INFINITY : Number(values.events)
const minutes = values.events === undefined ? Number(values.minutes ?? MINUTES) : undefined
const rate = Number(values.rate ?? (minutes === undefined ? 0 : RATE))
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
const say = (text) => values.json || console.log(text)

const folder = mkdtempSync(join(tmpdir(), 'sealedlog-soak-'))
const data = join(folder, 'data')
const server = spawn(
  process.execPath,
  [
    MAIN,
    'serve',
    '--data',
    data,
    '--marks',
    join(folder, 'marks'),
    '--port',
    '0',
    '--log-level',
    'error',
    '--rate-key',
    '0',
    '--rate-organization',
    '0',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))
process.on('exit', () => {
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const url = await announced()
const load = new Load({ url, rootKey: readFileSync(join(data, 'root.key'), 'utf8').trim(), seed, events, rate })
say(
  `seed ${seed}, node ${process.version}, ${minutes === undefined ? `${events} events` : `${minutes} minutes at ${rate} events/s`}`,
)
if (minutes !== undefined) setTimeout(() => load.stop(), minutes * 60_000)
const samples = []
const running = { load: true }
const loading = load.run().finally(() => (running.load = false))
// Every so many events, or every so often: samples are as far apart as the run is long.
for (let next = 0; running.load; ) {
  const done = minutes === undefined ? load.total / events : (performance.now() - begunMs()) / (minutes * 60_000)
  if (done >= next) {
    samples.push(await sample())
    next += 1 / SAMPLES
    if (samples.length % 30 === 1) say(line(samples.at(-1)))
  }
  await Promise.race([loading, sleep(20)])
}
await loading
samples.push(await sample())
say(line(samples.at(-1)))
const ended = new Promise((resolve) => server.once('close', resolve))
server.kill('SIGTERM')
await ended

const verified = spawnSync(process.execPath, [MAIN, 'verify', data], { encoding: 'utf8', maxBuffer: 2 ** 28 })
const judged = judge()
const faults = judged.filter(({ fault }) => fault !== undefined).map(({ what, fault }) => `${what} ${fault}`)
if (verified.status !== 0) faults.push(`the log does not verify: ${verified.stdout}${verified.stderr}`)
for (const [org, count] of load.events) {
  const size = new RegExp(`organization ${org}\\b[\\s\\S]*?\\b${count}\\b`).test(
    verified.stdout.replaceAll(/(?<=\d),(?=\d{3})/g, ''),
  )
  if (!size) faults.push(`${org}: ${count} events were acknowledged, and verifying counts others`)
}
if (values.json)
  console.log(
    JSON.stringify({ seed, events: load.total, counts: load.counts, samples: samples.length, judged, faults }),
  )
else {
  console.table(judged)
  console.log(`${load.total} events, ${JSON.stringify(load.counts)}; verified: ${verified.status === 0}`)
  for (const fault of faults) console.log(`! ${fault}`)
  if (faults.length === 0) console.log('Nothing grew without bound.')
}
process.exitCode = faults.length === 0 ? 0 : 1

function announced() {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stdout.setEncoding('utf8').on('data', (text) => {
      said += text
      const [, found] = /^Sealedlog is at (http\S+)\n/m.exec(said) ?? []
      if (found) resolve(found)
    })
    server.once('close', (code) => reject(new Error(`the server ended with code ${code}`)))
  })
}

function begunMs() {
  begunMs.at ??= performance.now()
  return begunMs.at
}

async function sample() {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const metric = (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? 0)
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const sizes = files.map(({ parentPath, name }) => [
    join(parentPath, name).slice(data.length + 1),
    sizeOf(join(parentPath, name)),
  ])
  const sum = (which) => sizes.filter(([path]) => which.test(path)).reduce((total, [, size]) => total + size, 0)
  return {
    events: load.total,
    // What is the process's own: pages of mapped files are the system's to give and take.
    'memory MB': Math.round(kilobytes('RssAnon') / 1024),
    'RSS MB': Math.round(kilobytes('VmRSS') / 1024),
    'heap MB': Math.round(metric('nodejs_heap_size_used_bytes') / MEGABYTE),
    'loop p99 ms': Math.round(metric('nodejs_eventloop_lag_p99_seconds') * 1_000),
    descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
    'write-ahead MB': Math.round(sum(/-wal$|-journal$/) / MEGABYTE),
    'log MB': Math.round(sum(/^log\.sqlite$/) / MEGABYTE),
    'index MB': Math.round(sum(/^index/) / MEGABYTE),
    'index files': sizes.filter(([path]) => path.startsWith('index')).length,
  }
}

/** A file may be gone by the time it is looked at: runs are merged. */
function sizeOf(path) {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

function line(of) {
  return Object.entries(of)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

/** The first third against the last, without the warm-up; and the most there was against its bound. */
function judge() {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP))
  const third = Math.max(1, Math.floor(warm.length / 3))
  return Object.keys(samples[0])
    .filter((what) => what !== 'events')
    .map((what) => {
      const [first, last] = [warm.slice(0, third), warm.slice(-third)].map((part) =>
        mean(part.map((each) => each[what])),
      )
      const most = Math.max(...samples.map((each) => each[what]))
      return { what, first, last, most, fault: faultOf(what, first, last, most) }
    })
}

function faultOf(what, first, last, most) {
  if (most > (BOUNDS[what] ?? Number.POSITIVE_INFINITY)) return `came to ${most}; ${BOUNDS[what]} is the bound`
  const [share, besides] = GROWTH[what] ?? []
  if (share === undefined || load.total < JUDGED_EVENTS_MIN) return undefined
  return last > first * (1 + share) + besides ? `grew from ${first} to ${last}` : undefined
}

function mean(numbers) {
  return Math.round((10 * numbers.reduce((sum, each) => sum + each, 0)) / numbers.length) / 10
}
