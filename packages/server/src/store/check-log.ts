/** Checking one log of a store from its first byte to its signature, with nothing believed that can be computed (fsck). */
import { AuditError, concatBytes, encodeBase64, equalBytes, formatTime, parseTime } from '@sealedlog/sdk/base'
import { commitTo, groupOfDisclosure, type Leaf, parseLeaf, splitDisclosures } from '@sealedlog/sdk/event'
import {
  type Checkpoint,
  hashLeaf,
  hashNode,
  openNote,
  parseCheckpoint,
  RightEdge,
  TILE_WIDTH,
} from '@sealedlog/sdk/merkle'
import { KeyCheck } from './check-keys.js'
import { organizationNotFound } from './ledger.js'
import type { LogHead, LogStore, StoredEntry } from './port.js'
import { verifierOf } from './signing.js'

/** A log that holds together. */
export interface CheckedLog {
  readonly org: string
  readonly size: number
  /** base64, as the checkpoint writes it */
  readonly root: string
  /** event ids, in the order of their indexes */
  readonly ids: readonly string[]
  /** groups with a commitment but no disclosure any more */
  readonly redactedGroups: number
}

/**
 * Checks one log: checkpoint and signatures, entries without a gap, leaves, disclosures against commitments, tiles,
 * root, the keys over time and what announces them. Reads 256 entries at a time; besides those and the ids it holds at most one tile a level. The log may grow
 * meanwhile: what is checked is the head found at the start.
 *
 * @throws AuditError `proof_failed` naming index, expected and found; `organization_not_found`;
 * `unsupported_version` for a leaf from the future
 * @example
 * (await checkLog(store, 'acme')).size // 4711
 */
export async function checkLog(store: LogStore, org: string): Promise<CheckedLog> {
  const head = await store.head(org)
  if (head === undefined) throw organizationNotFound(org)
  const checkpoint = openCheckpoint(head)
  const keys = new KeyCheck(await store.keys(org), head, (...what) => broken(org, ...what))
  const entries = new EntryCheck(org)
  const tiles = new TileCheck(store, org)
  const edge = new RightEdge()
  for (let from = 0; from < head.size; from += TILE_WIDTH) {
    const to = Math.min(from + TILE_WIDTH, head.size)
    const chunk = await readWhole(store, org, from, to)
    const hashes = chunk.map((entry) => {
      const { log } = entries.check(entry)
      const rootBefore = log && edge.root()
      const hash = hashLeaf(entry.leaf)
      edge.append(hash)
      if (log && rootBefore) keys.check(entry.index, log, rootBefore, edge.root())
      return hash
    })
    if (hashes.length === TILE_WIDTH) await tiles.check(0, from / TILE_WIDTH, hashes)
  }
  const [root, signed] = [edge.root(), checkpoint.root]
  if (!equalBytes(root, signed))
    throw broken(org, `root of size ${head.size}`, encodeBase64(signed), encodeBase64(root))
  keys.finish(head)
  await checkNothingBeyond(store, head)
  const { ids, redactedGroups } = entries
  return { org, size: head.size, root: encodeBase64(root), ids: [...ids], redactedGroups }
}

function openCheckpoint({ org, origin, vkey, size, checkpoint }: LogHead): Checkpoint {
  const found = naming(`${org}: checkpoint of size ${size}`, () =>
    parseCheckpoint(openNote(checkpoint, [verifierOf(vkey)]).text),
  )
  if (found.origin !== origin) throw broken(org, 'origin in the checkpoint', origin, found.origin)
  if (found.size !== size) throw broken(org, 'size in the checkpoint', size, found.size)
  return found
}

async function readWhole(store: LogStore, org: string, from: number, to: number): Promise<readonly StoredEntry[]> {
  const chunk = await store.readRange(org, from, to)
  for (let i = 0; i < to - from; i++) {
    const found = chunk[i]?.index
    if (found !== from + i) throw broken(org, `index ${from + i}`, `entry ${from + i}`, entryAt(found))
  }
  if (chunk.length > to - from) throw broken(org, `index ${to}`, `${to - from} entries`, `${chunk.length} entries`)
  return chunk
}

/** An entry beyond the head is a broken commit, unless the head has moved on meanwhile. */
async function checkNothingBeyond(store: LogStore, { org, size }: LogHead): Promise<void> {
  const [beyond] = await store.readRange(org, size, size + 1)
  if (beyond === undefined) return
  const newest = await store.head(org)
  if (newest === undefined || newest.size <= size) throw broken(org, `index ${size}`, 'no entry', entryAt(beyond.index))
}

/** Checks entries one after another: the leaf by itself, against its disclosures, and against the entries before it. */
class EntryCheck {
  readonly ids = new Set<string>()
  redactedGroups = 0
  readonly #org: string
  #recordedAtMs = 0

