/** A running Sealedlog: store, index, log and HTTP, put together and taken apart in the right order. */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { settleRootKey, settleSeed, type Settled } from './data-folder.js'
import { Guard, type KeyOf, type LogFinding } from './guard/index.js'
import {
  DEFAULT_ORGANIZATION,
  Gatekeeper,
  HTTP_OPTIONS,
  Metrics,
  makeApp,
  RATE_LIMITS,
  type RateLimits,
  Rates,
  STREAM_LIMITS,
  type StreamLimits,
  Streams,
} from './http/index.js'
import { openRunsIndex, type RunsLimits } from './index/index.js'
import { Indexes } from './indexes.js'
import {
  AuditLog,
  COMMITTER_LIMITS,
  type CommitterLimits,
  type Every,
  Journal,
  Keeping,
  readConsistency,
  Standing,
} from './log/index.js'
import { bothOpen } from './opening.js'
import { KnownOrganizations } from './organizations.js'
import { DEFAULT_HOST, DEFAULT_PORT, ROOT_KEY_FILE } from './places.js'
import { makeRandomBytes } from './random.js'
import { Publishing, type SinkAlarm, type SinkOptions } from './sink/index.js'
import { deriveCursorKey, loadSigner, lockFolder, SeedSigner, type Signer, SqliteStore } from './store/index.js'
import { Types } from './types/index.js'

export interface ServerOptions {
  /** the data folder; made if it does not exist */
  readonly data: string
  readonly host?: string
  /** 0 picks a free one */
  readonly port?: number
  /** instead of the file in the data folder */
  readonly rootKey?: string
  /** instead of the file in the data folder: base64 of 32 bytes */
  readonly signingSeed?: string
  /** the base of origins, settled at the first start */
  readonly originBase?: string
  readonly logger?: FastifyServerOptions['logger']
  /** what is left out keeps its default */
  readonly rates?: Partial<RateLimits>
  readonly limits?: CommitterLimits
  /** what is left out keeps its default */
  readonly streams?: Partial<StreamLimits>
  readonly requestTimeoutMs?: number
  readonly stalledTimeoutMs?: number
  /** how long a shutdown goes on answering before it closes connections */
  readonly drainMs?: number
  readonly nowMs?: () => number
  /** the file of the high-water marks; beside the data folder unless it is said; false for none */
  readonly marks?: string | false
  /** entries a second that are scrubbed in the background; 0 for none */
  readonly scrubRate?: number
  /** witnesses that are asked, and where checkpoints are kept outside */
  readonly sinks?: SinkOptions
  /** a JavaScript module whose default export makes what signs, given the seed's own signer (`MakeSigner`) */
  readonly signerModule?: string
  /** the timer of what is done now and then: sums of reads, retention */
  readonly every?: Every
  /** for tests: runs of the index that are smaller, and merged sooner, than a server's */
  readonly index?: Partial<RunsLimits>
}

const DRAIN_MS = 300
const SWEEP_MS = 50
/** how long a request that was begun may take to arrive and be answered once the server stopped listening */
const CLOSE_MS_MAX = 10_000

/** What is open below HTTP: what `serve` and `reindex` share. */
export interface OpenData {
  readonly store: SqliteStore
  readonly indexes: Indexes
  readonly types: Types
  readonly log: AuditLog
  readonly guard: Guard
  readonly standing: Standing
  readonly seed: Uint8Array
  readonly signer: Signer
  close(): Promise<void>
}

/** Opens a data folder. @throws AuditError `data_folder_in_use`, `signing_key_mismatch` or `invalid_configuration` */
export async function openData(options: ServerOptions): Promise<OpenData> {
  const folder = resolve(options.data)
  const nowMs = options.nowMs ?? Date.now
  const seed = settleSeed(folder, options.signingSeed, randomBytes)
  const { originBase, signerModule } = options
  const own = new SeedSigner(seed)
  // Asked here too, for what it would have signed: the writer's thread has one of its own.
  const signer = signerModule === undefined ? own : await loadSigner(signerModule, own)
  const lock = lockFolder(folder)
  // Each waits for its own thread to begin: together they wait once.
  const opening = SqliteStore.open({
    folder,
    lock,
    seed,
    nowMs,
    ...(originBase === undefined ? {} : { originBase }),
    ...(signerModule === undefined ? {} : { signerModule }),
  })
  const indexing = Indexes.open(folder, (path) => openRunsIndex(path, options.index))
  const [store, indexes] = await bothOpen(opening, indexing, lock)
  const types = new Types({ documents: store, nowMs })
  const standing = await Standing.open(store)
  const guard = new Guard({
    folder,
    seed,
    nowMs,
    ...(options.marks === undefined ? {} : { marks: options.marks }),
    ...(options.scrubRate === undefined ? {} : { scrubRate: options.scrubRate }),
  })
  const log = new AuditLog({
    store,
    index: indexes.current,
    types,
    random: makeRandomBytes(),
    nowMs,
    limits: options.limits ?? COMMITTER_LIMITS,
    readOnly: guard.readOnly,
    standing,
    isHeld: async (org) => standing.holds.get(org)?.value.reason,
    ...(guard.watch && { watch: guard.watch }),
  })
  return {
    store,
    indexes,
    types,
    log,
    guard,
    standing,
    seed,
    signer,
    async close() {
      await log.close()
      await guard.close()
      await indexes.close()
      await store.close()
    },
  }
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string
  readonly rootKey: Settled<string>
  readonly rootKeyFile: string
  readonly app: FastifyInstance
  /** what it does beside recording, on the timer that was handed in */
  readonly keeping: Keeping
  /** Shows the logs that changed to witnesses and anchor now, rather than when it is due; resolves when they answered. */
  publish(): Promise<void>
  /** Drains: answers what was asked, closes connections, commits what was taken, lets go of the data folder. */
  close(): Promise<void>
}

