/** What the Merkle tests share: the known-answer vectors, naive trees, and Ed25519 by node:crypto. */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AuditError, concatBytes, decodeBase64, decodeHex, type ErrorCode } from '../../dist/base/index.js'
import {
  ED25519,
  EMPTY_ROOT,
  hashLeaf,
  hashNode,
  noteKeyId,
  parseVerifierKey,
  type NoteSigner,
  type NoteVerifier,
  type ReadSubtree,
  type ReadTile,
} from '../../dist/merkle/index.js'

interface Proof {
  readonly proof: readonly string[]
}
interface InclusionVector extends Proof {
  readonly index: number
  readonly size: number
}
interface ConsistencyVector extends Proof {
  readonly size1: number
  readonly size2: number
}
export interface InclusionCase {
  readonly file: string
  readonly leafIdx: number | string
  readonly treeSize: number
  readonly root: string
  readonly leafHash: string
  readonly proof: readonly string[] | null
  readonly wantErr: boolean
}
export interface ConsistencyCase {
  readonly file: string
  readonly size1: number
  readonly size2: number
  readonly root1: string
  readonly root2: string
  readonly proof: readonly string[] | null
  readonly wantErr: boolean
}
type Texts = Readonly<Record<string, string>>

/** Only the members that the tests read. */
export interface Vectors {
  readonly rfc6962_basic: {
    readonly empty_root: string
    readonly empty_leaf: string
    readonly leaf: { readonly data_utf8: string; readonly hash: string }
    readonly node: { readonly left_utf8: string; readonly right_utf8: string; readonly hash: string }
  }
  readonly rfc6962_8_leaves: {
    readonly leaves_hex: readonly string[]
    readonly level0: readonly string[]
    readonly level1: readonly string[]
    readonly level2: readonly string[]
    readonly level3: readonly string[]
    readonly roots_by_size: readonly string[]
    readonly inclusion: readonly InclusionVector[]
    readonly consistency: readonly ConsistencyVector[]
  }
  readonly proof_verification_cases: {
    readonly inclusion: readonly InclusionCase[]
    readonly consistency: readonly ConsistencyCase[]
  }
  readonly plants_subtree_folds: { readonly subtree_hash: string; readonly subtree_inclusion: string }
  readonly folds_up_to_130: { readonly roots: string; readonly inclusion: string; readonly consistency: string }
  readonly leaf_i_family: {
    readonly roots: Texts
    readonly inclusion: readonly InclusionVector[]
    readonly consistency: readonly ConsistencyVector[]
    readonly tiles_size_70000: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[]
  }
  readonly tile_paths: {
    readonly cases: readonly {
      readonly level: number | 'entries'
      readonly index: number
      readonly width?: number
      readonly path: string
    }[]
  }
  readonly signed_notes: {
    readonly published: readonly { readonly vkey: string; readonly skey?: string; readonly note: string }[]
  }
  readonly tessera_posix_log: {
    readonly origin: string
    readonly vkey: string
    readonly checkpoints: Texts
    readonly entries_bundle_15_base64: string
    readonly tile_0_000_p_15_base64: string
  }
  readonly signed_set: {
    readonly origin: string
    readonly checkpoints: Texts
    readonly log_seed_hex: string
    readonly log_vkey: string
    readonly witness_vkey: string
    readonly witness_seed_hex: string
    readonly cosignature_time: number
    readonly tlog_proof_500_of_1000: string
    readonly add_checkpoint_300_1000: string
  }
  readonly ed25519_rfc8032: {
    readonly cases: readonly {
      readonly seed: string
      readonly pub: string
      readonly msg: string
      readonly sig: string
    }[]
  }
  readonly jcs_rfc8785: {
    readonly cases: readonly { readonly name: string; readonly input_base64: string; readonly output_hex: string }[]
    readonly numbers: readonly { readonly ieee754: string; readonly text: string }[]
    readonly must_reject: readonly string[]
  }
}

export const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/tlog-vectors.json', import.meta.url), 'utf8'),
) as Vectors

export const fromHex = (text: string): Uint8Array => known(decodeHex(text))
export const fromBase64 = (text: string): Uint8Array => known(decodeBase64(text))

