/** The leaves of one bundle as hashes: counted, hashed, compared with their tile, and joined to its root. */
import { AuditError, encodeBase64, sha256Into } from '../base/index.js'
import { formatTilePath, HASH_BYTES, hashPairs, parseBundle, TILE_WIDTH } from '../merkle/index.js'
import type { BundleBytes } from './segment-types.js'
import type { SegmentNotes } from './segment-notes.js'

/** The leaves of a bundle, in a copy of its bytes in which their lengths are overwritten. */
export interface Leaves {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

const LENGTH_BYTES = 2
const LEAF_PREFIX = 0

/** One buffer for the bundle at hand: checking is synchronous, so nobody else holds it meanwhile. */
let copy = new Uint8Array(1 << 18)
const starts = new Int32Array(TILE_WIDTH)
const ends = new Int32Array(TILE_WIDTH)

/** Finds the leaves; undefined, with a finding, when they are not as many as they must be. */
export function splitLeaves({ bundle, width, entries }: BundleBytes, notes: SegmentNotes): Leaves | undefined {
  const refuse = (found: string): undefined => {
    const where = formatTilePath({ level: 'entries', index: bundle, width })
    notes.find({ check: 'tree', index: bundle * TILE_WIDTH, where, expected: `${width} leaves`, found })
  }
  if (entries === undefined) return refuse('no such bundle')
  const count = walk(entries)
  if (count === width) return { bytes: copyOf(entries), starts, ends }
  if (count > 0) return refuse(`${count} leaves`)
  return refuse(whyMalformed(entries))
}

/** How many leaves there are; 0 when the bytes are no bundle. */
function walk(entries: Uint8Array): number {
  let count = 0
  for (let at = 0; at < entries.length; count++) {
    const start = at + LENGTH_BYTES
    const end = start + (((entries[at] ?? 0) << 8) | (entries[at + 1] ?? 0))
    if (start > entries.length || end > entries.length || count === TILE_WIDTH) return 0
    starts[count] = start
    ends[count] = end
    at = end
  }
  return count
}

function whyMalformed(entries: Uint8Array): string {
  try {
    return `${parseBundle(entries).length} leaves`
  } catch (error) {
    if (error instanceof AuditError) return error.message
    throw error
  }
}

function copyOf(entries: Uint8Array): Uint8Array {
  if (copy.length < entries.length) copy = new Uint8Array(2 * entries.length)
  copy.set(entries)
  return copy
}

/** The leaf hashes, 32 bytes each. The prefix of a leaf is written where its length stood: so nothing need be joined. */
export function hashLeaves({ bytes, starts, ends }: Leaves, width: number): Uint8Array {
  const hashes = new Uint8Array(width * HASH_BYTES)
  for (let i = 0; i < width; i++) {
    const from = (starts[i] ?? 0) - 1
    bytes[from] = LEAF_PREFIX
    sha256Into(bytes.subarray(from, ends[i]), hashes, i * HASH_BYTES)
  }
  return hashes
}

/** Compares leaf hashes with the tile that should hold them. */
export function compareTile(hashes: Uint8Array, { bundle, width, tile }: BundleBytes, notes: SegmentNotes): void {
  const where = formatTilePath({ level: 0, index: bundle, width })
  const first = bundle * TILE_WIDTH
  const fault = tileFault(tile, width)
  if (fault !== undefined || tile === undefined) {
    const found = fault ?? 'nothing'
    notes.find({ check: 'tree', index: first, where, expected: `${width} hashes`, found })
    return
  }
  const at = firstDifference(hashes, tile)
  if (at === undefined) return
  const slot = Math.floor(at / HASH_BYTES)
  const expected = `the hash ${hashAt(tile, slot)}`
  notes.find({ check: 'tree', index: first + slot, where, expected, found: `a leaf with ${hashAt(hashes, slot)}` })
}

/** What is wrong with a tile, before its hashes are looked at. */
export function tileFault(tile: Uint8Array | undefined, width: number): string | undefined {
  if (tile === undefined) return 'no such tile'
  return tile.length === width * HASH_BYTES ? undefined : `${tile.length} bytes`
}

export function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i
  return undefined
}

/** In base64. */
export const hashAt = (hashes: Uint8Array, slot: number): string =>
  encodeBase64(hashes.subarray(slot * HASH_BYTES, (slot + 1) * HASH_BYTES))

/** The root of a full tile's hashes. */
export function rootOfTile(hashes: Uint8Array): Uint8Array {
  let row = hashes
  while (row.length > HASH_BYTES) row = hashPairs(row)
  return row
}
