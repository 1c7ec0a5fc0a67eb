/** The Merkle tree of RFC 6962 and 9162: how leaves and nodes are hashed, and how a proof is checked. */
import { AuditError, assert, encodeHex, equalBytes, sha256, sha256Into } from '../base/index.js'
import { half, isCount, isOdd } from './counts.js'

export const HASH_BYTES = 32

/** The root of a log without entries: SHA-256 of nothing (RFC 9162 §2.1.1). */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0))

/** No honest proof is longer: a tree of at most 2^53 leaves has 53 levels below its root, and consistency adds one. */
export const PROOF_HASHES_MAX = 54

const LEAF_PREFIX = 0
const NODE_PREFIX = 1

/**
 * SHA-256(0x00 ‖ leaf), RFC 9162 §2.1.1: 32 bytes.
 *
 * @example
 * encodeHex(hashLeaf(new Uint8Array(0))) // '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
 */
export function hashLeaf(leaf: Uint8Array): Uint8Array {
  const prefixed = leaf.length < leafBuffer.length ? leafBuffer : new Uint8Array(1 + leaf.length)
  prefixed[0] = LEAF_PREFIX
  prefixed.set(leaf, 1)
  return sha256(prefixed.subarray(0, 1 + leaf.length))
}

/** One buffer for the leaves of all events but the largest: hashing is synchronous, so nobody else holds it meanwhile. */
const leafBuffer = new Uint8Array(4_096)

/** One buffer for all nodes: hashing is synchronous, so nobody else holds it meanwhile. */
const node = new Uint8Array(1 + 2 * HASH_BYTES)
node[0] = NODE_PREFIX

/** SHA-256(0x01 ‖ left ‖ right), RFC 9162 §2.1.1: 32 bytes of twice 32 bytes. */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  assert(left.length === HASH_BYTES && right.length === HASH_BYTES, 'a node is made of two hashes of 32 bytes')
  node.set(left, 1)
  node.set(right, 1 + HASH_BYTES)
  return sha256(node)
}

/**
 * The nodes above a row of hashes, 32 bytes each and in one buffer: trees of tiles are hashed by the hundred. A last hash
 * without a partner has no node here.
 */
export function hashPairs(row: Uint8Array): Uint8Array {
  const above = new Uint8Array(Math.floor(row.length / (2 * HASH_BYTES)) * HASH_BYTES)
  for (let at = 0; at < above.length; at += HASH_BYTES) {
    // Byte by byte: for so few, a view and a call cost more.
    for (let i = 0; i < 2 * HASH_BYTES; i++) node[1 + i] = row[2 * at + i] as number
    sha256Into(node, above, at)
  }
  return above
}

export interface InclusionClaim {
  /** position of the leaf, from 0 */
  readonly index: number
  /** number of leaves of the tree that has this root */
  readonly size: number
  readonly leafHash: Uint8Array
  readonly root: Uint8Array
  /** sibling hashes, from the leaf's up to the root's child */
  readonly proof: readonly Uint8Array[]
}

/**
 * Checks that a leaf stands at an index of a tree (RFC 9162 §2.1.3.2); returns if it does.
 *
 * @throws AuditError `proof_failed` with the claim and both roots
 * @example
 * checkInclusion({ index: 0, size: 2, leafHash: a, root: hashNode(a, b), proof: [b] })
 */
export function checkInclusion(claim: InclusionClaim): void {
  const what = `The inclusion proof of index ${claim.index} in a tree of size ${claim.size}`
  if (!isCount(claim.index) || !isCount(claim.size) || claim.index >= claim.size)
    throw failed(`${what} cannot hold: the index must be below the size, and both below 2^53.`)
  checkHashes(what, [claim.leafHash, claim.root], claim.proof)
  let position = claim.index
  let last = claim.size - 1
  let hash = claim.leafHash
  for (const sibling of claim.proof) {
    if (last === 0) throw failed(`${what} is too long: it has ${claim.proof.length} hashes.`)
    const isRight = isOdd(position) || position === last
    hash = isRight ? hashNode(sibling, hash) : hashNode(hash, sibling)
    ;[position, last] = parents(position, last, isRight)
  }
  if (last !== 0) throw failed(`${what} is too short: it has ${claim.proof.length} hashes.`)
  checkRoot(what, claim.root, hash)
}

