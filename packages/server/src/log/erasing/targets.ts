/** What a request names for erasing, and where that stands in the log. */
import { AuditError, didYouMean, type Issue, pointTo } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { LogStore, StoredEntry } from '../../store/index.js'
import { Slices } from '../slices.js'
import { committedGroups } from './holding.js'
import type { Match } from './identifiers.js'

/** One event, by its id or its index, and those of its groups that go; without them, all. */
export type NamedEvent = ({ readonly id: string } | { readonly index: number }) & {
  readonly groups?: readonly string[]
}

/** Every group in which any text holds one of these. */
export interface NamedPerson {
  readonly identifiers: readonly string[]
  readonly match: Match
}

/** Groups that are named, by index; `all` for those that survive. */
export type NamedGroups = ReadonlyMap<number, ReadonlySet<string> | 'all'>

/**
 * Finds the events that are named.
 *
 * @param size of the log: an index at or behind it is nobody's yet
 * @throws AuditError `invalid_redaction` with pointers to what the log does not hold
 */
export async function findNamed(
  store: LogStore,
  org: string,
  events: readonly NamedEvent[],
  size: number,
): Promise<NamedGroups> {
  const named = new Map<number, Set<string> | 'all'>()
  const issues: Issue[] = []
  const slices = new Slices()
  for (const [i, event] of events.entries()) {
    const entry = await find(store, org, event, size)
    if (entry === undefined) issues.push(notThere(i, event))
    else {
      const { groups } = event
      issues.push(...unknownGroups(i, groups ?? [], committedGroups(entry.leaf)))
      named.set(entry.index, together(named.get(entry.index), groups === undefined ? 'all' : new Set(groups)))
    }
    if (issues.length >= BOUNDS.REFUSALS_MAX) break
    await slices.turn()
  }
  const [first] = issues
  if (first === undefined) return named
  throw new AuditError('invalid_redaction', `${first.message} Nothing was erased.`, {
    issues: issues.slice(0, BOUNDS.REFUSALS_MAX),
  })
}

/** What stands at or behind `size` came after the request, or never was: it is not meant. */
async function find(store: LogStore, org: string, event: NamedEvent, size: number): Promise<StoredEntry | undefined> {
  const entry = 'id' in event ? await store.findById(org, event.id) : (await store.readAt(org, [event.index]))[0]
  return entry !== undefined && entry.index < size ? entry : undefined
}

const together = (before: Set<string> | 'all' | undefined, groups: Set<string> | 'all'): Set<string> | 'all' =>
  before === 'all' || groups === 'all' ? 'all' : new Set([...(before ?? []), ...groups])

function notThere(i: number, event: NamedEvent): Issue {
  const [member, value] = 'id' in event ? ['id', JSON.stringify(event.id)] : ['index', String(event.index)]
  const pointer = `/events/${i}/${member}`
  return { pointer, code: 'not_one_of', message: `${pointer} is ${value}, which the log does not hold.` }
}

function unknownGroups(i: number, groups: readonly string[], committed: readonly string[]): readonly Issue[] {
  return groups.flatMap((group, j) => {
    if (committed.includes(group)) return []
    const pointer = pointTo(`/events/${i}/groups`, j)
    const known = committed.length === 0 ? ' It has none.' : ` It has ${committed.slice(0, 10).join(', ')}.`
    const message = `${pointer} is ${JSON.stringify(group.slice(0, 60))}, which the event has no group of.${didYouMean(group, committed) || known}`
    return [{ pointer, code: 'not_one_of' as const, message }]
  })
}
