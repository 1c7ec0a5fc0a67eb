/** The one writer of the log's file: a group of units, one commit. It runs in a thread of its own (worker.ts). */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { AuditError, assert } from '@sealedlog/sdk/base'
import { hashLeaf, RightEdge, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import { BOTH_SIGN_MS } from '../acts.js'
import { padded, withoutGroups, withoutPadding } from '../erasure.js'
import { appendUnits, organizationNotFound } from '../ledger.js'
import type { Ledger, OpenLog, Signing } from '../open-log.js'
import {
  type DocumentKey,
  type DocumentToPut,
  type ExpectedRevision,
  isExpected,
  type KeyRecord,
  type NextKey,
  type StoredEntry,
  type Unit,
  type UnitOutcome,
} from '../port.js'
import type { Signer } from '../signer.js'
import { type CheckpointKey, FIRST_GENERATION, wrongSeed } from '../signing.js'
import { emptyTail, fillingWidth, LogTail } from '../tail.js'
import { emptyWriteAhead, READERS_WAIT_MS_MAX } from './write-ahead.js'

/** Open logs that are kept at hand; each holds at most 255 hashes a level. */
const OPEN_LOGS_MAX = 4_096

/** Every statement of the writer, by name. */
export const WRITER_STATEMENTS = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  log: 'SELECT n, org, origin, generation, vkey, size, recorded_at, edge, checkpoint FROM log WHERE org = ?',
  leaves: 'SELECT leaf FROM entry WHERE log = ? AND idx >= ? ORDER BY idx',
  roots: 'SELECT root FROM tile WHERE log = ? AND level = ? AND idx >= ? ORDER BY idx',
  entryById: 'SELECT idx, leaf, disclosures FROM entry WHERE id = ? AND log = ?',
  addEntry: 'INSERT INTO entry (log, idx, id, leaf, disclosures) VALUES (?, ?, ?, ?, ?)',
  addTile: 'INSERT INTO tile (log, level, idx, root, hashes) VALUES (?, ?, ?, ?, ?)',
  setHead: 'UPDATE log SET size = ?, recorded_at = ?, edge = ?, checkpoint = ? WHERE n = ?',
  keys: 'SELECT origin, generation, since_ms FROM log_key WHERE log = ? ORDER BY since DESC LIMIT 2',
  addLogKey: `INSERT INTO log_key (log, since, since_ms, origin, generation, vkey, handover)
              VALUES (?, ?, ?, ?, ?, ?, ?)`,
  setLogKey: 'UPDATE log SET origin = ?, generation = ?, vkey = ? WHERE n = ?',
  origin: 'SELECT 1 FROM log_key WHERE origin = ? LIMIT 1',
  disclosures: 'SELECT disclosures FROM entry WHERE log = ? AND idx = ?',
  setDisclosures: 'UPDATE entry SET disclosures = ? WHERE log = ? AND idx = ?',
  addLog: `INSERT INTO log (org, name, created_at, origin, generation, vkey, size, recorded_at, edge, checkpoint)
           VALUES (?, ?, ?, ?, ?, ?, 0, 0, x'', ?)`,
  meta: 'SELECT value FROM meta WHERE name = ?',
  setMeta: 'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
  addApiKey: `INSERT INTO api_key (id, hash, org, name, scopes, created_at, expires_at, revoked_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  revokeKey: 'UPDATE api_key SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?',
  revision: 'SELECT revision FROM document WHERE org = ? AND kind = ? AND name = ?',
  nextRevision: `INSERT INTO document_revision (org, newest) VALUES (?, 1)
                 ON CONFLICT (org) DO UPDATE SET newest = newest + 1 RETURNING newest`,
  setDocument: `INSERT INTO document (org, kind, name, revision, body) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (org, kind, name) DO UPDATE SET revision = excluded.revision, body = excluded.body`,
  deleteDocument: 'DELETE FROM document WHERE org = ? AND kind = ? AND name = ?',
} as const

type Statements = { readonly [name in keyof typeof WRITER_STATEMENTS]: StatementSync }

interface SqliteLog extends OpenLog {
  readonly n: number
}

interface KeyRow {
  readonly origin: string
  readonly generation: number
  readonly since_ms: number
}

/** Where a test may let a commit fail, or let it be done and reported lost. */
export type CommitSeam = (commit: () => void) => void

export class SqliteWriter implements Ledger {
  readonly #db: DatabaseSync
  readonly #do: Statements
  readonly #signer: Signer
  readonly #commit: CommitSeam
  readonly #open = new Map<string, SqliteLog>()
  /** whether the write-ahead log may hold what was erased: also what a process erased that was killed */
  #mayHoldErased = true

  /**
   * @param db from `openForWriting`; the writer closes it
   * @throws AuditError `signing_key_mismatch` when the file was written with another seed
   */
  constructor(db: DatabaseSync, signer: Signer, commit: CommitSeam = (run) => run()) {
    this.#db = db
    this.#signer = signer
    this.#commit = commit
    const prepared = Object.entries(WRITER_STATEMENTS).map(([name, sql]) => [name, this.#db.prepare(sql)])
    this.#do = Object.fromEntries(prepared) as Statements
    const { fingerprint } = signer
    if (fingerprint !== undefined && this.#settle('seed_fingerprint', fingerprint) !== fingerprint) throw wrongSeed()
    this.finishErasing()
  }

  /** The base of all origins: the one given first, for ever. */
  settleOriginBase(base: string): string {
    return this.#settle('origin_base', base)
  }

  createLog(org: string, name: string, origin: string, nowMs: number): void {
    this.#inTransaction(() => {
      if (this.#do.log.get(org) !== undefined) return
      const key = this.keyOf(origin, FIRST_GENERATION)
      const checkpoint = emptyTail().signCheckpoint([key])
      const { lastInsertRowid: n } = this.#do.addLog.run(
        org,
        name,
        nowMs,
        origin,
        FIRST_GENERATION,
        key.vkey,
        checkpoint,
      )
      this.#do.addLogKey.run(n, 0, nowMs, origin, FIRST_GENERATION, key.vkey, null)
    })
  }

  /**
   * Appends a group in one durable commit.
   *
   * @throws AuditError `storage_failed`: the commit failed, or may have; the tails and signatures made for it are
   * thrown away, and the heads are read again
   */
  append(units: readonly Unit[], nowMs: number): readonly UnitOutcome[] {
    try {
      this.#do.begin.run()
      const outcomes = appendUnits(this, units, nowMs)
      this.#commit(() => this.#do.commit.run())
      this.#forgetIdle()
      // The commit stands, whatever this gives. Readers are waited for once: later commits try, and go on.
      this.finishErasing(units.some(({ act }) => act && 'erases' in act) ? READERS_WAIT_MS_MAX : 0)
      return outcomes
    } catch (cause) {
      this.#open.clear()
      if (this.#db.isTransaction) this.#do.rollback.run()
      throw storageFailed(cause)
    }
  }

  /** The key that a rotation would bring. @throws AuditError `organization_not_found` */
  nextKey(org: string): NextKey {
    const log = this.openLog(org)
    if (log === undefined) throw organizationNotFound(org)
    const generation = log.signing.generation + 1
    return { generation, vkey: this.keyOf(log.signing.key.name, generation).vkey }
  }

  /** Whether nothing that was erased is left in the write-ahead log, which is emptied if need be. */
  finishErasing(waitMs: number = READERS_WAIT_MS_MAX): boolean {
    if (this.#mayHoldErased) this.#mayHoldErased = !emptyWriteAhead(this.#db, waitMs)
    return !this.#mayHoldErased
  }

  addApiKey(key: KeyRecord): void {
    const { id, hash, org, name, scopes, createdAtMs, expiresAtMs, revokedAtMs } = key
    const row = [id, hash, org, name, scopes.join(' '), createdAtMs, expiresAtMs, revokedAtMs] as const
    this.#inTransaction(() => this.#do.addApiKey.run(...row))
  }

  revokeKey(id: string, atMs: number): boolean {
    return this.#inTransaction(() => this.#do.revokeKey.run(atMs, id).changes === 1)
  }

  /** The new revision, or undefined when another one stands there than expected. */
  putDocument({ org, kind, name, body }: DocumentToPut, expected: ExpectedRevision): number | undefined {
    return this.#inTransaction(() => {
      if (!isExpected(this.#revisionOf(org, kind, name), expected)) return undefined
      const revision = this.#do.nextRevision.get(org)?.newest as number
      this.#do.setDocument.run(org, kind, name, revision, body)
      return revision
    })
  }

  deleteDocument({ org, kind, name }: DocumentKey, expected: number | undefined): boolean {
    return this.#inTransaction(() => {
      const found = this.#revisionOf(org, kind, name)
      if (found === undefined || !isExpected(found, expected)) return false
      return this.#do.deleteDocument.run(org, kind, name).changes === 1
    })
  }

  close(): void {
    this.#db.close()
  }

  openLog(org: string): SqliteLog | undefined {
    const open = this.#open.get(org) ?? this.#readLog(org)
    if (open === undefined) return undefined
    // The newest stand last, so the first is the one that was idle longest.
    this.#open.delete(org)
    this.#open.set(org, open)
    return open
  }

  findById(log: OpenLog, id: string): StoredEntry | undefined {
    const row = this.#do.entryById.get(id, numberOf(log))
    return (
      row && {
        index: row.idx as number,
        leaf: row.leaf as Uint8Array,
        disclosures: withoutPadding(row.disclosures as Uint8Array),
      }
    )
  }

  addEntry: Ledger['addEntry'] = (log, id, entry, disclosures) => {
    this.#do.addEntry.run(numberOf(log), entry.index, id, entry.leaf, disclosures)
  }

  addTile: Ledger['addTile'] = (log, tile) => {
    this.#do.addTile.run(numberOf(log), tile.level, tile.index, tile.root, tile.hashes)
  }

  setHead(log: OpenLog): void {
    const { size, recordedAtMs } = log.tail
    this.#do.setHead.run(size, recordedAtMs, log.tail.encodeEdge(), log.checkpoint, numberOf(log))
  }

  keyOf(origin: string, generation: number): CheckpointKey {
    return this.#signer.keyOf(origin, generation)
  }

  addKey: Ledger['addKey'] = (log, { origin, generation, vkey, since, handover }, atMs) => {
    this.#do.addLogKey.run(numberOf(log), since, atMs, origin, generation, vkey, handover ?? null)
    this.#do.setLogKey.run(origin, generation, vkey, numberOf(log))
  }

  hasOrigin(origin: string): boolean {
    return this.#do.origin.get(origin) !== undefined
  }

  /** Overwrites in place, at the length that stands there: a row that keeps its length never moves in the file. */
  eraseGroups: Ledger['eraseGroups'] = (log, index, groups) => {
    const stored = this.#do.disclosures.get(numberOf(log), index)?.disclosures as Uint8Array | undefined
    if (stored === undefined) return
    const kept = withoutGroups(withoutPadding(stored), groups)
    if (kept === undefined) return
    this.#do.setDisclosures.run(padded(kept, stored.length), numberOf(log), index)
    this.#mayHoldErased = true
  }

  #revisionOf(org: string, kind: string, name: string): number | undefined {
    return this.#do.revision.get(org, kind, name)?.revision as number | undefined
  }

  #inTransaction<T>(write: () => T): T {
    try {
      this.#do.begin.run()
      const written = write()
      this.#commit(() => this.#do.commit.run())
      return written
    } catch (cause) {
      if (this.#db.isTransaction) this.#do.rollback.run()
      throw documentFailed(cause)
    }
  }

  #settle(name: string, value: string): string {
    this.#do.setMeta.run(name, value)
    return this.#do.meta.get(name)?.value as string
  }

  /** Reads a log's tail: its edge, and the hashes of the tiles that are filling. */
  #readLog(org: string): SqliteLog | undefined {
    const row = this.#do.log.get(org)
    if (row === undefined) return undefined
    const [n, size] = [row.n as number, row.size as number]
    const edge = RightEdge.decode(size, row.edge as Uint8Array)
    const tail = new LogTail(edge, row.recorded_at as number, this.#readFilling(n, size))
    const signing = this.#readSigning(n)
    if (signing.key.vkey !== row.vkey) throw wrongSeed()
    return { n, org, tail, signing, checkpoint: row.checkpoint as string }
  }

  /** The newest key, and the one before it unless that stood under another origin. */
  #readSigning(n: number): Signing {
    const [newest, before] = this.#do.keys.all(n) as unknown as readonly (KeyRow | undefined)[]
    assert(newest, 'a log has a key')
    const key = this.keyOf(newest.origin, newest.generation)
    if (before?.origin !== newest.origin) return { generation: newest.generation, key }
    const previous = { key: this.keyOf(before.origin, before.generation), untilMs: newest.since_ms + BOTH_SIGN_MS }
    return { generation: newest.generation, key, previous }
  }

  #readFilling(n: number, size: number): Uint8Array[][] {
    const filling = [
      this.#do.leaves.all(n, size - fillingWidth(size, 0)).map((row) => hashLeaf(row.leaf as Uint8Array)),
    ]
    for (let level = 1; size >= TILE_WIDTH ** level; level++) {
      const full = Math.floor(size / TILE_WIDTH ** level)
      const roots = this.#do.roots.all(n, level - 1, full - fillingWidth(size, level))
      filling.push(roots.map((row) => row.root as Uint8Array))
    }
    return filling
  }

  /** Called after a commit, so that no log is read twice within one. */
  #forgetIdle(): void {
    for (const org of this.#open.keys()) {
      if (this.#open.size <= OPEN_LOGS_MAX) return
      this.#open.delete(org)
    }
  }
}

const numberOf = (log: OpenLog): number => (log as SqliteLog).n

function storageFailed(cause: unknown): AuditError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AuditError(
    'storage_failed',
    `The log could not be written (${why}). Check the disk, then say the same event ids again: nothing is recorded twice.`,
    {
      retryAfterSeconds: 5,
      cause,
    },
  )
}

function documentFailed(cause: unknown): AuditError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AuditError(
    'storage_failed',
    `What was to be changed could not be written (${why}). Check the disk, read what stands there, and try again.`,
    { retryAfterSeconds: 5, cause },
  )
}
