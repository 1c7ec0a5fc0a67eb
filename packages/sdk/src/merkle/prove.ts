/** Makes proofs and roots out of complete subtrees, and complete subtrees out of tiles. */
import { AuditError, assert, concatBytes } from '../base/index.js'
import { heightOf, isCount, splitOf } from './counts.js'
import { RightEdge } from './edge.js'
import { TILE_HEIGHT, TILE_WIDTH } from './tiles.js'
import { HASH_BYTES, hashNode, hashPairs } from './tree.js'

/** The hash of complete subtree number `index` of its height: leaves index·2^height up to (index + 1)·2^height. */
export type ReadSubtree = (height: number, index: number) => Uint8Array

/** The hashes of a tile, 32 bytes each: the full tile, or as much of it as the tree has. */
export type ReadTile = (level: number, index: number) => Uint8Array

/**
 * The hashes that prove leaf `index` in the tree of the first `size` leaves (RFC 9162 §2.1.3.1).
 *
 * @example
 * proveInclusion(0, 2, readSubtree) // [the hash of leaf 1]
 */
export function proveInclusion(index: number, size: number, read: ReadSubtree): Uint8Array[] {
  assert(isCount(index) && isCount(size) && index < size, 'a proven index is below the size, which is below 2^53')
  const proof: Uint8Array[] = []
  let begin = 0
  let end = size
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin)
    if (index < middle) {
      proof.push(rangeRoot(middle, end, read))
      end = middle
    } else {
      proof.push(rangeRoot(begin, middle, read))
      begin = middle
    }
  }
  return proof.toReversed()
}

/**
 * The hashes that prove the tree of `newSize` to begin with the tree of `oldSize` leaves (RFC 9162 §2.1.4.1):
 * none when the sizes are equal or the old tree is empty.
 *
 * @example
 * proveConsistency(1, 2, readSubtree) // [the hash of leaf 1]
 */
export function proveConsistency(oldSize: number, newSize: number, read: ReadSubtree): Uint8Array[] {
  assert(isCount(oldSize) && isCount(newSize) && oldSize <= newSize, 'a log grows, to fewer than 2^53 leaves')
  if (oldSize === 0) return []
  const proof: Uint8Array[] = []
  let begin = 0
  let end = newSize
  while (oldSize < end) {
    const middle = begin + splitOf(end - begin)
    if (oldSize <= middle) {
      proof.push(rangeRoot(middle, end, read))
      end = middle
    } else {
      proof.push(rangeRoot(begin, middle, read))
      begin = middle
    }
  }
  // A range that still begins at 0 is the old tree itself, whose root the verifier has.
  if (begin > 0) proof.push(rangeRoot(begin, end, read))
  return proof.toReversed()
}

/** The root of the tree of the first `size` leaves. */
export const rootOf = (size: number, read: ReadSubtree): Uint8Array => edgeOf(size, read).root()

/** The right edge of the tree of the first `size` leaves: how a log that was closed goes on. */
export function edgeOf(size: number, read: ReadSubtree): RightEdge {
  assert(isCount(size), 'a size is a whole number below 2^53')
  return RightEdge.decode(size, concatBytes(coverOf(0, size, read)))
}

/** The root of the leaves from `begin` up to `end`, where every split that led here keeps `begin` aligned. */
function rangeRoot(begin: number, end: number, read: ReadSubtree): Uint8Array {
  return coverOf(begin, end, read).reduceRight((right, left) => hashNode(left, right))
}

/** The complete subtrees that cover a range, the largest first. */
function coverOf(begin: number, end: number, read: ReadSubtree): Uint8Array[] {
  const cover: Uint8Array[] = []
  let from = begin
  while (from < end) {
    const count = end - from
    const whole = heightOf(count) === undefined ? splitOf(count) : count
    cover.push(read(heightOf(whole) ?? 0, from / whole))
    from += whole
  }
  return cover
}

/**
 * Reads complete subtrees from tiles, hashing up inside one tile (c2sp.org/tlog-tiles). It remembers the
 * tiles it has read, so make one for each proof or batch of proofs and let it go.
 *
 * @throws AuditError `malformed_tile`, when called, if a tile is not whole hashes or lacks the subtree
 * @example
 * proveInclusion(index, size, subtreeFromTiles((level, n) => files.read(level, n)))
 */
export function subtreeFromTiles(readTile: ReadTile): ReadSubtree {
  const tiles = new Map<string, TileTree>()
  return (height, index) => {
    const { level, tile, row, slot } = placeOf(height, index)
    const key = `${level}/${tile}`
    let tree = tiles.get(key)
    if (tree === undefined) tiles.set(key, (tree = new TileTree(level, tile, readTile(level, tile))))
    return tree.hash(row, slot)
  }
}

/** Where a complete subtree stands: in which tile, in which row of the tile's own small tree, and the how many-th there. */
export function placeOf(height: number, index: number) {
  const row = height % TILE_HEIGHT
  const rowWidth = TILE_WIDTH / 2 ** row
  return {
    level: Math.floor(height / TILE_HEIGHT),
    tile: Math.floor(index / rowWidth),
    row,
    slot: index % rowWidth,
  } as const
}

/** A tile's own small tree; row 0 are the tile's hashes. Rows above it are made when they are asked for, and kept. */
export class TileTree {
  readonly #level: number
  readonly #index: number
  readonly #rows: Uint8Array[]
  readonly width: number

  /** @throws AuditError `malformed_tile` when the bytes are not whole hashes, 256 at most */
  constructor(level: number, index: number, bytes: Uint8Array) {
    this.#level = level
    this.#index = index
    this.#rows = [bytes]
    this.width = bytes.length / HASH_BYTES
    if (!Number.isInteger(this.width) || this.width > TILE_WIDTH)
      throw malformed(level, index, `has ${bytes.length} bytes`)
  }

  /** @throws AuditError `malformed_tile` when the tile is not that wide */
  hash(row: number, slot: number): Uint8Array {
    const rows = this.#rows
    for (let made = rows.length; made <= row; made++) rows.push(hashPairs(rows[made - 1] as Uint8Array))
    const hash = rows[row]?.subarray(slot * HASH_BYTES, (slot + 1) * HASH_BYTES)
    if (hash?.length === HASH_BYTES) return hash
    throw malformed(this.#level, this.#index, `lacks subtree ${slot} of height ${row} inside it`)
  }
}

const malformed = (level: number, index: number, what: string): AuditError =>
  new AuditError('malformed_tile', `Tile ${index} of level ${level} ${what}. Fetch it again, or rebuild it.`)
