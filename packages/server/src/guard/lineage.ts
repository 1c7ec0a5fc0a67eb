/** Under which origins a log stood before: what its own entries say, which nobody can write without the key. */
import { decodeUtf8, parseText } from '@sealedlog/sdk/base'
import type { ContinuesAct, Leaf } from '@sealedlog/sdk/event'
import type { LogHead } from '../store/index.js'
import type { ReadStore } from './read-store.js'

/**
 * Whether a log says of itself that it continues an origin. The history of keys only says where to look; what counts is
 * the entry, whose leaf stands under the signed root.
 */
export async function isContinued(store: ReadStore, { org, size }: LogHead, origin: string): Promise<boolean> {
  const keys = await store.keys(org)
  // An entry that continues a log is the first that the new origin's key covers.
  const places = new Set([0, ...keys.map((key) => key.since - 1)])
  for (const index of places) {
    if (index < 0 || index >= size) continue
    const [entry] = await store.readRange(org, index, index + 1)
    if (entry && continuesOf(entry.leaf)?.continues.origin === origin) return true
  }
  return false
}

/** What a leaf says that it continues. */
export function continuesOf(leaf: Uint8Array): ContinuesAct | undefined {
  const { log } = parseText(decodeUtf8(leaf)) as unknown as Leaf
  return log !== undefined && 'continues' in log ? log : undefined
}
