/** `sealedlog export`: a folder that is checked offline, one event as evidence, and what is refused. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@sealedlog/sdk/base'
import { commitTo, groupOfDisclosure, parseDisclosureLines } from '@sealedlog/sdk/event'
import { openNote, parseBundle, parseCheckpoint, parseProof } from '@sealedlog/sdk/merkle'
import type { Manifest } from '@sealedlog/sdk/verify'
import { beforeAll, describe, expect, test } from 'vitest'
import { verifierOf } from '../../dist/store/signing.js'
import {
  eventsOf,
  fileOf,
  get,
  run,
  runJson,
  ROOT_KEY,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from './support.js'

const COUNT = 600
const TLOG = '/v1/organizations/default/tlog'

let server: TestServer
let url: string
let folder: string
let vkey: string

beforeAll(async () => {
  server = await startTestServer()
  ;({ url } = server)
  folder = temporaryFolder()
  await runJson(['record', fileOf(eventsOf(0, COUNT))], { url })
  vkey = (await read(`${TLOG}/vkey`)).toString().trim()
})

async function read(path: string): Promise<Buffer> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${ROOT_KEY}` } })
  expect([path, response.status]).toEqual([path, 200])
  return Buffer.from(await response.arrayBuffer())
}

const manifestOf = (path: string): Manifest => JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Manifest

/** The indexes whose disclosures a bundle shows. */
const shownIn = (path: string): readonly number[] => [
  ...new Set(
    manifestOf(path)
      .files.filter((file) => file.path.startsWith('disclosures/'))
      .flatMap((file) => parseDisclosureLines(readFileSync(join(path, file.path))).map(({ index }) => index)),
  ),
]

async function exportTo(name: string, ...args: readonly string[]): Promise<{ path: string; said: JsonObject }> {
  const path = join(folder, name)
  const [said = {}] = await runJson(['export', '--out', path, ...args], { url })
  expect(existsSync(`${path}.part`)).toBe(false)
  return { path, said }
}

describe('a whole log', () => {
  test('is written as it is served, under the checkpoint that covers its own declaration', async () => {
    const { path, said } = await exportTo('whole', '--reason', 'SOC 2')
    const { size, origin } = manifestOf(path)
    expect(said).toMatchObject({ object: 'exported', folder: path, entries: size, size, index: size - 1 })
    const checkpoint = readFileSync(join(path, 'checkpoint'), 'utf8')
    expect(parseCheckpoint(openNote(checkpoint, [verifierOf(vkey)]).text)).toMatchObject({ size, origin })
    for (const file of manifestOf(path).files) {
      const served = file.path === 'keys.json' ? 'keys' : file.path
      if (file.path !== 'checkpoint')
        expect(readFileSync(join(path, file.path))).toEqual(await read(`${TLOG}/${served}`))
    }
    const last = parseBundle(readFileSync(join(path, `tile/entries/002.p/${size - 512}`))).at(-1)
    expect(String(Buffer.from(last ?? []))).toContain('"type":"sealedlog.export.created"')
    expect(manifestOf(path)).toMatchObject({ v: 1, org: 'default', withheld: [], counts: { entries: size, tiles: 4 } })
  })

  test('says in a sentence what it did, and how it is checked', async () => {
    const { code, stdout } = await run(['export', '--out', join(folder, 'told')], { url })
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^6\d\d entries under the checkpoint of size 6\d\d, in 1\d files of/),
    ])
    expect(stdout).toContain('Check it: npx sealedlog verify ')
  })

  test('takes a policy along', async () => {
    const policy = join(folder, 'policy.txt')
    writeFileSync(policy, 'quorum none\n')
    const { path } = await exportTo('with-policy', '--policy', policy)
    expect(readFileSync(join(path, 'policy'), 'utf8')).toBe('quorum none\n')
    expect(manifestOf(path).files.map((file) => file.path)).toContain('policy')
  })
})

