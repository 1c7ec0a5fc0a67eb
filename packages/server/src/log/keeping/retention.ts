/**
 * Retention: what is older than an organization keeps it is erased by a job, in log order and bounded pieces, through the
 * same path as every other erasure: leaf, tree and proofs stay.
 *
 * Of each number of days it is remembered how far the log was gone through; a change of rules begins again. A stop in
 * between looks at the last piece once more, of which nothing survives.
 */
import { AuditError, formatTime, parseTime } from '@sealedlog/sdk/base'
import { type Actor, BOUNDS, type IndexRange, toRanges } from '@sealedlog/sdk/event'
import type { DocumentStore, LogStore } from '../../store/index.js'
import type { AuditLog } from '../audit-log.js'
import type { PlannedRedaction } from '../erasing/act-builder.js'
import { type JudgeLeaf, type Piece, planPiece } from './erasing-piece.js'
import type { By } from './instance-log.js'
import type { Journal } from './journal.js'
import { type Kept, Remembered } from './remembered.js'
import { agesOf, daysOf, KEPT_FOR_EVER, type RetentionRules } from './retention-rules.js'
import { sayOnce } from './say-once.js'
import type { Standing } from './standing.js'
import { Turns } from './turns.js'

const DAY_MS = 86_400_000
/** New rules erase nothing for so long: what was set by mistake can be looked at in the preview, and taken back. */
export const GRACE_MS = 3_600_000

/** What an `audit.redaction` entry gives as its basis where age erases. */
export const RETENTION_BASIS = 'retention'
const SERVER: Actor = { type: 'system', id: 'sealedlog' }

/** What is kept of an organization's rules. */
interface StoredRules extends RetentionRules {
  /** RFC 3339 */
  readonly changed_at: string
  /** the id of the key that changed them */
  readonly changed_by: string
}

/** How far the log was gone through: by days, for the rules of one writing. */
interface Progress {
  readonly rules: number
  readonly done: { readonly [days: string]: number }
}

export interface Preview {
  readonly rules: RetentionRules
  /** when the rules are first acted upon; null where there are none */
  readonly acts_from: string | null
  readonly entries: number
  readonly buckets: { readonly [bucket: string]: number }
  /** the first of them, ascending */
  readonly ranges: readonly IndexRange[]
  /** false where there is more than a preview looks at */
  readonly complete: boolean
}

export interface RetentionOptions {
  readonly log: AuditLog
  readonly store: LogStore
  readonly documents: DocumentStore
  readonly standing: Standing
  readonly journal: Journal
  readonly nowMs: () => number
}

export class Retention {
  readonly #options: RetentionOptions
  readonly #rules: Remembered<StoredRules>
  readonly #progress: Remembered<Progress>
  readonly #turns = new Turns()

  private constructor(options: RetentionOptions, rules: Remembered<StoredRules>, progress: Remembered<Progress>) {
    this.#options = options
    this.#rules = rules
    this.#progress = progress
  }

  static async open(options: RetentionOptions): Promise<Retention> {
    const rules = await Remembered.open<StoredRules>(options.documents, 'retention')
    const progress = await Remembered.open<Progress>(options.documents, 'retention_progress')
    return new Retention(options, rules, progress)
  }

  get(org: string): RetentionRules {
    const { default_days, buckets } = this.#rules.get(org)?.value ?? KEPT_FOR_EVER
    return { default_days, buckets }
  }

  /** Sets the rules; those that stand already are left alone. @throws AuditError `organization_closed` */
  set(org: string, rules: RetentionRules, by: By): Promise<void> {
    return this.#turns.take(org, async () => {
      this.#options.standing.checkOpen(org)
      const before = this.#rules.get(org)
      const isSame = before !== undefined && JSON.stringify(this.get(org)) === JSON.stringify(rules)
      const changed = { changed_at: formatTime(this.#options.nowMs()), changed_by: by.actor.id ?? '' }
      const kept = isSame ? before : await this.#rules.put(org, { ...rules, ...changed })
      await this.#say(org, kept, by)
    })
  }

