/**
 * A data folder as a source: its log.sqlite, read by code of the verifier's own.
 *
 * Rows are taken for what they are, whatever they should be: a bundle ends before the first entry that is missing or is
 * no bytes, so that the verifier says which one that is.
 */
import type { StatementSync } from 'node:sqlite'
import { AuditError, concatBytes, isJsonObject, parseText } from '../../base/index.js'
import { formatDisclosureLines } from '../../event/index.js'
import { formatBundle, HASH_BYTES, hashLeaf, LEAF_BYTES_MAX, TILE_WIDTH, type TileName } from '../../merkle/index.js'
import type { LogKey, LogSource, Manifest } from '../../verify/index.js'
import { sizeOf } from '../notes.js'
import { LOG_FILE, type OpenDatabase, openDatabase, unreadable } from './open-database.js'
import { STATEMENTS, type StatementName } from './statements.js'

type Row = Record<string, unknown>

/** An entry as the file holds it. */
export interface EntryRow {
  /** by which it is looked up: nothing proves that it is the leaf's */
  readonly id: unknown
  readonly leaf: Uint8Array
  /** one a line, without what overwrote the erased ones */
  readonly disclosures: Uint8Array
}

/** The row of a log: nothing proves that what stands beside the checkpoint is its. */
export interface HeadRow {
  readonly origin: unknown
  readonly size: unknown
  readonly recorded_at: unknown
  /** the checkpoint, signed */
  readonly note: string
}

/** A root that is not the one of its tile. */
export interface StrayRoot {
  readonly level: number
  readonly index: number
  readonly expected: Uint8Array
  /** undefined for what is no bytes */
  readonly found: Uint8Array | undefined
}

/** Bundles whose rows are kept: leaves and disclosures of one are asked for soon after one another. */
const BUNDLES_KEPT = 2

/** A full bundle as the file's own SQL puts it together. */
interface Packed {
  readonly bundle: number
  /** undefined where its rows must be looked at one by one */
  readonly leaves: Uint8Array | undefined
  readonly lines: Uint8Array
}

/** All logs of a data folder, over one connection. */
export class DataFolder {
  readonly name: string
  readonly #database: OpenDatabase
  readonly #prepared = new Map<StatementName, StatementSync>()
  #tables: ReadonlySet<unknown> | undefined

  private constructor(name: string, database: OpenDatabase) {
    this.name = name
    this.#database = database
  }

  /** @throws AuditError `storage_failed` */
  static async open(folder: string): Promise<DataFolder> {
    return new DataFolder(folder, await openDatabase(folder, LOG_FILE))
  }

  /** what another thread may open for itself */
  get folder(): string | undefined {
    return this.#database.folder
  }

  organizations(): readonly string[] {
    return this.all('organizations').map((row) => textOf(row['org'], 'org'))
  }

  /** Whether somebody wrote meanwhile to what was opened as at rest: then nothing that was read counts. */
  isDisturbed(): boolean {
    return this.#database.isDisturbed()
  }

  get(name: StatementName, ...values: readonly (string | number)[]): Row | undefined {
    return this.#ask(name, (statement) => statement.get(...values))
  }

  all(name: StatementName, ...values: readonly (string | number)[]): readonly Row[] {
    return this.#ask(name, (statement) => statement.all(...values))
  }

  /** Whether there is a table of that name. */
  has(table: string): boolean {
    this.#tables ??= new Set(this.all('tables').map((row) => row['name']))
    return this.#tables.has(table)
  }

  close(): void {
    this.#database.close()
  }

  #ask<T>(name: StatementName, ask: (statement: StatementSync) => T): T {
    try {
      let statement = this.#prepared.get(name)
      if (statement === undefined) this.#prepared.set(name, (statement = this.#database.db.prepare(STATEMENTS[name])))
      return ask(statement)
    } catch (error) {
      throw unreadable(this.name, error)
    }
  }
}

/** One organization's log of a data folder. */
export class DataFolderSource implements LogSource {
  readonly name: string
  readonly org: string
  readonly #folder: DataFolder
  readonly #bundles = new Map<number, readonly EntryRow[]>()
  #packed: Packed | undefined
  #number: number | undefined

