/** What events demand of an index, and what an index holds, as sums that are compared, and by name where they differ. */
import type { RecordedEvent } from '@sealedlog/sdk/event'
import {
  eachTerm,
  type Numbers,
  type PostingNumbers,
  type PostingSums,
  type PostingVisitor,
  toViewEntry,
  type ViewEntry,
  type ViewReader,
} from '../index/index.js'

/** The term that every entry has: that it stands where it stands. */
const ITSELF = ''

type Demand = (field: string, value: string) => void

/** What events are to be posted under. */
export class Demands {
  readonly #numbers: PostingNumbers
  readonly #unlisted: ReadonlySet<number>

  /** @param unlisted entries of which the index says that their words are not posted */
  constructor(numbers: PostingNumbers, unlisted: ReadonlySet<number>) {
    this.#numbers = numbers
    this.#unlisted = unlisted
  }

  add(event: RecordedEvent, sums: PostingSums): void {
    const posted = this.#asPosted(event)
    const entry = this.#numbers.entry(posted.atMs, posted.index)
    eachDemand(posted, (field, value) => sums.add(this.#numbers.term(field, value), entry, posted.index))
  }

  /** The same by name. */
  names(event: RecordedEvent): readonly string[] {
    const posted = this.#asPosted(event)
    const names: string[] = []
    eachDemand(posted, (field, value) => names.push(nameOf(field, value, posted.atMs)))
    return names
  }

  /** An entry that had too many words to be posted stays one when it lost some: what was erased is only taken out. */
  #asPosted(event: RecordedEvent): ViewEntry {
    const posted = toViewEntry(event.org, event)
    return event.redacted && this.#unlisted.has(event.index) ? { ...posted, words: undefined } : posted
  }
}

function eachDemand(entry: ViewEntry, demand: Demand): void {
  demand(ITSELF, ITSELF)
  eachTerm(entry, demand)
}

/** Adds up what an index holds. */
export class SumsOfHeld implements PostingVisitor {
  readonly sums: PostingSums
  readonly #numbers: PostingNumbers
  /** of the part that is read, by ordinal */
  #indexes: readonly number[] = []
  #entries: readonly (Numbers | undefined)[] = []

  constructor(numbers: PostingNumbers, sums: PostingSums) {
    this.#numbers = numbers
    this.sums = sums
  }

  entries(first: number, times: Float64Array, offsets: Uint32Array): void {
    const { from, to } = this.sums
    this.#indexes = Array.from(offsets, (offset) => first + offset)
    this.#entries = this.#indexes.map((index, ordinal) =>
      index < from || index >= to ? undefined : this.#numbers.entry(times[ordinal] as number, index),
    )
    const all = Uint32Array.from(this.#indexes, (_, ordinal) => ordinal)
    this.term(ITSELF, ITSELF, all, all.length)
  }

  term(field: string, value: string, ordinals: Uint32Array, count: number): void {
    const term = this.#numbers.term(field, value)
    for (let at = 0; at < count; at += 1) {
      const ordinal = ordinals[at] as number
      const entry = this.#entries[ordinal]
      if (entry) this.sums.add(term, entry, this.#indexes[ordinal] as number)
    }
  }
}

/** What an index holds of one entry, by name. */
export function namesOfEntry(reader: ViewReader, org: string, index: number): ReadonlySet<string> {
  const names = new Set<string>()
  let places: readonly number[] = []
  let times: Float64Array = new Float64Array(0)
  reader.eachPosting(org, {
    entries(first, allTimes, offsets) {
      times = allTimes
      places = Array.from(offsets.keys()).filter((ordinal) => first + (offsets[ordinal] as number) === index)
      for (const place of places) names.add(nameOf(ITSELF, ITSELF, times[place] as number))
    },
    term(field, value, ordinals, count) {
      for (const place of places)
        if (ordinals.subarray(0, count).includes(place)) names.add(nameOf(field, value, times[place] as number))
    },
  })
  return names
}

const nameOf = (field: string, value: string, atMs: number): string =>
  `${field === '' ? 'itself' : `${field}=${value}`} at ${new Date(atMs).toISOString()}`
