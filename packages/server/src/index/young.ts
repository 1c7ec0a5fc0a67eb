/** What is in memory of all organizations: entries that no run holds yet. */
import type { PartSource } from './runs/source.js'
import type { Segment } from './segment.js'
import type { OpenedEntry } from './view-entry.js'
import { YoungPart } from './young/young-part.js'

export class YoungSegments {
  /** of all organizations */
  entries = 0
  readonly #parts = new Map<string, YoungPart>()
  #postings = 0

  /** Ordinals of all lists together. */
  get postings(): number {
    return this.#postings
  }

  /** Takes the next entry of an organization, or its first. */
  add(entry: OpenedEntry): void {
    const part = this.#partOf(entry)
    const before = part.postings
    part.add(entry)
    this.entries += 1
    this.#postings += part.postings - before
  }

  #partOf({ org, index }: OpenedEntry): YoungPart {
    const known = this.#parts.get(org)
    if (known) return known
    const part = new YoungPart(index)
    this.#parts.set(org, part)
    return part
  }

  /**
   * Replaces what is known of those that are here, and passes over others: nothing of what is gone is left.
   *
   * @param survivors what they still say, by index
   */
  erase(org: string, survivors: ReadonlyMap<number, OpenedEntry>): void {
    const part = this.#parts.get(org)
    if (part === undefined) return
    const end = part.first + part.count
    const here = new Map([...survivors].filter(([index]) => index >= part.first && index < end))
    if (here.size === 0) return
    const made = part.erased(here)
    this.#postings += made.postings - part.postings
    this.#parts.set(org, made)
  }

  /** An organization's entries, good until the next of them is added; undefined where there are none. */
  segment(org: string): Segment | undefined {
    return this.#parts.get(org)?.segment()
  }

  /** How many entries of an organization are covered with these: undefined where there are none. */
  endOf(org: string): number | undefined {
    const part = this.#parts.get(org)
    return part && part.first + part.count
  }

  /** What a run is made of: organizations in the order of their names' bytes. */
  parts(): (readonly [org: string, source: PartSource])[] {
    return [...this.#parts].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }
}
