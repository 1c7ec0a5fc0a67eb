/**
 * Planning: reads a part of a log, finds what goes, and hands out redactions one by one, each before the next is read:
 * however much goes, little is in memory.
 */
import { decodeUtf8, parseText } from '@sealedlog/sdk/base'
import { BOUNDS, type Leaf } from '@sealedlog/sdk/event'
import type { LogStore, StoredEntry } from '../../store/index.js'
import { bytesOf } from '../listing.js'
import { Slices } from '../slices.js'
import { ActBuilder, type PlannedRedaction } from './act-builder.js'
import { committedGroups, groupsHolding, membersInClear, survivingGroups } from './holding.js'
import type { Identifiers } from './identifiers.js'
import type { NamedGroups } from './targets.js'

/** What is looked for. */
export interface Targets {
  readonly named: NamedGroups
  readonly person?: Identifiers
}

/** A part of a log: from an index (inclusive) to another (exclusive), without some entries. */
export interface Part {
  readonly from: number
  readonly to: number
  readonly without: ReadonlySet<number>
}

/** One entry of which something goes. */
export interface ErasureRow {
  readonly index: number
  readonly id: string
  readonly groups: readonly string[]
}

/** An entry whose leaf says an identifier, in these members: it stands in clear for ever. */
export interface InClear {
  readonly index: number
  readonly id: string
  readonly members: readonly string[]
}

/** What planning has found so far. */
export class Tally {
  /** entries looked at */
  scanned = 0
  events = 0
  groups = 0
  /** entries whose leaf says an identifier; `inClear` holds the first of them */
  inClearCount = 0
  readonly byGroup = new Map<string, number>()
  readonly rows: ErasureRow[] = []
  readonly inClear: InClear[] = []

  erased(entry: StoredEntry, groups: readonly string[]): void {
    this.events++
    this.groups += groups.length
    for (const group of groups) this.byGroup.set(group, (this.byGroup.get(group) ?? 0) + 1)
    if (this.rows.length < BOUNDS.REDACTION_ROWS_MAX) this.rows.push({ index: entry.index, id: idOf(entry), groups })
  }

  saysInClear(entry: StoredEntry, members: readonly string[]): void {
    this.inClearCount++
    if (this.inClear.length < BOUNDS.REDACTION_ROWS_MAX)
      this.inClear.push({ index: entry.index, id: idOf(entry), members })
  }
}

const idOf = ({ leaf }: StoredEntry): string => (parseText(decodeUtf8(leaf)) as unknown as Leaf).id

/**
 * Plans what to erase of a part of a log. Each redaction names what survived when it was read: what went meanwhile, the
 * store passes over.
 */
export async function* planRedactions(
  store: LogStore,
  org: string,
  targets: Targets,
  part: Part,
  tally: Tally,
): AsyncGenerator<PlannedRedaction> {
  const entries = targets.person ? readPart(store, org, part) : readNamed(store, org, targets.named, part)
  const slices = new Slices()
  let builder = new ActBuilder(part.to)
  for await (const chunk of entries) {
    for (const entry of chunk) {
      await slices.turn()
      if (part.without.has(entry.index)) continue
      const erased = judge(entry, targets, tally)
      if (erased.length > 0 || builder.isOpen) builder.see(entry.index, committedGroups(entry.leaf), erased)
      if (!builder.isFull) continue
      yield builder.build()
      builder = new ActBuilder(part.to)
    }
  }
  if (!builder.isEmpty) yield builder.build()
}

/** The groups of an entry that go. */
function judge(entry: StoredEntry, { named, person }: Targets, tally: Tally): readonly string[] {
  tally.scanned++
  const clear = person ? membersInClear(entry.leaf, person) : []
  if (clear.length > 0) tally.saysInClear(entry, clear)
  const wanted = named.get(entry.index)
  const held = person && wanted !== 'all' ? groupsHolding(entry.disclosures, person) : []
  const erased =
    wanted === undefined
      ? held
      : survivingGroups(entry.disclosures).filter(
          (group) => wanted === 'all' || wanted.has(group) || held.includes(group),
        )
  if (erased.length > 0) tally.erased(entry, erased)
  return erased
}

/** Entries read in one go: a few of the largest, or a few milliseconds' worth of small ones. */
const CHUNK_ENTRIES_MIN = 32
const CHUNK_ENTRIES_MAX = 512
const CHUNK_BYTES = 262_144

async function* readPart(store: LogStore, org: string, { from, to }: Part): AsyncGenerator<readonly StoredEntry[]> {
  let asked = CHUNK_ENTRIES_MIN
  for (let next = from; next < to; ) {
    const entries = await store.readRange(org, next, Math.min(to, next + asked))
    if (entries.length === 0) throw new Error(`the log of ${org} lacks entry ${next} of ${to}`)
    yield entries
    next += entries.length
    const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0)
    if (bytes > CHUNK_BYTES) asked = CHUNK_ENTRIES_MIN
    else if (entries.length === asked) asked = Math.min(CHUNK_ENTRIES_MAX, asked * 2)
  }
}

async function* readNamed(
  store: LogStore,
  org: string,
  named: NamedGroups,
  { from, to }: Part,
): AsyncGenerator<readonly StoredEntry[]> {
  const indexes = [...named.keys()].filter((index) => index >= from && index < to).sort((a, b) => a - b)
  for (let at = 0; at < indexes.length; at += CHUNK_ENTRIES_MIN)
    yield store.readAt(org, indexes.slice(at, at + CHUNK_ENTRIES_MIN))
}
