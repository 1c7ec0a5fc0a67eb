import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, encodeHex } from '../../dist/base/index.js'
import {
  formatBundle,
  formatTilePath,
  hashLeaf,
  parseBundle,
  parseTilePath,
  tileWidth,
  type TileLevel,
} from '../../dist/merkle/index.js'
import { codeOf, familyHashes, fromBase64, tilesOf, vectors } from './support.js'

const tileNames = fc.record({
  level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
  index: fc.oneof(fc.maxSafeNat(), fc.nat(2_000_000)),
  width: fc.integer({ min: 1, max: 256 }),
})

describe('tile paths', () => {
  test('are read back as they were written', () => {
    fc.assert(
      fc.property(tileNames, (name) => {
        expect(parseTilePath(formatTilePath(name))).toEqual(name)
      }),
    )
  })

  test('have one spelling: what is read at all is written back the same', () => {
    const letters = fc.constantFrom(...'0123456789x/.p'.split(''), 'tile/', 'entries', '/')
    const altered = fc.tuple(tileNames, fc.nat(), fc.nat(2), letters).map(([name, at, cut, letter]) => {
      const path = formatTilePath(name)
      const i = at % (path.length + 1)
      return path.slice(0, i) + letter + path.slice(i + cut)
    })
    fc.assert(
      fc.property(altered, (path) => {
        if (codeOf(() => parseTilePath(path)) === 'none') expect(formatTilePath(parseTilePath(path))).toBe(path)
      }),
      { numRuns: 2000 },
    )
  })

  test('are those of the specification', () => {
    for (const { level, index, width = 256, path } of vectors.tile_paths.cases) {
      expect(formatTilePath({ level, index, width })).toBe(path)
      expect(parseTilePath(path)).toEqual({ level, index, width })
    }
  })

  test.each([
    '',
    'tile/0',
    'tile/0/',
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/1234',
    'tile/0/x000/001',
    'tile/0/x001',
    'tile/0/x001/x234',
    'tile/0/001/067',
    'tile/0/x1/067',
    'tile/00/001',
    'tile/01/001',
    'tile/64/001',
    'tile/-1/001',
    'tile/entry/001',
    'tile/data/001',
    'tile/8/0/001',
    '/tile/0/001',
    'tile/0/001/',
    'tile/0/001\n',
    'tile/0/001.p',
    'tile/0/001.p/',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/257',
    'tile/0/001.p/01',
    'tile/0/001.p/1/',
    'tile/0/001.p/-1',
    'tile/0/٠٠١',
    // 2^53, the first index that a Number may not tell from its neighbour
    'tile/0/x009/x007/x199/x254/x740/992',
    'tile/0/x001/x000/x000/x000/x000/x000/000',
  ])('%j is no tile path', (path) => {
    expect(codeOf(() => parseTilePath(path))).toBe('malformed_tile')
  })
})

describe('tile widths', () => {
  test('are those of the specification', () => {
    const table: [TileLevel, number, number, number][] = [
      [0, 0, 70_000, 256],
      [0, 272, 70_000, 256],
      [0, 273, 70_000, 112],
      [0, 274, 70_000, 0],
      ['entries', 273, 70_000, 112],
      [1, 0, 70_000, 256],
      [1, 1, 70_000, 17],
      [1, 2, 70_000, 0],
      [2, 0, 70_000, 1],
      [3, 0, 70_000, 0],
      [0, 0, 256, 256],
      [0, 1, 256, 0],
      [1, 0, 256, 1],
      [0, 0, 0, 0],
      [6, 0, Number.MAX_SAFE_INTEGER, 31],
      [63, 0, Number.MAX_SAFE_INTEGER, 0],
      [0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0],
    ]
    for (const [level, index, size, width] of table) expect(tileWidth(level, index, size)).toBe(width)
  })

  test('add up to all hashes of a level', () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.integer({ min: 0, max: 2 }), (size, level) => {
        let sum = 0
        for (let index = 0; tileWidth(level, index, size) > 0; index++) sum += tileWidth(level, index, size)
        expect(sum).toBe(Math.floor(size / 256 ** level))
      }),
    )
  })
})

test('the tiles of the "leaf i" family at size 70,000 are byte for byte those of the vectors', () => {
  const readTile = tilesOf(familyHashes(70_000))
  for (const { path, bytes, sha256 } of vectors.leaf_i_family.tiles_size_70000) {
    const { level, index, width } = parseTilePath(path)
    const tile = readTile(level === 'entries' ? 0 : level, index).subarray(0, 32 * width)
    expect(tile.length).toBe(bytes)
    expect(createHash('sha256').update(tile).digest('hex')).toBe(sha256)
  }
})

describe('entry bundles', () => {
  const leaves = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })

  test('are read back as they were written', () => {
    fc.assert(
      fc.property(leaves, (leaves) => {
        expect(parseBundle(formatBundle(leaves)).map(encodeHex)).toEqual(leaves.map(encodeHex))
      }),
    )
  })

  test('that end inside a leaf or go on after the last are refused', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), (leaves, at) => {
        const bundle = formatBundle(leaves)
        fc.pre(bundle.length > 0)
        const cut = bundle.subarray(0, at % bundle.length)
        // A cut between two leaves is a shorter bundle, which the caller tells by its count.
        if (codeOf(() => parseBundle(cut)) === 'none') expect(parseBundle(cut).length).toBeLessThan(leaves.length)
        expect(codeOf(() => parseBundle(concatBytes([bundle, Uint8Array.of(0)])))).toBe('malformed_tile')
        expect(codeOf(() => parseBundle(concatBytes([bundle, Uint8Array.of(0, 1)])))).toBe('malformed_tile')
      }),
    )
  })

  test('hold leaves of 0 and of 65,535 bytes, and no longer ones, and at most 256', () => {
    const bundle = formatBundle([new Uint8Array(0), new Uint8Array(65_535)])
    expect(parseBundle(bundle).map((leaf) => leaf.length)).toEqual([0, 65_535])
    expect(() => formatBundle([new Uint8Array(65_536)])).toThrow(/65,535/)
    expect(() => formatBundle(Array.from({ length: 257 }, () => new Uint8Array(0)))).toThrow(/256/)
    expect(codeOf(() => parseBundle(new Uint8Array(2 * 257)))).toBe('malformed_tile')
  })

  test('that Tessera wrote hash to the tile that Tessera wrote', () => {
    const { entries_bundle_15_base64, tile_0_000_p_15_base64 } = vectors.tessera_posix_log
    const bytes = fromBase64(entries_bundle_15_base64)
    const leaves = parseBundle(bytes)
    expect(leaves.length).toBe(15)
    expect(formatBundle(leaves)).toEqual(bytes)
    expect(concatBytes(leaves.map(hashLeaf))).toEqual(fromBase64(tile_0_000_p_15_base64))
  })
})
