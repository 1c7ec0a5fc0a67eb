/** What was acknowledged and signed, held against the leaves by code that is not the server’s. */
import type { Client } from '../durability/client.js'
import { leafHash, naiveRoot, openCheckpoint, type Pinned, pinKey, rootsAt } from '../durability/independent.js'
import { readLeaves } from '../durability/story.js'

interface Kept {
  readonly pinned: Pinned
  /** by id: the index, and the hash of the leaf */
  readonly leaves: Map<string, readonly [index: number, leafHash: string]>
  /** by size */
  readonly roots: Map<number, Buffer>
}

export class Receipts {
  readonly #kept = new Map<string, Kept>()

  /** Pins the key by which an organization’s checkpoints are signed. */
  pin(org: string, vkey: string): void {
    this.#kept.set(org, { pinned: { org, key: pinKey(vkey) }, leaves: new Map(), roots: new Map() })
  }

  /** @throws Error where a checkpoint is not signed, or contradicts another */
  keep(
    org: string,
    receipts: readonly { readonly id: string; readonly index: number; readonly leaf_hash: string }[],
    checkpoint: string,
  ): void {
    const { pinned, leaves, roots } = this.#of(org)
    const { size, root } = openCheckpoint(checkpoint, pinned.key)
    if (roots.get(size)?.equals(root) === false) throw new Error(`${org}: two roots were signed for size ${size}`)
    roots.set(size, root)
    for (const { id, index, leaf_hash } of receipts) leaves.set(id, [index, leaf_hash])
  }

  /** How many entries are signed. */
  async size(client: Client, org: string): Promise<number> {
    const checkpoint = await client.text({ path: `/v1/organizations/${org}/tlog/checkpoint`, org })
    return openCheckpoint(checkpoint, this.#of(org).pinned.key).size
  }

  /** Reads all leaves, and compares. @returns how many there are @throws Error where something is not what was acknowledged */
  async check(client: Client, org: string): Promise<number> {
    const kept = this.#of(org)
    const { leaves, root } = await readLeaves(client, kept.pinned)
    const hashes = leaves.map(leafHash)
    if (!naiveRoot(hashes).equals(root)) throw new Error(`${org}: the leaves do not give the signed root`)
    for (const [id, [index, hash]] of kept.leaves)
      if (hashes[index]?.toString('base64') !== hash) throw new Error(`${org}: the leaf of ${id} is not at ${index}`)
    const roots = rootsAt(hashes, new Set(kept.roots.keys()))
    for (const [size, signed] of kept.roots)
      if (roots.get(size)?.equals(signed) !== true)
        throw new Error(`${org}: the checkpoint of size ${size} is not consistent with the leaves`)
    return leaves.length
  }

  #of(org: string): Kept {
    const kept = this.#kept.get(org)
    if (kept === undefined) throw new Error(`nobody pinned the key of ${org}`)
    return kept
  }
}
