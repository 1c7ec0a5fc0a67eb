/**
 * What verifying costs: a log of so many events (a million unless it is said), as a data folder and as a bundle, verified by
 * `sealedlog-verify` with all cores and on one thread, beside a plain SHA-256 of the same bytes and, where Go is, the code
 * that checks Go's own modules (test/go/main.go); and one inclusion proof of it.
 * `npm run measure:verify -- 200000`
 */
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env, execPath, version } from 'node:process'
import { fileURLToPath } from 'node:url'
import { sealEvent } from '../packages/sdk/dist/event/index.js'
import { DataFolder, DataFolderSource } from '../packages/sdk/dist/verifier/index.js'
import { parseTilePath } from '../packages/sdk/dist/merkle/index.js'
import { writeBundle } from '../packages/server/dist/cli/bundle.js'
import { BundleFolder } from '../packages/server/dist/cli/bundle-folder.js'
import { readInclusion } from '../packages/server/dist/log/tiles.js'
import { SqliteStore } from '../packages/server/dist/store/index.js'

const EVENTS = Number(argv[2] ?? 1_000_000)
const UNIT = 5_000
const PROOFS = 5_000
const WARM_UP = 500
const BIN = fileURLToPath(new URL('../packages/sdk/bin/sealedlog-verify.js', import.meta.url))
const START_MS = Date.UTC(2026, 0, 1)
const TYPES = ['api_key.created', 'user.added', 'login.failed', 'document.viewed', 'invoice.paid']
const NAMES = ['Ada Lovelace', 'Zoë Müller', 'Grace Hopper', 'Linus Torvalds', 'Barbara Liskov']

/**
 * Has a process say at its end how much memory it had at most, and what all its threads worked. On Linux `maxRSS` begins
 * with what the process had that started it; VmHWM does not.
 */
const TELL = `import { isMainThread } from 'node:worker_threads'
import { readFileSync } from 'node:fs'
if (isMainThread) process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  let rss = maxRSS
  try { rss = /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] } catch {}
  process.stderr.write('rss ' + rss + ' cpu ' + (userCPUTime + systemCPUTime))
})`

/** Four groups, every third event five. */
const eventAt = (i) => ({
  id: `evt_${String(i).padStart(9, '0')}`,
  type: TYPES[i % 5],
  occurred_at: new Date(START_MS + i * 1_000).toISOString(),
  outcome: 'success',
  bucket: 'default',
  actor: { type: 'user', id: `user_${i % 997}`, name: NAMES[i % 5], email: `u${i % 997}@example.com` },
  targets: [{ type: 'document', id: `doc_${i % 30_011}`, name: `Document ${i}` }],
  context: { ip_address: `10.${i % 7}.${i % 200}.${i % 250}`, request_id: `req_${i}` },
  metadata: { plan: i % 10 ? 'free' : 'pro', seats: i % 50 },
  details: { amount: i, note: 'what was done, in a few words' },
  ...(i % 3 ? {} : { changes: [{ path: 'role', before: 'reader', after: 'owner' }] }),
})

const folder = mkdtempSync(join(tmpdir(), 'sealedlog-measure-'))
try {
  const begun = performance.now()
  await build()
  const log = join(folder, 'log.sqlite')
  console.log(
    `node ${version}, ${availableParallelism()} cores, ${count(EVENTS)} events, log.sqlite ${count(Math.round(statSync(log).size / 1e6))} MB, built in ${seconds(begun)} s`,
  )
  const bundle = join(folder, 'bundle')
  const vkey = await exportTo(bundle)
  const rows = [
    await hashFile(log),
    await hashRows(),
    verify('data folder, all cores', folder),
    verify('data folder, one thread', folder, '--threads', '0'),
    verify('bundle, all cores', bundle),
    verify('bundle, one thread', bundle, '--threads', '0'),
    ...verifyInGo(bundle, vkey),
  ]
  console.table(rows)
  console.table([await measureProofs()])
} finally {
  rmSync(folder, { recursive: true })
}

function openStore() {
  return SqliteStore.open({
    folder,
    seed: new Uint8Array(32).fill(7),
    originBase: 'measure.example',
    nowMs: () => START_MS + EVENTS * 1_000,
  })
}

async function build() {
  const store = await openStore()
  await store.createLog('acme', 'Acme')
  for (let at = 0; at < EVENTS; at += UNIT) {
    const events = Array.from({ length: Math.min(UNIT, EVENTS - at) }, (_, i) =>
      sealEvent(eventAt(at + i), 'acme', randomBytes),
    )
    const [outcome] = await store.append([{ org: 'acme', events }])
    if ('refused' in outcome) throw outcome.refused
  }
  await store.close()
}