  constructor(org: string) {
    this.#org = org
  }

  check(entry: StoredEntry): Leaf {
    const at = `index ${entry.index}`
    const leaf = naming(`${this.#org}: ${at}`, () => parseLeaf(entry.leaf))
    if (leaf.org !== this.#org) throw broken(this.#org, `${at}, organization`, this.#org, leaf.org)
    if (this.ids.has(leaf.id)) throw broken(this.#org, `${at}, id`, 'an id of its own', `${leaf.id} again`)
    this.ids.add(leaf.id)
    this.#checkTime(at, leaf)
    this.#checkDisclosures(at, leaf, entry.disclosures)
    return leaf
  }

  #checkTime(at: string, leaf: Leaf): void {
    const recordedAtMs = parseTime(leaf.recorded_at)
    if (recordedAtMs === undefined || recordedAtMs < this.#recordedAtMs) {
      throw broken(this.#org, `${at}, recorded_at`, `${formatTime(this.#recordedAtMs)} or later`, leaf.recorded_at)
    }
    this.#recordedAtMs = recordedAtMs
  }

  #checkDisclosures(at: string, leaf: Leaf, disclosures: Uint8Array): void {
    const disclosed = new Set<string>()
    for (const line of splitDisclosures(disclosures)) {
      const group = groupOfDisclosure(line)
      const [expected, found] = [leaf.groups[group] ?? 'no disclosure', commitTo(line)]
      if (found !== expected) throw broken(this.#org, `${at}, group "${group}"`, expected, found)
      if (disclosed.has(group)) throw broken(this.#org, `${at}, group "${group}"`, 'one disclosure', 'two')
      disclosed.add(group)
    }
    this.redactedGroups += Object.keys(leaf.groups).length - disclosed.size
  }
}

/** Checks that every full tile and its root are stored and are what the leaves give. Counts on its own, apart from the engine's tail. */
class TileCheck {
  readonly #store: LogStore
  readonly #org: string
  /** hashes of the tile that is filling, for each level */
  readonly #filling: Uint8Array[][] = []

  constructor(store: LogStore, org: string) {
    this.#store = store
    this.#org = org
  }

  async check(level: number, index: number, hashes: readonly Uint8Array[]): Promise<void> {
    const found = await this.#store.readTile(this.#org, level, index)
    const what = `tile ${index} of level ${level}`
    if (found === undefined) throw broken(this.#org, what, `${TILE_WIDTH} hashes`, 'no tile')
    if (!equalBytes(found, concatBytes(hashes))) throw brokenTile(this.#org, what, hashes, found)
    const root = rootOf(hashes)
    const [stored] = await this.#store.readTileRoots(this.#org, level, index, index + 1)
    const storedText = stored === undefined ? 'no root' : encodeBase64(stored)
    if (storedText !== encodeBase64(root)) throw broken(this.#org, `root of ${what}`, encodeBase64(root), storedText)
    const above = this.#filling[level + 1] ?? []
    this.#filling[level + 1] = above
    above.push(root)
    if (above.length === TILE_WIDTH) await this.check(level + 1, Math.floor(index / TILE_WIDTH), above.splice(0))
  }
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [first, second] = hashes
  if (first === undefined || second === undefined) return first ?? new Uint8Array(0)
  const parents: Uint8Array[] = []
  for (let i = 0; i < hashes.length; i += 2) parents.push(hashNode(hashes[i] ?? first, hashes[i + 1] ?? second))
  return rootOf(parents)
}

function brokenTile(org: string, what: string, hashes: readonly Uint8Array[], found: Uint8Array): AuditError {
  const hashAt = (i: number) => found.subarray(i * 32, (i + 1) * 32)
  const wrong = hashes.findIndex((hash, i) => !equalBytes(hash, hashAt(i)))
  const expected = hashes[wrong]
  if (expected === undefined) return broken(org, what, `${hashes.length * 32} bytes`, `${found.length} bytes`)
  return broken(org, `${what}, hash ${wrong}`, encodeBase64(expected), encodeBase64(hashAt(wrong)))
}

const entryAt = (index: number | undefined): string => (index === undefined ? 'no entry' : `entry ${index}`)

/** A part that cannot even be read fails the proof too; the message says which one. */
function naming<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof AuditError) || cause.code === 'unsupported_version') throw cause
    throw new AuditError('proof_failed', `${what}: ${cause.message}`, { cause })
  }
}

const broken = (org: string, where: string, expected: string | number, found: string | number): AuditError =>
  new AuditError(
    'proof_failed',
    `${org}: ${where}: expected ${expected}, found ${found}. Stop writing, keep the data folder as evidence, and restore from a backup.`,
  )
