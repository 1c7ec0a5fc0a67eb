/**
 * Scrubbing one log: every leaf, tile and disclosure is hashed again and held against what was signed.
 *
 * It runs beside a server that records and erases: what it finds gone is held against the redactions that the log has
 * by the end, for what was erased meanwhile is accounted for further on.
 */
import { AuditError, concatBytes, encodeBase64, equalBytes } from '@sealedlog/sdk/base'
import {
  commitTo,
  groupOfDisclosure,
  type Leaf,
  parseLeaf,
  type Redaction,
  splitDisclosures,
} from '@sealedlog/sdk/event'
import {
  hashLeaf,
  type NoteVerifier,
  openNote,
  parseCheckpoint,
  RightEdge,
  TILE_HEIGHT,
  TILE_WIDTH,
} from '@sealedlog/sdk/merkle'
import { organizationNotFound, type LogHead, type StoredEntry } from '../store/index.js'
import { Gone } from './accounts.js'
import type { FindingKind, LogFinding } from './finding.js'
import type { ReadStore } from './read-store.js'

/** Entries between two rests. */
const SLICE_ENTRIES = 32

export interface ScrubOptions {
  readonly store: ReadStore
  /** what checks the newest checkpoint: our own key, or the one that the head names */
  readonly verifierOf: (head: LogHead) => Promise<NoteVerifier>
  /** called between slices with the entries of the last one; waits as long as others shall have the machine, or throws */
  readonly rest: (entries: number, done: number, size: number) => Promise<void>
}

/** A log that was read from end to end, and holds. */
export interface ScrubbedLog {
  readonly org: string
  readonly size: number
  /** base64 */
  readonly root: string
  readonly disclosures: number
  readonly redactedGroups: number
}

/**
 * Reads a whole log. A finding is returned, not thrown.
 *
 * @throws AuditError `organization_not_found`; whatever `rest` throws
 * @example
 * const result = await scrubLog('acme', { store, verifierOf, rest })
 * if ('kind' in result) console.error(result.what)
 */
export async function scrubLog(org: string, options: ScrubOptions): Promise<ScrubbedLog | LogFinding> {
  const scrub = new LogScrub(org, options)
  try {
    return await scrub.run()
  } catch (error) {
    if (error instanceof Found) return { org, kind: error.kind, what: error.message }
    throw error
  }
}

class Found extends Error {
  readonly kind: FindingKind

  constructor(kind: FindingKind, what: string) {
    super(what)
    this.kind = kind
  }
}

interface ComputedTile {
  readonly level: number
  readonly index: number
  readonly hashes: Uint8Array
  readonly root: Uint8Array
}

class LogScrub {
  readonly #org: string
  readonly #store: ReadStore
  readonly #options: ScrubOptions
  readonly #edge = new RightEdge()
  /** hashes of the tile that is filling, for each level */
  readonly #filling: Uint8Array[][] = []
  /** tiles that are full, and not yet held against those that are stored */
  readonly #full: ComputedTile[] = []
  #gone = new Gone()
  readonly #redactions: Redaction[] = []
  #disclosures = 0
  #redactedGroups = 0

  constructor(org: string, options: ScrubOptions) {
    this.#org = org
    this.#store = options.store
    this.#options = options
  }

  async run(): Promise<ScrubbedLog> {
    const head = await this.#head()
    await this.#readTo(head.size)
    const root = this.#edge.root()
    await this.#checkRoot(head, root)
    await this.#checkGone()
    await this.#checkErased()
    return {
      org: this.#org,
      size: head.size,
      root: encodeBase64(root),
      disclosures: this.#disclosures,
      redactedGroups: this.#redactedGroups,
    }
  }

  async #head(): Promise<LogHead> {
    const head = await this.#store.head(this.#org)
    if (head === undefined) throw organizationNotFound(this.#org)
    return head
  }

  async #readTo(size: number): Promise<void> {
    while (this.#edge.size < size) {
      const from = this.#edge.size
      const to = Math.min(from + SLICE_ENTRIES, size)
      const entries = await this.#store.readRange(this.#org, from, to)
      for (let i = 0; i < to - from; i++) this.#take(entries[i], from + i)
      for (const tile of this.#full.splice(0)) await this.#checkTile(tile)
      await this.#options.rest(to - from, to, size)
    }
  }

