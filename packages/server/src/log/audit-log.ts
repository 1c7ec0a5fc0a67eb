/** The log of every organization: recording, listing, tailing, proving. What HTTP and the command line call. */
import { AuditError, type Issue, type RandomBytes } from '@sealedlog/sdk/base'
import {
  BOUNDS,
  type EventInput,
  type FilledEvent,
  fillEvent,
  type LogAct,
  type RecordedEvent,
  RESERVED_BUCKET,
  type SealedEvent,
  sealEvent,
  stampLeaf,
} from '@sealedlog/sdk/event'
import type { EventIndex, IndexEntry } from '../index/index.js'
import {
  type LogHead,
  type Placed,
  type Store,
  type StoredEntry,
  type Unit,
  type UnitAct,
  type UnitOutcome,
} from '../store/index.js'
import type { Types } from '../types/index.js'
import { Bell } from './bell.js'
import { catchUpAll, type CatchUpOptions } from './catching-up.js'
import { COMMITTER_LIMITS, Committer, type CommitterGauge, type CommitterLimits } from './committer.js'
import type { PlannedRedaction } from './erasing/act-builder.js'
import { type ErasureReport, type ErasureRequest, Eraser, type IsHeld, type Why } from './erasing/eraser.js'
import { heedTypes } from './heeding.js'
import type { Standing } from './keeping/standing.js'
import { type Page, type PageRequest, readPage } from './listing.js'
import { LiveViews } from './reindexing/live-views.js'
import { Reindexing, type ReindexingOptions } from './reindexing/reindexing.js'
import { Proofs } from './proofs.js'
import type { ReadOnly } from './read-only.js'
import { type Evidence, formatReceipt, type Receipt, type Receipts, readEvidence } from './receipt.js'
import { checkRecorded, type RecordedCheck, type RecordedCheckRequest } from './recorded-check.js'
import { countEvents, type Stats, type StatsRequest } from './stats.js'
import { type FollowRequest, LiveTail } from './streaming.js'
import { readTail, startOf, type TailPage, type TailRequest } from './tailing.js'
import { eventOf, Views } from './views.js'
import type { Watch } from './watch.js'

export interface AuditLogOptions {
  readonly store: Store
  readonly index: EventIndex
  readonly random: RandomBytes
  readonly nowMs: () => number
  readonly limits?: CommitterLimits
  /** what organizations demand of their event types; without it, nothing */
  readonly types?: Types
  /** why nothing may be erased of an organization now; without it, everything may */
  readonly isHeld?: IsHeld
  /** logs that are read and not written */
  readonly readOnly?: ReadOnly
  /** is told of what became durable */
  readonly watch?: Watch
  /** who may be recorded for */
  readonly standing?: Standing
}

/** What an entry of the server's own does to the log: what its leaf says of it, and what the store carries out. */
export interface OwnAct {
  readonly said?: LogAct
  readonly done?: UnitAct
}

/** Where an entry of the server's own stands, and the checkpoint that covers it. */
export interface OwnReceipt extends Receipt {
  readonly checkpoint: string
}

/** One event with the bytes that prove it. */
export interface FoundEvent {
  readonly event: RecordedEvent
  readonly entry: StoredEntry
}

export class AuditLog {
  readonly #store: Store
  readonly #views: LiveViews
  readonly #bell = new Bell()
  readonly #live: LiveTail
  readonly #committer: Committer<Unit>
  readonly #random: RandomBytes
  readonly #nowMs: () => number
  readonly #types: Types | undefined
  readonly #readOnly: ReadOnly | undefined
  readonly #watch: Watch | undefined
  readonly #standing: Standing | undefined
  readonly #eraser: Eraser
  /** tiles, proofs, keys and evidence */
  readonly proofs: Proofs

