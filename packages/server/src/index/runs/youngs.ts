/** Entries that no run holds yet: those that grow, and before them the full ones that wait to be written. */
import type { Segment } from '../segment.js'
import type { OpenedEntry } from '../view-entry.js'
import { YoungSegments } from '../young.js'
import type { RunsLimits } from './limits.js'
import type { Survivors } from './survivors.js'

/** Young entries that are full, or grow. */
export interface Young {
  readonly segments: YoungSegments
  /** how often something was erased from them: what was written of them before says too much */
  erased: number
}

const newYoung = (): Young => ({ segments: new YoungSegments(), erased: 0 })

export class Youngs {
  readonly #limits: RunsLimits
  #sealed: readonly Young[] = []
  #growing = newYoung()
  /** how many entries of each organization are covered with the young ones; also of those that were written since */
  #sizes = new Map<string, number>()

  constructor(limits: RunsLimits) {
    this.#limits = limits
  }

  /** How many entries of an organization are covered: undefined where none of them was ever young here. */
  sizeOf(org: string): number | undefined {
    return this.#sizes.get(org)
  }

  /** How many are full. */
  get sealed(): number {
    return this.#sealed.length
  }

  /** The first of those that are full. */
  get oldest(): Young | undefined {
    return this.#sealed[0]
  }

  /** How many entries there are. */
  get count(): number {
    return this.#all.reduce((sum, { segments }) => sum + segments.entries, 0)
  }

  get #all(): readonly Young[] {
    return [...this.#sealed, this.#growing]
  }

  add(entry: OpenedEntry): void {
    this.#growing.segments.add(entry)
    this.#sizes.set(entry.org, entry.index + 1)
  }

  /** Seals those that grow if they are full: says whether they were. */
  sealFull(): boolean {
    const { entries, postings } = this.#growing.segments
    if (entries < this.#limits.youngEntriesMax && postings < this.#limits.youngPostingsMax) return false
    this.seal()
    return true
  }

  seal(): void {
    if (this.#growing.segments.entries === 0) return
    this.#sealed = [...this.#sealed, this.#growing]
    this.#growing = newYoung()
  }

  /** They are on the shelf. */
  dropOldest(): void {
    this.#sealed = this.#sealed.slice(1)
  }

  erase(org: string, survivors: Survivors): void {
    for (const young of this.#all) {
      if (young.segments.endOf(org) === undefined) continue
      young.segments.erase(org, survivors)
      young.erased += 1
    }
  }

  segments(org: string): readonly Segment[] {
    return this.#all.flatMap(({ segments }) => segments.segment(org) ?? [])
  }

  clear(): void {
    this.#sealed = []
    this.#growing = newYoung()
    this.#sizes = new Map()
  }
}