export interface ConsistencyClaim {
  readonly oldSize: number
  readonly newSize: number
  readonly oldRoot: Uint8Array
  readonly newRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/**
 * Checks that the tree of `newSize` leaves begins with the tree of `oldSize` leaves (RFC 9162 §2.1.4.2);
 * returns if it does. Every tree begins with the empty one, and nothing need be proved of equal sizes:
 * both take an empty proof.
 *
 * @throws AuditError `proof_failed` with the claim and the roots
 * @example
 * checkConsistency({ oldSize: 1, newSize: 2, oldRoot: a, newRoot: hashNode(a, b), proof: [b] })
 */
export function checkConsistency(claim: ConsistencyClaim): void {
  const { oldSize, newSize, oldRoot, newRoot, proof } = claim
  const what = `The consistency proof from size ${oldSize} to size ${newSize}`
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize)
    throw failed(`${what} cannot hold: the log must not have shrunk, and sizes must be below 2^53.`)
  checkHashes(what, [oldRoot, newRoot], proof)
  if (oldSize === 0) checkRoot(what, oldRoot, EMPTY_ROOT)
  if (oldSize === newSize) checkRoot(what, newRoot, oldRoot)
  if (oldSize > 0 && oldSize < newSize) return checkGrowth(what, claim)
  if (proof.length > 0) throw failed(`${what} has ${proof.length} hashes; there is nothing to prove.`)
}

/** The walk of §2.1.4.2: one pass over the proof rebuilds both roots. */
function checkGrowth(what: string, { oldSize, newSize, oldRoot, newRoot, proof }: ConsistencyClaim): void {
  let position = oldSize - 1
  let last = newSize - 1
  for (; isOdd(position); position = half(position)) last = half(last)
  // An old tree that is one complete subtree is itself where the walk begins; the proof leaves it out.
  const path = position === 0 ? [oldRoot, ...proof] : proof
  const [seed, ...rest] = path
  if (seed === undefined || proof.length === 0) throw failed(`${what} is empty.`)
  let oldHash = seed
  let newHash = seed
  for (const sibling of rest) {
    if (last === 0) throw failed(`${what} is too long: it has ${proof.length} hashes.`)
    const isRight = isOdd(position) || position === last
    if (isRight) oldHash = hashNode(sibling, oldHash)
    newHash = isRight ? hashNode(sibling, newHash) : hashNode(newHash, sibling)
    ;[position, last] = parents(position, last, isRight)
  }
  if (last !== 0) throw failed(`${what} is too short: it has ${proof.length} hashes.`)
  checkRoot(what, oldRoot, oldHash)
  checkRoot(what, newRoot, newHash)
}

/** One level up; the last node of a level has no sibling while it is a left one, so it rises past those levels. */
function parents(position: number, last: number, isRight: boolean): [number, number] {
  let p = position
  let l = last
  if (isRight) {
    for (; !isOdd(p) && p !== 0; p = half(p)) l = half(l)
  }
  return [half(p), half(l)]
}

function checkHashes(what: string, ends: readonly Uint8Array[], proof: readonly Uint8Array[]): void {
  if (proof.length > PROOF_HASHES_MAX)
    throw failed(`${what} has ${proof.length} hashes; at most ${PROOF_HASHES_MAX} (limit PROOF_HASHES_MAX).`)
  const bad = [...ends, ...proof].find((hash) => hash.length !== HASH_BYTES)
  if (bad) throw failed(`${what} holds a hash of ${bad.length} bytes; expected ${HASH_BYTES}.`)
}

function checkRoot(what: string, expected: Uint8Array, found: Uint8Array): void {
  if (equalBytes(expected, found)) return
  throw failed(`${what} leads to another root: expected ${encodeHex(expected)}, found ${encodeHex(found)}.`)
}

const failed = (message: string): AuditError =>
  new AuditError('proof_failed', `${message} Keep the proof and both checkpoints: they are the evidence.`)
