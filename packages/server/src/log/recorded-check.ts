/** Judging recorded events by rules that are not in force yet: what would they break? */
import { setImmediate as letOthersRun } from 'node:timers/promises'
import type { Issue } from '@sealedlog/sdk/base'
import { BOUNDS, type ListPosition, positionOf } from '@sealedlog/sdk/event'
import { batchFuel, type Rules } from '../types/index.js'
import type { Page, PageRequest } from './listing.js'
import { Slices } from './slices.js'

export interface RecordedCheckRequest {
  readonly org: string
  readonly type: string
  readonly rules: Rules
  /** events looked at, at most */
  readonly limit: number
  /** newest first, strictly after this position */
  readonly after?: ListPosition
}

/** An event that would not fit. */
export interface Failing {
  readonly id: string
  readonly index: number
  readonly issues: readonly Issue[]
}

export interface RecordedCheck {
  readonly checked: number
  readonly failing: number
  /** the first of them, at most CHECK_EXAMPLES_MAX */
  readonly examples: readonly Failing[]
  /** where to go on; absent at the end */
  readonly next?: ListPosition
}

/** Events read in one go: a few milliseconds, then others have their turn. */
const CHUNK = 100

/**
 * Judges the events of a type, newest first. What was lawfully erased is not judged: nobody can know what it said.
 *
 * It stops at the limit, or when the steps of one batch are used up; both say where to go on.
 */
export async function checkRecorded(
  list: (request: PageRequest) => Promise<Page>,
  { org, type, rules, limit, after }: RecordedCheckRequest,
): Promise<RecordedCheck> {
  const fuel = batchFuel()
  const examples: Failing[] = []
  let checked = 0
  let failing = 0
  let next = after
  const slices = new Slices()
  while (checked < limit) {
    const ask = {
      org,
      query: { field: 'type', is: type },
      order: 'desc',
      limit: Math.min(CHUNK, limit - checked),
    } as const
    const page = await list(next ? { ...ask, after: next } : ask)
    for (const event of page.events) {
      // The last one is judged by what is left, or nothing would ever come of a rule that takes it all.
      if (fuel.left < BOUNDS.SCHEMA_STEPS_MAX && checked > 0 && next) return { checked, failing, examples, next }
      const issues = rules.check(event, fuel, new Set(event.redacted))
      checked++
      next = positionOf(event)
      await slices.turn()
      if (issues.length === 0) continue
      if (failing++ < BOUNDS.CHECK_EXAMPLES_MAX) examples.push({ id: event.id, index: event.index, issues })
    }
    if (page.next === undefined) return { checked, failing, examples }
    next = page.next
    await letOthersRun()
  }
  return next === undefined ? { checked, failing, examples } : { checked, failing, examples, next }
}
