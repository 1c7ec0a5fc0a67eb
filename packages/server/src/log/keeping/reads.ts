/**
 * Reads, summed: who read how much of a log, one entry a key and day in that log, recorded once the day is over.
 *
 * Counted in memory, so that reading costs no write; written as documents at most once a minute and at a shutdown, so
 * that a restart goes on with the same day's sums and a crash loses a minute at most. A sum is attributed to the day of
 * its count, or to the newest day that was seen where the clock went back: a day that is said is never counted on.
 */
import { isJsonObject, parseText } from '@sealedlog/sdk/base'
import type { Actor } from '@sealedlog/sdk/event'
import type { DocumentStore, KeyStore } from '../../store/index.js'
import type { AuditLog } from '../audit-log.js'
import { INSTANCE_ORGANIZATION } from './own.js'
import {
  addCount,
  type Count,
  type CountsByKind,
  dayOf,
  type DaySum,
  nameOf,
  type ReadKind,
  READS_TYPE,
  totalOf,
} from './read-sums.js'
import { sayOnce } from './say-once.js'
import type { Standing } from './standing.js'

const KIND = 'reads'
/** The newest day that was begun, beside the sums: sorts behind every day. */
const NEWEST_DAY = 'newest'
const PAGE = 500

export interface ReadsOptions {
  readonly log: AuditLog
  readonly documents: DocumentStore
  readonly keys: KeyStore
  readonly standing: Standing
  readonly nowMs: () => number
}

export class Reads {
  readonly #options: ReadsOptions
  readonly #sums = new Map<string, DaySum>()
  #newestDay: string
  #savedDay = ''

  private constructor(options: ReadsOptions) {
    this.#options = options
    this.#newestDay = dayOf(options.nowMs())
  }

  /** Goes on with the sums that were written. */
  static async open(options: ReadsOptions): Promise<Reads> {
    const reads = new Reads(options)
    for (let after = ''; ; ) {
      const page = await options.documents.listDocuments(INSTANCE_ORGANIZATION, KIND, after, PAGE)
      for (const { name, body } of page) reads.#remember(name, body)
      if (page.length < PAGE) return reads
      after = page.at(-1)?.name ?? ''
    }
  }

  #remember(name: string, body: string): void {
    const value = parseText(body)
    if (!isJsonObject(value)) throw new Error(`assertion failed: the document ${name} is an object`)
    if (name === NEWEST_DAY) {
      if (typeof value.day === 'string') this.#savedDay = value.day
      if (this.#savedDay > this.#newestDay) this.#newestDay = this.#savedDay
      return
    }
    const [day, org] = [name.slice(0, DAY_CHARS), name.slice(DAY_CHARS + 1)]
    const keys = new Map(Object.entries(value.keys as unknown as { readonly [key: string]: CountsByKind }))
    this.#sums.set(name, { day, org, keys, changed: false })
    if (day > this.#newestDay) this.#newestDay = day
  }

  /**
   * Counts what a key read. Costs no write, and can fail nobody's read.
   *
   * @param count `requests` is 1 unless said: 0 for what more an open stream was sent
   * @example
   * reads.count('acme', caller.keyId, 'list', { entries: page.events.length })
   */
  count(
    org: string,
    keyId: string,
    kind: ReadKind,
    { entries, requests = 1 }: Partial<Count> & { entries: number },
  ): void {
    if (requests === 0 && entries === 0) return
    const day = this.#today()
    const name = nameOf({ day, org })
    let sum = this.#sums.get(name)
    if (sum === undefined) this.#sums.set(name, (sum = { day, org, keys: new Map(), changed: false }))
    addCount(sum, keyId, kind, { requests, entries })
  }

  #today(): string {
    const day = dayOf(this.#options.nowMs())
    if (day > this.#newestDay) this.#newestDay = day
    return this.#newestDay
  }

  /** Writes what changed since it was written last. */
  async save(): Promise<void> {
    for (const sum of this.#sums.values()) {
      if (!sum.changed) continue
      const body = JSON.stringify({ keys: Object.fromEntries(sum.keys) })
      sum.changed = false
      try {
        await this.#options.documents.putDocument({
          org: INSTANCE_ORGANIZATION,
          kind: KIND,
          name: nameOf(sum),
          body,
        })
      } catch (error) {
        sum.changed = true
        throw error
      }
    }
  }

  /** Says the sums of the days that are over, and forgets them. What cannot be said now is said at the next call. */
  async settle(): Promise<void> {
    const today = this.#today()
    const over = [...this.#sums.values()].filter(({ day }) => day < today)
    if (over.length === 0) return
    await this.#saveDay(today)
    // One log that takes nothing must not keep the others' from being said.
    const failures: unknown[] = []
    for (const sum of over) await this.#settleOne(sum).catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }

  async #settleOne(sum: DaySum): Promise<void> {
    for (const [keyId, counts] of sum.keys) await this.#say(sum, keyId, counts)
    await this.#forget(sum)
  }

  /** A clock that goes back after a restart must not open a day that is said. */
  async #saveDay(day: string): Promise<void> {
    if (day <= this.#savedDay) return
    const body = JSON.stringify({ day })
    await this.#options.documents.putDocument({ org: INSTANCE_ORGANIZATION, kind: KIND, name: NEWEST_DAY, body })
    this.#savedDay = day
  }

  async #say({ day, org }: DaySum, keyId: string, counts: CountsByKind): Promise<void> {
    const { log, standing } = this.#options
    if (standing.closingOf(org) !== undefined) return
    await sayOnce(log, org, `reads-${day}-${keyId}`, {
      type: READS_TYPE,
      actor: await this.#actorOf(keyId),
      details: {
        day,
        ...totalOf(counts),
        by_kind: counts,
      },
    })
  }

  async #actorOf(keyId: string): Promise<Actor> {
    const name = (await this.#options.keys.getKey(keyId))?.name
    return { type: 'key', id: keyId, ...(name === undefined ? {} : { name }) }
  }

  /** Drops what an organization's keys read: it is closed. */
  async drop(org: string): Promise<void> {
    for (const sum of this.#sums.values()) if (sum.org === org) await this.#forget(sum)
  }

  async #forget(sum: DaySum): Promise<void> {
    await this.#options.documents.deleteDocument(INSTANCE_ORGANIZATION, KIND, nameOf(sum))
    this.#sums.delete(nameOf(sum))
  }
}

const DAY_CHARS = '2026-11-20'.length
