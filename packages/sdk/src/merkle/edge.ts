/** The right edge of a growing tree: the few hashes from which every later root follows (its compact range). */
import { AuditError, assert, concatBytes } from '../base/index.js'
import { countSubtrees, half, isCount, isOdd } from './counts.js'
import { EMPTY_ROOT, HASH_BYTES, hashNode } from './tree.js'
import { TILE_HEIGHT } from './tiles.js'

/** Hears of a complete subtree of 2^height leaves, the `index`-th of its height from the left. */
export type OnSubtree = (height: number, index: number, hash: Uint8Array) => void

/**
 * The complete subtrees that cover the first `size` leaves, the largest first: at most 53 hashes.
 *
 * A class, and changed in place, because `append` runs once for each recorded event. Whoever may have to
 * throw an append away (a commit that failed) takes a `clone` first.
 *
 * @example
 * const edge = new RightEdge()
 * edge.append(hashLeaf(leaf))
 * edge.root() // the leaf's own hash
 */
export class RightEdge {
  #size = 0
  #nodes: Uint8Array[] = []

  /** The number of leaves so far, and so the index of the next one. */
  get size(): number {
    return this.#size
  }

  /** Adds a leaf hash (32 bytes). `onSubtree` hears of each subtree it completes whose height is 8, 16, 24, …: a full tile's root. */
  append(leafHash: Uint8Array, onSubtree?: OnSubtree): void {
    assert(leafHash.length === HASH_BYTES, 'a leaf hash has 32 bytes')
    assert(isCount(this.#size + 1), 'a log holds fewer than 2^53 leaves')
    let hash = leafHash
    let index = this.#size
    for (let height = 1; isOdd(index); height++) {
      hash = hashNode(this.#nodes.pop() as Uint8Array, hash)
      index = half(index)
      if (height % TILE_HEIGHT === 0) onSubtree?.(height, index, hash)
    }
    this.#nodes.push(hash)
    this.#size++
  }

  /** The root of the tree (RFC 9162 §2.1.1): the subtrees joined from the smallest up. */
  root(): Uint8Array {
    return this.#nodes.reduceRight<Uint8Array | undefined>(joinLeft, undefined) ?? EMPTY_ROOT
  }

  /** The hashes in a row, 32 bytes each, the largest subtree first. */
  encode(): Uint8Array {
    return concatBytes(this.#nodes)
  }

  clone(): RightEdge {
    return RightEdge.#of(this.#size, [...this.#nodes])
  }

  /**
   * The edge of `size` leaves from its encoded hashes.
   *
   * @throws AuditError `malformed_tile` when the bytes are not as many as that size needs
   */
  static decode(size: number, bytes: Uint8Array): RightEdge {
    assert(isCount(size), 'a size is a whole number below 2^53')
    const count = countSubtrees(size)
    if (bytes.length !== count * HASH_BYTES) {
      throw new AuditError(
        'malformed_tile',
        `The edge of a tree of size ${size} has ${count * HASH_BYTES} bytes; found ${bytes.length}. Rebuild it from the tiles.`,
      )
    }
    return RightEdge.#of(
      size,
      Array.from({ length: count }, (_, i) => bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES)),
    )
  }

  static #of(size: number, nodes: Uint8Array[]): RightEdge {
    const edge = new RightEdge()
    edge.#size = size
    edge.#nodes = nodes
    return edge
  }
}

const joinLeft = (right: Uint8Array | undefined, left: Uint8Array): Uint8Array =>
  right === undefined ? left : hashNode(left, right)