/** What sha256sum does. */
async function hashFile(path) {
  const begun = performance.now()
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  hash.digest()
  return row('SHA-256 of the file', begun)
}

/** The least that a verifier could do: read each row, hash its bytes once, believe the rest. */
async function hashRows() {
  const begun = performance.now()
  const opened = await DataFolder.open(folder)
  const source = new DataFolderSource(opened, 'acme')
  const hash = createHash('sha256')
  for (let bundle = 0; bundle * 256 < EVENTS; bundle++)
    for (const { leaf, disclosures } of source.entries(bundle)) hash.update(leaf).update(disclosures)
  opened.close()
  return row('SHA-256 of each row’s bytes', begun)
}

/** The bundle of everything, by the writer that `sealedlog export` uses. Returns the verifier key. */
async function exportTo(path) {
  const opened = await DataFolder.open(folder)
  const source = new DataFolderSource(opened, 'acme')
  const out = await BundleFolder.make(path)
  const [note, keys] = [await source.checkpoint(), await source.keys()]
  const [origin] = note.split('\n')
  const vkeys = keys.map(({ vkey }) => `${vkey}\n`).join('')
  await out.write('checkpoint', Buffer.from(note))
  await out.write('vkey', Buffer.from(vkeys))
  await out.write('keys.json', Buffer.from(JSON.stringify({ origin, data: keys })))
  const read = async (name) =>
    name.startsWith('tile/')
      ? source.tile(parseTilePath(name))
      : source.disclosures(Number(name.slice('disclosures/'.length).replaceAll(/[x/]/g, '')))
  await writeBundle(
    { read, redactions: async function* () {}, checkUnchanged: async () => {} },
    { org: 'acme', origin, size: EVENTS, chosen: undefined, withhold: [], madeAt: new Date(START_MS).toISOString() },
    out,
    () => {},
  )
  opened.close()
  return vkeys.trim()
}

function verify(about, target, ...options) {
  const begun = performance.now()
  const { status, stdout, stderr } = spawnSync(
    execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(TELL)}`, BIN, target, '--no-remember', ...options],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`not verified: ${stdout}${stderr}`)
  const [, rss, cpu] = /rss (\d+) cpu (\d+)/.exec(stderr)
  const cost = { 'CPU seconds': (Number(cpu) / 1e6).toFixed(2), 'peak RSS MB': Math.round(Number(rss) / 1024) }
  return { ...row(`sealedlog-verify, ${about}`, begun), ...cost }
}

/** No row where Go and its x/mod are not (`apt-get install golang-go golang-golang-x-mod-dev`). */
function verifyInGo(bundle, vkey) {
  const goEnv = {
    ...env,
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    GOCACHE: join(folder, 'go'),
    GOFLAGS: '',
  }
  const main = join(folder, 'main')
  const built = spawnSync('go', ['build', '-o', main, fileURLToPath(new URL('../test/go/main.go', import.meta.url))], {
    env: goEnv,
  })
  if (built.status !== 0) return []
  const begun = performance.now()
  const { status, stderr } = spawnSync(main, ['-vkey', vkey, '-bundle', bundle], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`not verified in Go: ${stderr}`)
  return [row('Go’s sumdb, bundle', begun)]
}

function row(about, begun) {
  const s = (performance.now() - begun) / 1000
  return { about, seconds: s.toFixed(2), 'events/s': count(Math.round(EVENTS / s)) }
}

async function measureProofs() {
  const store = await openStore()
  const { size } = await store.head('acme')
  const times = []
  for (let i = 0; i < WARM_UP + PROOFS; i++) {
    const index = Math.floor(Math.random() * size)
    const begun = performance.now()
    await readInclusion(store, 'acme', index, size)
    times.push(performance.now() - begun)
  }
  await store.close()
  const [first] = times
  const warm = times.slice(WARM_UP).sort((a, b) => a - b)
  const at = (share) => warm[Math.floor((PROOFS - 1) * share)].toFixed(3)
  return { about: 'one inclusion proof', 'the first, ms': first.toFixed(3), 'p50 ms': at(0.5), 'p99 ms': at(0.99) }
}

function count(number) {
  return number.toLocaleString('en-US')
}

function seconds(begun) {
  return ((performance.now() - begun) / 1000).toFixed(1)
}
