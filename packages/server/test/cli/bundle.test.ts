/** Bundles: what a part of a log takes along, so that it is checked like the whole. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { concatBytes, encodeUtf8 } from '@sealedlog/sdk/base'
import {
  type EventInput,
  fillEvent,
  formatDisclosureLines,
  groupOfDisclosure,
  type IndexRange,
  type LogAct,
  parseDisclosureLines,
  type Redaction,
  sealEvent,
  splitDisclosures,
  stampLeaf,
} from '@sealedlog/sdk/event'
import {
  formatBundle,
  hashLeaf,
  parseTilePath,
  proveInclusion,
  RightEdge,
  rootOf,
  subtreeFromTiles,
  tileWidth,
  formatTilePath,
  checkInclusion,
} from '@sealedlog/sdk/merkle'
import type { Manifest } from '@sealedlog/sdk/verify'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type BundleSource, writeBundle } from '../../dist/cli/bundle.js'
import { BundleFolder } from '../../dist/cli/bundle-folder.js'
import { bundlesOf, countOf, entriesOf, hashTilesOf, isIn, without } from '../../dist/cli/bundle-plan.js'

const folder = mkdtempSync(join(tmpdir(), 'sealedlog-bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const AT_MS = Date.UTC(2026, 10, 20)
let salt = 0
/** Salts that count: a failing run is the same when it is run again. */
const random = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i % 16 < 4 ? (salt++ >> (8 * (i % 4))) & 255 : i & 255))

/** A log in memory, as an export reads it. */
class MemoryLog implements BundleSource {
  readonly leaves: Uint8Array[] = []
  readonly disclosures: Uint8Array[][] = []
  readonly redactionsAt: number[] = []
  readonly asked: string[] = []

  record(event: EventInput, act?: LogAct): number {
    const filled = fillEvent(event, AT_MS, random)
    const sealed = sealEvent(filled, 'acme', random, act)
    stampLeaf(sealed.leaf, sealed.recordedAtOffset, sealed.occurredAtOffset, AT_MS)
    this.disclosures.push(splitDisclosures(sealed.disclosures))
    return this.leaves.push(sealed.leaf) - 1
  }

  /** Erases, with the entry that accounts for it. */
  erase(redacts: readonly Redaction[]): number {
    for (const { groups, ranges } of redacts)
      this.disclosures.forEach((lines, index) => {
        if (isIn(ranges, index))
          this.disclosures[index] = lines.filter((line) => !groups.includes(groupOfDisclosure(line)))
      })
    const index = this.record({ type: 'audit.redaction', bucket: 'sealedlog' }, { redacts })
    this.redactionsAt.unshift(index)
    return index
  }

  get size(): number {
    return this.leaves.length
  }

  get root(): Uint8Array {
    const edge = new RightEdge()
    for (const leaf of this.leaves) edge.append(hashLeaf(leaf))
    return edge.root()
  }

