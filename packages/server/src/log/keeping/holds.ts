/** Legal holds: while one stands, nothing of its organization is erased. */
import { AuditError, formatTime, isJsonObject, type Json } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { AuditLog } from '../audit-log.js'
import type { By } from './instance-log.js'
import type { Kept } from './remembered.js'
import { sayOnce } from './say-once.js'
import type { Hold, Standing } from './standing.js'
import { Turns } from './turns.js'

export class Holds {
  readonly #log: AuditLog
  readonly #standing: Standing
  readonly #nowMs: () => number
  readonly #turns = new Turns()

  constructor(log: AuditLog, standing: Standing, nowMs: () => number) {
    this.#log = log
    this.#standing = standing
    this.#nowMs = nowMs
  }

  get(org: string): Hold | undefined {
    return this.#standing.holds.get(org)?.value
  }

  /**
   * Places a hold, or gives the one that stands another reason. It stands before it is said, and its entry goes the way
   * of every commit: when this resolves, no erasure that was asked before is still to come.
   *
   * @throws AuditError `organization_closed`, or as `AuditLog.recordOwn`: then it stands all the same, and saying it
   * again has it said
   */
  place(org: string, reason: string, by: By): Promise<Hold> {
    return this.#turns.take(org, async () => {
      this.#standing.checkOpen(org)
      const standing = this.#standing.holds.get(org)
      const kept = standing?.value.reason === reason ? standing : await this.#put(org, reason, by)
      await this.#sayPlaced(org, kept, by)
      return kept.value
    })
  }

  #put(org: string, reason: string, by: By): Promise<Kept<Hold>> {
    const hold = { reason, placed_at: formatTime(this.#nowMs()), placed_by: by.actor.id ?? '' }
    return this.#standing.holds.put(org, hold)
  }

  async #sayPlaced(org: string, { value, revision }: Kept<Hold>, by: By): Promise<void> {
    await sayOnce(this.#log, org, `hold-placed-${revision}`, {
      type: 'sealedlog.hold.placed',
      ...by,
      details: { reason: value.reason },
    })
  }

  /** Lifts the hold, if one stands: it is said before anything may be erased again. */
  lift(org: string, by: By): Promise<void> {
    return this.#turns.take(org, async () => {
      const kept = this.#standing.holds.get(org)
      if (kept === undefined) return
      const { reason, placed_at } = kept.value
      await sayOnce(this.#log, org, `hold-lifted-${kept.revision}`, {
        type: 'sealedlog.hold.lifted',
        ...by,
        details: { reason, placed_at },
      })
      await this.#standing.holds.delete(org)
    })
  }

  /** Says the holds that stand and were not said: after a stop in between. */
  async reconcile(): Promise<void> {
    for (const org of this.#standing.holds.names()) {
      const kept = this.#standing.holds.get(org)
      if (kept) await this.#sayPlaced(org, kept, { actor: { type: 'key', id: kept.value.placed_by } })
    }
  }
}

/** The reason of a hold to be placed. @throws AuditError `invalid_retention` */
export function readHold(body: Json): string {
  if (!isJsonObject(body) || Object.keys(body).join() !== 'reason')
    throw refused('A hold is a JSON object with one member: {"reason": "Case 2026-0119"}.')
  const { reason } = body
  if (typeof reason === 'string' && reason !== '' && reason.length <= BOUNDS.NAME_CHARS_MAX) return reason
  throw refused(`reason must be a string of 1 to ${BOUNDS.NAME_CHARS_MAX} characters (limit NAME_CHARS_MAX).`)
}

const refused = (message: string): AuditError => new AuditError('invalid_retention', message)
