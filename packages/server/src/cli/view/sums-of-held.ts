/** What an index holds, as sums, and by name. */
import {
  type PostingNumbers,
  PostingSums,
  type PostingVisitor,
  type SumsRange,
  type ViewReader,
} from '../../index/index.js'
import { ITSELF, nameOf } from './demands.js'

/** Adds up what an index holds of a range. */
export class SumsOfHeld implements PostingVisitor {
  readonly sums: PostingSums
  readonly #numbers: PostingNumbers
  /** of the entries of the part that is read, by ordinal: where each is added up, and its numbers */
  #slots = new Int32Array(0)
  #as = new Int32Array(0)
  #bs = new Int32Array(0)

  constructor(numbers: PostingNumbers, range: SumsRange) {
    this.#numbers = numbers
    this.sums = new PostingSums(range)
  }

  entries(first: number, times: Float64Array, offsets: Uint32Array): void {
    const { length } = offsets
    this.#slots = new Int32Array(length)
    this.#as = new Int32Array(length)
    this.#bs = new Int32Array(length)
    for (let ordinal = 0; ordinal < length; ordinal++) {
      const index = first + (offsets[ordinal] as number)
      const slot = this.sums.slotOf(index)
      this.#slots[ordinal] = slot
      if (slot < 0) continue
      const { a, b } = this.#numbers.entry(times[ordinal] as number, index)
      this.#as[ordinal] = a
      this.#bs[ordinal] = b
    }
    const all = Uint32Array.from(offsets, (_, ordinal) => ordinal)
    this.term(ITSELF, ITSELF, all, length)
  }

  term(field: string, value: string, ordinals: Uint32Array, count: number): void {
    const term = this.#numbers.term(field, value)
    const entry = { a: 0, b: 0 }
    for (let at = 0; at < count; at++) {
      const ordinal = ordinals[at] as number
      const slot = this.#slots[ordinal] as number
      if (slot < 0) continue
      entry.a = this.#as[ordinal] as number
      entry.b = this.#bs[ordinal] as number
      this.sums.add(slot, term, entry)
    }
  }
}

/** What an index holds of one entry, by name. */
export async function namesOfEntry(reader: ViewReader, org: string, index: number): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  let places: readonly number[] = []
  let times: Float64Array = new Float64Array(0)
  await reader.eachPosting(org, {
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
