/** The young entries of one organization: they grow, are searched, and are what a part of a run is made from. */
import { assert } from '@sealedlog/sdk/base'
import type { PartSource, Terms } from '../runs/source.js'
import { eachFact } from '../terms.js'
import type { OpenedEntry } from '../view-entry.js'
import { type AllLists, Chains } from './chains.js'
import { SortedTerms } from './sorted-terms.js'
import { TimeOrder } from './time-order.js'
import { YoungSegment } from './young-segment.js'
import { YoungTerms } from './young-terms.js'
import { YoungWords } from './young-words.js'

export class YoungPart implements PartSource {
  readonly first: number
  readonly order = new TimeOrder()
  readonly terms = new YoungTerms()
  /** the places of entries, a list for each term */
  readonly chains = new Chains()
  readonly #words = new YoungWords(this.terms, this.chains)
  /** good until something is added */
  #segment: YoungSegment | undefined
  #lists: AllLists | undefined

  constructor(first: number) {
    this.first = first
  }

  get count(): number {
    return this.order.count
  }

  get postings(): number {
    return this.chains.length
  }

  add(entry: OpenedEntry): void {
    const place = this.count
    assert(entry.index === this.first + place, 'young entries follow one another')
    this.#segment = undefined
    this.#lists = undefined
    this.order.add(entry.atMs)
    this.#post(entry, place)
  }

  /** Posts an entry, of which something may have been erased: what it said before is gone then. */
  #post({ facts, texts }: OpenedEntry, place: number): void {
    eachFact(facts, (field, value) => this.chains.add(this.terms.take(field, value), place))
    this.#words.post(texts, place)
  }

  /** As it stands now: good until something is added. */
  segment(): YoungSegment {
    if (this.#segment === undefined) {
      this.order.settle()
      this.#segment = new YoungSegment(this)
    }
    return this.#segment
  }

  /** The same entries with what survives of some, made anew: nothing of what is gone is left in it. */
  erased(survivors: ReadonlyMap<number, OpenedEntry>): YoungPart {
    const made = new YoungPart(this.first)
    for (let place = 0; place < this.count; place++) made.order.add(this.order.timeAt(place))
    const places = new Uint32Array(this.count)
    for (let list = 0; list < this.chains.lists; list++) {
      this.chains.read(list, places)
      const kept = places.subarray(0, this.chains.countOf(list)).filter((place) => !survivors.has(this.first + place))
      if (kept.length === 0) continue
      const taken = made.terms.takeFrom(this.terms, list)
      for (const place of kept) made.chains.add(taken, place)
    }
    for (const [index, entry] of survivors) made.#post(entry, index - this.first)
    return made
  }

  positions(): { readonly times: Float64Array; readonly offsets: Uint32Array } {
    const { order, count } = this.segment()
    const times = new Float64Array(count)
    const offsets = new Uint32Array(count)
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const place = order.placeOf(ordinal)
      times[ordinal] = order.timeAt(place)
      offsets[ordinal] = place
    }
    return { times, offsets }
  }

  *prepare(): Generator<undefined, void> {
    this.#lists ??= yield* this.chains.readAll()
  }

  eachTerm(): Terms {
    for (const preparing = this.prepare(); this.#lists === undefined; preparing.next());
    return new SortedTerms(this.terms, this.#lists, this.segment())
  }
}
