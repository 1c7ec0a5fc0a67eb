import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, encodeHex } from '../../dist/base/index.js'
import {
  checkConsistency,
  checkInclusion,
  edgeOf,
  EMPTY_ROOT,
  hashLeaf,
  hashNode,
  proveConsistency,
  proveInclusion,
  RightEdge,
  rootOf,
  subtreeFromTiles,
  type ReadSubtree,
} from '../../dist/merkle/index.js'
import {
  codeOf,
  familyHashes,
  known,
  naiveConsistency,
  naiveInclusion,
  naiveRoot,
  readerOf,
  tilesOf,
  vectors,
} from './support.js'

const hex = (hashes: readonly Uint8Array[]): string[] => hashes.map(encodeHex)

const FAMILY_SIZE = 70_000
const family = familyHashes(FAMILY_SIZE)
const readFamily = readerOf(family)

/** Sizes around the places where tiles fill, and others. */
const sizes = fc.oneof(
  fc.integer({ min: 1, max: 600 }),
  fc.constantFrom(255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_792),
  fc.integer({ min: 65_536, max: FAMILY_SIZE }),
)

describe('proofs and roots', () => {
  test('equal those of the recursive definition, for random trees', () => {
    const leaves = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), (leaves, a, b) => {
        const hashes = leaves.map(hashLeaf)
        const read = readerOf(hashes)
        const [index, oldSize] = [a % hashes.length, (b % hashes.length) + 1]
        expect(encodeHex(rootOf(hashes.length, read))).toBe(encodeHex(naiveRoot(hashes)))
        expect(hex(proveInclusion(index, hashes.length, read))).toEqual(hex(naiveInclusion(index, hashes)))
        expect(hex(proveConsistency(oldSize, hashes.length, read))).toEqual(hex(naiveConsistency(oldSize, hashes)))
      }),
    )
  })

  test('made from tiles equal the naive ones, also where a tile is just full or just begun', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, a, b) => {
        const hashes = familyHashes(size)
        const read = subtreeFromTiles(tilesOf(hashes))
        const [index, oldSize] = [a % size, (b % size) + 1]
        expect(hex(proveInclusion(index, size, read))).toEqual(hex(naiveInclusion(index, hashes)))
        expect(hex(proveConsistency(oldSize, size, read))).toEqual(hex(naiveConsistency(oldSize, hashes)))
        expect(encodeHex(rootOf(size, read))).toBe(encodeHex(naiveRoot(hashes)))
      }),
      { numRuns: 12 },
    )
  }, 60_000)

  test('of an older size come from the tiles of a newer one', () => {
    const read = subtreeFromTiles(tilesOf(family))
    for (const size of [1, 255, 256, 257, 1000, 65_535, 65_536, 65_537]) {
      expect(encodeHex(rootOf(size, read))).toBe(vectors.leaf_i_family.roots[size])
    }
  })

  test('are accepted by the checks, at every index and every pair of sizes up to 40', () => {
    const roots = Array.from({ length: 41 }, (_, size) => rootOf(size, readFamily))
    for (let size = 1; size <= 40; size++) {
      const root = known(roots[size])
      for (let index = 0; index < size; index++) {
        const proof = proveInclusion(index, size, readFamily)
        checkInclusion({ index, size, leafHash: known(family[index]), root, proof })
      }
      for (let oldSize = 0; oldSize <= size; oldSize++) {
        const proof = proveConsistency(oldSize, size, readFamily)
        checkConsistency({ oldSize, newSize: size, oldRoot: known(roots[oldSize]), newRoot: root, proof })
      }
    }
  })

  test('near the largest size are made and checked without losing a bit', () => {
    // A tree whose leaves are all alike has one hash for each height, so 2^53 - 1 leaves need no store.
    const alike = [hashLeaf(new Uint8Array(0))]
    while (alike.length < 54) alike.push(hashNode(known(alike.at(-1)), known(alike.at(-1))))
    const read: ReadSubtree = (height) => known(alike[height])
    const size = Number.MAX_SAFE_INTEGER
    const root = rootOf(size, read)
    for (const index of [0, 2 ** 31, 2 ** 32 + 1, 2 ** 52, size - 2, size - 1]) {
      const proof = proveInclusion(index, size, read)
      checkInclusion({ index, size, leafHash: known(alike[0]), root, proof })
    }
    for (const oldSize of [1, 2 ** 31, 2 ** 32 + 1, 2 ** 52, 2 ** 52 + 1, size - 1]) {
      const proof = proveConsistency(oldSize, size, read)
      checkConsistency({ oldSize, newSize: size, oldRoot: rootOf(oldSize, read), newRoot: root, proof })
    }
  })

  test('refuse an index outside the tree and a log that shrinks', () => {
    expect(() => proveInclusion(3, 3, readFamily)).toThrow(/below the size/)
    expect(() => proveConsistency(4, 3, readFamily)).toThrow(/grows/)
  })
})

describe('tiles', () => {
  test('are read once for a proof, however many hashes come from one', () => {
    const readTile = tilesOf(family)
    const asked: string[] = []
    const read = subtreeFromTiles((level, index) => {
      asked.push(`${level}/${index}`)
      return readTile(level, index)
    })
    proveInclusion(12_345, FAMILY_SIZE, read)
    expect(asked.toSorted()).toEqual(['0/273', '0/48', '1/0', '1/1'])
  })

  test('that are cut, too long or too narrow are refused', () => {
    const full = tilesOf(family)(0, 0)
    const bad: [Uint8Array, string][] = [
      [full.subarray(0, 31), 'malformed_tile'],
      [concatBytes([full, full]), 'malformed_tile'],
      [full.subarray(0, 32 * 3), 'malformed_tile'],
      [new Uint8Array(0), 'malformed_tile'],
      [full, 'none'],
    ]
    for (const [bytes, code] of bad) expect(codeOf(() => subtreeFromTiles(() => bytes)(2, 0))).toBe(code)
  })
})

