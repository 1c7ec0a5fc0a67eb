/** `@sealedlog/sdk/verify` in real browsers: a page finds of a server, a bundle and an evidence file what Node finds. */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BundleSource } from '../packages/sdk/dist/verifier/index.js'
import { fetchSource, verifyEvidence, verifyLog, type VerifyReport } from '../packages/sdk/dist/verify/index.js'
import { type RunningServer, startServer } from '../packages/server/dist/server.js'
import { type Engine, ENGINES, isHere, visit } from './browsers.js'

const HOUSE = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(HOUSE, 'packages/sdk/dist')
const MAIN = join(HOUSE, 'packages/server/dist/cli/main.js')
const LIMIT_MS = 45_000
const ORG = 'acme'
const COUNT = 600
/** entries of the server's own: it was erased from, its key was rotated, it was taken away */
const OWN = 3

const folder = mkdtempSync(join(tmpdir(), 'sealedlog-browser-test-'))
let server: RunningServer
let site: Server
let url: string
let vkey: string

beforeAll(async () => {
  server = await startServer({ data: join(folder, 'data'), port: 0, drainMs: 0 })
  await makeLog()
  await makeFiles()
  site = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
})
afterAll(async () => {
  site?.closeAllConnections()
  site?.close()
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function ask(path: string, method = 'GET', body?: object): Promise<string> {
  const headers = {
    authorization: `Bearer ${server.rootKey.value}`,
    'sealedlog-organization': ORG,
    'content-type': 'application/json',
  }
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect([path, response.ok]).toEqual([path, true])
  return response.text()
}

const record = (from: number, to: number): Promise<string> =>
  ask(
    '/v1/events/batch',
    'POST',
    Array.from({ length: to - from }, (_, i) => ({
      id: `evt_${from + i}`,
      type: 'api_key.created',
      actor: { type: 'user', id: `user_${i % 7}`, name: 'Zoë Müller 🐟' },
      targets: [{ type: 'api_key', id: `key_${i}` }],
      details: { i },
    })),
  )

/** Erased from, and signed with a second key: trusted is the first one alone. */
async function makeLog(): Promise<void> {
  const tlog = `/v1/organizations/${ORG}/tlog`
  await ask(`/v1/organizations/${ORG}`, 'PUT')
  vkey = (await ask(`${tlog}/vkey`)).trim()
  await record(0, 300)
  const events = [{ id: 'evt_7', groups: ['actor'] }]
  await ask('/v1/redactions', 'POST', { events, basis: 'GDPR Art. 17' })
  await ask(`${tlog}/rotate`, 'POST', {})
  await record(300, COUNT)
}

const EVIDENCE = join(folder, 'evidence.json')
const BUNDLE = join(folder, 'bundle')

async function makeFiles(): Promise<void> {
  await exportTo(BUNDLE)
  await exportTo(EVIDENCE, '--event', 'evt_7')
  cpSync(BUNDLE, join(folder, 'harmed-bundle'), { recursive: true })
  const leaves = join(folder, 'harmed-bundle/tile/entries/001')
  writeFileSync(leaves, harmed(readFileSync(leaves), 'api_key.created'))
  writeFileSync(join(folder, 'harmed-evidence.json'), harmed(readFileSync(EVIDENCE), 'api_key.created'))
}

async function exportTo(out: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    [MAIN, 'export', '--url', server.url, '--org', ORG, '--out', out, ...args],
    { env: { ...process.env, SEALEDLOG_KEY: server.rootKey.value } },
  )
}

/** With one byte altered, at the end of the first such word; it stays JSON, of whose faults each browser speaks in its own words. */
function harmed(bytes: Uint8Array, word: string): Uint8Array {
  const copy = Buffer.from(bytes)
  const at = copy.indexOf(word)
  expect(at).toBeGreaterThan(0)
  copy.writeUInt8(copy.readUInt8(at + word.length - 1) ^ 1, at + word.length - 1)
  return copy
}

/** The page that the command line's page shows. */
function shownPage(): string {
  const [, page = ''] = /^```html\n([\s\S]*?)^```/m.exec(readFileSync(join(HOUSE, 'docs/cli.md'), 'utf8')) ?? []
  expect(page).toContain('verifyEvidence')
  return page
}

/** Verifies what it is told to, fills in the shown page as a person would, and sends what both say. */
const PAGE = `<!doctype html>
<meta charset="utf-8">
<script type="importmap">
  {"imports": {"@sealedlog/sdk/verify": "/sdk/verify/index.js", "#sha256": "/sdk/base/sha256.portable.js"}}
</script>
<script type="module">
const send = (report) => fetch('/reported', { method: 'POST', body: JSON.stringify(report) })
try {
  const { fetchSource, verifyEvidence, verifyLog } = await import('@sealedlog/sdk/verify')
  const { url, org, key, vkeys } = await (await fetch('/task')).json()
  const file = async (name) => (await fetch('/' + name)).text()
  const shown = async (name) => {
    const frame = document.body.appendChild(document.createElement('iframe'))
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
    frame.src = '/shown.html'
    await loaded
    const page = frame.contentDocument
    const [keyInput, fileInput] = page.querySelectorAll('input')
    const files = new frame.contentWindow.DataTransfer()
    files.items.add(new File([await file(name)], name))
    keyInput.value = vkeys[0]
    fileInput.files = files.files
    const told = new Promise((resolve) => new MutationObserver(resolve).observe(page.querySelector('pre'), { childList: true }))
    fileInput.dispatchEvent(new Event('change'))
    await told
    return JSON.parse(page.querySelector('pre').textContent)
  }
  const log = (more) => verifyLog(fetchSource(more), { vkeys, org })
  send({
    server: await log({ url, organization: org, key }),
    bundle: await log({ url: url + '/bundle' }),
    evidence: await verifyEvidence(await file('evidence.json'), { vkeys }),
    'harmed server': await log({ url: url + '/harmed', organization: org, key }),
    'harmed bundle': await log({ url: url + '/harmed-bundle/' }),
    'harmed evidence': await verifyEvidence(await file('harmed-evidence.json'), { vkeys }),
    'shown page': await shown('evidence.json'),
    'shown page, harmed': await shown('harmed-evidence.json'),
  })
} catch (error) {
  send({ error: error + ' ' + error.stack })
}
</script>
`

type Reports = Readonly<Record<string, VerifyReport>>

async function foundByNode(): Promise<Reports> {
  const log = (more: object): Promise<VerifyReport> =>
    verifyLog(fetchSource({ url, ...more }), { vkeys: [vkey], org: ORG })
  const file = (name: string): Promise<VerifyReport> =>
    verifyEvidence(readFileSync(join(folder, name), 'utf8'), { vkeys: [vkey] })
  const [evidence, harmedEvidence] = [await file('evidence.json'), await file('harmed-evidence.json')]
  const key = server.rootKey.value
  return {
    server: await log({ organization: ORG, key }),
    bundle: await log({ url: `${url}/bundle` }),
    evidence,
    'harmed server': await log({ url: `${url}/harmed`, organization: ORG, key }),
    'harmed bundle': await log({ url: `${url}/harmed-bundle` }),
    'harmed evidence': harmedEvidence,
    'shown page': evidence,
    'shown page, harmed': harmedEvidence,
  }
}

let report: (reports: Reports) => void = () => undefined

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = normalize(decodeURIComponent(new URL(request.url ?? '/', url).pathname))
  if (path === '/') return answer(response, PAGE, '.html')
  if (path === '/shown.html') return answer(response, shownPage(), '.html')
  const task = { url, org: ORG, key: server.rootKey.value, vkeys: [vkey] }
  if (path === '/task') return answer(response, JSON.stringify(task), '.json')
  if (path === '/reported') {
    report(JSON.parse(await text(request)) as Reports)
    return answer(response, '', '')
  }
  if (path.startsWith('/v1/')) return pass(path, request, response, (bytes) => bytes)
  if (path.startsWith('/harmed/v1/')) {
    const isOne = path.endsWith('/disclosures/001')
    return pass(path.slice('/harmed'.length), request, response, (bytes) => (isOne ? harmed(bytes, 'user_') : bytes))
  }
  const file = path.startsWith('/sdk/') ? join(DIST, path.slice('/sdk/'.length)) : join(folder, path)
  if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end('<h1>Not here</h1>')
  answer(response, readFileSync(file), extname(path))
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
}