/** A value that the test set up itself. */
export function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test expects this to be there')
  return value
}

/** The code of the AuditError that a call throws, or 'none'. Other errors pass through: they are bugs. */
export function codeOf(call: () => unknown): ErrorCode | 'none' {
  try {
    call()
    return 'none'
  } catch (error) {
    if (error instanceof AuditError) return error.code
    throw error
  }
}

/** MTH as RFC 6962 §2.1 defines it: recursion over the leaves, no cleverness. */
export function naiveRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length < 2) return hashes[0] ?? EMPTY_ROOT
  const k = naiveSplit(hashes.length)
  return hashNode(naiveRoot(hashes.slice(0, k)), naiveRoot(hashes.slice(k)))
}

/** PATH(m, D[n]) of RFC 6962 §2.1.1. */
export function naiveInclusion(m: number, hashes: readonly Uint8Array[]): Uint8Array[] {
  if (hashes.length < 2) return []
  const k = naiveSplit(hashes.length)
  return m < k
    ? [...naiveInclusion(m, hashes.slice(0, k)), naiveRoot(hashes.slice(k))]
    : [...naiveInclusion(m - k, hashes.slice(k)), naiveRoot(hashes.slice(0, k))]
}

/** SUBPROOF(m, D[n], whole) of RFC 6962 §2.1.2. */
export function naiveConsistency(m: number, hashes: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (m === hashes.length) return whole ? [] : [naiveRoot(hashes)]
  const k = naiveSplit(hashes.length)
  return m <= k
    ? [...naiveConsistency(m, hashes.slice(0, k), whole), naiveRoot(hashes.slice(k))]
    : [...naiveConsistency(m - k, hashes.slice(k), false), naiveRoot(hashes.slice(0, k))]
}

const naiveSplit = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1)

const leafHashes: Uint8Array[] = []

/** The hashes of the leaves `leaf 0`, `leaf 1`, … of the vectors' family. */
export function familyHashes(size: number): readonly Uint8Array[] {
  while (leafHashes.length < size) leafHashes.push(hashLeaf(Buffer.from(`leaf ${leafHashes.length}`)))
  return leafHashes.slice(0, size)
}

/** All complete subtrees of some leaves, level by level. */
export function subtreesOf(hashes: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const levels = [hashes]
  for (let level = hashes; level.length > 1; levels.push(level)) {
    const below = level
    level = Array.from({ length: Math.floor(below.length / 2) }, (_, i) =>
      hashNode(known(below[2 * i]), known(below[2 * i + 1])),
    )
  }
  return levels
}

export function readerOf(hashes: readonly Uint8Array[]): ReadSubtree {
  const levels = subtreesOf(hashes)
  return (height, index) => known(levels[height]?.[index])
}

/** Tiles cut from the complete subtrees: what a store would hold. */
export function tilesOf(hashes: readonly Uint8Array[]): ReadTile {
  const levels = subtreesOf(hashes)
  return (level, index) => concatBytes((levels[8 * level] ?? []).slice(256 * index, 256 * (index + 1)))
}

const PKCS8_ED25519 = '302e020100300506032b657004220420'
const SPKI_ED25519 = '302a300506032b6570032100'

export const privateKeyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([Buffer.from(PKCS8_ED25519, 'hex'), seed]), format: 'der', type: 'pkcs8' })

export const publicBytesOf = (key: KeyObject): Uint8Array =>
  Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32))

export const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([Buffer.from(SPKI_ED25519, 'hex'), bytes]), format: 'der', type: 'spki' })

export function signerOf(name: string, seed: Uint8Array): NoteSigner {
  const key = privateKeyOf(seed)
  return {
    name,
    keyId: noteKeyId(name, ED25519, publicBytesOf(key)),
    sign: (message) => Uint8Array.from(sign(null, message, key)),
  }
}

export function verifierOf(vkey: string): NoteVerifier {
  const { name, keyId, publicKey } = parseVerifierKey(vkey)
  const key = publicKeyOf(publicKey)
  return { name, keyId, verify: (message, signature) => verify(null, message, key, signature) }
}