describe('the right edge', () => {
  test('has the root of the recursive definition at every size', () => {
    const edge = new RightEdge()
    expect(edge.root()).toEqual(EMPTY_ROOT)
    for (let size = 1; size <= 300; size++) {
      edge.append(known(family[size - 1]))
      expect(edge.size).toBe(size)
      expect(encodeHex(edge.root())).toBe(encodeHex(naiveRoot(family.slice(0, size))))
    }
  })

  test('goes on from its bytes, from a clone and from tiles as if it had never stopped', () => {
    const tiles = subtreeFromTiles(tilesOf(family))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 1, max: 40 }), (size, more) => {
        const edge = edgeOf(size, readFamily)
        const before = encodeHex(edge.root())
        const copies = [RightEdge.decode(size, edge.encode()), edge.clone(), edgeOf(size, tiles)]
        for (const copy of copies) for (let i = size; i < size + more; i++) copy.append(known(family[i]))
        const after = encodeHex(naiveRoot(family.slice(0, size + more)))
        expect(hex(copies.map((copy) => copy.root()))).toEqual([after, after, after])
        expect(encodeHex(edge.root())).toBe(before)
      }),
      { numRuns: 30 },
    )
  })

  test('tells of each full tile at the append that fills it', () => {
    const edge = new RightEdge()
    const told: [number, number, number][] = []
    family.slice(0, 66_000).forEach((leafHash, i) => {
      edge.append(leafHash, (height, index, hash) => {
        told.push([i, height, index])
        expect(encodeHex(hash)).toBe(encodeHex(readFamily(height, index)))
      })
    })
    const level1 = Array.from({ length: 257 }, (_, n) => [256 * n + 255, 8, n])
    expect(told).toEqual([...level1.slice(0, 256), [65_535, 16, 0], ...level1.slice(256)])
  })

  test('refuses bytes that are not as many as the size needs', () => {
    const bytes = edgeOf(7, readFamily).encode()
    expect(bytes.length).toBe(96)
    for (const size of [0, 3, 8, 15]) expect(codeOf(() => RightEdge.decode(size, bytes))).toBe('malformed_tile')
    expect(codeOf(() => RightEdge.decode(7, bytes.subarray(1)))).toBe('malformed_tile')
  })
})

/** One SHA-256 over many lines. */
function fold(lines: Iterable<string>): string {
  const digest = createHash('sha256')
  for (const line of lines) digest.update(`${line}\n`)
  return digest.digest('hex')
}

describe('the vectors', () => {
  const FOLD_MAX = 130
  const oneByte = Array.from({ length: FOLD_MAX }, (_, i) => hashLeaf(Uint8Array.of(i)))
  const read = readerOf(oneByte)

  test('fold every root, inclusion and consistency proof up to size 130 to the three known digests', () => {
    const [roots, inclusion, consistency]: [string[], string[], string[]] = [[], [], []]
    for (let n = 1; n <= FOLD_MAX; n++) {
      roots.push(`${n} ${encodeHex(rootOf(n, read))}`)
      for (let i = 0; i < n; i++) inclusion.push([`${i} ${n}`, ...hex(proveInclusion(i, n, read))].join(' '))
      for (let m = 1; m <= n; m++) consistency.push([`${m} ${n}`, ...hex(proveConsistency(m, n, read))].join(' '))
    }
    expect(fold(roots)).toBe(vectors.folds_up_to_130.roots)
    expect(fold(inclusion)).toBe(vectors.folds_up_to_130.inclusion)
    expect(fold(consistency)).toBe(vectors.folds_up_to_130.consistency)
  })

  test('fold every subtree hash and subtree inclusion proof of draft-ietf-plants-merkle-tree-certs to its digests', () => {
    // A subtree [start, end) is a tree of its own whose complete subtrees are ours, moved by `start`.
    // The draft's subtree consistency and covering proofs are skipped: we have no such operation.
    const [hashes, inclusion]: [string[], string[]] = [[], []]
    for (let end = 0; end <= FOLD_MAX; end++) {
      for (let start = 0; start <= end; start++) {
        const size = end - start
        if (start % 2 ** Math.ceil(Math.log2(Math.max(size, 1))) !== 0) continue
        const moved: ReadSubtree = (height, index) => read(height, index + start / 2 ** height)
        hashes.push(`[${start}, ${end}) ${encodeHex(rootOf(size, moved))}`)
        for (let i = 0; i < size; i++)
          inclusion.push([`${start + i} [${start}, ${end})`, ...hex(proveInclusion(i, size, moved))].join(' '))
      }
    }
    expect(fold(hashes)).toBe(vectors.plants_subtree_folds.subtree_hash)
    expect(fold(inclusion)).toBe(vectors.plants_subtree_folds.subtree_inclusion)
  })

  test('hold the roots and proofs of the "leaf i" family', () => {
    const { roots, inclusion, consistency } = vectors.leaf_i_family
    for (const [size, root] of Object.entries(roots)) expect(encodeHex(rootOf(Number(size), readFamily))).toBe(root)
    for (const { index, size, proof } of inclusion) expect(hex(proveInclusion(index, size, readFamily))).toEqual(proof)
    for (const { size1, size2, proof } of consistency)
      expect(hex(proveConsistency(size1, size2, readFamily))).toEqual(proof)
  })
})