  async read(path: string): Promise<Uint8Array> {
    this.asked.push(path)
    const [, number] = /^disclosures\/(.*)$/.exec(path) ?? []
    if (number !== undefined) {
      const { index } = parseTilePath(`tile/entries/${number}`)
      const lines = this.disclosures.slice(index * 256, index * 256 + 256)
      return concatBytes(
        lines.flatMap((some, i) =>
          some.map((disclosures) => formatDisclosureLines([{ index: index * 256 + i, disclosures }])),
        ),
      )
    }
    const { level, index, width } = parseTilePath(path)
    if (level === 'entries') return formatBundle(this.leaves.slice(index * 256, index * 256 + width))
    return concatBytes(Array.from({ length: width }, (_, i) => this.#hash(level, index * 256 + i)))
  }

  #hash(level: number, index: number): Uint8Array {
    const edge = new RightEdge()
    const span = 256 ** level
    for (const leaf of this.leaves.slice(index * span, (index + 1) * span)) edge.append(hashLeaf(leaf))
    return edge.root()
  }

  async *redactions(): AsyncGenerator<number> {
    yield* this.redactionsAt
  }

  async checkUnchanged(): Promise<void> {}
}

function logOf(count: number): MemoryLog {
  const log = new MemoryLog()
  for (let i = 0; i < count; i++)
    log.record({ type: 'a.b', actor: { type: 'user', id: `user_${i}` }, ...(i % 2 ? { details: { i } } : {}) })
  return log
}

let written = 0

interface Read {
  readonly path: string
  readonly manifest: Manifest
  readonly paths: readonly string[]
  readonly bytes: (path: string) => Uint8Array
}

async function write(log: MemoryLog, chosen?: readonly IndexRange[], withhold: readonly string[] = []): Promise<Read> {
  const path = join(folder, `bundle-${++written}`)
  const request = { org: 'acme', origin: 'example.com/log', size: log.size, chosen, withhold, madeAt: 'now' }
  await writeBundle(log, request, await BundleFolder.make(path), () => undefined)
  const paths = (
    readdirSync(path, { recursive: true, withFileTypes: true }) as {
      name: string
      parentPath: string
      isFile(): boolean
    }[]
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort()
  return {
    path,
    paths,
    manifest: JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Manifest,
    bytes: (name) => new Uint8Array(readFileSync(join(path, name))),
  }
}

describe('the plan', () => {
  const size = fc.integer({ min: 1, max: 200_000 })
  const rangesIn = (max: number) =>
    fc.uniqueArray(fc.integer({ min: 0, max: max - 1 }), { minLength: 1, maxLength: 8 }).map((indexes) => {
      const sorted = indexes.toSorted((a, b) => a - b)
      return sorted.map((first, i): IndexRange => [first, Math.min(first + (first % 300), (sorted[i + 1] ?? max) - 1)])
    })

  test('has the tiles that lead from every entry inside to the root, whatever was chosen', () => {
    fc.assert(
      fc.property(
        size.chain((n) => fc.tuple(fc.constant(n), rangesIn(n))),
        ([n, chosen]) => {
          const bundles = bundlesOf(chosen)
          const tiles = new Set(hashTilesOf(n, new Set(bundles)).map(formatTilePath))
          const read = subtreeFromTiles((level, index) => {
            const path = formatTilePath({ level, index, width: tileWidth(level, index, n) })
            expect(tiles).toContain(path)
            return new Uint8Array(32 * tileWidth(level, index, n))
          })
          rootOf(n, read)
          for (const [first, last] of entriesOf(bundles, n))
            for (const index of [first, Math.floor((first + last) / 2), last]) proveInclusion(index, n, read)
          for (const [first, last] of chosen)
            expect(entriesOf(bundles, n).some(([a, b]) => a <= first && last <= b)).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  })

  test('of all is every tile there is', () => {
    const paths = hashTilesOf(70_000).map(formatTilePath)
    expect(paths).toHaveLength(274 + 2 + 1)
    expect(paths).toEqual(
      expect.arrayContaining(['tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']),
    )
    expect(hashTilesOf(256).map(formatTilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1'])
    expect(hashTilesOf(0)).toEqual([])
  })

  test('takes nothing twice from what it leaves out', () => {
    fc.assert(
      fc.property(
        size.chain((n) => fc.tuple(rangesIn(n), rangesIn(n))),
        ([some, others]) => {
          const left = without(some, others)
          expect(countOf(left)).toBe(
            countOf(some) - countOf(some.flatMap((range) => without([range], without([range], others)))),
          )
          for (const [first, last] of left) for (const index of [first, last]) expect(isIn(others, index)).toBe(false)
        },
      ),
    )
  })
})

describe('a bundle of everything', () => {
  test('is every byte of the log, and says so', async () => {
    const log = logOf(300)
    const { manifest, paths, bytes } = await write(log)
    expect(manifest).toMatchObject({
      v: 1,
      size: 300,
      withheld: [],
      counts: { entries: 300, disclosures: 450, tiles: 3 },
    })
    expect(manifest.entries).toBeUndefined()
    for (const path of ['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/001.p/44', 'disclosures/001'])
      expect(bytes(path)).toEqual(await log.read(path))
    expect(manifest.files.map((file) => file.path)).toEqual(paths.filter((path) => path !== 'manifest.json'))
    for (const file of manifest.files) {
      expect(file.sha256).toBe(createHash('sha256').update(bytes(file.path)).digest('hex'))
      expect(file.bytes).toBe(bytes(file.path).length)
    }
  })

  test('passes over what the log holds behind the checkpoint', async () => {
    const log = logOf(300)
    const path = join(folder, 'grown')
    const request = { org: 'acme', origin: 'o', size: 270, chosen: undefined, withhold: [], madeAt: 'now' }
    await writeBundle(log, request, await BundleFolder.make(path), () => undefined)
    const lines = parseDisclosureLines(new Uint8Array(readFileSync(join(path, 'disclosures/001'))))
    expect(Math.max(...lines.map(({ index }) => index))).toBe(269)
    expect(readdirSync(join(path, 'tile/entries'))).toContain('001.p')
    expect(readdirSync(join(path, 'tile/entries/001.p'))).toEqual(['14'])
  })

  test('withholds groups by name, and names of which entries', async () => {
    const { manifest, bytes } = await write(logOf(6), undefined, ['details'])
    expect(manifest.withheld).toEqual([
      {
        groups: ['details'],
        ranges: [
          [1, 1],
          [3, 3],
          [5, 5],
        ],
      },
    ])
    const groups = parseDisclosureLines(bytes('disclosures/000')).map(({ disclosure }) => groupOfDisclosure(disclosure))
    expect(groups).toEqual(Array.from({ length: 6 }, () => 'actor'))
  })
})

describe('a bundle of a range', () => {
  test('is proven like the whole, shows what was chosen, and names all else as withheld', async () => {
    const log = logOf(1_500)
    const { manifest, paths, bytes } = await write(log, [[600, 610]])
    expect(paths.filter((path) => path.startsWith('tile'))).toEqual([
      'tile/0/002',
      'tile/0/005.p/220',
      'tile/1/000.p/5',
      'tile/entries/002',
    ])
    expect(manifest.entries).toEqual([[512, 767]])
    expect(manifest.withheld).toEqual([
      {
        groups: ['*'],
        ranges: [
          [512, 599],
          [611, 767],
        ],
      },
    ])
    const shown = new Set(parseDisclosureLines(bytes('disclosures/002')).map(({ index }) => index))
    expect([...shown]).toEqual([600, 601, 602, 603, 604, 605, 606, 607, 608, 609, 610])
    const read = subtreeFromTiles((level, index) =>
      bytes(formatTilePath({ level, index, width: tileWidth(level, index, 1_500) })),
    )
    const root = rootOf(1_500, read)
    expect(root).toEqual(log.root)
    for (const index of [512, 605, 767]) {
      const leafHash = hashLeaf(log.leaves[index] as Uint8Array)
      checkInclusion({ index, size: 1_500, leafHash, root, proof: proveInclusion(index, 1_500, read) })
    }
  })

  test('takes along the entries that account for what is erased of it, and no others', async () => {
    const log = logOf(600)
    const old = log.erase([{ groups: ['actor'], ranges: [[10, 20]] }])
    for (let i = 0; i < 400; i++) log.record({ type: 'a.b' })
    log.erase([{ groups: ['actor'], ranges: [[300, 310]] }])
    for (let i = 0; i < 400; i++) log.record({ type: 'a.b' })
    const { manifest } = await write(log, [[0, 30]])
    const bundle = Math.floor(old / 256) * 256
    expect(manifest.entries).toEqual([
      [0, 255],
      [bundle, bundle + 255],
    ])
    const whole = await write(log, [[300, 700]])
    expect(whole.manifest.entries).toEqual([[256, 1_023]])
    const nothingGone = await write(log, [[100, 110]])
    expect(nothingGone.manifest.entries).toEqual([[0, 255]])
  })

  test('takes along the entries that announce keys, and the tiles that tell what witnesses signed', async () => {
    const log = logOf(1_500)
    const path = join(folder, 'landmarks')
    const request = {
      org: 'acme',
      origin: 'o',
      size: 1_500,
      chosen: [[600, 610]],
      withhold: [],
      madeAt: 'now',
    } as const
    const made = await BundleFolder.make(path)
    await writeBundle(log, { ...request, always: [300], sizes: [1_100] }, made, () => undefined)
    expect(readdirSync(join(path, 'tile/entries')).sort()).toEqual(['001', '002'])
    expect(readdirSync(join(path, 'tile/0')).sort()).toEqual(['001', '002', '004', '005.p'])
    const { entries, withheld } = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Manifest
    expect([entries, withheld[0]?.ranges]).toEqual([
      [[256, 767]],
      [
        [256, 599],
        [611, 767],
      ],
    ])
  })

  test('of which a group is gone without account is written all the same: the verifier says so', async () => {
    const log = logOf(300)
    log.disclosures[5] = []
    const { manifest } = await write(log, [[0, 9]])
    expect(manifest.entries).toEqual([[0, 255]])
  })
})

describe('the folder', () => {
  test('stands in its place whole, or not at all', async () => {
    const log = logOf(300)
    log.checkUnchanged = async () => {
      throw new Error('erased meanwhile')
    }
    const path = join(folder, 'failing')
    const request = { org: 'acme', origin: 'o', size: 300, chosen: undefined, withhold: [], madeAt: 'now' }
    const made = await BundleFolder.make(path)
    await expect(writeBundle(log, request, made, () => undefined)).rejects.toThrow('erased meanwhile')
    expect(existsSync(path)).toBe(false)
    await made.discard()
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  test('takes nobody else’s place, and clears what a killed export left', async () => {
    const path = join(folder, 'taken')
    mkdirSync(`${path}.part`)
    writeFileSync(join(`${path}.part`, 'old'), 'x')
    const made = await BundleFolder.make(path)
    await made.write('checkpoint', encodeUtf8('note'))
    await made.finish((files) => ({ files }))
    expect(readdirSync(path).sort()).toEqual(['checkpoint', 'manifest.json'])
    await expect(BundleFolder.make(path)).rejects.toMatchObject({ code: 'invalid_configuration' })
  })
})
