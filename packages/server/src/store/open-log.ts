/** A log that is open for appending, and the few reads and writes in which engines differ. */
import type { LogKey, StoredEntry } from './port.js'
import type { CheckpointKey } from './signing.js'
import type { FullTile, LogTail, SequencedEntry } from './tail.js'

/** What signs a log's checkpoints: its newest key, and for a while the one before it. */
export interface Signing {
  readonly generation: number
  readonly key: CheckpointKey
  readonly previous?: { readonly key: CheckpointKey; readonly untilMs: number }
}

/** A log that is open for appending. */
export interface OpenLog {
  readonly org: string
  readonly tail: LogTail
  /** replaced when the key is rotated, or the log goes on under another origin */
  signing: Signing
  /** the signed note over the tail's size; replaced when the log grows */
  checkpoint: string
}

/** The reads and writes of an engine, all within one transaction of its own. */
export interface Ledger {
  openLog(org: string): OpenLog | undefined
  findById(log: OpenLog, id: string): StoredEntry | undefined
  addEntry(log: OpenLog, id: string, entry: SequencedEntry, disclosures: Uint8Array): void
  addTile(log: OpenLog, tile: FullTile): void
  setHead(log: OpenLog): void
  /** the same key whenever it is asked */
  keyOf(origin: string, generation: number): CheckpointKey
  addKey(log: OpenLog, key: LogKey, atMs: number): void
  /** Whether any log stands or stood under an origin. */
  hasOrigin(origin: string): boolean
  /** Drops the disclosures of some groups of an entry; those that are gone are passed over. */
  eraseGroups(log: OpenLog, index: number, groups: readonly string[]): void
}
