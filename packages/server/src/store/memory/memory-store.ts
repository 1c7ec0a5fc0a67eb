/** The plain engine: everything in memory, nothing durable. For tests, and to say in the fewest lines what a store is. */
import { randomBytes } from 'node:crypto'
import { parseLeaf } from '@sealedlog/sdk/event'
import { withoutGroups } from '../erasure.js'
import { mintOrigin, mintOriginBase } from '../identity.js'
import { appendUnits, organizationNotFound } from '../ledger.js'
import type { Ledger, OpenLog } from '../open-log.js'
import {
  type DocumentToPut,
  type ExpectedRevision,
  isExpected,
  type KeyRecord,
  type LogHead,
  type LogKey,
  type NextKey,
  type Store,
  type StoredDocument,
  type StoredEntry,
  type Unit,
  type UnitOutcome,
} from '../port.js'
import { SeedSigner, type Signer } from '../signer.js'
import { FIRST_GENERATION, SEED_BYTES } from '../signing.js'
import { emptyTail, type FullTile } from '../tail.js'

interface MemoryLog extends OpenLog {
  readonly name: string
  readonly createdAtMs: number
  readonly entries: StoredEntry[]
  readonly byId: Map<string, StoredEntry>
  readonly tiles: Map<string, FullTile>
  /** oldest first */
  readonly keys: LogKey[]
}

export class MemoryStore implements Store {
  readonly #logs = new Map<string, MemoryLog>()
  readonly #keys = new Map<string, KeyRecord>()
  /** by organization and kind, then by name */
  readonly #documents = new Map<string, Map<string, StoredDocument>>()
  /** the newest of each organization */
  readonly #revisions = new Map<string, number>()
  readonly #base = mintOriginBase(randomBytes)
  readonly #nowMs: () => number
  readonly #signer: Signer

  constructor(nowMs: () => number = Date.now, signer: Signer = new SeedSigner(randomBytes(SEED_BYTES))) {
    this.#nowMs = nowMs
    this.#signer = signer
  }

  async createLog(org: string, name: string): Promise<LogHead> {
    const existing = this.#logs.get(org)
    if (existing) return headOf(existing)
    const key = this.#signer.keyOf(this.newOrigin(), FIRST_GENERATION)
    const tail = emptyTail()
    const log: MemoryLog = {
      org,
      name,
      tail,
      signing: { generation: FIRST_GENERATION, key },
      createdAtMs: this.#nowMs(),
      checkpoint: tail.signCheckpoint([key]),
      keys: [{ origin: key.name, generation: FIRST_GENERATION, vkey: key.vkey, since: 0 }],
      entries: [],
      byId: new Map(),
      tiles: new Map(),
    }
    this.#logs.set(org, log)
    return headOf(log)
  }

  async head(org: string): Promise<LogHead | undefined> {
    const log = this.#logs.get(org)
    return log && headOf(log)
  }

