/** Erasing again: what was erased since a backup was made is in the backup, and must not come back with it. */
import { decodeUtf8, parseText } from '@sealedlog/sdk/base'
import { groupOfDisclosure, type IndexRange, type Leaf, type Redaction, splitDisclosures } from '@sealedlog/sdk/event'
import type { Erasure, LogHead, LogStore } from '../store/index.js'
import type { Mark, MarkedRedaction } from './marks.js'
import { recordOwn } from './own-entry.js'
import { listHeads, type ReadStore } from './read-store.js'

const CHUNK_ENTRIES = 256

/** What a restore has to erase again in one log. */
export interface Reapplied {
  readonly org: string
  readonly redactions: number
  readonly groups: number
  readonly checkpoint: string
}

/**
 * Erases again what redactions of a log's origins name and the log still holds; each with an entry of its own, for the
 * one that accounted for it is lost. What the log says as erased itself is not said again, unless it came back.
 *
 * @returns undefined where there was nothing to do
 */
export async function reapply(
  store: Pick<LogStore, 'append' | 'readRange'>,
  org: string,
  redactions: readonly (MarkedRedaction & { readonly below: number })[],
  nowMs: number,
): Promise<Reapplied | undefined> {
  let [count, groups, checkpoint] = [0, 0, '']
  for (const { redacts, below } of redactions) {
    const clipped = clip(redacts, below)
    const erases = await findSurvivors(store, org, clipped)
    if (erases.length === 0) continue
    checkpoint = await recordOwn(
      store,
      org,
      {
        event: {
          type: 'audit.redaction',
          actor: { type: 'system', id: 'sealedlog' },
          details: { basis: 'Erased before, and again after a backup was restored.' },
        },
        said: { redacts: clipped },
        done: { erases },
      },
      nowMs,
    )
    count += 1
    groups += erases.reduce((sum, erasure) => sum + erasure.groups.length, 0)
  }
  return count === 0 ? undefined : { org, redactions: count, groups, checkpoint }
}

/** What a redaction says of the entries below an index; the others are gone. */
function clip(redacts: readonly Redaction[], below: number): readonly Redaction[] {
  return redacts.flatMap(({ groups, ranges }) => {
    const kept = ranges
      .filter(([first]) => first < below)
      .map(([first, last]): IndexRange => [first, Math.min(last, below - 1)])
    return kept.length === 0 ? [] : [{ groups, ranges: kept }]
  })
}

async function findSurvivors(
  store: Pick<LogStore, 'readRange'>,
  org: string,
  redacts: readonly Redaction[],
): Promise<readonly Erasure[]> {
  const found = new Map<number, Set<string>>()
  for (const { groups, ranges } of redacts)
    for (const [first, last] of ranges)
      for (let from = first; from <= last; from += CHUNK_ENTRIES)
        for (const { index, disclosures } of await store.readRange(org, from, Math.min(from + CHUNK_ENTRIES, last + 1)))
          for (const group of splitDisclosures(disclosures).map(groupOfDisclosure))
            if (groups.includes(group)) found.set(index, (found.get(index) ?? new Set()).add(group))
  return [...found].map(([index, groups]) => ({ index, groups: [...groups] }))
}

/**
 * Of which entries the redactions of each origin speak, in a log that stands under one of them: those below the value.
 * Two origins of one log share the entries that the later one kept, and no others.
 */
export function sharedEntries(
  head: Pick<LogHead, 'origin' | 'size'>,
  marks: readonly Mark[],
): ReadonlyMap<string, number> {
  const shared = new Map([[head.origin, head.size]])
  for (let before = 0; before < shared.size; ) {
    before = shared.size
    for (const { origin, continuedBy, continuedAt } of marks) {
      if (continuedBy === null) continue
      spread(shared, origin, continuedBy, continuedAt ?? 0)
      spread(shared, continuedBy, origin, continuedAt ?? 0)
    }
  }
  return shared
}

function spread(shared: Map<string, number>, from: string, to: string, at: number): void {
  const known = shared.get(from)
  if (known !== undefined && !shared.has(to)) shared.set(to, Math.min(known, at))
}

const SAYS_REDACTS = Buffer.from('"log":{"redacts"')

/** The redactions in logs beyond the entries that a backup of them holds. */
export async function redactionsBeyond(
  store: ReadStore,
  backedUp: ReadonlyMap<string, number>,
): Promise<readonly MarkedRedaction[]> {
  const found: MarkedRedaction[] = []
  for (const { org, origin, size } of await listHeads(store))
    for (let from = backedUp.get(org) ?? 0; from < size; from += CHUNK_ENTRIES)
      for (const { index, leaf } of await store.readRange(org, from, Math.min(from + CHUNK_ENTRIES, size))) {
        if (!Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength).includes(SAYS_REDACTS)) continue
        const { log } = parseText(decodeUtf8(leaf)) as unknown as Leaf
        if (log && 'redacts' in log) found.push({ origin, index, redacts: log.redacts })
      }
  return found
}
