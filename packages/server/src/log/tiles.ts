/** Tiles, bundles and proofs of a log at any size it ever had: full tiles as stored, partial ones made on demand. */
import { AuditError, concatBytes } from '@sealedlog/sdk/base'
import {
  formatBundle,
  HASH_BYTES,
  hashLeaf,
  proveConsistency,
  proveInclusion,
  type ReadSubtree,
  subtreeFromTiles,
  TILE_HEIGHT,
  TILE_WIDTH,
  type TileName,
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

/** Runs a proof twice: once to learn which tiles it reads, once with them. Proofs are pure and read a handful. */
async function withTiles(
  store: LogStore,
  org: string,
  size: number,
  prove: (read: ReadSubtree) => Uint8Array[],
): Promise<Uint8Array[]> {
  const wanted = new Map<string, readonly [level: number, index: number]>()
  const blank = new Uint8Array(TILE_WIDTH * HASH_BYTES)
  // Noted without hashing up a tile that is not there yet: that is most of what a proof takes.
  prove((height, index) => {
    const level = Math.floor(height / TILE_HEIGHT)
    const tile = Math.floor(index / 2 ** (TILE_HEIGHT - (height % TILE_HEIGHT)))
    wanted.set(`${level}/${tile}`, [level, tile])
    return blank.subarray(0, HASH_BYTES)
  })
  const tiles = new Map<string, Uint8Array>()
  for (const [name, [level, index]] of wanted) {
    tiles.set(name, await readHashes(store, org, level, index, tileWidth(level, index, size)))
  }
  return prove(subtreeFromTiles((level, index) => tiles.get(`${level}/${index}`) ?? blank))
}
