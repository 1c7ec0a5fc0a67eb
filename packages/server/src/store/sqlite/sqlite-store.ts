/** The embedded engine: one SQLite file, one writing thread, reads beside it. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { assert, AuditError } from '@sealedlog/sdk/base'
import { checkOriginBase, mintOrigin, mintOriginBase } from '../identity.js'
import type {
  DocumentToPut,
  ExpectedRevision,
  KeyRecord,
  LogHead,
  LogKey,
  NextKey,
  Store,
  StoredDocument,
  StoredEntry,
  Unit,
  UnitOutcome,
} from '../port.js'
import { SEED_BYTES } from '../signing.js'
import { type FolderLock, lockFolder } from './lock.js'
import { KeyCache } from './key-cache.js'
import { SqliteReader } from './reader.js'
import { packUnits, parseError, unpackOutcomes } from './wire.js'
import type { WriterAnswer, WriterCall, WriterHello, WriterOptions } from './worker.js'

export const LOG_FILE = 'log.sqlite'

export interface SqliteStoreOptions {
  /** the data folder; made if it does not exist */
  readonly folder: string
  /** the instance seed, 32 bytes */
  readonly seed: Uint8Array
  /** the base of origins, settled at the first start; minted when left out */
  readonly originBase?: string
  /** a module that makes the signer (`MakeSigner`); the seed signs when left out */
  readonly signerModule?: string
  readonly nowMs?: () => number
  /** of the folder, where the caller holds it already: the store lets go of it when it is closed, not when it cannot open */
  readonly lock?: FolderLock
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export class SqliteStore implements Store {
  readonly #worker: Worker
  readonly #reader: SqliteReader
  readonly #keyCache = new KeyCache()
  readonly #lock: FolderLock
  readonly #originBase: string
  readonly #nowMs: () => number
  /** Calls without an answer; answers come in the order of the calls. */
  readonly #waiting: Waiting[] = []
  #failure: Error | undefined
  /** settles with the newest call, and so after all before it */
  #lastCall: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  private constructor(worker: Worker, reader: SqliteReader, lock: FolderLock, originBase: string, nowMs: () => number) {
    this.#worker = worker
    this.#reader = reader
    this.#lock = lock
    this.#originBase = originBase
    this.#nowMs = nowMs
    worker.on('message', (answer: WriterAnswer) => this.#answered(answer))
    worker.on('error', (error) => this.#failed(error))
    worker.on('exit', () => this.#failed(new Error('the writing thread ended')))
  }

  /**
   * Opens a data folder: takes its lock, brings the file to the newest schema, starts the writer.
   *
   * @throws AuditError `data_folder_in_use`, `signing_key_mismatch`, `invalid_configuration` or `storage_failed`
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    assert(options.seed.length === SEED_BYTES, 'an instance seed has 32 bytes')
    const given = options.originBase
    const originBase = given === undefined ? mintOriginBase(randomBytes) : checkOriginBase(given)
    const lock = options.lock ?? lockFolder(options.folder)
    try {
      const path = join(options.folder, LOG_FILE)
      const { seed, signerModule } = options
      const writer: WriterOptions = { path, seed, originBase, ...(signerModule === undefined ? {} : { signerModule }) }
      const { worker, settledBase } = await startWriter(writer)
      try {
        if (given !== undefined && settledBase !== given) throw originBaseSettled(settledBase, given)
        return new SqliteStore(worker, new SqliteReader(path), lock, settledBase, options.nowMs ?? Date.now)
      } catch (error) {
        await worker.terminate()
        throw error
      }
    } catch (error) {
      if (options.lock === undefined) lock.release()
      throw error
    }
  }

  async createLog(org: string, name: string): Promise<LogHead> {
    await this.#call({ name: 'createLog', org, orgName: name, origin: this.newOrigin(), nowMs: this.#nowMs() })
    const head = this.#reader.head(org)
    if (head === undefined) throw new Error(`assertion failed: the log of ${org} was created`)
    return head
  }

  async append(units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    const packed = packUnits(units)
    const answer = await this.#call({ name: 'append', units: packed, nowMs: this.#nowMs() }, [packed.buffer])
    return unpackOutcomes(answer as Uint8Array)
  }

  async keys(org: string): Promise<readonly LogKey[]> {
    return this.#reader.keys(org)
  }

  async nextKey(org: string): Promise<NextKey> {
    return (await this.#call({ name: 'nextKey', org })) as NextKey
  }

  newOrigin(): string {
    return mintOrigin(this.#originBase, randomBytes)
  }

  async finishErasing(): Promise<boolean> {
    return (await this.#call({ name: 'finishErasing' })) as boolean
  }

  async addKey(key: KeyRecord): Promise<void> {
    await this.#call({ name: 'addKey', key })
  }

  async revokeKey(id: string, atMs: number): Promise<boolean> {
    try {
      return (await this.#call({ name: 'revokeKey', id, atMs })) as boolean
    } finally {
      // Here, and not before: until the commit, whoever asks reads and remembers the key as it was.
      this.#keyCache.clear()
    }
  }

  async putDocument(document: DocumentToPut, expected?: ExpectedRevision): Promise<number | undefined> {
    return (await this.#call({ name: 'putDocument', document, expected })) as number | undefined
  }

  async deleteDocument(org: string, kind: string, name: string, expected?: number): Promise<boolean> {
    return (await this.#call({ name: 'deleteDocument', key: { org, kind, name }, expected })) as boolean
  }

  async head(org: string): Promise<LogHead | undefined> {
    return this.#reader.head(org)
  }

  async heads(after: string, limit: number): Promise<readonly LogHead[]> {
    return this.#reader.heads(after, limit)
  }

  async readRange(org: string, from: number, to: number): Promise<readonly StoredEntry[]> {
    return this.#reader.readRange(org, from, to)
  }

  async readAt(org: string, indexes: readonly number[]): Promise<readonly StoredEntry[]> {
    return this.#reader.readAt(org, indexes)
  }

  async findById(org: string, id: string): Promise<StoredEntry | undefined> {
    return this.#reader.findById(org, id)
  }

  async readTile(org: string, level: number, index: number): Promise<Uint8Array | undefined> {
    return this.#reader.readTile(org, level, index)
  }

  async readTileRoots(org: string, level: number, from: number, to: number): Promise<readonly Uint8Array[]> {
    return this.#reader.readTileRoots(org, level, from, to)
  }

  async findKey(hash: string): Promise<KeyRecord | undefined> {
    return this.#keyCache.find(hash, (unknown) => this.#reader.findKey(unknown))
  }

  async getKey(id: string): Promise<KeyRecord | undefined> {
    return this.#reader.getKey(id)
  }

  async listKeys(org: string | undefined): Promise<readonly KeyRecord[]> {
    return this.#reader.listKeys(org)
  }

  async getDocument(org: string, kind: string, name: string): Promise<StoredDocument | undefined> {
    return this.#reader.getDocument(org, kind, name)
  }

  async listDocuments(org: string, kind: string, after: string, limit: number): Promise<readonly StoredDocument[]> {
    return this.#reader.listDocuments(org, kind, after, limit)
  }

  async listDocumentNames(org: string, kind: string, after: string, limit: number): Promise<readonly string[]> {
    return this.#reader.listDocumentNames(org, kind, after, limit)
  }

  /** Closing twice is closing once. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** The writer is the last to let go of the file: only then does SQLite empty the write-ahead log into it. */
  async #close(): Promise<void> {
    await this.#lastCall
    this.#reader.close()
    try {
      if (this.#failure !== undefined) return
      const ended = once(this.#worker, 'exit')
      await this.#post({ name: 'close' })
      await ended
    } finally {
      this.#lock.release()
    }
  }

  #call(call: WriterCall, transfer: ArrayBuffer[] = []): Promise<unknown> {
    if (this.#closed) return Promise.reject(storeClosed())
    const answer = this.#post(call, transfer)
    this.#lastCall = answer.catch(() => {})
    return answer
  }

  #post(call: WriterCall, transfer: ArrayBuffer[] = []): Promise<unknown> {
    const failure = this.#failure
    if (failure) return Promise.reject(threadEnded(failure))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(call, transfer)
    })
  }

  #answered(answer: WriterAnswer): void {
    const waiting = this.#waiting.shift()
    if ('error' in answer) waiting?.reject(parseError(answer.error))
    else waiting?.resolve(answer.value)
  }

  #failed(error: Error): void {
    this.#failure ??= error
    for (const waiting of this.#waiting.splice(0)) waiting.reject(threadEnded(error))
  }
}

