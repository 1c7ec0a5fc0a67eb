/**
 * The store: the truth. One transparency log for each organization, and the keys that open them.
 *
 * What an engine promises of a log:
 * - `append` writes the entries, the full tiles, the head and the signed checkpoint of every log it touches in one
 *   durable commit. When it resolves, all of that is on disk and would survive a power cut; what it rejects with
 *   `storage_failed` may or may not have been written, and saying the same ids again finds out.
 * - No checkpoint leaves `append` before it is durable, and no two checkpoints of one size differ.
 * - A unit is recorded whole or not at all. An id that the organization's log holds already is not written again:
 *   with the same content it is a duplicate, with other content the unit is refused with `event_conflict`.
 * - Indexes are 0, 1, 2, … without a gap, in the order of the units and of the events within one.
 *   `recorded_at` never runs backwards within a log; a clock more than CLOCK_RAISE_MS_MAX behind refuses the unit.
 * - Leaf and disclosures are handed back byte for byte, until a group of them is erased: then byte for byte without it.
 * - The act of a unit is carried out in the commit of its one entry, or not at all; not when that is a duplicate. An act
 *   that does not fit the log (any more) refuses its unit with `revision_mismatch`. What is erased is erased for ever:
 *   saying the event again brings nothing back.
 * - A log signs with its newest key; after a rotation for BOTH_SIGN_MS with the one before it too, its signature below
 *   the new one's. Nothing is signed a second time, and nothing under an origin that was left.
 */
import type { AuditError } from '@sealedlog/sdk/base'
import type { SealedEvent } from '@sealedlog/sdk/event'

/** A log's identity and its newest signed state. */
export interface LogHead {
  readonly org: string
  readonly name: string
  readonly createdAtMs: number
  readonly origin: string
  /** the verifier key of the current generation, as C2SP signed-note writes it */
  readonly vkey: string
  /** how many entries */
  readonly size: number
  /** the signed note over `size` */
  readonly checkpoint: string
}

/** A key of a log, as its history tells it. */
export interface LogKey {
  readonly origin: string
  readonly generation: number
  /** as C2SP signed-note writes it */
  readonly vkey: string
  /** the first size that it signed */
  readonly since: number
  /** of a key that followed another by rotation: the note over `since`, signed by both */
  readonly handover?: string
}

/** What a rotation would announce. */
export interface NextKey {
  readonly generation: number
  readonly vkey: string
}

/** Groups of one entry whose disclosures go. A group that is gone already, or was never there, is passed over. */
export interface Erasure {
  readonly index: number
  readonly groups: readonly string[]
}

/** What a unit does to the log besides growing it: each goes with the one entry that accounts for it, in its commit. */
export type UnitAct =
  | { readonly erases: readonly Erasure[] }
  /** signs from now on with the key of this generation, which is the next one; for a while with the old one too */
  | { readonly rotatesTo: number }
  /** goes on under this origin, with the first generation of its key */
  | { readonly continuesAs: string }

/** Events of one organization that are recorded whole or not at all. */
export interface Unit {
  readonly org: string
  readonly events: readonly SealedEvent[]
  /** only of units with one event, the server's own; not carried out when the event is a duplicate */
  readonly act?: UnitAct
}

/** Where an event stands. */
export interface Placed {
  readonly index: number
  readonly recordedAtMs: number
  readonly leafHash: Uint8Array
  readonly status: 'recorded' | 'duplicate'
}

/** What became of a unit; `checkpoint` covers every entry named. A refusal is an AuditError, never thrown. */
export type UnitOutcome =
  | { readonly placed: readonly Placed[]; readonly checkpoint: string; readonly size: number }
  | { readonly refused: AuditError }

/** An entry as the log holds it. */
export interface StoredEntry {
  readonly index: number
  readonly leaf: Uint8Array
  /** the surviving disclosures, one a line */
  readonly disclosures: Uint8Array
}