  constructor(folder: DataFolder, org: string) {
    this.name = `${folder.name}, organization ${org}`
    this.org = org
    this.#folder = folder
  }

  async checkpoint(): Promise<string> {
    return textOf(this.#log()['checkpoint'], 'checkpoint')
  }

  /** The newest note that met the server's policy (`newest`), else the newest that any witness signed (`partial`). */
  async cosigned(): Promise<string | undefined> {
    if (!this.#folder.has('document')) return undefined
    const [first] = this.#folder.all('cosigned', this.org)
    return first && noteOf(first['body'])
  }

  async keys(): Promise<readonly LogKey[]> {
    const { n, origin, generation, vkey } = this.#log()
    // A folder that no server of this version has opened has no history: one key, since the beginning.
    if (!this.#folder.has('log_key')) return [toKey({ origin, generation, vkey, since: 0, handover: null })]
    return this.#folder.all('keys', Number(n)).map(toKey)
  }

  async tile({ level, index, width }: TileName): Promise<Uint8Array | undefined> {
    if (level === 'entries') return this.#bundle(index, width)
    const full = this.#folder.get('tile', this.#n(), level, index)?.['hashes']
    if (full instanceof Uint8Array) return full.subarray(0, width * HASH_BYTES)
    if (width === TILE_WIDTH) return undefined
    return level === 0 ? this.#leafHashes(index, width) : this.#roots(level, index, width)
  }

  async disclosures(bundle: number): Promise<Uint8Array> {
    const { leaves, lines } = this.#pack(bundle)
    if (leaves) return lines
    const rows = this.entries(bundle)
    return formatDisclosureLines(rows.map(({ disclosures }, i) => ({ index: bundle * TILE_WIDTH + i, disclosures })))
  }

  async manifest(): Promise<Manifest | undefined> {
    return undefined
  }

  /** The folder is whoever's who opened it. */
  async close(): Promise<void> {
    this.#bundles.clear()
    this.#packed = undefined
  }

  /** The first entry of a bundle that is not there: past what the log has, it should not be. */
  firstGap(bundle: number): number | undefined {
    const { length } = this.entries(bundle)
    return length === TILE_WIDTH ? undefined : bundle * TILE_WIDTH + length
  }

  /** The first entry that no checkpoint covers: a commit that was torn, or a row that somebody put there. */
  async strayEntry(): Promise<number | undefined> {
    for (let note = await this.checkpoint(); ; ) {
      const row = this.#folder.get('beyond', this.#n(), sizeOf(note))
      const newer = await this.checkpoint()
      // A server that runs beside may have recorded it between the two reads.
      if (row === undefined || newer === note) return row && Number(row['idx'])
      note = newer
    }
  }

  /** What the log's row says beside its checkpoint, all as of one moment. */
  head(): HeadRow {
    const { origin, size, recorded_at, checkpoint } = this.#log()
    return { origin, size, recorded_at, note: textOf(checkpoint, 'checkpoint') }
  }

  /** Entries of a range that go by another id than their leaf has. */
  misnamed(from: number, to: number): readonly (Pick<EntryRow, 'id' | 'leaf'> & { readonly index: number })[] {
    const rows = this.#folder.all('misnamed', this.#n(), from, to)
    return rows.map(({ idx, id, leaf }) => ({ index: Number(idx), id, leaf: leaf as Uint8Array }))
  }

  /** The first tile beside which another root stands than the tile above it has. */
  strayRoot(): StrayRoot | undefined {
    const row = this.#folder.get('strayRoot', this.#n())
    if (row === undefined) return undefined
    const { level, idx, expected, found } = row
    return {
      level: Number(level),
      index: Number(idx),
      expected: expected instanceof Uint8Array ? expected : NOTHING,
      found: found instanceof Uint8Array ? found : undefined,
    }
  }

  /** One entry, where it is there with a leaf. */
  entryAt(index: number): EntryRow | undefined {
    return this.entries(Math.floor(index / TILE_WIDTH))[index % TILE_WIDTH]
  }

  /** The entries of a bundle up to the first that is not there. */
  entries(bundle: number): readonly EntryRow[] {
    const known = this.#bundles.get(bundle)
    if (known?.length === TILE_WIDTH) return known
    const from = bundle * TILE_WIDTH
    const rows = unbroken(this.#folder.all('entries', this.#n(), from, from + TILE_WIDTH), from)
    const end = rows.findIndex(({ leaf }) => !(leaf instanceof Uint8Array) || leaf.length > LEAF_BYTES_MAX)
    const sound = (end === -1 ? rows : rows.slice(0, end)).map(toEntryRow)
    this.#bundles.set(bundle, sound)
    for (const [oldest] of this.#bundles) if (this.#bundles.size > BUNDLES_KEPT) this.#bundles.delete(oldest)
    return sound
  }

  #log(): Row {
    const row = this.#folder.get('log', this.org)
    if (row) return row
    throw new AuditError('organization_not_found', `${this.#folder.name} holds no log of ${this.org}.`)
  }

  /** The log's number in its file: it never changes. */
  #n(): number {
    this.#number ??= Number(this.#log()['n'])
    return this.#number
  }

  /** Most of what a verifier reads: nothing of it becomes a value of its own before it is checked. */
  #pack(bundle: number): Packed {
    if (this.#packed?.bundle === bundle) return this.#packed
    const from = bundle * TILE_WIDTH
    const row = this.#folder.get('bundle', this.#n(), from, from + TILE_WIDTH)
    const { plain, leaves, lines } = row ?? {}
    const isFull = plain === TILE_WIDTH && leaves instanceof Uint8Array
    this.#packed = {
      bundle,
      leaves: isFull ? leaves : undefined,
      lines: lines instanceof Uint8Array ? lines : NOTHING,
    }
    return this.#packed
  }

  #bundle(index: number, width: number): Uint8Array | undefined {
    const packed = width === TILE_WIDTH ? this.#pack(index).leaves : undefined
    if (packed) return packed
    const leaves = this.entries(index).slice(0, width)
    return leaves.length === 0 ? undefined : formatBundle(leaves.map(({ leaf }) => leaf))
  }

  #leafHashes(index: number, width: number): Uint8Array {
    return concatBytes(
      this.entries(index)
        .slice(0, width)
        .map(({ leaf }) => hashLeaf(leaf)),
    )
  }

