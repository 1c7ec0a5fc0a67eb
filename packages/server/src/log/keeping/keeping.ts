/**
 * Keeping: what the server does and says beside recording. Changes of keys and organizations, sums of reads, holds,
 * retention, closing, rotation; and the jobs among these, on a timer that is handed in.
 */
import { AuditError } from '@sealedlog/sdk/base'
import { type Every, MINUTE_MS, realTimer } from './every.js'
import { Closings } from './closing.js'
import { Holds } from './holds.js'
import { type By, InstanceLog } from './instance-log.js'
import { INSTANCE_ORGANIZATION } from './own.js'
import { Reads } from './reads.js'
import type { Journal } from './journal.js'
import { Retention } from './retention.js'
import { rotateKey, type Rotated } from './rotation.js'
import type { Standing } from './standing.js'
import type { Store } from '../../store/index.js'
import type { AuditLog } from '../audit-log.js'

const UNSAID = 'Changes of an earlier run could not be said yet'

/** So often is it looked for what is past its age. */
const RETENTION_MS = 60 * MINUTE_MS

export interface KeepingOptions {
  readonly log: AuditLog
  readonly store: Store
  readonly standing: Standing
  readonly journal: Journal
  readonly nowMs: () => number
  readonly every?: Every
}

export class Keeping {
  readonly instance: InstanceLog
  readonly reads: Reads
  readonly holds: Holds
  readonly retention: Retention
  readonly closings: Closings
  readonly standing: Standing
  readonly #options: KeepingOptions
  readonly #stops: (() => void)[] = []
  /** the jobs, one after the other: two of them never overlap */
  #running: Promise<void> = Promise.resolve()
  readonly #queued = new Set<string>()
  #closing = false

  private constructor(options: KeepingOptions, reads: Reads, retention: Retention) {
    const { log, store, standing, nowMs } = options
    this.#options = options
    this.standing = standing
    this.reads = reads
    this.retention = retention
    this.instance = new InstanceLog(log, store)
    this.holds = new Holds(log, standing, nowMs)
    const { instance } = this
    this.closings = new Closings({ ...options, documents: store, instance, reads, retention })
  }

  /** Goes on where it was left: makes the server's own log, and says there what a stop left unsaid. */
  static async open(options: KeepingOptions): Promise<Keeping> {
    const { log, store, standing, nowMs, journal } = options
    await store.createLog(INSTANCE_ORGANIZATION, 'Sealedlog')
    const reads = await Reads.open({ log, documents: store, keys: store, standing, nowMs })
    const retention = await Retention.open({ log, store, documents: store, standing, journal, nowMs })
    const keeping = new Keeping(options, reads, retention)
    await keeping.#reconcile()
    return keeping
  }

  /** A log that takes nothing keeps no server from starting: it says so, and the next start tries again. */
  async #reconcile(): Promise<void> {
    try {
      await this.instance.reconcile()
      await this.holds.reconcile()
      await this.retention.reconcile()
    } catch (error) {
      const { journal } = this.#options
      if (!(error instanceof AuditError)) return journal.error({ err: error }, `${UNSAID}.`)
      // Why a log takes nothing is said where that was found: a line is enough here.
      journal.error({ code: error.code }, `${UNSAID}; the next start tries again. ${error.message}`)
    }
  }

  /** Begins the jobs. */
  start(): void {
    const every = this.#options.every ?? realTimer
    this.#stops.push(every(MINUTE_MS, () => this.#queue('minute', () => this.#minute())))
    this.#stops.push(every(RETENTION_MS, () => this.#queue('retention', () => this.#hour())))
  }

  /** Resolves when no job is under way. */
  idle(): Promise<void> {
    return this.#running
  }

  /** @see rotateKey */
  rotate(org: string, by: By): Promise<Rotated> {
    return rotateKey({ ...this.#options, instance: this.instance }, org, by)
  }

  /** Lets the job under way come to a good place, and writes what was counted. The log is still open. */
  async close(): Promise<void> {
    this.#closing = true
    for (const stop of this.#stops.splice(0)) stop()
    await this.#running
    await this.#save()
  }

  /** A job that waits already is not queued twice. */
  #queue(name: string, job: () => Promise<void>): void {
    if (this.#closing || this.#queued.has(name)) return
    this.#queued.add(name)
    this.#running = this.#running.then(() => {
      this.#queued.delete(name)
      return job()
    })
  }

  async #minute(): Promise<void> {
    try {
      await this.reads.settle()
    } catch (error) {
      this.#options.journal.error({ err: error }, 'The sums of reads could not be said; it is tried again.')
    }
    await this.#save()
    if (!this.#closing) await this.closings.resume()
  }

  #hour(): Promise<void> {
    return this.retention.run(() => this.#closing)
  }

  async #save(): Promise<void> {
    try {
      await this.reads.save()
    } catch (error) {
      this.#options.journal.error({ err: error }, 'The sums of reads could not be written; it is tried again.')
    }
  }
}
