/**
 * What every engine does when it appends: find duplicates, give places, sign. The engine hands in the few reads and
 * writes that differ, and wraps the whole in its own transaction.
 */
import { AuditError, type Issue, parseTime } from '@sealedlog/sdk/base'
import { BOUNDS, parseLeaf, type SealedEvent } from '@sealedlog/sdk/event'
import { hashLeaf } from '@sealedlog/sdk/merkle'
import { type CarryOut, checkActs, prepareAct } from './acts.js'
import type { Ledger, OpenLog } from './open-log.js'
import type { Placed, StoredEntry, Unit, UnitOutcome } from './port.js'
import { saysTheSame } from './same-event.js'
import type { CheckpointKey } from './signing.js'

/** Appends units to a ledger, and signs the head of each log that grew once. */
export function appendUnits(ledger: Ledger, units: readonly Unit[], nowMs: number): readonly UnitOutcome[] {
  checkActs(units)
  const grown = new Set<OpenLog>()
  const outcomes = units.map((unit) => appendUnit(ledger, unit, nowMs, grown))
  for (const log of grown) {
    log.checkpoint = log.tail.signCheckpoint(signersOf(log, nowMs))
    ledger.setHead(log)
  }
  return outcomes.map((outcome) => {
    if ('refused' in outcome) return outcome
    const { log, placed } = outcome
    return { placed, checkpoint: log.checkpoint, size: log.tail.size }
  })
}

/** The newest key first. */
function signersOf({ signing: { key, previous } }: OpenLog, nowMs: number): readonly CheckpointKey[] {
  return previous && nowMs < previous.untilMs ? [key, previous.key] : [key]
}

type UnitSoFar = { readonly log: OpenLog; readonly placed: readonly Placed[] } | { readonly refused: AuditError }

function appendUnit(ledger: Ledger, unit: Unit, nowMs: number, grown: Set<OpenLog>): UnitSoFar {
  const judged = judgeUnit(ledger, unit, nowMs)
  if ('refused' in judged) return judged
  const { log, recordedAtMs, known, carryOut } = judged
  const placed = unit.events.map((event, i) => known[i] ?? placeNew(ledger, log, event, recordedAtMs, grown))
  const checkpointBefore = log.checkpoint
  carryOut?.(recordedAtMs)
  if (log.checkpoint !== checkpointBefore) {
    // The act has signed this very size itself: it is never signed a second time.
    ledger.setHead(log)
    grown.delete(log)
  }
  return { log, placed: placed.map((place) => (typeof place === 'number' ? again(placed[place]) : place)) }
}

interface Judged {
  readonly log: OpenLog
  readonly recordedAtMs: number
  readonly known: readonly (Placed | number | undefined)[]
  readonly carryOut: CarryOut | undefined
}

/** Everything that can refuse a unit. What fails once something of it is placed fails the whole group instead. */
function judgeUnit(ledger: Ledger, unit: Unit, nowMs: number): Judged | { readonly refused: AuditError } {
  try {
    const log = ledger.openLog(unit.org)
    if (log === undefined) return { refused: organizationNotFound(unit.org) }
    const recordedAtMs = log.tail.nextTime(nowMs)
    const known = findKnown(ledger, log, unit.events)
    return { log, recordedAtMs, known, carryOut: actOf(ledger, log, unit, known) }
  } catch (error) {
    if (error instanceof AuditError) return { refused: error }
    throw error
  }
}

/** What is to be done once the unit's one event stands; nothing when it is a duplicate: then it was done with the first. */
function actOf(
  ledger: Ledger,
  log: OpenLog,
  { act, events: [event] }: Unit,
  [known]: readonly (Placed | number | undefined)[],
): CarryOut | undefined {
  return act && event && known === undefined ? prepareAct(ledger, log, event, act) : undefined
}

export const organizationNotFound = (org: string): AuditError =>
  new AuditError(
    'organization_not_found',
    `There is no organization "${org}". An administrator creates it with PUT /v1/organizations/${org}.`,
  )

/**
 * For each event of a unit: where the log holds it already, or the position of an equal one earlier in the unit,
 * or nothing when it is new. Runs before anything is placed, so that a conflict refuses the unit whole.
 */
function findKnown(
  ledger: Ledger,
  log: OpenLog,
  events: readonly SealedEvent[],
): readonly (Placed | number | undefined)[] {
  const issues: Issue[] = []
  const firstOf = new Map<string, number>()
  const known = events.map((event, i) => {
    const entry = ledger.findById(log, event.id)
    if (entry) {
      if (saysTheSame(entry, event)) return placedBefore(entry)
      issues.push(conflict(event.id, `/${i}`, `is recorded at index ${entry.index}`))
      return undefined
    }
    const first = firstOf.get(event.id)
    if (first === undefined) {
      firstOf.set(event.id, i)
      return undefined
    }
    const earlier = events[first]
    if (earlier && saysTheSame({ index: 0, ...earlier }, event)) return first
    issues.push(conflict(event.id, `/${i}`, `stands at /${first} of the same batch`))
    return undefined
  })
  if (issues.length > 0) {
    throw new AuditError('event_conflict', issues[0]?.message ?? '', { issues: issues.slice(0, BOUNDS.REFUSALS_MAX) })
  }
  return known
}

const conflict = (id: string, pointer: string, where: string): Issue => ({
  pointer: `${pointer}/id`,
  code: 'event_conflict',
  message: `An event with the id "${id}" ${where} with other content. Give this one an id of its own.`,
})

function placedBefore(entry: StoredEntry): Placed {
  const recordedAtMs = parseTime(parseLeaf(entry.leaf).recorded_at) ?? 0
  return { index: entry.index, recordedAtMs, leafHash: hashLeaf(entry.leaf), status: 'duplicate' }
}

function placeNew(ledger: Ledger, log: OpenLog, event: SealedEvent, recordedAtMs: number, grown: Set<OpenLog>): Placed {
  const entry = log.tail.place(event, recordedAtMs, (tile) => ledger.addTile(log, tile))
  ledger.addEntry(log, event.id, entry, event.disclosures)
  grown.add(log)
  return { index: entry.index, recordedAtMs, leafHash: entry.leafHash, status: 'recorded' }
}

function again(place: Placed | number | undefined): Placed {
  if (typeof place !== 'object') throw new Error('assertion failed: the first of equal events was placed')
  return { ...place, status: 'duplicate' }
}