  /** Of a tile that is not full: the roots of the tiles below it. */
  #roots(level: number, index: number, width: number): Uint8Array {
    const from = index * TILE_WIDTH
    const rows = this.#folder.all('roots', this.#n(), level - 1, from, from + width)
    return concatBytes(unbroken(rows, from).flatMap(({ root }) => (root instanceof Uint8Array ? [root] : [])))
  }
}

/** Rows from the first one on that count up by one from `from`. */
function unbroken(rows: readonly Row[], from: number): readonly Row[] {
  const end = rows.findIndex(({ idx }, i) => idx !== from + i)
  return end === -1 ? rows : rows.slice(0, end)
}

const NOTHING = new Uint8Array(0)

const toEntryRow = ({ id, leaf, disclosures }: Row): EntryRow => ({
  id,
  leaf: leaf as Uint8Array,
  disclosures: disclosures instanceof Uint8Array ? withoutPadding(disclosures) : NOTHING,
})

/** Erased disclosures are overwritten at their length (docs/decisions/0008): what is left ends in zero bytes. */
function withoutPadding(disclosures: Uint8Array): Uint8Array {
  let end = disclosures.length
  while (end > 0 && disclosures[end - 1] === 0) end--
  return disclosures.subarray(0, end)
}

function noteOf(body: unknown): string | undefined {
  try {
    const document = parseText(String(body))
    const note = isJsonObject(document) ? document['note'] : undefined
    return typeof note === 'string' ? note : undefined
  } catch {
    return undefined
  }
}

const toKey = ({ origin, generation, vkey, since, handover }: Row): LogKey => ({
  origin: textOf(origin, 'origin'),
  generation: Number(generation),
  vkey: textOf(vkey, 'vkey'),
  since: Number(since),
  ...(typeof handover === 'string' ? { handover } : {}),
})

function textOf(value: unknown, column: string): string {
  if (typeof value === 'string') return value
  throw new AuditError('storage_failed', `A log’s ${column} is no text. Take the copy again.`)
}
