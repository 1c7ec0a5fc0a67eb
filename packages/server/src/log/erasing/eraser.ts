/**
 * Erasing: disclosures go, in one commit with the entry that accounts for them; leaf, tree and every proof stay.
 *
 * What is promised by the answer: of every entry before the last redaction (`scanned` says how many), nothing that was
 * asked for is left, neither in the log nor in the index. Entries may be recorded while the log is read and while a
 * redaction is committed: what came before the last redaction is read as well, until there is nothing in it.
 */
import { AuditError } from '@sealedlog/sdk/base'
import type { Actor, EventInput, RedactsAct } from '@sealedlog/sdk/event'
import type { LogHead, LogStore, UnitAct } from '../../store/index.js'
import { Turns } from '../keeping/turns.js'
import type { Views } from '../views.js'
import type { PlannedRedaction } from './act-builder.js'
import { Identifiers } from './identifiers.js'
import { type ErasureRow, type InClear, planRedactions, Tally, type Targets } from './planning.js'
import { findNamed, type NamedEvent, type NamedPerson } from './targets.js'

export interface ErasureRequest extends Why {
  readonly org: string
  readonly events?: readonly NamedEvent[]
  readonly person?: NamedPerson
  /** only says what would go */
  readonly dryRun?: boolean
}

/** What the entry says of it, in groups that can be erased themselves. It never says an identifier. */
export interface Why {
  readonly basis: string
  /** the request that is granted */
  readonly requestId?: string
  /** who erases; nobody where the server does by itself */
  readonly actor?: Actor
  readonly context?: { readonly request_id: string }
}

/** An entry that accounts for what was erased. */
export interface RedactionEntry {
  readonly id: string
  readonly index: number
}

export interface ErasureReport {
  /** none where nothing was to erase */
  readonly redactions: readonly RedactionEntry[]
  /** covers the last of them; the newest one where there is none */
  readonly checkpoint: string
  /** by person: how many entries, from the first on, hold nothing any more; else how many were looked at */
  readonly scanned: number
  readonly events: number
  readonly groups: number
  readonly byGroup: ReadonlyMap<string, number>
  /** at most REDACTION_ROWS_MAX, of how many */
  readonly inClear: readonly InClear[]
  readonly inClearCount: number
  /** at most REDACTION_ROWS_MAX */
  readonly rows: readonly ErasureRow[]
}

/** Why nothing may be erased of an organization now; undefined where it may. */
export type IsHeld = (org: string) => Promise<string | undefined>

/** What erasing works with. */
export interface EraserParts {
  readonly store: LogStore
  readonly views: Pick<Views, 'reach' | 'finishErasing'>
  /** @throws AuditError `organization_not_found` */
  readonly head: (org: string) => Promise<LogHead>
  /** records an entry of the server's own, with its act; does not wait for the index */
  readonly record: (
    org: string,
    event: EventInput,
    act: { readonly said: RedactsAct; readonly done: UnitAct },
  ) => Promise<RedactionEntry & { readonly checkpoint: string }>
  readonly isHeld?: IsHeld | undefined
}

/** After so many readings of what was recorded meanwhile, the answer says how far it came. */
const READINGS_MAX = 10

export class Eraser {
  readonly #parts: EraserParts
  /** one request of an organization at a time, or two would say the same */
  readonly #turns = new Turns()

  constructor(parts: EraserParts) {
    this.#parts = parts
  }

  /**
   * Erases what a request names, or says what would go. Resolves when nothing of it is left on disk.
   *
   * @throws AuditError `organization_not_found`, `invalid_redaction`, `legal_hold`, or as recording; `storage_failed` also
   * when the redactions stand and the index could not be rid of it yet
   * @example
   * await eraser.erase({ org: 'acme', person: { identifiers: ['user_1'], match: 'word' }, basis: 'GDPR Art. 17', actor })
   */
  erase(request: ErasureRequest): Promise<ErasureReport> {
    return this.#turns.take(request.org, () => new Erasing(this.#parts, request).run())
  }

  /**
   * Erases what is planned already. Resolves when nothing of it is left on disk.
   *
   * @throws AuditError as `erase`
   */
  redact(org: string, planned: PlannedRedaction, why: Why): Promise<void> {
    return this.#turns.take(org, async () => {
      await refuseWhereHeld(this.#parts, org)
      const { index } = await commitRedaction(this.#parts, org, planned, why)
      await settle(this.#parts, org, index + 1)
    })
  }
}

/** One request, from its targets to its answer. */
class Erasing {
  readonly #parts: EraserParts
  readonly #request: ErasureRequest
  readonly #tally = new Tally()
  readonly #redactions: RedactionEntry[] = []
  readonly #person: Identifiers | undefined
  readonly #why: Why
  #checkpoint = ''

  constructor(parts: EraserParts, request: ErasureRequest) {
    const { person } = request
    this.#parts = parts
    this.#request = request
    this.#person = person && new Identifiers(person.identifiers, person.match)
    this.#why = this.#person ? withoutPerson(request, this.#person) : request
  }