function answer(response: ServerResponse, body: string | Uint8Array, kind: string): void {
  response.writeHead(200, { 'content-type': TYPES[kind] ?? 'application/octet-stream' }).end(body)
}

type Change = (bytes: Uint8Array) => Uint8Array

/** To pages, the API stands where they came from. */
async function pass(
  path: string,
  { headers }: IncomingMessage,
  response: ServerResponse,
  change: Change,
): Promise<void> {
  const answered = await fetch(server.url + path, { headers: { authorization: headers.authorization ?? '' } })
  const type = answered.headers.get('content-type') ?? 'application/octet-stream'
  response.writeHead(answered.status, { 'content-type': type })
  response.end(change(new Uint8Array(await answered.arrayBuffer())))
}

test('what Node finds over HTTP is what it finds in the folder', async () => {
  const { bundle } = await foundByNode()
  const source = new BundleSource(BUNDLE)
  expect({ ...bundle, source: BUNDLE }).toEqual(await verifyLog(source, { vkeys: [vkey], org: ORG }))
})

/** On machines that guard the house Chromium must be there; another browser is looked at where there is one. */
function isMissing({ name }: Engine): boolean {
  if (isHere(name)) return false
  if (name !== 'chromium') return true
  if (process.env['CI']) return false
  console.warn('Skipped: Chromium is not here. apt-get install chromium')
  return true
}

describe.each(ENGINES)('in $name', (engine) => {
  test.skipIf(isMissing(engine))('a page finds what Node finds, word for word', async () => {
    const reported = new Promise<Reports>((resolve) => {
      report = resolve
    })
    const found = await visit(engine, url, reported, LIMIT_MS)
    expect(found['error']).toBeUndefined()
    expect(found).toEqual(JSON.parse(JSON.stringify(await foundByNode())))
    const told = (name: string) => found[name]?.findings.map(({ check, index, where }) => [check, index, where])
    for (const name of ['server', 'bundle', 'evidence', 'shown page'])
      expect([name, found[name]?.verdict, told(name)]).toEqual([name, 'verified', []])
    expect(found['server']).toMatchObject({ size: COUNT + OWN, groups: { redacted: 1, missing: 0 } })
    for (const [name, ...where] of [
      ['harmed server', 'disclosures', 256, 'disclosures/001, line 1'],
      ['harmed bundle', 'tree', 256, 'tile/0/001'],
      ['harmed evidence', 'tree', undefined, 'proof'],
      ['shown page, harmed', 'tree', undefined, 'proof'],
    ] as const) {
      expect([name, found[name]?.verdict]).toEqual([name, 'not_verified'])
      expect([name, told(name)]).toEqual([name, expect.arrayContaining([where])])
    }
  })
})
