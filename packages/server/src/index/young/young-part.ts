/** The young entries of one organization: they grow, are searched, and are what a part of a run is made from. */
import { assert } from '@sealedlog/sdk/base'
import type { PartSource, Terms } from '../runs/source.js'
import type { TermField } from '../segment.js'
import { eachTerm } from '../terms.js'
import type { ViewEntry } from '../view-entry.js'
import { Chains } from './chains.js'
import { FieldTerms } from './field-terms.js'
import { SortedTerms } from './sorted-terms.js'
import { TimeOrder } from './time-order.js'
import { YoungSegment } from './young-segment.js'

export class YoungPart implements PartSource {
  readonly first: number
  readonly order = new TimeOrder()
  /** the places of entries, by term */
  readonly chains = new Chains()
  readonly #fields = new Map<TermField, FieldTerms>()
  /** good until something is added */
  #segment: YoungSegment | undefined

  constructor(first: number) {
    this.first = first
  }

  get count(): number {
    return this.order.count
  }

  get postings(): number {
    return this.chains.length
  }

  add(entry: ViewEntry): void {
    const place = this.count
    assert(entry.index === this.first + place, 'young entries follow one another')
    this.#segment = undefined
    this.order.add(entry.atMs)
    this.#post(entry, place)
  }

  /** Posts an entry of which something may have been erased, once what it said before is gone. */
  #post(entry: ViewEntry, place: number): void {
    let last: TermField | undefined
    let terms: FieldTerms | undefined
    eachTerm(entry, (field, value) => {
      // words come in a row
      if (field !== last) terms = this.#termsOf(field)
      last = field
      this.chains.add(this.#listOf(terms as FieldTerms, value), place)
    })
  }

  #listOf(terms: FieldTerms, value: string): number {
    const known = terms.find(value)
    if (known !== undefined) return known
    const list = this.chains.begin()
    terms.add(value, list)
    return list
  }

  #termsOf(field: TermField): FieldTerms {
    const known = this.#fields.get(field)
    if (known) return known
    const terms = new FieldTerms()
    this.#fields.set(field, terms)
    return terms
  }

  /** The values of a field, if there are any. */
  fieldTerms(field: TermField): FieldTerms | undefined {
    return this.#fields.get(field)
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
  erased(survivors: ReadonlyMap<number, ViewEntry>): YoungPart {
    const made = new YoungPart(this.first)
    for (let place = 0; place < this.count; place++) made.order.add(this.order.timeAt(place))
    const places = new Uint32Array(this.count)
    for (const [field, { values, lists }] of this.#fields) {
      const terms = made.#termsOf(field)
      for (const [at, value] of values.entries()) {
        const list = lists[at] as number
        this.chains.read(list, places)
        const kept = places.subarray(0, this.chains.countOf(list)).filter((place) => !survivors.has(this.first + place))
        for (const place of kept) made.chains.add(made.#listOf(terms, value), place)
      }
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

  eachTerm(): Terms {
    return new SortedTerms(this.segment(), (field) => this.fieldTerms(field))
  }
}