describe('a part of a log', () => {
  test('of a range holds its bundles, and shows no other entries', async () => {
    const { path, said } = await exportTo('range', '--from', '300', '--to', '310')
    expect(said).toMatchObject({ entries: 10 })
    expect(shownIn(path)).toEqual([300, 301, 302, 303, 304, 305, 306, 307, 308, 309])
    expect(manifestOf(path)).toMatchObject({
      entries: [[256, 511]],
      withheld: [
        {
          groups: ['*'],
          ranges: [
            [256, 299],
            [310, 511],
          ],
        },
      ],
    })
    expect(readdirSync(join(path, 'tile/entries'))).toEqual(['001'])
  })

  test('of a filter shows what the list would', async () => {
    const failed = Array.from({ length: 60 }, (_, i) => i * 10)
    for (const [name, args] of [
      ['type', ['--type', 'login.failed']],
      ['query', ['-q', 'type:login.*']],
    ] as const) {
      const { path, said } = await exportTo(name, ...args)
      expect([said.entries, shownIn(path)]).toEqual([60, failed])
    }
    const { path } = await exportTo('both', '--type', 'login.failed', '--from', '95', '--to', '131')
    expect(shownIn(path)).toEqual([100, 110, 120, 130])
  })

  test('withholds groups', async () => {
    const { path } = await exportTo('withheld', '--withhold', 'actor', '--to', '20')
    const lines = parseDisclosureLines(readFileSync(join(path, 'disclosures/000')))
    expect(new Set(lines.map(({ disclosure }) => groupOfDisclosure(disclosure)))).toEqual(new Set(['targets/0']))
    expect(manifestOf(path).withheld).toEqual([
      { groups: ['*'], ranges: [[20, 255]] },
      { groups: ['actor'], ranges: [[0, 19]] },
    ])
  })
})

describe('one event', () => {
  test('goes to stdout as an evidence file, or into one', async () => {
    const { code, stdout } = await run(['export', '--event', 'evt_000007', '--withhold', 'actor'], { url })
    const file = JSON.parse(stdout) as { leaf: string; proof: string; disclosures: string[]; withheld: string[] }
    expect([code, file.withheld, file.disclosures.length]).toEqual([0, ['actor'], 1])
    expect(parseProof(file.proof).index).toBe(7)
    expect(file.leaf).toContain(commitTo(Buffer.from(file.disclosures[0] ?? '')))
    const out = join(folder, 'event.json')
    expect(await run(['export', '--event', 'evt_000007', '--out', out], { url })).toMatchObject({ code: 0, stdout: '' })
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ object: 'evidence', id: 'evt_000007', withheld: [] })
  })
})

test('every folder that came about is on record', async () => {
  const { data } = (await get(url, '/v1/events?bucket=sealedlog&type=sealedlog.export.created')) as {
    data: JsonObject[]
  }
  expect(data.length).toBe(readdirSync(folder).filter((name) => existsSync(join(folder, name, 'manifest.json'))).length)
})

test.each<readonly [string, readonly string[], string]>([
  ['no folder', [], '--out is missing'],
  ['a folder that is there', ['--out', '.'], 'is there already'],
  ['an index that is none', ['--out', 'x', '--from', '1e3'], '--from is "1e3"'],
  ['a range that is none', ['--out', 'x', '--from', '9', '--to', '3'], '[invalid_export]'],
  ['a range beyond the end', ['--out', 'x', '--to', '100000'], '[invalid_export]'],
  ['a group that is none', ['--out', 'x', '--withhold', 'actr'], 'Did you mean "actor"?'],
  ['a filter that finds nothing', ['--out', 'x', '--type', 'never.said'], 'nothing is exported'],
  ['a filter that is none', ['--out', 'x', '--type', 'a b'], '[invalid_parameter]'],
  ['a policy that is not there', ['--out', 'x', '--policy', 'nowhere'], 'cannot be read'],
  ['an event with a range', ['--event', 'evt_000007', '--from', '1'], 'no range and no filter'],
  ['an event that is not there', ['--event', 'nobody'], '[event_not_found]'],
  ['no server', ['--out', 'x', '--url', 'http://127.0.0.1:9'], '[no_answer]'],
])('%s is refused with 2, and leaves nothing behind', async (_name, args, says) => {
  const cwd = temporaryFolder()
  const { code, stdout, stderr } = await run(['export', ...args], { url, cwd })
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)])
  expect(readdirSync(cwd)).toEqual([])
})
