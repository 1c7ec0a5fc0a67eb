/** Carrying redactions out in the index: which of the entries that it knows say less than when it was told of them. */
import { decodeUtf8, parseText } from '@sealedlog/sdk/base'
import { type IndexRange, type Leaf, type Redaction, RESERVED_BUCKET } from '@sealedlog/sdk/event'
import type { LogStore, StoredEntry } from '../../store/index.js'
import { Slices } from '../slices.js'
import { committedGroups, survivingGroups } from './holding.js'

/** Entries read at once. */
const READ_ENTRIES = 500
/** Entries that the index is told of at once: each call may write its terms anew. */
const CARRY_ENTRIES = 10_000

/** What some entries of the server's own erase, of entries before `known`. */
export function redactedIn(entries: readonly StoredEntry[], known: number): readonly Redaction[] {
  return entries.flatMap(({ leaf }) => redactionsOf(leaf)).filter(({ ranges }) => (ranges[0]?.[0] ?? known) < known)
}

const BUCKET = `"bucket":"${RESERVED_BUCKET}"`

function redactionsOf(leaf: Uint8Array): readonly Redaction[] {
  const text = decodeUtf8(leaf)
  if (!text.includes(BUCKET)) return []
  const { log } = parseText(text) as unknown as Leaf
  return log && 'redacts' in log ? log.redacts : []
}

/** Tells of every entry before `known` that lost a group to one of these redactions, read as it is now by `open`. */
export async function carryOut<T>(
  { store, org, known }: { readonly store: LogStore; readonly org: string; readonly known: number },
  redactions: readonly Redaction[],
  open: (entry: StoredEntry) => T,
  tell: (survivors: readonly T[]) => Promise<void>,
): Promise<void> {
  const groups = new Set(redactions.flatMap((redaction) => redaction.groups))
  const slices = new Slices()
  let survivors: T[] = []
  for (const [first, last] of joinRanges(redactions.flatMap(({ ranges }) => ranges))) {
    const end = Math.min(last + 1, known)
    for (let next = first; next < end; ) {
      const entries = await store.readRange(org, next, Math.min(end, next + READ_ENTRIES))
      if (entries.length === 0) throw new Error(`the log of ${org} lacks entry ${next}, which it erased of`)
      next += entries.length
      for (const entry of entries) {
        await slices.turn()
        if (hasLost(entry, groups)) survivors.push(open(entry))
      }
      if (survivors.length < CARRY_ENTRIES) continue
      await tell(survivors)
      survivors = []
    }
  }
  if (survivors.length > 0) await tell(survivors)
}

function hasLost({ leaf, disclosures }: StoredEntry, groups: ReadonlySet<string>): boolean {
  const surviving = survivingGroups(disclosures)
  return committedGroups(leaf).some((group) => groups.has(group) && !surviving.includes(group))
}

/** Ascending and without overlaps, so that no entry is read twice. */
function joinRanges(ranges: readonly IndexRange[]): readonly IndexRange[] {
  const joined: [first: number, last: number][] = []
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = joined.at(-1)
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else joined.push([first, last])
  }
  return joined
}
