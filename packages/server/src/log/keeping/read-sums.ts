/** Counting reads: by UTC day, organization, key and kind. Pure: the day is handed in. */

/** What can read: what `by_kind` of a `sealedlog.reads.summed` entry names. */
export type ReadKind =
  | 'list'
  | 'search'
  | 'stats'
  | 'get'
  | 'tail'
  | 'stream'
  | 'tile'
  | 'disclosures'
  | 'evidence'
  | 'audit_logs'

/** A type, not an interface: it is JSON as it stands. */
export type Count = { readonly requests: number; readonly entries: number }

/** Kinds with their counts, in the order of the alphabet: the same counts are the same text. */
export type CountsByKind = { readonly [kind: string]: Count }

/** What one organization's keys read in one day. */
export interface DaySum {
  readonly day: string
  readonly org: string
  readonly keys: Map<string, CountsByKind>
  /** whether it holds what was not written yet */
  changed: boolean
}

/** `2026-11-20`, in UTC. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Sorts by day, so that the oldest are found first. */
export const nameOf = ({ day, org }: Pick<DaySum, 'day' | 'org'>): string => `${day}/${org}`

export function addCount(sum: DaySum, keyId: string, kind: ReadKind, count: Count): void {
  const counts = sum.keys.get(keyId) ?? {}
  const { requests = 0, entries = 0 } = counts[kind] ?? {}
  const added = { ...counts, [kind]: { requests: requests + count.requests, entries: entries + count.entries } }
  const sorted = Object.entries(added).sort(([a], [b]) => (a < b ? -1 : 1))
  sum.keys.set(keyId, Object.fromEntries(sorted))
  sum.changed = true
}

/** The type of the entries that say the sums. */
export const READS_TYPE = 'sealedlog.reads.summed'

/** How many of some events count as read. That somebody is shown a sum is no read: else each would cause the next. */
export const countShown = (events: readonly { readonly type: string }[]): number =>
  events.reduce((count, { type }) => (type === READS_TYPE ? count : count + 1), 0)

/** All kinds together. */
export function totalOf(counts: CountsByKind): Count {
  let [requests, entries] = [0, 0]
  for (const count of Object.values(counts)) {
    requests += count.requests
    entries += count.entries
  }
  return { requests, entries }
}