  async heads(after: string, limit: number): Promise<readonly LogHead[]> {
    const orgs = [...this.#logs.keys()].filter((org) => org > after).sort()
    return orgs.slice(0, limit).map((org) => headOf(this.#log(org)))
  }

  async append(units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    return appendUnits(this.#ledger, units, this.#nowMs())
  }

  async readRange(org: string, from: number, to: number): Promise<readonly StoredEntry[]> {
    return this.#logs.get(org)?.entries.slice(Math.max(0, from), Math.max(0, to)) ?? []
  }

  async readAt(org: string, indexes: readonly number[]): Promise<readonly StoredEntry[]> {
    const entries = this.#logs.get(org)?.entries ?? []
    return indexes.map((index) => entries[index]).filter((entry) => entry !== undefined)
  }

  async findById(org: string, id: string): Promise<StoredEntry | undefined> {
    return this.#logs.get(org)?.byId.get(id)
  }

  async readTile(org: string, level: number, index: number): Promise<Uint8Array | undefined> {
    return this.#logs.get(org)?.tiles.get(`${level}/${index}`)?.hashes
  }

  async readTileRoots(org: string, level: number, from: number, to: number): Promise<readonly Uint8Array[]> {
    const tiles = [...(this.#logs.get(org)?.tiles.values() ?? [])]
    return tiles
      .filter((tile) => tile.level === level && tile.index >= from && tile.index < to)
      .map((tile) => tile.root)
  }

  async keys(org: string): Promise<readonly LogKey[]> {
    return this.#logs.get(org)?.keys.toReversed() ?? []
  }

  async nextKey(org: string): Promise<NextKey> {
    const signing = this.#logs.get(org)?.signing
    if (signing === undefined) throw organizationNotFound(org)
    const generation = signing.generation + 1
    return { generation, vkey: this.#signer.keyOf(signing.key.name, generation).vkey }
  }

  newOrigin(): string {
    return mintOrigin(this.#base, randomBytes)
  }

  async finishErasing(): Promise<boolean> {
    return true
  }

  async addKey(key: KeyRecord): Promise<void> {
    this.#keys.set(key.id, key)
  }

  async findKey(hash: string): Promise<KeyRecord | undefined> {
    return [...this.#keys.values()].find((key) => key.hash === hash)
  }

  async getKey(id: string): Promise<KeyRecord | undefined> {
    return this.#keys.get(id)
  }

  async listKeys(org: string | undefined): Promise<readonly KeyRecord[]> {
    const keys = [...this.#keys.values()].filter((key) => org === undefined || key.org === org)
    return keys.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1))
  }

  async revokeKey(id: string, atMs: number): Promise<boolean> {
    const key = this.#keys.get(id)
    if (key) this.#keys.set(id, { ...key, revokedAtMs: key.revokedAtMs ?? atMs })
    return key !== undefined
  }

  async putDocument(document: DocumentToPut, expected?: ExpectedRevision): Promise<number | undefined> {
    const { org, kind, name, body } = document
    const documents = this.#documentsOf(org, kind)
    if (!isExpected(documents.get(name)?.revision, expected)) return undefined
    const revision = (this.#revisions.get(org) ?? 0) + 1
    this.#revisions.set(org, revision)
    documents.set(name, { name, body, revision })
    return revision
  }

  async getDocument(org: string, kind: string, name: string): Promise<StoredDocument | undefined> {
    return this.#documentsOf(org, kind).get(name)
  }

  async listDocuments(org: string, kind: string, after: string, limit: number): Promise<readonly StoredDocument[]> {
    const found = [...this.#documentsOf(org, kind).values()].filter(({ name }) => name > after)
    return found.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit)
  }

  async listDocumentNames(org: string, kind: string, after: string, limit: number): Promise<readonly string[]> {
    return (await this.listDocuments(org, kind, after, limit)).map(({ name }) => name)
  }

  async deleteDocument(org: string, kind: string, name: string, expected?: number): Promise<boolean> {
    const documents = this.#documentsOf(org, kind)
    return isExpected(documents.get(name)?.revision, expected) && documents.delete(name)
  }

  async close(): Promise<void> {}

  #documentsOf(org: string, kind: string): Map<string, StoredDocument> {
    const place = JSON.stringify([org, kind])
    const documents = this.#documents.get(place) ?? new Map<string, StoredDocument>()
    this.#documents.set(place, documents)
    return documents
  }

  #log(org: string): MemoryLog {
    const log = this.#logs.get(org)
    if (log === undefined) throw new Error(`assertion failed: the log of ${org} is open`)
    return log
  }

  #erase({ entries, byId }: MemoryLog, index: number, groups: readonly string[]): void {
    const entry = entries[index]
    if (entry === undefined) return
    const disclosures = withoutGroups(entry.disclosures, groups)
    if (disclosures === undefined) return
    const left = { ...entry, disclosures }
    entries[index] = left
    byId.set(idOf(left), left)
  }

  /** Nothing here can fail half-way, so there is no transaction to speak of. */
  readonly #ledger: Ledger = {
    openLog: (org) => this.#logs.get(org),
    findById: (log, id) => this.#log(log.org).byId.get(id),
    addEntry: (log, id, { index, leaf }, disclosures) => {
      const entry = { index, leaf: leaf.slice(), disclosures: disclosures.slice() }
      this.#log(log.org).entries.push(entry)
      this.#log(log.org).byId.set(id, entry)
    },
    addTile: (log, tile) => this.#log(log.org).tiles.set(`${tile.level}/${tile.index}`, tile),
    setHead: () => {},
    keyOf: (origin, generation) => this.#signer.keyOf(origin, generation),
    addKey: (log, key) => this.#log(log.org).keys.push(key),
    hasOrigin: (origin) => [...this.#logs.values()].some(({ keys }) => keys.some((key) => key.origin === origin)),
    eraseGroups: (log, index, groups) => this.#erase(this.#log(log.org), index, groups),
  }
}

const idOf = ({ leaf }: StoredEntry): string => parseLeaf(leaf).id

function headOf(log: MemoryLog): LogHead {
  const {
    org,
    name,
    createdAtMs,
    signing: { key },
    tail,
    checkpoint,
  } = log
  return { org, name, createdAtMs, origin: key.name, vkey: key.vkey, size: tail.size, checkpoint }
}