  /** Keeps everything for ever again, if anything else was said. */
  async clear(org: string, by: By): Promise<void> {
    if (this.#rules.get(org) !== undefined) await this.set(org, KEPT_FOR_EVER, by)
  }

  /** Says the rules that stand and were not said: after a stop in between. */
  async reconcile(): Promise<void> {
    for (const org of this.#rules.names()) {
      const kept = this.#rules.get(org)
      if (kept) await this.#say(org, kept, { actor: { type: 'key', id: kept.value.changed_by } })
    }
  }

  async #say(org: string, { value, revision }: Kept<StoredRules>, by: By): Promise<void> {
    const { default_days, buckets } = value
    const details = { ...(default_days === null ? {} : { default_days }), buckets }
    const event = { type: 'sealedlog.retention.changed', ...by, details }
    await sayOnce(this.#options.log, org, `retention-changed-${revision}`, event)
  }

  /** Forgets the rules of an organization that is closed. */
  async drop(org: string): Promise<void> {
    await this.#rules.delete(org)
    await this.#progress.delete(org)
  }

  /** What the next run would erase. @throws AuditError `organization_not_found` */
  async preview(org: string): Promise<Preview> {
    const { size } = await this.#options.log.head(org)
    const kept = this.#rules.get(org)
    const rules = this.get(org)
    const counts = new Map<string, number>()
    const indexes: number[] = []
    let looked = 0
    for (const days of agesOf(rules)) {
      for await (const piece of this.#pieces(org, rules, days, size)) {
        looked += piece.next - piece.from
        for (const [bucket, count] of piece.counts) counts.set(bucket, (counts.get(bucket) ?? 0) + count)
        for (const { index } of piece.planned?.erases ?? []) indexes.push(index)
        if (looked >= BOUNDS.RETENTION_PREVIEW_MAX && !piece.isLast)
          return formatPreview(rules, kept, counts, indexes, false)
      }
    }
    return formatPreview(rules, kept, counts, indexes, true)
  }

  /**
   * Erases what is past its age, of every organization. Never rejects: what fails is said, and tried again next time.
   *
   * @param isStopping asked between two pieces
   */
  async run(isStopping: () => boolean = () => false): Promise<void> {
    for (const org of this.#rules.names()) {
      if (isStopping()) return
      try {
        await this.#runOne(org, isStopping)
      } catch (error) {
        this.#options.journal.error({ err: error, org }, `Retention of "${org}" stopped; it is tried again.`)
      }
    }
  }

  async #runOne(org: string, isStopping: () => boolean): Promise<void> {
    const { standing, log, journal } = this.#options
    const kept = this.#rules.get(org)
    if (kept === undefined || actsFromMs(kept.value) > this.#options.nowMs()) return
    if (standing.closingOf(org) !== undefined) return
    if (standing.holds.get(org) !== undefined)
      return journal.info({ org }, `Retention of "${org}" waits: a legal hold stands.`)
    const { size } = await log.head(org)
    for (const days of agesOf(kept.value)) {
      for await (const piece of this.#pieces(org, kept.value, days, size)) {
        if (isStopping() || this.#rules.get(org)?.revision !== kept.revision) return
        if (piece.planned && !(await this.#erase(org, days, piece.planned))) return
        await this.#remember(org, kept.revision, days, piece.next)
      }
    }
  }

  /** False where a hold was placed meanwhile. */
  async #erase(org: string, days: number, planned: PlannedRedaction): Promise<boolean> {
    const indexes = planned.erases.map(({ index }) => index)
    this.#options.journal.info(
      { org, days, entries: indexes.length, first: indexes[0], last: indexes.at(-1) },
      `Retention erases ${indexes.length} entries of "${org}", ${indexes[0]} to ${indexes.at(-1)}: recorded ${days} days ago or earlier.`,
    )
    try {
      await this.#options.log.redact(org, planned, { basis: RETENTION_BASIS, actor: SERVER })
      return true
    } catch (error) {
      if (error instanceof AuditError && error.code === 'legal_hold') return false
      throw error
    }
  }

  async #remember(org: string, rules: number, days: number, next: number): Promise<void> {
    const done = this.#doneOf(org, rules)
    if (done[days] === next) return
    await this.#progress.put(org, { rules, done: { ...done, [days]: next } })
  }

  #doneOf(org: string, rules: number | undefined): Progress['done'] {
    const progress = this.#progress.get(org)?.value
    return progress?.rules === rules ? (progress?.done ?? {}) : {}
  }

  /** The pieces that one number of days still has to go through, each planned when it is asked for. */
  async *#pieces(
    org: string,
    rules: RetentionRules,
    days: number,
    size: number,
  ): AsyncGenerator<Piece & { readonly from: number }> {
    const pastMs = this.#options.nowMs() - days * DAY_MS
    const judge: JudgeLeaf = ({ bucket, recorded_at }) => {
      // Times never run backwards in a log: nothing behind is older.
      if ((parseTime(recorded_at) ?? 0) > pastMs) return 'end'
      return daysOf(rules, bucket) === days ? 'goes' : 'stays'
    }
    let from = this.#doneOf(org, this.#rules.get(org)?.revision)[days] ?? 0
    while (from < size) {
      const piece = await planPiece(this.#options.store, org, { from, to: size }, judge)
      yield { ...piece, from }
      if (piece.isLast) return
      from = piece.next
    }
  }
}

const actsFromMs = ({ changed_at }: StoredRules): number => (parseTime(changed_at) ?? 0) + GRACE_MS

function formatPreview(
  rules: RetentionRules,
  kept: Kept<StoredRules> | undefined,
  counts: ReadonlyMap<string, number>,
  indexes: readonly number[],
  complete: boolean,
): Preview {
  return {
    rules,
    acts_from: kept === undefined ? null : formatTime(actsFromMs(kept.value)),
    entries: indexes.length,
    buckets: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    ranges: toRanges(indexes.toSorted((a, b) => a - b)).slice(0, BOUNDS.RETENTION_RANGES_MAX),
    complete,
  }
}
