/** The verifier on bundles: a folder of tiles with a manifest, one without, and what is wrong with either. */
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { formatIndexPath, formatTilePath, tileWidth } from '../../dist/merkle/index.js'
import { DataFolder, DataFolderSource, parseManifestFile } from '../../dist/verifier/index.js'
import type { Manifest } from '../../dist/verify/index.js'
import { copyOf, makeFolder, pictureOf, reportOf, reportsOf, stateOf, temporaryFolder } from './support.js'

const COUNT = 600
let bundle: string
beforeAll(async () => {
  bundle = await writeBundle(await makeFolder(COUNT))
})

/** A bundle as decision 0008 has it, by hand: what another program would write. */
async function writeBundle(data: string): Promise<string> {
  const folder = join(temporaryFolder(), 'bundle')
  const opened = await DataFolder.open(data)
  const source = new DataFolderSource(opened, 'acme')
  const files = new Map<string, Uint8Array | string>()
  const note = await source.checkpoint()
  const keys = await source.keys()
  files.set('checkpoint', note)
  files.set('vkey', keys.map(({ vkey }) => `${vkey}\n`).join(''))
  files.set('keys.json', JSON.stringify({ origin: keys[0]?.origin, data: keys }))
  for (const level of ['entries', 0, 1] as const)
    for (let index = 0; tileWidth(level, index, COUNT) > 0; index++) {
      const tile = { level, index, width: tileWidth(level, index, COUNT) }
      files.set(formatTilePath(tile), (await source.tile(tile)) ?? new Uint8Array(0))
    }
  for (let n = 0; n * 256 < COUNT; n++) files.set(`disclosures/${formatIndexPath(n)}`, await source.disclosures(n))
  opened.close()
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const manifest = {
    v: 1,
    org: 'acme',
    origin: keys[0]?.origin ?? '',
    size: COUNT,
    made_at: '2026-11-20T09:12:21.123Z',
    withheld: [],
    counts: { entries: COUNT, disclosures: 3 * COUNT, tiles: 4 },
    files: [...files].map(([path, content]) => ({
      path,
      bytes: Buffer.from(content).length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  return folder
}

/** Writes the manifest anew, with something changed. */
function remake(folder: string, change: (manifest: Record<string, unknown>) => object): void {
  const path = join(folder, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  writeFileSync(path, JSON.stringify({ ...manifest, ...change(manifest) }))
}

describe('a bundle', () => {
  test('is verified, file by file, and left as it was', async () => {
    const before = pictureOf(bundle)
    const report = await reportOf([bundle])
    expect(report).toMatchObject({
      code: 0,
      verdict: 'verified',
      org: 'acme',
      size: COUNT,
      groups: { disclosed: 3 * COUNT },
    })
    expect(stateOf(report, 'files')).toBe('passed')
    expect(pictureOf(bundle)).toEqual(before)
  })

  test('of plain tiles has no manifest and no disclosures, and that is said', async () => {
    const folder = copyOf(bundle)
    for (const name of ['manifest.json', 'keys.json', 'disclosures']) rmSync(join(folder, name), { recursive: true })
    const report = await reportOf([folder])
    expect(report).toMatchObject({ code: 0, verdict: 'verified' })
    expect([stateOf(report, 'files'), stateOf(report, 'disclosures')]).toEqual(['skipped', 'skipped'])
  })

  test('says what it withholds', async () => {
    const folder = copyOf(bundle)
    rmSync(join(folder, 'disclosures', '001'))
    const isLeft = ({ path }: { readonly path: string }) => path !== 'disclosures/001'
    remake(folder, ({ files }) => ({
      withheld: [{ groups: ['*'], ranges: [[256, 511]] }],
      files: (files as Manifest['files']).filter(isLeft),
    }))
    expect(await reportOf([folder])).toMatchObject({ verdict: 'verified', groups: { withheld: 3 * 256, missing: 0 } })
  })

  test.each<readonly [name: string, where: string, harm: (folder: string) => void]>([
    ['a file cut', 'tile/entries/001', (folder) => truncateSync(join(folder, 'tile/entries/001'), 100)],
    ['a byte more', 'vkey', (folder) => appendFileSync(join(folder, 'vkey'), '\n')],
    [
      'a file altered',
      'disclosures/000',
      (folder) => {
        const path = join(folder, 'disclosures/000')
        writeFileSync(path, readFileSync(path, 'utf8').replace('User 1', 'User 2'))
      },
    ],
    ['a file missing', 'tile/1/000.p/2', (folder) => rmSync(join(folder, 'tile/1/000.p/2'))],
    ['a file that is not named', 'notes.txt', (folder) => writeFileSync(join(folder, 'notes.txt'), 'hello')],
    [
      'a link in place of a file that is not named',
      'disclosures/x',
      (folder) => symlinkSync('/etc/hostname', join(folder, 'disclosures/x')),
    ],
  ])('with %s is refused', async (_name, where, harm) => {
    const folder = copyOf(bundle)
    harm(folder)
    const report = await reportOf([folder])
    expect(report).toMatchObject({ code: 1, verdict: 'not_verified' })
    expect(report.findings.filter(({ check }) => check === 'files')).toMatchObject([{ where }])
  })

  test('whose manifest names a file outside of it is refused before that is read', async () => {
    for (const path of ['../vkey', '/etc/hostname', 'tile/../../x', '.hidden', 'a//b', 'C:\\x']) {
      const folder = copyOf(bundle)
      remake(folder, () => ({ files: [{ path, bytes: 1, sha256: '0'.repeat(64) }] }))
      const { code, stderr, reports } = await reportsOf([folder])
      expect([code, stderr + JSON.stringify(reports)], path).toEqual([1, expect.stringContaining('not told by path')])
    }
  })

  test('whose disclosures are gone is not the same as one that never had any', async () => {
    const folder = copyOf(bundle)
    rmSync(join(folder, 'disclosures'), { recursive: true })
    const report = await reportOf([folder])
    expect(report).toMatchObject({ code: 1, verdict: 'not_verified' })
    expect(stateOf(report, 'disclosures')).toBe('failed')
  })

  test('of another organization than the one asked for is refused', async () => {
    expect(await reportsOf([bundle, '--org', 'other'])).toMatchObject({ code: 1 })
  })

  test('may lie where a name has spaces and letters of all kinds', async () => {
    const folder = join(temporaryFolder(), 'Prüfung 2026 % ? #')
    renameSync(copyOf(bundle), folder)
    expect(await reportOf([folder])).toMatchObject({ code: 0 })
  })
})

test.each([
  ['another version', { v: 2 }, 'unsupported_version'],
  ['no size', { size: -1 }, 'invalid_export'],
  [
    'ranges that overlap',
    {
      entries: [
        [0, 5],
        [3, 9],
      ],
    },
    'invalid_export',
  ],
  ['something withheld without a range', { withheld: [{ groups: ['actor'] }] }, 'invalid_export'],
  ['a hash that is none', { files: [{ path: 'a', bytes: 1, sha256: 'x' }] }, 'invalid_export'],
])('a manifest with %s is refused', (_name, change, code) => {
  const text = readFileSync(join(bundle, 'manifest.json'), 'utf8')
  expect(parseManifestFile(text)).toMatchObject({ org: 'acme' })
  const manifest = { ...(JSON.parse(text) as object), ...change }
  expect(() => parseManifestFile(JSON.stringify(manifest))).toThrowError(expect.objectContaining({ code }))
  expect(() => parseManifestFile(text.slice(0, -5))).toThrowError(expect.objectContaining({ code: 'invalid_export' }))
})