  #take(entry: StoredEntry | undefined, index: number): void {
    if (entry?.index !== index) throw new Found('entries', `entry ${index} is missing.`)
    const leaf = readLeaf(entry)
    if (leaf.org !== this.#org) throw new Found('tree', `entry ${index} is one of another organization.`)
    if (leaf.log && 'redacts' in leaf.log) this.#redactions.push(...leaf.log.redacts)
    this.#takeDisclosures(entry, leaf)
    const hash = hashLeaf(entry.leaf)
    this.#fill(0, hash)
    this.#edge.append(hash, (height, subtree, root) => {
      const level = height / TILE_HEIGHT - 1
      this.#full.push({ level, index: subtree, hashes: concatBytes(this.#filling[level] ?? []), root })
      this.#filling[level] = []
      this.#fill(level + 1, root)
    })
  }

  #fill(level: number, hash: Uint8Array): void {
    const filling = this.#filling[level]
    if (filling) filling.push(hash)
    else this.#filling[level] = [hash]
  }

  #takeDisclosures({ index, disclosures }: StoredEntry, { groups }: Leaf): void {
    const found = new Set<string>()
    for (const line of splitDisclosures(disclosures)) {
      const group = groupOfDisclosure(line)
      if (groups[group] === undefined || commitTo(line) !== groups[group] || found.has(group))
        throw new Found(
          'disclosures',
          `the disclosure of ${shown(group)} of entry ${index} is not what was committed to.`,
        )
      found.add(group)
    }
    this.#disclosures += found.size
    for (const group of Object.keys(groups)) {
      if (found.has(group)) continue
      this.#redactedGroups += 1
      this.#gone.add(group, index)
    }
  }

  async #checkTile({ level, index, hashes, root }: ComputedTile): Promise<void> {
    const stored = await this.#store.readTile(this.#org, level, index)
    const [storedRoot] = await this.#store.readTileRoots(this.#org, level, index, index + 1)
    const what = `tile ${index} of level ${level}`
    if (stored === undefined || storedRoot === undefined) throw new Found('tree', `${what} is missing.`)
    if (!equalBytes(stored, hashes) || !equalBytes(storedRoot, root))
      throw new Found('tree', `${what} is not what its ${TILE_WIDTH} leaves or tiles give.`)
  }

  async #checkRoot(head: LogHead, root: Uint8Array): Promise<void> {
    const signed = await this.#signedRoot(head)
    if (equalBytes(root, signed)) return
    throw new Found(
      'tree',
      `its ${head.size} entries give the root ${encodeBase64(root)}, and signed was ${encodeBase64(signed)}: a leaf was edited.`,
    )
  }

  async #signedRoot(head: LogHead): Promise<Uint8Array> {
    const verifier = await this.#options.verifierOf(head)
    try {
      const checkpoint = parseCheckpoint(openNote(head.checkpoint, [verifier]).text)
      if (checkpoint.origin === head.origin && checkpoint.size === head.size) return checkpoint.root
      throw new Found('checkpoint', 'its newest checkpoint is not that of its head.')
    } catch (error) {
      if (!(error instanceof AuditError)) throw error
      throw new Found('checkpoint', `its newest checkpoint does not hold (${error.message})`)
    }
  }

  /**
   * What was erased while we read is accounted for by an entry behind where we began to read: read on, then judge. What we
   * find gone on the way is not judged: it may be erased by what comes even later, and the next pass reads it again.
   */
  async #checkGone(): Promise<void> {
    const gone = this.#gone
    if (gone.unaccounted(this.#redactions) === undefined) return
    this.#gone = new Gone()
    await this.#readTo((await this.#head()).size)
    const found = gone.unaccounted(this.#redactions)
    if (found === undefined) return
    throw new Found(
      'disclosures',
      `the disclosure of ${shown(found.group)} of entry ${found.index} is gone, and no entry says that it was erased.`,
    )
  }

  /** Of what redactions name, nothing may be there any more: a copy may have been put back. */
  async #checkErased(): Promise<void> {
    for (const { groups, ranges } of this.#redactions)
      for (const [first, last] of ranges)
        for (let from = first; from <= last; from += SLICE_ENTRIES) {
          const to = Math.min(from + SLICE_ENTRIES, last + 1)
          for (const entry of await this.#store.readRange(this.#org, from, to)) checkErased(entry, groups)
          await this.#options.rest(to - from, this.#edge.size, this.#edge.size)
        }
  }
}

function checkErased({ index, disclosures }: StoredEntry, groups: readonly string[]): void {
  const back = splitDisclosures(disclosures)
    .map(groupOfDisclosure)
    .find((group) => groups.includes(group))
  if (back !== undefined)
    throw new Found('disclosures', `${shown(back)} of entry ${index} was erased, and is there again.`)
}

function readLeaf(entry: StoredEntry): Leaf {
  try {
    return parseLeaf(entry.leaf)
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    throw new Found('tree', `the leaf of entry ${entry.index} cannot be read (${error.message})`)
  }
}

/** A group's name comes from the bytes themselves. */
const shown = (group: string): string => JSON.stringify(group.slice(0, 40))

/** What a finding or a scrubbed log is. */
export const isFinding = (result: ScrubbedLog | LogFinding): result is LogFinding => 'kind' in result
