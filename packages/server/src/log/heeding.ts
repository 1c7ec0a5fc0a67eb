/** Heeding what organizations demand of their event types: some events are refused, some are recorded with a warning. */
import { AuditError, type Issue } from '@sealedlog/sdk/base'
import { BOUNDS, type FilledEvent } from '@sealedlog/sdk/event'
import { batchFuel, type Rows } from '../types/index.js'
import { Slices } from './slices.js'

/** Warnings by the number of the event. */
export type Warnings = ReadonlyMap<number, readonly Issue[]>

/**
 * Judges events by what their organization registered.
 *
 * An event that is recorded already is never refused: saying it again records nothing, and returns where it stands,
 * whatever its type has come to demand since (design §6, promise 2). It is warned of instead.
 *
 * @param isRecorded whether the log holds an id
 * @throws AuditError `invalid_event`: an event breaks a type that is enforced
 */
export async function heedTypes(
  rows: Rows,
  events: readonly FilledEvent[],
  isRecorded: (id: string) => Promise<boolean>,
): Promise<Warnings> {
  const fuel = batchFuel()
  const warned = new Map<number, readonly Issue[]>()
  const refused = new Map<number, readonly Issue[]>()
  const slices = new Slices()
  for (const [i, event] of events.entries()) {
    const verdict = rows.judge(event, fuel)
    if (verdict) {
      const onlyWarns = verdict.mode === 'warn' || (await isRecorded(event.id))
      const found = onlyWarns ? warned : refused
      found.set(i, verdict.issues)
    }
    await slices.turn()
  }
  if (refused.size > 0) throw refusal(refused, events.length)
  return fairly(warned, WARNINGS_MAX)
}

/** Warnings that one answer holds: each event keeps its first, whatever the others have. */
const WARNINGS_MAX = BOUNDS.BATCH_EVENTS_MAX

function refusal(refused: Warnings, count: number): AuditError {
  const kept = [...fairly(new Map([...refused].slice(0, BOUNDS.REFUSALS_MAX)), BOUNDS.REFUSALS_MAX)]
  const issues = kept.flatMap(([i, some]) => some.map((issue) => ({ ...issue, pointer: `/${i}${issue.pointer}` })))
  const first = issues[0]?.message ?? ''
  const more = issues.length > 1 ? ` And ${issues.length - 1} more, see errors.` : ''
  const message =
    count === 1
      ? `${first}${more}`
      : `${refused.size} of ${count} events do not fit their types; none was recorded. The first: ${first}`
  return new AuditError('invalid_event', message, { issues })
}

/** At most so many issues, so cut that every event keeps its first. */
function fairly(all: Warnings, max: number): Warnings {
  let others = Math.max(0, max - all.size)
  return new Map(
    [...all].map(([i, issues]) => {
      const more = Math.min(others, issues.length - 1)
      others -= more
      return [i, issues.slice(0, 1 + more)]
    }),
  )
}
