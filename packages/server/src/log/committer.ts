/**
 * Group commit: one commit in flight, and all that arrives meanwhile forms the next group (design §5).
 *
 * A lone caller waits for one sync and nothing else. The queue is bounded in events and bytes, and no organization
 * and no key may hold more than a share of it: what would pass that is refused at once, never remembered.
 */
import { AuditError } from '@sealedlog/sdk/base'
import type { SealedEvent } from '@sealedlog/sdk/event'
import type { LogStore, Unit, UnitOutcome } from '../store/index.js'

export interface CommitterLimits {
  /** bytes that what waits takes, all organizations together: of leaves and disclosures, and EVENT_BYTES an event */
  readonly queueBytesMax: number
  /** of those, what one organization, or one key, may hold: its share */
  readonly shareBytesMax: number
  /** events in one commit; what is over waits for the next */
  readonly groupEventsMax: number
  /** organizations in one commit: each costs a signature, for which all of the commit wait */
  readonly groupOrganizationsMax: number
}

export const COMMITTER_LIMITS: CommitterLimits = {
  queueBytesMax: 128 * 1024 * 1024,
  shareBytesMax: 64 * 1024 * 1024,
  groupEventsMax: 10_000,
  groupOrganizationsMax: 256,
}

/**
 * Fewer than these wait for the requests that have arrived and are not read yet, which takes one turn of the event loop: a
 * commit costs as much as a dozen events, so many small ones ask more of the machine than the wait of all.
 */
export const SMALL_GROUP_EVENTS = 64

/** What an event takes beside its bytes while it waits: what it was parsed from, and what it was parsed to. Measured. */
const EVENT_BYTES = 5_000

interface Waiting<U extends Unit> {
  readonly unit: U
  readonly holders: readonly string[]
  readonly bytes: number
  readonly resolve: (outcome: UnitOutcome) => void
  readonly reject: (error: Error) => void
}

/** What the committer tells about itself. */
export interface CommitterGauge {
  readonly waitingUnits: number
  readonly waitingBytes: number
}

/** Called after each durable commit, before any of its callers is answered: where the views are told. */
export type OnCommitted<U extends Unit> = (units: readonly U[], outcomes: readonly UnitOutcome[]) => void

/** Awaited before each group is taken: what follows the log may ask for time. */
export type BeforeGroup = () => Promise<void>

export class Committer<U extends Unit> {
  readonly #store: LogStore
  readonly #beforeGroup: BeforeGroup
  readonly #limits: CommitterLimits
  readonly #onCommitted: OnCommitted<U>
  readonly #queue: Waiting<U>[] = []
  readonly #bytesOf = new Map<string, number>()
  #bytes = 0
  #running: Promise<void> | undefined
  #closed = false

  constructor(
    store: LogStore,
    beforeGroup: BeforeGroup,
    onCommitted: OnCommitted<U>,
    limits: CommitterLimits = COMMITTER_LIMITS,
  ) {
    this.#store = store
    this.#beforeGroup = beforeGroup
    this.#onCommitted = onCommitted
    this.#limits = limits
  }

  /**
   * Resolves when the unit is durable, or with its refusal.
   *
   * @param holders whose shares of the queue the unit counts against, such as `organization acme` and `key key_1`
   * @throws AuditError `queue_full` or `shutting_down` at once, `storage_failed` when the commit failed or may have
   */
  commit(unit: U, holders: readonly string[]): Promise<UnitOutcome> {
    if (this.#closed) return Promise.reject(shuttingDown())
    const bytes = unit.events.reduce((sum, event) => sum + bytesOf(event), 0)
    const full = this.#over(holders, bytes)
    if (full !== undefined) return Promise.reject(queueFull(full))
    this.#hold(holders, bytes)
    return new Promise((resolve, reject) => {
      this.#queue.push({ unit, holders, bytes, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Whether an event of these holders would be taken at all. @throws AuditError `queue_full` */
  checkRoom(holders: readonly string[]): void {
    const full = this.#over(holders, EVENT_BYTES)
    if (full !== undefined) throw queueFull(full)
  }

  gauge(): CommitterGauge {
    return { waitingUnits: this.#queue.length, waitingBytes: this.#bytes }
  }

  /** Takes no more, and resolves when everything taken is answered. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      // Requests that arrived together are committed together.
      if (this.#isSmall()) await new Promise(setImmediate)
      await this.#beforeGroup()
      await this.#commitGroup(this.#takeGroup())
    }
    this.#running = undefined
  }

  #isSmall(): boolean {
    let events = 0
    return this.#queue.every(({ unit }) => (events += unit.events.length) < SMALL_GROUP_EVENTS)
  }

  #takeGroup(): Waiting<U>[] {
    const orgs = new Set<string>()
    let events = 0
    let count = 0
    for (const { unit } of this.#queue) {
      events += unit.events.length
      orgs.add(unit.org)
      const full = events > this.#limits.groupEventsMax || orgs.size > this.#limits.groupOrganizationsMax
      if (full && count > 0) break
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #commitGroup(group: readonly Waiting<U>[]): Promise<void> {
    const units = group.map((waiting) => waiting.unit)
    try {
      const outcomes = await this.#store.append(units)
      this.#onCommitted(units, outcomes)
      group.forEach((waiting, i) => waiting.resolve(outcomes[i] as UnitOutcome))
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error))
      for (const waiting of group) waiting.reject(failure)
    } finally {
      for (const { holders, bytes } of group) this.#hold(holders, -bytes)
    }
  }

  /** Who would hold more than may be held. */
  #over(holders: readonly string[], bytes: number): string | undefined {
    if (this.#bytes + bytes > this.#limits.queueBytesMax) return 'the server'
    return holders.find((holder) => (this.#bytesOf.get(holder) ?? 0) + bytes > this.#limits.shareBytesMax)
  }

  #hold(holders: readonly string[], bytes: number): void {
    this.#bytes += bytes
    for (const holder of holders) {
      const held = (this.#bytesOf.get(holder) ?? 0) + bytes
      if (held === 0) this.#bytesOf.delete(holder)
      else this.#bytesOf.set(holder, held)
    }
  }
}

const bytesOf = (event: SealedEvent): number => EVENT_BYTES + event.leaf.length + event.disclosures.length

export const queueFull = (holder: string): AuditError =>
  new AuditError(
    'queue_full',
    `Too much of ${holder} is waiting to be written. Try again in a second; nothing was recorded.`,
    { retryAfterSeconds: 1 },
  )

export const shuttingDown = (): AuditError =>
  new AuditError(
    'shutting_down',
    'The server is shutting down. Send this to another one, or again in a moment; nothing was recorded.',
    { retryAfterSeconds: 2 },
  )