export interface LogStore {
  /** Starts an organization's log, durably; one that exists is returned as it is. */
  createLog(org: string, name: string): Promise<LogHead>
  head(org: string): Promise<LogHead | undefined>
  /** Heads by organization id, ascending, from strictly after `after`. */
  heads(after: string, limit: number): Promise<readonly LogHead[]>
  /** One durable commit for all units; outcomes in their order. */
  append(units: readonly Unit[]): Promise<readonly UnitOutcome[]>
  /** Entries from `from` (inclusive) to `to` (exclusive), by index; what does not exist is left out. */
  readRange(org: string, from: number, to: number): Promise<readonly StoredEntry[]>
  /** The entries at some indexes, in the order asked for; what does not exist is left out. */
  readAt(org: string, indexes: readonly number[]): Promise<readonly StoredEntry[]>
  findById(org: string, id: string): Promise<StoredEntry | undefined>
  /** The hashes of a full tile, 256 × 32 bytes, or undefined while it is not full. */
  readTile(org: string, level: number, index: number): Promise<Uint8Array | undefined>
  /** The roots of full tiles `from` (inclusive) to `to` (exclusive) of a level: hashes of the level above. */
  readTileRoots(org: string, level: number, from: number, to: number): Promise<readonly Uint8Array[]>
  /** Every key that a log ever had, newest first; none for a log that does not exist. */
  keys(org: string): Promise<readonly LogKey[]>
  /** The key that a rotation would bring. @throws AuditError `organization_not_found` */
  nextKey(org: string): Promise<NextKey>
  /** An origin that no log has: for a log that must go on under another one. */
  newOrigin(): string
  /**
   * Whether nothing that was erased is left in the files, which `append` sees to before it resolves. It cannot while
   * somebody else reads an older state of them: then it tries again with each later append, and with each call of this.
   */
  finishErasing(): Promise<boolean>
  /** Waits for what was asked, then lets go of files, threads and the lock. */
  close(): Promise<void>
}

export const SCOPES = ['write', 'read', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** A key as the store knows it: by its hash, never itself. */
export interface KeyRecord {
  readonly id: string
  /** hex of SHA-256 of the key */
  readonly hash: string
  /** the organization it is bound to, or `*` */
  readonly org: string
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly revokedAtMs: number | null
}

/** The keys: written durably before the promise resolves. */
export interface KeyStore {
  addKey(key: KeyRecord): Promise<void>
  findKey(hash: string): Promise<KeyRecord | undefined>
  getKey(id: string): Promise<KeyRecord | undefined>
  /** An organization's keys (`*` for the unbound, undefined for all), oldest first. */
  listKeys(org: string | undefined): Promise<readonly KeyRecord[]>
  /** Revokes for ever; the first time stands. False when there is no such key. */
  revokeKey(id: string, atMs: number): Promise<boolean>
}

/** Where a document stands: in an organization, among those of its kind, by its name. */
export interface DocumentKey {
  readonly org: string
  readonly kind: string
  readonly name: string
}

export interface DocumentToPut extends DocumentKey {
  /** JSON text, handed back as it is */
  readonly body: string
}

export interface StoredDocument {
  readonly name: string
  readonly body: string
  /** which writing this is: each takes the organization’s next number, and none is ever given twice */
  readonly revision: number
}

/** What must stand there for a writing to happen: a revision, nothing yet (`new`), or undefined for whatever does. */
export type ExpectedRevision = number | 'new' | undefined

/**
 * The documents: what an organization sets up and may change, unlike its log. Small JSON texts by kind and name.
 *
 * What is written or deleted is durable before the promise resolves, and a reader sees it from then on. A writing that
 * expects something else than what stands there changes nothing. Nobody reads another organization’s.
 */
export interface DocumentStore {
  /** The new revision; undefined when what stands there is not what was expected. */
  putDocument(document: DocumentToPut, expected?: ExpectedRevision): Promise<number | undefined>
  getDocument(org: string, kind: string, name: string): Promise<StoredDocument | undefined>
  /** Documents by name, ascending, from strictly after `after`. */
  listDocuments(org: string, kind: string, after: string, limit: number): Promise<readonly StoredDocument[]>
  /** The same without reading them. */
  listDocumentNames(org: string, kind: string, after: string, limit: number): Promise<readonly string[]>
  /** False when there is none, or none of the revision expected. */
  deleteDocument(org: string, kind: string, name: string, expected?: number): Promise<boolean>
}

/** Whether a writing may happen, given the revision that stands there. */
export const isExpected = (found: number | undefined, expected: ExpectedRevision): boolean =>
  expected === undefined || (expected === 'new' ? found === undefined : found === expected)

export type Store = LogStore & KeyStore & DocumentStore
