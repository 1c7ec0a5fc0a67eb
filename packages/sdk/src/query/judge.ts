/** What can be said of a query when only an event’s facts and time are known: what an index knows. */
import type { Facts, Field } from '../event/index.js'
import { kindOf } from './fields.js'
import { factTest, isBetween, rangeMsOf } from './match.js'
import type { Condition, Query } from './tree.js'

/**
 * What the facts of an event and its `occurred_at` in Unix milliseconds say alone: true or false where they decide, undefined where only the
 * event itself does (Kleene’s three-valued logic).
 */
export function judge(query: Query, facts: Facts, atMs: number): boolean | undefined {
  if ('not' in query) {
    const held = judge(query.not, facts, atMs)
    return held === undefined ? undefined : !held
  }
  if ('and' in query)
    return combine(
      query.and.map((part) => judge(part, facts, atMs)),
      false,
    )
  if ('or' in query)
    return combine(
      query.or.map((part) => judge(part, facts, atMs)),
      true,
    )
  return judgeCondition(query, facts, atMs)
}

/** One part that says `decisive` decides; else whatever is not known is not. */
function combine(parts: readonly (boolean | undefined)[], decisive: boolean): boolean | undefined {
  if (parts.includes(decisive)) return decisive
  return parts.includes(undefined) ? undefined : !decisive
}

function judgeCondition(condition: Condition, facts: Facts, atMs: number): boolean | undefined {
  if ('text' in condition) return undefined
  const { field } = condition
  if (kindOf(field) === 'fact') return facts[field as Field].some(factTest(condition))
  if (field !== 'occurred_at' || !isBetween(condition)) return undefined
  const { sinceMs, untilMs } = rangeMsOf(condition, 0)
  return atMs >= sinceMs && atMs < untilMs
}
