/** What the guard reads of a store: never more than a log's own bytes. */
import { concatBytes } from '@sealedlog/sdk/base'
import { edgeOf, hashLeaf, type RightEdge, subtreeFromTiles, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import type { LogHead, LogStore, StoredEntry } from '../store/index.js'

export type ReadStore = Pick<LogStore, 'head' | 'heads' | 'readRange' | 'readTile' | 'readTileRoots' | 'keys'>

const HEADS_CHUNK = 500

/** The head of every log. */
export async function* allHeads(store: Pick<LogStore, 'heads'>): AsyncGenerator<LogHead> {
  for (let after = ''; ; ) {
    const heads = await store.heads(after, HEADS_CHUNK)
    yield* heads
    if (heads.length < HEADS_CHUNK) return
    after = heads.at(-1)?.org ?? ''
  }
}

export async function listHeads(store: Pick<LogStore, 'heads'>): Promise<readonly LogHead[]> {
  const heads: LogHead[] = []
  for await (const head of allHeads(store)) heads.push(head)
  return heads
}

/**
 * The right edge of a log at a size, from as little as it can be: the leaves behind the last full tile, and the roots
 * of the full tiles that no full tile of the level above holds. At most 255 leaves, and 255 hashes a level.
 *
 * @param tail the leaves behind the last full tile, where they were read already
 * @throws AuditError `malformed_tile` when a leaf or a root is missing
 */
export async function readEdge(
  store: ReadStore,
  org: string,
  size: number,
  tail?: readonly StoredEntry[],
): Promise<RightEdge> {
  const filling: Uint8Array[] = []
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const from = hashes - (hashes % TILE_WIDTH)
    const known = level === 0 && from < hashes ? tail?.map((entry) => hashLeaf(entry.leaf)) : undefined
    filling.push(concatBytes(known ?? (await readHashes(store, org, level, from, hashes))))
  }
  // The subtrees that cover a size stand in the last tile of each level, the one that is filling.
  return edgeOf(
    size,
    subtreeFromTiles((level) => filling[level] ?? new Uint8Array(0)),
  )
}

async function readHashes(
  store: ReadStore,
  org: string,
  level: number,
  from: number,
  to: number,
): Promise<readonly Uint8Array[]> {
  if (from === to) return []
  if (level > 0) return store.readTileRoots(org, level - 1, from, to)
  return (await store.readRange(org, from, to)).map((entry) => hashLeaf(entry.leaf))
}
