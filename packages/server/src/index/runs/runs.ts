/**
 * The index in runs, within its own thread: young entries in memory, runs on the shelf, and what is done in the background.
 *
 * Every call does what it changes before it gives way, so calls are seen in the order in which they come; what they wait
 * for afterwards is their answer alone.
 */
import { countSegments } from '../counting.js'
import { freshEntries } from '../fresh.js'
import {
  type CountRequest,
  type Counts,
  type Found,
  IndexBehind,
  type IndexEntry,
  type SearchRequest,
} from '../port.js'
import { searchSegments } from '../search.js'
import type { Segment } from '../segment.js'
import { forgetTexts, openIndexEntry, openViewEntry } from '../view-entry.js'
import { BrokenRun } from './broken-run.js'
import { Erasures } from './erasures.js'
import { OVERFULL_FACTOR, type RunsLimits } from './limits.js'
import { PageCache } from './page-cache.js'
import { Shelf } from './shelf.js'
import { countUnmerged } from './tiers.js'
import { Upkeep } from './upkeep.js'
import { Youngs } from './youngs.js'

export class Runs {
  readonly #limits: RunsLimits
  readonly #shelf: Shelf
  readonly #youngs: Youngs
  readonly #erasures = new Erasures()
  readonly #upkeep: Upkeep
  /** puts that were taken and are answered when there are fewer files to write */
  #held: (() => void)[] = []
  #isClosing = false

  /** Opens a folder, made if it is not there, as far as it holds together. */
  constructor(folder: string, limits: RunsLimits) {
    this.#limits = limits
    this.#shelf = new Shelf(folder, new PageCache())
    this.#youngs = new Youngs(limits)
    this.#upkeep = new Upkeep({
      shelf: this.#shelf,
      youngs: this.#youngs,
      erasures: this.#erasures,
      limits,
      onBroken: (error) => this.#cut(error),
      onStep: () => this.#answerHeld(),
    })
    this.#upkeep.wake()
  }

  /** Takes entries: resolves when there is room for more. @throws IndexBehind at a gap: then none is taken */
  async put(entries: readonly IndexEntry[]): Promise<void> {
    const fresh = freshEntries(entries, (org) => this.size(org))
    if (fresh instanceof IndexBehind) throw fresh
    this.#refuseOverfull()
    // one at a time, so that nothing of an entry outlives it: one that cannot be read refuses itself and what follows
    for (const entry of fresh.entries) this.#youngs.add(openIndexEntry(entry))
    if (this.#youngs.sealFull()) this.#upkeep.wake()
    if (this.#isCongested()) await new Promise<void>((resolve) => this.#held.push(resolve))
  }

  /** @throws IndexBehind */
  search(request: SearchRequest): Found {
    return this.#asked(request, () => searchSegments(request, this.#segments(request.org)))
  }

  /** @throws TooMuchToCount, IndexBehind */
  count(request: CountRequest): Counts {
    return this.#asked(request, () => countSegments(request, this.#segments(request.org)))
  }

  size(org: string): number {
    return this.#youngs.sizeOf(org) ?? this.#shelf.sizeOf(org)
  }

  /** Resolves when nothing is left of what goes. @throws IndexBehind */
  async erase(org: string, entries: readonly IndexEntry[]): Promise<void> {
    const size = this.size(org)
    if (entries.some(({ index }) => index >= size)) throw new IndexBehind(org)
    if (entries.length === 0) return
    const survivors = new Map(entries.map((entry) => [entry.index, openViewEntry(entry)]))
    this.#youngs.erase(org, survivors)
    forgetTexts()
    const erased = this.#erasures.add(org, survivors)
    this.#upkeep.wake(true)
    await erased
  }

  /** Whether nothing is left of anything that was to be erased: tries again what failed. */
  async finishErasing(): Promise<boolean> {
    this.#upkeep.wake(true)
    const isSettled = await this.#erasures.settle()
    return isSettled && (await this.#upkeep.overwritten())
  }

  async clear(): Promise<void> {
    this.#youngs.clear()
    this.#erasures.clear()
    const cleared = this.#shelf.clear()
    this.#upkeep.wasCut()
    await cleared
    this.#answerHeld()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#answerHeld()
    this.#youngs.seal()
    await this.#upkeep.close()
    this.#shelf.close()
  }

  #segments(org: string): readonly Segment[] {
    const stored: Segment[] = []
    for (const run of this.#shelf.runs) {
      const part = run.part(org)
      if (part) stored.push(this.#erasures.veil(org, part))
    }
    return [...stored, ...this.#youngs.segments(org)]
  }

  #asked<T>({ org, covering }: { readonly org: string; readonly covering: number }, body: () => T): T {
    if (this.size(org) < covering) throw new IndexBehind(org)
    try {
      return body()
    } catch (error) {
      if (!(error instanceof BrokenRun)) throw error
      this.#cut(error)
      throw new IndexBehind(org)
    }
  }

  /** A run proved broken: it goes, and all that follows it. The log says it again. */
  #cut({ path }: BrokenRun): void {
    const at = this.#shelf.runs.findIndex((run) => run.path === path)
    if (at === -1) return
    this.#shelf.cut(at)
    this.#youngs.clear()
    this.#upkeep.wasCut()
  }

  #isCongested(): boolean {
    if (this.#isClosing || this.#upkeep.failure) return false
    const { sealedMax, unmergedMax } = this.#limits
    return this.#youngs.sealed > sealedMax || countUnmerged(this.#shelf.runs, this.#limits) > unmergedMax
  }

  #answerHeld(): void {
    if (this.#isCongested()) return
    for (const answer of this.#held.splice(0)) answer()
  }

  /** While files cannot be written, memory is all there is: it is not filled without end. */
  #refuseOverfull(): void {
    const { failure } = this.#upkeep
    if (failure && this.#youngs.count > OVERFULL_FACTOR * this.#limits.youngEntriesMax)
      throw new Error(`its files cannot be written, and there is no room for more in memory: ${failure.message}`)
  }
}
