/** Carrying redactions out in the index: which of the entries that it knows say less than when it was told of them. */
import { decodeUtf8, parseText } from '@sealedlog/sdk/base'
import { type IndexRange, type Leaf, type Redaction, RESERVED_BUCKET } from '@sealedlog/sdk/event'
import type { LogStore, StoredEntry } from '../../store/index.js'
import { Slices } from '../slices.js'
import { committedGroups, survivingGroups } from './holding.js'

/** Entries read at once. */
const READ_ENTRIES = 500
/** Entries that the index is told of at once. */
const CARRY_ENTRIES = 10_000
/** Bytes of entries that it was told of and has not answered for: in its memory they take some times as much. */
const CARRY_BYTES_MAX = 2 ** 25

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

/**
 * Tells of every entry before `known` that lost a group to one of these redactions, read as it is now by `open`. It goes on
 * reading while the index carries out what it was told: what it is told meanwhile, it carries out together.
 */
export async function carryOut<T>(
  { store, org, known }: { readonly store: LogStore; readonly org: string; readonly known: number },
  redactions: readonly Redaction[],
  open: (entry: StoredEntry) => T,
  tell: (survivors: readonly T[]) => Promise<void>,
): Promise<void> {
  const groups = new Set(redactions.flatMap((redaction) => redaction.groups))
  const slices = new Slices()
  const tellings = new Tellings(tell)
  for (const [first, last] of joinRanges(redactions.flatMap(({ ranges }) => ranges))) {
    const end = Math.min(last + 1, known)
    for (let next = first; next < end; ) {
      const entries = await store.readRange(org, next, Math.min(end, next + READ_ENTRIES))
      if (entries.length === 0) throw new Error(`the log of ${org} lacks entry ${next}, which it erased of`)
      next += entries.length
      for (const entry of entries) {
        await slices.turn()
        if (hasLost(entry, groups)) tellings.add(open(entry), entry.leaf.length + entry.disclosures.length)
      }
      await tellings.turn()
    }
  }
  await tellings.end()
}

/** What is told, so many entries at once, without waiting for each answer while little is unanswered. */
class Tellings<T> {
  readonly #tell: (some: readonly T[]) => Promise<void>
  #some: T[] = []
  #bytes = 0
  #unanswered: Promise<void>[] = []

  constructor(tell: (some: readonly T[]) => Promise<void>) {
    this.#tell = tell
  }

  add(each: T, bytes: number): void {
    this.#some.push(each)
    this.#bytes += bytes
  }

  async turn(): Promise<void> {
    if (this.#some.length >= CARRY_ENTRIES) this.#send()
    if (this.#bytes >= CARRY_BYTES_MAX) await this.end()
  }

  /** Resolves when all of it has been answered. @throws what one of the tellings threw */
  async end(): Promise<void> {
    if (this.#some.length > 0) this.#send()
    const told = await Promise.allSettled(this.#unanswered.splice(0))
    this.#bytes = 0
    for (const each of told) if (each.status === 'rejected') throw each.reason
  }

  #send(): void {
    const telling = this.#tell(this.#some)
    // heard of in the end
    telling.catch(() => undefined)
    this.#unanswered.push(telling)
    this.#some = []
  }
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
