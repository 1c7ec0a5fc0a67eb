/** Whether an id stands twice in a log: by fingerprints, and where two are the same, by the ids themselves. */
import { parseBundle, TILE_WIDTH, tileWidth } from '../merkle/index.js'
import { parseLeaf } from '../event/index.js'
import { FINGERPRINTS_MAX, FingerprintTable, partOf } from './fingerprints.js'
import { readTile } from './read.js'
import { type Finding, FINDINGS_MAX } from './report.js'
import type { SegmentResult } from './segment-types.js'
import type { LogSource } from './source.js'

/** So many fingerprints that were met twice are looked into. Of ids that differ, hardly one is, however long the log. */
export const SUSPECTS_MAX = 1_000

/** Goes through the results of segments in order, and then through further passes over the ids. */
export class IdCheck {
  readonly parts: number
  readonly #partMax: number
  #part = 0
  #table: FingerprintTable
  /** fingerprints that were met twice, as text */
  readonly #suspects = new Set<string>()

  /** @param entries how many leaves are inside; @param partMax so many are held at once */
  constructor(entries: number, partMax: number = FINGERPRINTS_MAX) {
    this.parts = Math.max(1, Math.ceil(entries / partMax))
    // Parts are not all equally large.
    this.#partMax = this.parts === 1 ? entries : Math.ceil((entries / this.parts) * 1.1) + 1_000
    this.#table = new FingerprintTable(this.#partMax)
  }

  get hasSuspects(): boolean {
    return this.#suspects.size > 0
  }

  take({ fingerprints }: Pick<SegmentResult, 'fingerprints'>): void {
    for (let at = 0; at < fingerprints.length; at += 2) {
      const low = fingerprints[at] ?? 0
      const high = fingerprints[at + 1] ?? 0
      if ((low === 0 && high === 0) || (this.parts > 1 && partOf(high, this.parts) !== this.#part)) continue
      if (!this.#table.add(low, high) && this.#suspects.size < SUSPECTS_MAX) this.#suspects.add(`${low},${high}`)
    }
  }

  /** Makes room for the next part; false after the last one. */
  nextPart(): boolean {
    if (++this.#part >= this.parts) return false
    this.#table = new FingerprintTable(this.#partMax)
    return true
  }

  /** Which entries of a segment have a fingerprint that was met twice. */
  suspectsIn({ first, fingerprints }: Pick<SegmentResult, 'first' | 'fingerprints'>): readonly [string, number][] {
    const found: [string, number][] = []
    for (let at = 0; at < fingerprints.length; at += 2) {
      const key = `${fingerprints[at]},${fingerprints[at + 1]}`
      if (this.#suspects.has(key)) found.push([key, first * TILE_WIDTH + at / 2])
    }
    return found
  }
}

/** Reads the ids of suspects, and finds those that are the same. */
export async function confirmTwins(
  source: LogSource,
  size: number,
  suspects: readonly (readonly [fingerprint: string, index: number])[],
  find: (finding: Finding) => void,
): Promise<void> {
  const seen = new Map<string, number>()
  let twins = 0
  for (const [, index] of suspects) {
    // They come in order: what follows would not be told, and whoever says one id a million times keeps nobody busy.
    if (twins === FINDINGS_MAX) return
    const id = await readId(source, size, index)
    if (id === undefined) continue
    const first = seen.get(id)
    if (first === undefined) {
      seen.set(id, index)
      continue
    }
    twins++
    find({ check: 'ids', index, expected: 'an id of its own', found: `${id}, the id of entry ${first}` })
  }
}

async function readId(source: LogSource, size: number, index: number): Promise<string | undefined> {
  const bundle = Math.floor(index / TILE_WIDTH)
  const width = tileWidth('entries', bundle, size)
  const bytes = await readTile(source, { level: 'entries', index: bundle, width })
  const leaf = bytes && parseBundle(bytes)[index % TILE_WIDTH]
  return leaf && parseLeaf(leaf).id
}