  constructor(options: AuditLogOptions) {
    const { store, index, random, nowMs, limits = COMMITTER_LIMITS, types, isHeld, readOnly, watch } = options
    this.#types = types
    this.#readOnly = readOnly
    this.#watch = watch
    this.#standing = options.standing
    this.#store = store
    this.#live = new LiveTail(store, this.#bell)
    this.#views = new LiveViews(new Views(store, index))
    this.#committer = new Committer<Unit>(
      store,
      () => this.#views.keepUp(),
      (units, outcomes) => this.#committed(units, outcomes),
      limits,
    )
    this.#random = random
    this.#nowMs = nowMs
    this.proofs = new Proofs({
      store,
      get: (org, id) => this.get(org, id),
      list: (request) => this.list(request),
    })
    this.#eraser = new Eraser({
      store,
      views: this.#views,
      head: (org) => this.head(org),
      record: (org, event, act) => this.#recordOwn(org, event, act),
      isHeld,
    })
  }

  /**
   * Records events of one organization, whole or not at all. Resolves when they are durable and listed.
   *
   * @param keyId the key that records: it holds a share of the queue, like the organization
   * @throws AuditError `organization_not_found`, `organization_closed`, `log_read_only`, `event_conflict`,
   * `invalid_event`, `queue_full`, `clock_behind`, `storage_failed` or `shutting_down`: then nothing was recorded, but
   * for `storage_failed`, where saying the same ids again finds out
   */
  async record(org: string, events: readonly EventInput[], keyId: string): Promise<Receipts> {
    const judged = this.#readOnly?.judged(org)
    if (judged) await judged
    this.#readOnly?.check(org)
    this.#standing?.checkRecords(org)
    const nowMs = this.#nowMs()
    const found = this.#types?.rowsFor(org, events)
    // Nobody waits who need not: what is taken in one turn is committed together.
    const rows = found instanceof Promise ? await found : found
    const said = events.map((event) => fillEvent(rows?.fill(event) ?? event, nowMs, this.#random))
    const warnings = rows && (await heedTypes(rows, said, (id) => this.#isRecorded(org, id)))
    const sealed = sealAll(said, org, this.#random)
    // Again, with nothing awaited from here to the queue: nothing comes behind the entry that says it is closed.
    this.#standing?.checkRecords(org)
    const outcome = await this.#committer.commit({ org, events: sealed }, [`organization ${org}`, holderOf(keyId)])
    if ('refused' in outcome) throw outcome.refused
    const { placed, checkpoint, size } = outcome
    for (const [i, issues] of warnings ?? []) this.#types?.countWarnings(org, said[i]?.type ?? '', issues.length)
    const data = placed.map((place, i) => formatReceipt(said[i]?.id ?? '', org, place, warnings?.get(i)))
    return { org, checkpoint, size, data }
  }

  /**
   * Records an entry of the server's own, with what it does to the log: in clear in its leaf, and in its commit. When it
   * resolves, the index holds nothing any more of what the entry erases.
   *
   * @throws AuditError as `record`
   */
  async recordOwn(org: string, event: EventInput, act: OwnAct = {}): Promise<OwnReceipt> {
    const receipt = await this.#recordOwn(org, event, act)
    if (act.done && 'erases' in act.done) await this.#views.reach(org, receipt.index + 1)
    return receipt
  }

  /** Erases groups of events, by name or by person, or says what would go: see `Eraser.erase`. */
  erase(request: ErasureRequest): Promise<ErasureReport> {
    return this.#eraser.erase(request)
  }

  /** Erases what is planned already: see `Eraser.redact`. */
  redact(org: string, planned: PlannedRedaction, why: Why): Promise<void> {
    return this.#eraser.redact(org, planned, why)
  }

  async #recordOwn(org: string, event: EventInput, { said: act, done }: OwnAct): Promise<OwnReceipt> {
    await this.#readOnly?.judged(org)
    this.#readOnly?.check(org)
    const filled = fillEvent({ bucket: RESERVED_BUCKET, ...event }, this.#nowMs(), this.#random)
    const sealed = sealEvent(filled, org, this.#random, act)
    const unit = { org, events: [sealed], ...(done && { act: done }) }
    const outcome = await this.#committer.commit(unit, [`organization ${org}`])
    if ('refused' in outcome) throw outcome.refused
    const [placed] = outcome.placed
    if (placed === undefined) throw new Error('assertion failed: a unit of one event has one place')
    const { checkpoint } = outcome
    if (act && 'redacts' in act)
      await this.#watch?.erased({ org, index: placed.index, redacts: act.redacts, checkpoint })
    return { ...formatReceipt(filled.id, org, placed), checkpoint }
  }

  /** Judges recorded events of a type by rules that are not in force yet. @throws AuditError `organization_not_found` */
  checkRecorded(request: RecordedCheckRequest): Promise<RecordedCheck> {
    return checkRecorded((page) => this.list(page), request)
  }

  /** A bounded list. @throws AuditError `organization_not_found` */
  async list(request: PageRequest): Promise<Page> {
    const { size } = await this.head(request.org)
    return readPage({ store: this.#store, views: this.#views, nowMs: this.#nowMs() }, request, size)
  }

  /** Counts what a list would show. @throws AuditError `organization_not_found` or `too_much_to_count` */
  async stats(request: StatsRequest): Promise<Stats> {
    const { size } = await this.head(request.org)
    return countEvents({ store: this.#store, views: this.#views, nowMs: this.#nowMs() }, request, size)
  }

  /** Entries in index order, waiting for one when there is none. @throws AuditError `organization_not_found` or `after_beyond_end` */
  tail(request: TailRequest): Promise<TailPage> {
    return readTail(this.#store, this.#bell, this.#nowMs, request)
  }

  /** The index after which a tail begins. @throws AuditError `organization_not_found` or `after_beyond_end` */
  startOf(org: string, after: number | 'latest'): Promise<number> {
    return startOf(this.#store, org, after)
  }

  /** All entries that follow an index, for whoever goes on and on: see `LiveTail.read`. */
  follow(request: FollowRequest): Promise<TailPage | undefined> {
    return this.#live.read(request)
  }

  async #isRecorded(org: string, id: string): Promise<boolean> {
    return (await this.#store.findById(org, id)) !== undefined
  }

  async find(org: string, id: string): Promise<FoundEvent | undefined> {
    const entry = await this.#store.findById(org, id)
    return entry && { entry, event: eventOf(entry) }
  }

  /** @throws AuditError `event_not_found` */
  async get(org: string, id: string): Promise<FoundEvent> {
    const found = await this.find(org, id)
    if (found) return found
    throw new AuditError(
      'event_not_found',
      `The log of "${org}" holds no event with the id ${JSON.stringify(id.slice(0, 128))}.`,
    )
  }

  /** What proves an entry under the checkpoint of `size`. */
  evidence(org: string, entry: StoredEntry, size: number): Promise<Evidence> {
    return readEvidence(this.#store, org, entry, size)
  }

  async readAt(org: string, indexes: readonly number[]): Promise<readonly StoredEntry[]> {
    return this.#store.readAt(org, indexes)
  }

  /** @throws AuditError `organization_not_found` */
  head(org: string): Promise<LogHead> {
    return this.proofs.head(org)
  }

  organizations(after: string, limit: number): Promise<readonly LogHead[]> {
    return this.#store.heads(after, limit)
  }

  /** Brings the index of every organization to the end of its log; of those that are read-only, as far as it goes. */
  catchUp(options: CatchUpOptions = {}): Promise<void> {
    const isReadOnly = async (org: string): Promise<boolean> => {
      await this.#readOnly?.judged(org)
      return this.#readOnly?.has(org) === true
    }
    return catchUpAll({ store: this.#store, views: this.#views, isReadOnly }, options)
  }

  /** What builds the index again while the one of now answers. */
  reindexing(options: Pick<ReindexingOptions, 'openBeside' | 'journal'>): Reindexing {
    return new Reindexing({ ...options, store: this.#store, views: this.#views, nowMs: this.#nowMs })
  }

  /** Whether a key may send more at all: asked before what it sends is read. @throws AuditError `queue_full` */
  checkRoom(keyId: string): void {
    this.#committer.checkRoom([holderOf(keyId)])
  }

  gauge(): CommitterGauge {
    return this.#committer.gauge()
  }

  /** Sends everyone home who waits for entries, and lets nobody wait any more: before a shutdown. */
  wakeAll(): void {
    this.#bell.close()
  }

  /** Takes no more events, and resolves when every one taken is answered. The store and the index stay open. */
  close(): Promise<void> {
    return this.#committer.close()
  }

  /** The order matters: the index hears of the entries before any caller does, so that nobody lists too early. */
  #committed(units: readonly Unit[], outcomes: readonly UnitOutcome[]): void {
    const recorded: IndexEntry[] = []
    const orgs = new Set<string>()
    units.forEach((unit, i) => {
      const outcome = outcomes[i]
      if (outcome === undefined || 'refused' in outcome) return
      outcome.placed.forEach((place, j) => {
        const event = unit.events[j]
        if (place.status !== 'recorded' || event === undefined) return
        recorded.push(recordedEntry(event, unit.org, place))
        if (unit.act && 'erases' in unit.act) this.#views.hold(unit.org, place.index)
      })
      orgs.add(unit.org)
      this.#watch?.grown(unit.org, outcome.checkpoint)
    })
    this.#views.add(recorded)
    for (const org of orgs) this.#bell.ring(org)
  }
}

const holderOf = (keyId: string): string => `key ${keyId}`

/** Seals events; what is refused is named by its position, as in `/17`. */
function sealAll(events: readonly FilledEvent[], org: string, random: RandomBytes): readonly SealedEvent[] {
  const issues: Issue[] = []
  const sealed: SealedEvent[] = []
  for (const [i, event] of events.entries()) {
    try {
      sealed.push(sealEvent(event, org, random))
    } catch (error) {
      if (!(error instanceof AuditError)) throw error
      issues.push(...error.issues.map((issue) => ({ ...issue, pointer: `/${i}${issue.pointer}` })))
    }
  }
  const [first] = issues
  if (first === undefined) return sealed
  throw new AuditError('invalid_event', first.message, { issues: issues.slice(0, BOUNDS.REFUSALS_MAX) })
}

/** The entry that an event became: the leaf that the store stamped is a copy, so ours is stamped like it. */
function recordedEntry(event: SealedEvent, org: string, { index, recordedAtMs }: Placed): IndexEntry {
  stampLeaf(event.leaf, event.recordedAtOffset, event.occurredAtOffset, recordedAtMs)
  return { org, index, leaf: event.leaf, disclosures: event.disclosures }
}
