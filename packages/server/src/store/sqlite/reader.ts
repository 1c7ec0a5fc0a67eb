/** Reading the log's file: named statements on a connection of their own, which sees every commit at once. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { withoutPadding } from '../erasure.js'
import type { KeyRecord, LogHead, LogKey, Scope, StoredDocument, StoredEntry } from '../port.js'
import { openForReading } from './connection.js'

const HEAD = 'org, name, created_at, origin, vkey, size, checkpoint'
const DOCUMENT = 'name, revision, body'
const KEY = 'id, hash, org, name, scopes, created_at, expires_at, revoked_at'

/** Every statement of a reader, by name. */
export const READER_STATEMENTS = {
  head: `SELECT ${HEAD} FROM log WHERE org = ?`,
  heads: `SELECT ${HEAD} FROM log WHERE org > ? ORDER BY org LIMIT ?`,
  range: `SELECT idx, leaf, disclosures FROM entry
          WHERE log = (SELECT n FROM log WHERE org = ?) AND idx >= ? AND idx < ? ORDER BY idx`,
  at: `SELECT idx, leaf, disclosures FROM entry WHERE log = (SELECT n FROM log WHERE org = ?) AND idx = ?`,
  byId: `SELECT idx, leaf, disclosures FROM entry WHERE id = ? AND log = (SELECT n FROM log WHERE org = ?)`,
  tile: `SELECT hashes FROM tile WHERE log = (SELECT n FROM log WHERE org = ?) AND level = ? AND idx = ?`,
  roots: `SELECT root FROM tile WHERE log = (SELECT n FROM log WHERE org = ?)
          AND level = ? AND idx >= ? AND idx < ? ORDER BY idx`,
  keysOfLog: `SELECT origin, generation, vkey, since, handover FROM log_key
              WHERE log = (SELECT n FROM log WHERE org = ?) ORDER BY since DESC`,
  keyByHash: `SELECT ${KEY} FROM api_key WHERE hash = ?`,
  keyById: `SELECT ${KEY} FROM api_key WHERE id = ?`,
  allKeys: `SELECT ${KEY} FROM api_key ORDER BY created_at, id`,
  keysOf: `SELECT ${KEY} FROM api_key WHERE org = ? ORDER BY created_at, id`,
  document: `SELECT ${DOCUMENT} FROM document WHERE org = ? AND kind = ? AND name = ?`,
  documents: `SELECT ${DOCUMENT} FROM document WHERE org = ? AND kind = ? AND name > ? ORDER BY name LIMIT ?`,
  documentNames: 'SELECT name FROM document WHERE org = ? AND kind = ? AND name > ? ORDER BY name LIMIT ?',
} as const

type Row = Record<string, unknown>

export class SqliteReader {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<keyof typeof READER_STATEMENTS, StatementSync>()

  constructor(path: string) {
    this.#db = openForReading(path)
  }

  head(org: string): LogHead | undefined {
    const row = this.#statement('head').get(org)
    return row && toHead(row)
  }

  heads(after: string, limit: number): readonly LogHead[] {
    return this.#statement('heads').all(after, limit).map(toHead)
  }

  readRange(org: string, from: number, to: number): readonly StoredEntry[] {
    return this.#statement('range').all(org, from, to).map(toEntry)
  }

  readAt(org: string, indexes: readonly number[]): readonly StoredEntry[] {
    const statement = this.#statement('at')
    return indexes
      .map((index) => statement.get(org, index))
      .filter((row) => row !== undefined)
      .map(toEntry)
  }

  findById(org: string, id: string): StoredEntry | undefined {
    const row = this.#statement('byId').get(id, org)
    return row && toEntry(row)
  }

  readTile(org: string, level: number, index: number): Uint8Array | undefined {
    return this.#statement('tile').get(org, level, index)?.hashes as Uint8Array | undefined
  }

  readTileRoots(org: string, level: number, from: number, to: number): readonly Uint8Array[] {
    const rows = this.#statement('roots').all(org, level, from, to)
    return rows.map((row) => row.root as Uint8Array)
  }

  keys(org: string): readonly LogKey[] {
    return this.#statement('keysOfLog').all(org).map(toLogKey)
  }

  findKey(hash: string): KeyRecord | undefined {
    const row = this.#statement('keyByHash').get(hash)
    return row && toKey(row)
  }

  getKey(id: string): KeyRecord | undefined {
    const row = this.#statement('keyById').get(id)
    return row && toKey(row)
  }

  listKeys(org: string | undefined): readonly KeyRecord[] {
    const rows = org === undefined ? this.#statement('allKeys').all() : this.#statement('keysOf').all(org)
    return rows.map(toKey)
  }

  getDocument(org: string, kind: string, name: string): StoredDocument | undefined {
    const row = this.#statement('document').get(org, kind, name)
    return row && toDocument(row)
  }

  listDocuments(org: string, kind: string, after: string, limit: number): readonly StoredDocument[] {
    return this.#statement('documents').all(org, kind, after, limit).map(toDocument)
  }

  listDocumentNames(org: string, kind: string, after: string, limit: number): readonly string[] {
    const rows = this.#statement('documentNames').all(org, kind, after, limit)
    return rows.map((row) => row.name as string)
  }

  close(): void {
    this.#db.close()
  }

  #statement(name: keyof typeof READER_STATEMENTS): StatementSync {
    const known = this.#prepared.get(name)
    if (known) return known
    const statement = this.#db.prepare(READER_STATEMENTS[name])
    this.#prepared.set(name, statement)
    return statement
  }
}

const toEntry = (row: Row): StoredEntry => ({
  index: row.idx as number,
  leaf: row.leaf as Uint8Array,
  disclosures: withoutPadding(row.disclosures as Uint8Array),
})

const toHead = (row: Row): LogHead => ({
  org: row.org as string,
  name: row.name as string,
  createdAtMs: row.created_at as number,
  origin: row.origin as string,
  vkey: row.vkey as string,
  size: row.size as number,
  checkpoint: row.checkpoint as string,
})

const toLogKey = ({ origin, generation, vkey, since, handover }: Row): LogKey => ({
  origin: origin as string,
  generation: generation as number,
  vkey: vkey as string,
  since: since as number,
  ...(handover === null ? {} : { handover: handover as string }),
})

const toDocument = (row: Row): StoredDocument => ({
  name: row.name as string,
  body: row.body as string,
  revision: row.revision as number,
})

const toKey = (row: Row): KeyRecord => ({
  id: row.id as string,
  hash: row.hash as string,
  org: row.org as string,
  name: row.name as string,
  scopes: (row.scopes as string).split(' ').filter((scope) => scope !== '') as Scope[],
  createdAtMs: row.created_at as number,
  expiresAtMs: row.expires_at as number | null,
  revokedAtMs: row.revoked_at as number | null,
})
