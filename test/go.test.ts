/** Go's own code (golang.org/x/mod/sumdb) on our logs: over HTTP, from bundles, and what it refuses. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../packages/server/dist/server.js'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'sealedlog-go-'))
const GOPATH = '/usr/share/gocode'
const source = (name: string): string => fileURLToPath(new URL(`go/${name}.go`, import.meta.url))
const MAIN = fileURLToPath(new URL('../packages/server/dist/cli/main.js', import.meta.url))

const GO_ENV = { ...process.env, GO111MODULE: 'off', GOPATH, GOCACHE: join(folder, 'cache'), GOFLAGS: '' }

/** Whether Go and its x/mod are here; if not, one line says how they get here. */
function hasGo(): boolean {
  const probe = spawnSync('go', ['list', 'golang.org/x/mod/sumdb/tlog'], { env: GO_ENV })
  if (probe.status === 0) return true
  console.warn('Skipped: Go is not here. apt-get install golang-go golang-golang-x-mod-dev')
  return false
}

/** Sizes at which something begins: a tile, the next one, a third level. */
const SIZES = [1, 255, 256, 257, 65_536, 70_000]
const BATCH = 1_000

let server: RunningServer
let headers: Readonly<Record<string, string>>
let vkey: string

const main = join(folder, 'main')
const short = join(folder, 'short')

async function build(): Promise<void> {
  for (const [name, binary] of [
    ['main', main],
    ['short', short],
  ] as const)
    await run('go', ['build', '-o', binary, source(name)], { env: GO_ENV })
}

async function ask(path: string, body?: unknown): Promise<Response> {
  const response = await fetch(`${server.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect([path, response.ok]).toEqual([path, true])
  return response
}

/** Records until the log has so many entries. */
async function growTo(size: number): Promise<void> {
  const note = await (await ask('/v1/organizations/default/tlog/checkpoint')).text()
  for (let index = Number(note.split('\n')[1]); index < size; ) {
    const count = Math.min(BATCH, size - index)
    const events = Array.from({ length: count }, (_, i) => ({
      type: 'api_key.created',
      actor: { type: 'user', id: `user_${(index + i) % 50}` },
    }))
    await ask('/v1/events/batch', events)
    index += count
  }
}

const overHttp = (): readonly string[] => [
  '-url',
  `${server.url}/v1/organizations/default/tlog`,
  '-token',
  server.rootKey.value,
]

async function verify(args: readonly string[], key = vkey): Promise<string> {
  return (await run(main, ['-vkey', key, ...args])).stdout.trim()
}

async function refusal(args: readonly string[], key = vkey): Promise<string> {
  const { stderr } = await verify(args, key).then(
    (stdout) => ({ stderr: `verified: ${stdout}` }),
    (error: { stderr: string }) => error,
  )
  return stderr.trim()
}

async function exportTo(name: string, ...args: readonly string[]): Promise<string> {
  const out = join(folder, name)
  await run(process.execPath, [MAIN, 'export', '--url', server.url, '--out', out, ...args], {
    env: { ...process.env, SEALEDLOG_KEY: server.rootKey.value },
  })
  return out
}

describe.skipIf(!hasGo())('Go’s checksum database code', () => {
  beforeAll(async () => {
    server = await startServer({ data: join(folder, 'data'), port: 0, drainMs: 0 })
    headers = { authorization: `Bearer ${server.rootKey.value}` }
    vkey = (await (await ask('/v1/organizations/default/tlog/vkey')).text()).trim()
    await build()
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('an empty log verifies', async () => {
    expect(await verify(overHttp())).toBe('0 entries')
  })

  test.each(SIZES)('a log of %i entries verifies, over HTTP and from a bundle, in full and in short', async (size) => {
    // The export itself is the last entry of what it exports.
    await growTo(size - 1)
    const bundle = await exportTo(`bundle-${size}`)
    const [found, inBundle] = await Promise.all([verify(overHttp()), verify(['-bundle', bundle])])
    expect(found).toMatch(
      new RegExp(
        `^${size} of ${size} entries, \\d+ proofs of inclusion, \\d+ of consistency, (\\d+) of \\1 disclosures$`,
      ),
    )
    expect(inBundle).toBe(found)
    const { stdout } = await run(short, [vkey, bundle])
    expect(stdout).toMatch(new RegExp(`^${size} entries of \\S+ verified: true\n$`))
  })

  test('the bundle of a range verifies as far as it goes', async () => {
    const bundle = await exportTo('range', '--from', '1000', '--to', '1300')
    expect(await verify(['-bundle', bundle])).toMatch(
      /^768 of 70001 entries, 8 proofs of inclusion, \d+ of consistency, 300 of 768 /,
    )
  })

  test('another key, another leaf, another hash, another root and another disclosure are refused', async () => {
    const bundle = join(folder, 'bundle-257')
    const other = vkey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    expect(await refusal(['-bundle', bundle], other)).toContain('NOT VERIFIED')
    const flips: readonly (readonly [string, number, RegExp])[] = [
      ['tile/entries/000', 100, /entry 0 is not the one in the tree/],
      ['tile/entries/001.p/1', 100, /entry 256 is not the one in the tree/],
      ['tile/0/000', 40, /inconsistent|malformed|tile/],
      ['tile/1/000.p/1', 3, /inconsistent|malformed|tile/],
      ['checkpoint', 60, /NOT VERIFIED/],
      ['disclosures/000', 20, /entry 0 committed to another actor/],
    ]
    for (const [path, at, says] of flips) {
      const file = join(bundle, path)
      const bytes = readFileSync(file)
      const altered = Buffer.from(bytes)
      altered[at] = (altered[at] ?? 0) ^ 1
      writeFileSync(file, altered)
      const said = await refusal(['-bundle', bundle])
      writeFileSync(file, bytes)
      expect([path, said]).toEqual([path, expect.stringMatching(says)])
      expect(said).toMatch(/^NOT VERIFIED: /)
    }
    expect(await verify(['-bundle', bundle])).toContain('257 of 257 entries')
  })
})
