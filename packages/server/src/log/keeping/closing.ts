/**
 * Closing an organization: nothing more is recorded for it, its keys are revoked, and all that its entries disclose is
 * erased. Its leaves, tiles, checkpoint and proofs stay served: what was proven stays proven.
 *
 * The order: first it is closed, durably, so that nothing comes after; then it is said in its own log, behind everything
 * that was taken in before; then erased up to there. A stop in between is gone on with.
 */
import { AuditError, formatTime } from '@sealedlog/sdk/base'
import type { DocumentStore, KeyStore, LogStore } from '../../store/index.js'
import type { AuditLog } from '../audit-log.js'
import { planPiece } from './erasing-piece.js'
import { type By, closedEvent, type InstanceLog } from './instance-log.js'
import { INSTANCE_ORGANIZATION, isServersOwn } from './own.js'
import type { Reads } from './reads.js'
import type { Journal } from './journal.js'
import type { Retention } from './retention.js'
import { sayOnce } from './say-once.js'
import type { Closing, Standing } from './standing.js'
import { Turns } from './turns.js'

/** What an organization set up: kinds of documents, as those who keep them call them. */
const KINDS = ['saved_query', 'event_type', 'event_type_version'] as const
const PAGE = 500
export const CLOSING_BASIS = 'organization closed'

export interface ClosingsOptions {
  readonly log: AuditLog
  readonly store: LogStore & KeyStore
  readonly documents: DocumentStore
  readonly standing: Standing
  readonly instance: InstanceLog
  readonly reads: Reads
  readonly retention: Retention
  readonly journal: Journal
  readonly nowMs: () => number
}

export class Closings {
  readonly #options: ClosingsOptions
  readonly #turns = new Turns()

  constructor(options: ClosingsOptions) {
    this.#options = options
  }

  /**
   * Closes an organization; one that is closed stays as it is.
   *
   * @throws AuditError `legal_hold`; `invalid_organization` for the server's own; else what kept it from ending: saying it
   * again goes on with it
   */
  close(org: string, by: By): Promise<Closing> {
    if (isServersOwn(org))
      throw new AuditError('invalid_organization', `"${INSTANCE_ORGANIZATION}" is the server’s own, and stays open.`)
    return this.#turns.take(org, async () => {
      const { standing, nowMs } = this.#options
      const before = standing.closingOf(org)
      if (before?.done) return before
      standing.checkErases(org)
      const closing = before ?? { closed_at: formatTime(nowMs()), closed_by: by.actor.id ?? '', done: false }
      await standing.closings.put(org, closing)
      await this.#carryOut(org, by)
      return (await standing.closings.put(org, { ...closing, done: true })).value
    })
  }

  async #carryOut(org: string, by: By): Promise<void> {
    const { log, instance, reads, retention } = this.#options
    await this.#revokeKeys(org, by)
    const head = await log.head(org)
    const { index } = await sayOnce(log, org, 'organization.closed', closedEvent(head, by))
    await reads.drop(org)
    await retention.drop(org)
    // Before what entries disclose: erasing sees to it that no file keeps what was deleted.
    for (const kind of KINDS) await this.#deleteDocuments(org, kind)
    await this.#eraseAll(org, index, by)
    await instance.organizationClosed(await log.head(org), by)
  }

  /** Of a closing that was not seen to its end. Never rejects: what fails is said, and tried again next time. */
  async resume(): Promise<void> {
    const { standing, journal } = this.#options
    for (const org of standing.closings.names()) {
      const closing = standing.closingOf(org)
      if (closing === undefined || closing.done) continue
      try {
        await this.close(org, { actor: { type: 'key', id: closing.closed_by } })
      } catch (error) {
        journal.error({ err: error, org }, `Closing "${org}" stopped; it is tried again.`)
      }
    }
  }

  async #revokeKeys(org: string, by: By): Promise<void> {
    const { store, instance, nowMs } = this.#options
    for (const key of await store.listKeys(org)) {
      await store.revokeKey(key.id, nowMs())
      await instance.keyRevoked(key, by)
    }
  }

  /** Everything but what says that it was closed, and what accounts for the erasing: the entries from there on. */
  async #eraseAll(org: string, end: number, by: By): Promise<void> {
    const { log, store, journal } = this.#options
    for (let from = 0; from < end; ) {
      const piece = await planPiece(store, org, { from, to: end }, () => 'goes')
      if (piece.planned) {
        const entries = piece.planned.erases.length
        journal.info({ org, entries, first: from, last: piece.next - 1 }, `Closing "${org}" erases ${entries} entries.`)
        await log.redact(org, piece.planned, { basis: CLOSING_BASIS, ...by })
      }
      from = piece.next
    }
  }

  async #deleteDocuments(org: string, kind: string): Promise<void> {
    const { documents } = this.#options
    for (;;) {
      const names = await documents.listDocumentNames(org, kind, '', PAGE)
      for (const name of names) await documents.deleteDocument(org, kind, name)
      if (names.length < PAGE) return
    }
  }
}
