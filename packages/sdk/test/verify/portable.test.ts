import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { eventfulWorld, evidenceOf } from './eventful.js'

const DOOR = new URL('../../dist/verify/index.js', import.meta.url)

/** What a module and all that it imports name, by where. */
function importsFrom(url: URL, seen = new Map<string, readonly string[]>()): ReadonlyMap<string, readonly string[]> {
  if (seen.has(url.href)) return seen
  const text = readFileSync(fileURLToPath(url), 'utf8')
  const names = Array.from(
    text.matchAll(/\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm),
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )
  seen.set(url.href, names)
  for (const name of names) if (name.startsWith('.')) importsFrom(new URL(name, url), seen)
  return seen
}

test('the verifier imports nothing from a platform, but SHA-256 by its import map', () => {
  const imports = importsFrom(DOOR)
  expect(imports.size).toBeGreaterThan(20)
  const foreign = [...imports.values()].flat().filter((name) => !name.startsWith('.'))
  expect([...new Set(foreign)]).toEqual(['#sha256'])
})

/** Run where nothing of Node's can be imported, and `#sha256` is what browsers get. */
const BROWSER = `
import { registerHooks } from 'node:module'
const input = JSON.parse(await new Response(process.stdin).text())
registerHooks({
  resolve(name, context, next) {
    if (name.startsWith('node:')) throw new Error('a browser has no ' + name)
    return name === '#sha256' ? next(new URL('../base/sha256.portable.js', input.door).href, context) : next(name, context)
  },
})
const { verifyLog, verifyEvidence } = await import(input.door)
const { formatTilePath, formatIndexPath } = await import(new URL('../merkle/index.js', input.door))
const bytes = (path) => path in input.files ? Uint8Array.fromBase64?.(input.files[path]) ?? new Uint8Array(Buffer.from(input.files[path], 'base64')) : undefined
const text = (path) => path in input.files ? new TextDecoder().decode(bytes(path)) : undefined
const source = {
  name: 'a browser',
  checkpoint: async () => text('checkpoint'),
  cosigned: async () => undefined,
  keys: async () => JSON.parse(text('keys.json')),
  tile: async (tile) => bytes(formatTilePath(tile)),
  disclosures: async (n) => bytes('disclosures/' + formatIndexPath(n)),
  manifest: async () => undefined,
  close: async () => {},
}
const options = { vkeys: input.vkeys }
console.log(JSON.stringify([await verifyLog(source, options), await verifyEvidence(input.evidence, options)]))
`

test('a log and its evidence are verified as a browser would', () => {
  const world = eventfulWorld()
  const files = Object.fromEntries(
    Array.from(world.files().bytes, ([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]),
  )
  const input = JSON.stringify({ door: DOOR.href, files, vkeys: [world.vkeyAt()], evidence: evidenceOf(world, 10) })
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', BROWSER], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(stderr).toBe('')
  const [log, evidence] = JSON.parse(stdout) as readonly unknown[]
  expect(log).toMatchObject({ verdict: 'verified', findings: [], size: world.size })
  expect(evidence).toMatchObject({ verdict: 'verified', findings: [] })
})
