/** One pass over events of a log: what they demand of the index, added up. */
import { openEntry, type RecordedEvent } from '@sealedlog/sdk/event'
import { TILE_WIDTH } from '@sealedlog/sdk/merkle'
import type { DataFolderSource } from '@sealedlog/sdk/verifier'
import type { Finding } from '@sealedlog/sdk/verify'
import { type PostingNumbers, PostingSums, type SumsRange } from '../../index/index.js'
import { Demands } from './demands.js'

/** Entries of a stretch, of which the sums are those of a range that holds it. */
export interface DemandRequest {
  readonly range: SumsRange
  readonly from: number
  readonly to: number
}

export interface Demanded {
  readonly sums: PostingSums
  /** the first row that goes by another id than its leaf */
  readonly misnamed: Omit<Finding, 'check'> | undefined
}

export class DemandPass {
  readonly #source: DataFolderSource
  readonly #demands: Demands

  constructor(source: DataFolderSource, numbers: PostingNumbers, unlisted: ReadonlySet<number>) {
    this.#source = source
    this.#demands = new Demands(numbers, unlisted)
  }

  /** @param onEntries is told how many more were read, now and then */
  add({ range, from, to }: DemandRequest, onEntries: (count: number) => void = () => {}): Demanded {
    const sums = new PostingSums(range)
    let misnamed: Demanded['misnamed']
    for (const bundle of this.#bundles(from, to)) {
      for (const [event, id] of bundle) {
        this.#demands.add(event, sums)
        if (id !== event.id)
          misnamed ??= { index: event.index, where: 'log.sqlite, column id', expected: event.id, found: String(id) }
      }
      onEntries(bundle.length)
    }
    return { sums, misnamed }
  }

  /** What one entry demands, by name. */
  names(index: number): ReadonlySet<string> {
    const bundles = [...this.#bundles(index, index + 1)].flat()
    return new Set(bundles.flatMap(([event]) => this.#demands.names(event)))
  }

  *#bundles(from: number, to: number): Generator<readonly (readonly [event: RecordedEvent, id: unknown])[]> {
    for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < to; bundle++) {
      const first = bundle * TILE_WIDTH
      const rows = this.#source.entries(bundle).map((row, i) => ({ ...row, index: first + i }))
      yield rows
        .filter(({ index }) => index >= from && index < to)
        .map(({ id, leaf, disclosures, index }) => [openEntry(leaf, disclosures, index), id] as const)
    }
  }
}