  async run(): Promise<ErasureReport> {
    const { org, dryRun = false } = this.#request
    const { store, head } = this.#parts
    if (!dryRun) await refuseWhereHeld(this.#parts, org)
    const { size, checkpoint } = await head(org)
    this.#checkpoint = checkpoint
    const named = await findNamed(store, org, this.#request.events ?? [], size)
    const targets: Targets = { named, ...(this.#person && { person: this.#person }) }
    try {
      const scanned = await this.#readAll(targets, size)
      // Also where nothing was to erase: a request that is said again may have ended before the index was rid of it.
      if (!dryRun) await settle(this.#parts, org, this.#end(size))
      return this.#report(this.#person ? scanned : this.#tally.scanned)
    } catch (error) {
      throw await this.#halfDone(error)
    }
  }

  /** Reads the log, then what came before the last redaction, until that holds nothing. Answers how far it was read. */
  async #readAll(targets: Targets, size: number): Promise<number> {
    let from = 0
    let to = size
    for (let readings = 1; ; readings++) {
      const before = this.#redactions.length
      await this.#readPart(targets, from, to)
      const isDone = targets.person === undefined || this.#redactions.length === before
      if (isDone || readings === READINGS_MAX) return to
      from = to
      to = this.#end(to)
    }
  }

  /** What the last redaction covers, itself included. */
  #end(size: number): number {
    return Math.max(size, (this.#redactions.at(-1)?.index ?? -1) + 1)
  }

  async #readPart(targets: Targets, from: number, to: number): Promise<void> {
    const { org, dryRun = false } = this.#request
    const without = new Set(this.#redactions.map(({ index }) => index))
    const planned = planRedactions(this.#parts.store, org, targets, { from, to, without }, this.#tally)
    for await (const redaction of planned) if (!dryRun) await this.#commit(redaction)
  }

  async #commit(planned: PlannedRedaction): Promise<void> {
    const { org } = this.#request
    await refuseWhereHeld(this.#parts, org)
    const { id, index, checkpoint } = await commitRedaction(this.#parts, org, planned, this.#why)
    this.#redactions.push({ id, index })
    this.#checkpoint = checkpoint
  }

  /** What went wrong, with what stands all the same: that is rid of in the index too, as far as it can be now. */
  async #halfDone(thrown: unknown): Promise<unknown> {
    if (this.#redactions.length === 0) return thrown
    await this.#parts.views.reach(this.#request.org, this.#end(0)).catch(() => undefined)
    if (!(thrown instanceof AuditError)) return thrown
    const { code, message, issues, retryAfterSeconds } = thrown
    return new AuditError(code, `${this.#stands()} ${message}`, {
      issues,
      cause: thrown,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    })
  }

  #stands(): string {
    const indexes = this.#redactions.map(({ index }) => index)
    return `Erased so far is what the entries at index ${indexes.slice(0, 10).join(', ')}${indexes.length > 10 ? ', …' : ''} account for, and that stands.`
  }

  #report(scanned: number): ErasureReport {
    const { events, groups, byGroup, inClear, inClearCount, rows } = this.#tally
    const redactions = this.#redactions
    return {
      redactions,
      checkpoint: this.#checkpoint,
      scanned,
      events,
      groups,
      byGroup,
      inClear,
      inClearCount,
      rows,
    }
  }
}

/** What accounts for the erasing must not say the person anew: a key may be named after whoever it was made for. */
function withoutPerson(why: Why, person: Identifiers): Why {
  const { actor, context, basis, requestId } = why
  const { name, ...nameless } = actor ?? { type: 'key' }
  const who = actor && (name !== undefined && person.isIn(name) ? nameless : actor)
  return {
    basis,
    ...(requestId === undefined ? {} : { requestId }),
    ...(who && { actor: who }),
    ...(context && !person.isIn(context.request_id) && { context }),
  }
}

function commitRedaction(
  { record }: EraserParts,
  org: string,
  { said, erases }: PlannedRedaction,
  { basis, requestId, actor, context }: Why,
): Promise<RedactionEntry & { readonly checkpoint: string }> {
  const details = {
    basis,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    events: erases.length,
    groups: erases.reduce((sum, { groups }) => sum + groups.length, 0),
  }
  const event: EventInput = { type: 'audit.redaction', ...(actor && { actor }), details, ...(context && { context }) }
  return record(org, event, { said, done: { erases } })
}

async function refuseWhereHeld({ isHeld }: EraserParts, org: string): Promise<void> {
  const reason = await isHeld?.(org)
  if (reason === undefined) return
  throw new AuditError(
    'legal_hold',
    `A legal hold stands on "${org}": ${reason}. Nothing is erased until it is lifted.`,
  )
}

/** Waits until the index is rid of what the log erased, and the files of both are. */
async function settle({ store, views }: EraserParts, org: string, size: number): Promise<void> {
  try {
    await views.reach(org, size)
  } catch (cause) {
    throw new AuditError('storage_failed', INDEX_BEHIND, { cause })
  }
  if (!(await store.finishErasing()) || !(await views.finishErasing()))
    throw new AuditError('storage_failed', DISK_HELD)
}

const INDEX_BEHIND =
  'The index could not be rid of it yet; it answers no list before it is. Send the same request again: it is answered when nothing is left.'

const DISK_HELD =
  'Some of the bytes are still in the files: another process reads an older state of them (a copy, a shell), or the disk cannot be written. Send the same request again when that is over: it is answered when nothing is left.'
