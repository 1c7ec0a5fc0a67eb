/**
 * From entries and the groups that go of each, to what a redaction says: few groups, few ranges.
 *
 * A range with its groups means: of each entry in it, those of the groups that its leaf commits to. So a range goes on over
 * an entry that lacks a group, and never over one that commits to it and keeps it; nor over one whose group is gone
 * already: another redaction accounts for that, or somebody tampered, and this one must not cover it up.
 */
import type { RedactsAct } from '@sealedlog/sdk/event'
import type { Erasure } from '../../store/index.js'

/** What one redaction does: in words for its leaf, and in deeds for the store. */
export interface PlannedRedaction {
  readonly said: RedactsAct
  readonly erases: readonly Erasure[]
}

/** Entries of which one redaction erases: it is one commit, and others wait for it. */
export const REDACTION_ENTRIES_MAX = 10_000

/** Bytes of the act: a leaf has LEAF_BYTES_MAX, and room for its other members and one more entry's groups. */
const ACT_BYTES_MAX = 60_000

/** Groups that went together, and where. */
interface Run {
  readonly groups: readonly string[]
  readonly ranges: [first: number, last: number][]
}

export class ActBuilder {
  readonly #runs = new Map<string, Run>()
  /** runs whose last range may go on: every entry since is seen, and none of them keeps one of its groups */
  readonly #open = new Set<Run>()
  readonly #erases: Erasure[] = []
  readonly #rangeBytes: number
  #bytes = 0
  #last = -1

  /** @param size of the log: no index is longer than it */
  constructor(size: number) {
    this.#rangeBytes = 2 * String(size).length + 4
  }

  /** Whether entries of which nothing goes are worth seeing. */
  get isOpen(): boolean {
    return this.#open.size > 0
  }

  get isEmpty(): boolean {
    return this.#erases.length === 0
  }

  get isFull(): boolean {
    return this.#erases.length >= REDACTION_ENTRIES_MAX || this.#bytes >= ACT_BYTES_MAX
  }

  /**
   * The next entry, ascending; of what lies between two that are seen, nothing is known.
   *
   * @param committed every group of its leaf
   * @param erased those that go now
   */
  see(index: number, committed: readonly string[], erased: readonly string[]): void {
    if (index !== this.#last + 1) this.#open.clear()
    this.#last = index
    for (const run of this.#open)
      if (run.groups.some((group) => committed.includes(group) && !erased.includes(group))) this.#open.delete(run)
    if (erased.length === 0) return
    this.#erases.push({ index, groups: erased })
    for (const run of this.#open) {
      const range = run.ranges.at(-1)
      if (range === undefined || !erased.every((group) => run.groups.includes(group))) continue
      range[1] = index
      return
    }
    this.#begin(index, erased)
  }

  #begin(index: number, erased: readonly string[]): void {
    const groups = erased.toSorted()
    const name = groups.join(' ')
    let run = this.#runs.get(name)
    if (run === undefined) {
      run = { groups, ranges: [] }
      this.#runs.set(name, run)
      this.#bytes += `{"groups":[],"ranges":[]},`.length + JSON.stringify(groups).length
    }
    run.ranges.push([index, index])
    this.#bytes += this.#rangeBytes
    this.#open.add(run)
  }

  build(): PlannedRedaction {
    const redacts = Array.from(this.#runs.values(), ({ groups, ranges }) => ({ groups, ranges }))
    return { said: { redacts }, erases: this.#erases }
  }
}