/**
 * Starts a server.
 *
 * @example
 * const server = await startServer({ data: './data' })
 * console.log(server.url) // http://127.0.0.1:4000
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const data = await openData(options)
  try {
    return await serve(data, options)
  } catch (error) {
    await data.close()
    throw error
  }
}

async function serve(data: OpenData, options: ServerOptions): Promise<RunningServer> {
  const { log, store, types, guard, standing, seed, signer } = data
  const nowMs = options.nowMs ?? Date.now
  const rootKey = settleRootKey(options.data, options.rootKey, randomBytes)
  const organizations = new KnownOrganizations(store)
  const keyOf: KeyOf = (origin, generation) => signer.keyOf(origin, generation)
  const publishing = new Publishing({
    store,
    consistency: (org, oldSize, size) => readConsistency(store, org, oldSize, size),
    nowMs,
    ...(options.sinks && { sinks: options.sinks }),
  })
  // Its thread opens the marks meanwhile: what is recorded below waits for its own log to be checked.
  const checking = guard.check(store, keyOf, await publishing.sizesSeen())
  checking.catch(() => undefined)
  await organizations.create(DEFAULT_ORGANIZATION, 'Default')
  const journal = new Journal()
  const reindexing = log.reindexing({ openBeside: () => data.indexes.beside(), journal })
  const { every } = options
  const keeping = await Keeping.open({ log, store, standing, journal, nowMs, ...(every && { every }) })
  const streams = new Streams({ ...STREAM_LIMITS, ...options.streams })
  let ready = true
  const app = await makeApp(
    {
      log,
      keys: store,
      documents: store,
      cosigned: publishing.notes,
      types,
      keeping,
      reindexing,
      nowMs,
      random: makeRandomBytes(),
      isReady: () => ready,
      gatekeeper: new Gatekeeper(store, rootKey.value, nowMs),
      organizations,
      rates: new Rates({ ...RATE_LIMITS, ...options.rates }, nowMs),
      streams,
      metrics: new Metrics(
        () => log.gauge(),
        () => streams.gauge(),
        () => guard.gauge(),
        () => publishing.gauge(),
        () => reindexing.state,
      ),
      cursorKey: deriveCursorKey(seed),
    },
    {
      ...HTTP_OPTIONS,
      logger: options.logger ?? false,
      requestTimeoutMs: options.requestTimeoutMs ?? HTTP_OPTIONS.requestTimeoutMs,
      stalledTimeoutMs: options.stalledTimeoutMs ?? HTTP_OPTIONS.stalledTimeoutMs,
    },
  )
  journal.writeTo(app.log)
  guard.listen(({ level, text }) => app.log[level](text))
  await checking
  await app.listen({ host: options.host ?? DEFAULT_HOST, port: options.port ?? DEFAULT_PORT })
  guard.goOn(store, keyOf)
  const catchingUp = catchUpBeside(log, journal)
  keeping.start()
  publishing.start({
    notice: ({ level, text }) => app.log[level](text),
    proven: (alarm) => guard.report(findingOf(alarm)),
  })
  return {
    app,
    keeping,
    rootKey,
    publish: () => publishing.round(),
    url: urlOf(app.server.address() as AddressInfo),
    rootKeyFile: join(resolve(options.data), ROOT_KEY_FILE),
    async close() {
      ready = false
      streams.close()
      log.wakeAll()
      // Connections that are kept alive get an answer that says "close" before they are closed on them.
      await sleep(options.drainMs ?? DRAIN_MS)
      await catchingUp.close()
      await reindexing.close()
      await closeConnections(app)
      await keeping.close()
      await publishing.close()
      await data.close()
    },
  }
}

/**
 * What a stop left out of the index is put there while the server answers already: a list waits for its own
 * organization alone, and recording for none.
 */
function catchUpBeside(log: AuditLog, journal: Journal): { close(): Promise<void> } {
  const ending = new AbortController()
  const caughtUp = log.catchUp({ signal: ending.signal }).catch((error: unknown) => {
    if (!ending.signal.aborted)
      journal.error({ err: error }, 'The index could not be brought to the end of every log. Lists try again.')
  })
  return {
    close() {
      ending.abort()
      return caughtUp
    },
  }
}

/** What somebody outside can prove, in the guard's words: the log is not written to any more. */
const findingOf = ({ org, origin, kind, size, what }: SinkAlarm): LogFinding => ({
  org,
  kind,
  what: `${what}.`,
  lost: { origin, size },
})

/**
 * Takes no more connections, and closes each as its answer is out: one whose request came before the drain was told
 * to stay. Those that never finish their request are cut off in the end, or they could hold the process for ever.
 */
async function closeConnections(app: FastifyInstance): Promise<void> {
  const closed = app.close()
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS)
  const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS_MAX)
  try {
    await closed
  } finally {
    clearInterval(sweep)
    clearTimeout(cut)
  }
}

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