async function startWriter(options: WriterOptions): Promise<{ worker: Worker; settledBase: string }> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: options,
    name: 'sealedlog-writer',
    execArgv: QUIET,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB_MAX },
  })
  const [hello] = (await once(worker, 'message')) as [WriterHello]
  if ('originBase' in hello) return { worker, settledBase: hello.originBase }
  await worker.terminate()
  throw parseError(hello.error)
}

const originBaseSettled = (settled: string, given: string): AuditError =>
  new AuditError(
    'invalid_configuration',
    `The origin base of this data folder is ${settled}, for ever; it cannot become ${given}.`,
  )

const storeClosed = (): AuditError =>
  new AuditError('shutting_down', 'The store is closed; nothing was recorded. Say the same event ids again later.')

/** On Node 22 each thread says anew that node:sqlite is experimental; that is no news to whoever runs a server. */
const QUIET = ['--disable-warning=ExperimentalWarning']

/** What a thread makes and drops is dropped before it is this much: left alone, it would be 150 MB, and no faster. */
const YOUNG_MB_MAX = 24

const threadEnded = (cause: Error): AuditError =>
  new AuditError(
    'storage_failed',
    `The writing thread has ended (${cause.message}). Restart the server; nothing acknowledged is lost.`,
    { cause },
  )
