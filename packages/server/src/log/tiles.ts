/** Tiles, bundles and proofs of a log at any size it ever had: full tiles as stored, partial ones made on demand. */
import { AuditError, concatBytes } from '@sealedlog/sdk/base'
import {
  formatBundle,
  HASH_BYTES,
  hashLeaf,
  placeOf,
  proveConsistency,
  proveInclusion,
  type ReadSubtree,
  TILE_WIDTH,
  type TileName,
  TileTree,
  tileWidth,
} from '@sealedlog/sdk/merkle'
import type { LogStore } from '../store/index.js'

/** The bytes of a tile or entry bundle, full or partial, as C2SP tlog-tiles lays them out. */
export async function readTileBytes(store: LogStore, org: string, size: number, tile: TileName): Promise<Uint8Array> {
  if (tile.width > tileWidth(tile.level, tile.index, size)) {
    throw new AuditError(
      'tile_not_found',
      `The log has ${size} entries: that tile is not there yet. Fetch the checkpoint first.`,
    )
  }
  const from = tile.index * TILE_WIDTH
  if (tile.level === 'entries') {
    return formatBundle((await store.readRange(org, from, from + tile.width)).map((entry) => entry.leaf))
  }
  return readHashes(store, org, tile.level, tile.index, tile.width)
}

/** The first `width` hashes of a tile. */
async function readHashes(
  store: LogStore,
  org: string,
  level: number,
  index: number,
  width: number,
): Promise<Uint8Array> {
  const full = await store.readTile(org, level, index)
  if (full) return full.subarray(0, width * HASH_BYTES)
  const from = index * TILE_WIDTH
  const hashes =
    level === 0
      ? (await store.readRange(org, from, from + width)).map((entry) => hashLeaf(entry.leaf))
      : await store.readTileRoots(org, level - 1, from, from + width)
  return concatBytes(hashes)
}

/** The inclusion proof of an entry under the checkpoint of a size: hashes from the leaf up. */
export const readInclusion = (store: LogStore, org: string, index: number, size: number): Promise<Uint8Array[]> =>
  withTiles(store, org, size, (read) => proveInclusion(index, size, read))

/** The consistency proof from one size of the log to another. */
export const readConsistency = (store: LogStore, org: string, oldSize: number, size: number): Promise<Uint8Array[]> =>
  withTiles(store, org, size, (read) => proveConsistency(oldSize, size, read))

/** Tiles that are kept with all their nodes, of 16 KB each: 8 MB. */
const TREES_MAX = 512

const keptTrees = new WeakMap<LogStore, Map<string, TileTree>>()

/**
 * A tile for a proof. Full tiles of leaf hashes are many, and each is as likely to be asked for as any other. All others are
 * few, and in every proof of a size: they are kept, since what stands in a tile of some width never changes.
 */
async function readTree(store: LogStore, org: string, level: number, index: number, width: number): Promise<TileTree> {
  if (level === 0 && width === TILE_WIDTH)
    return new TileTree(level, index, await readHashes(store, org, 0, index, width))
  let kept = keptTrees.get(store)
  if (kept === undefined) keptTrees.set(store, (kept = new Map()))
  const name = `${org}/${level}/${index}/${width}`
  const tree = kept.get(name) ?? new TileTree(level, index, await readHashes(store, org, level, index, width))
  // Put back as the newest: the oldest goes. One that is not as wide as it is called is read again the next time.
  kept.delete(name)
  if (tree.width === width) kept.set(name, tree)
  for (const [oldest] of kept) if (kept.size > TREES_MAX) kept.delete(oldest)
  return tree
}

/** Runs a proof twice: once to learn which tiles it reads, once with them. Proofs are pure and read a handful. */
async function withTiles(
  store: LogStore,
  org: string,
  size: number,
  prove: (read: ReadSubtree) => Uint8Array[],
): Promise<Uint8Array[]> {
  const wanted = new Map<string, readonly [level: number, index: number]>()
  prove((height, index) => {
    const { level, tile } = placeOf(height, index)
    wanted.set(`${level}/${tile}`, [level, tile])
    return BLANK
  })
  const trees = new Map<string, TileTree>()
  for (const [name, [level, index]] of wanted)
    trees.set(name, await readTree(store, org, level, index, tileWidth(level, index, size)))
  return prove((height, index) => {
    const { level, tile, row, slot } = placeOf(height, index)
    return trees.get(`${level}/${tile}`)?.hash(row, slot) ?? BLANK
  })
}

const BLANK = new Uint8Array(HASH_BYTES)
