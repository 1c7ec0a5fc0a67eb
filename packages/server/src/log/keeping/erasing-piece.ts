/** What goes of a log by a rule about whole entries: read in log order, a bounded piece at a time, so that ranges go on. */
import { decodeUtf8, parseText } from '@sealedlog/sdk/base'
import type { Leaf } from '@sealedlog/sdk/event'
import type { LogStore } from '../../store/index.js'
import { ActBuilder, type PlannedRedaction } from '../erasing/act-builder.js'
import { committedGroups, survivingGroups } from '../erasing/holding.js'
import { Slices } from '../slices.js'

/** Entries looked at for one piece: then it is remembered how far it came. */
const PIECE_SCAN_MAX = 10_000
/** Entries read in one go: that many of the largest are in memory for a moment. */
const READ_CHUNK = 32

/** What becomes of an entry: it goes, it stays, or it is where reading ends for now. */
export type Fate = 'goes' | 'stays' | 'end'

/** Judges an entry by what its leaf says in clear. */
export type JudgeLeaf = (leaf: Leaf, index: number) => Fate

export interface Piece {
  /** undefined where nothing goes */
  readonly planned: PlannedRedaction | undefined
  /** entries of which something goes, by bucket */
  readonly counts: ReadonlyMap<string, number>
  /** the index at which to go on */
  readonly next: number
  /** whether nothing more is to be looked at for now */
  readonly isLast: boolean
}

/** Plans the next piece of entries `from` (inclusive) to `to` (exclusive). */
export async function planPiece(
  store: LogStore,
  org: string,
  { from, to }: { readonly from: number; readonly to: number },
  judge: JudgeLeaf,
): Promise<Piece> {
  const builder = new ActBuilder(to)
  const counts = new Map<string, number>()
  const slices = new Slices()
  let next = from
  const piece = (isLast: boolean): Piece => ({
    planned: builder.isEmpty ? undefined : builder.build(),
    counts,
    next,
    isLast,
  })
  while (next < to && next - from < PIECE_SCAN_MAX) {
    const entries = await store.readRange(org, next, Math.min(to, next + READ_CHUNK))
    if (entries.length === 0) throw new Error(`the log of ${org} lacks entry ${next} of ${to}`)
    for (const { index, leaf, disclosures } of entries) {
      await slices.turn()
      // Our own bytes, hashed on the way in: `parseText` is enough, and four times as fast as parseLeaf.
      const said = parseText(decodeUtf8(leaf)) as unknown as Leaf
      const fate = judge(said, index)
      if (fate === 'end') return piece(true)
      const erased = fate === 'goes' ? survivingGroups(disclosures) : []
      if (erased.length > 0) counts.set(said.bucket, (counts.get(said.bucket) ?? 0) + 1)
      if (erased.length > 0 || builder.isOpen) builder.see(index, committedGroups(leaf), erased)
      next = index + 1
      if (builder.isFull) return piece(next >= to)
    }
  }
  return piece(next >= to)
}
