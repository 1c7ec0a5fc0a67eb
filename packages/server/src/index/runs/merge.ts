/**
 * Making a part of others: positions merged by time, ordinals said anew, lists of one term joined.
 *
 * It is a generator, so that whoever calls it decides how long it works at a time.
 */
import { compareKeys } from './key.js'
import { type MappedPositions, mergePositions } from './merge-positions.js'
import type { PartPlace } from './part-format.js'
import type { PartWriter } from './part-writer.js'
import { keyTextOf, type PartSource, type Terms } from './source.js'

/** Of some entries, what they are posted under is to be forgotten. */
export interface Erasing {
  /** whether anything of the entry is forgotten, by its index in the log */
  has(index: number): boolean
  /** whether this stays: the key is one of `keyOf` */
  keeps(index: number, key: string): boolean
}

/** Terms, and ordinals, between two steps, about. */
const STEP_TERMS = 256
const STEP_POSTINGS = 8_192

/**
 * Writes a part with all that the sources have: each begins where the one before ends.
 *
 * @param erasing what is left out; the entries stay, and a term under which nothing is left vanishes
 * @throws BrokenRun where a source cannot be read
 *
 * @example
 * const merging = mergeParts([older, newer], writer)
 * for (let step = merging.next(); !step.done; step = merging.next()) await others()
 */
export function* mergeParts(
  sources: readonly PartSource[],
  writer: PartWriter,
  erasing?: Erasing,
): Generator<undefined, PartPlace> {
  const mapped = yield* mergePositions(sources, writer)
  for (const source of sources) if (source.prepare) yield* source.prepare()
  const queue = new TermQueue(mapped.map((positions, nth) => ({ nth, terms: termsOf(sources, nth), positions })))
  const list = new JoinedList(erasing)
  let terms = 0
  let postings = 0
  while (queue.take()) {
    list.join(queue)
    if (list.count > 0) writer.term(queue.lead.key, queue.lead.keyBytes, list.ordinals, list.count)
    queue.putBack()
    postings += list.count
    if (++terms < STEP_TERMS && postings < STEP_POSTINGS) continue
    terms = 0
    postings = 0
    yield
  }
  return writer.finish()
}

const termsOf = (sources: readonly PartSource[], nth: number): Terms => (sources[nth] as PartSource).eachTerm()

interface Input {
  readonly nth: number
  readonly terms: Terms
  readonly positions: MappedPositions
}

/**
 * Inputs by the key that they stand on: the least last, and of one key the earlier input. Those that have been taken
 * stay behind the others until they are put back, so that nothing grows and shrinks.
 */
class TermQueue {
  readonly #inputs: Input[]
  #size = 0
  #taken = 0

  constructor(inputs: Input[]) {
    this.#inputs = inputs
    this.#taken = inputs.length
    this.putBack()
  }

  /** Of those that were taken, how many there are; they all stand on one key. */
  get taken(): number {
    return this.#taken
  }

  /** One of those that were taken, in their order. */
  at(nth: number): Input {
    return this.#inputs[this.#size + this.#taken - 1 - nth] as Input
  }

  /** The terms of the first that was taken. */
  get lead(): Terms {
    return this.at(0).terms
  }

  /** Takes all inputs that stand on the least key; false where there are none. */
  take(): boolean {
    const inputs = this.#inputs
    if (this.#size === 0) return false
    const lead = inputs[--this.#size] as Input
    this.#taken = 1
    while (this.#size > 0 && haveOneKey(lead.terms, (inputs[this.#size - 1] as Input).terms)) {
      this.#size--
      this.#taken++
    }
    return true
  }

  /** Moves what was taken to its next term, and puts back where there is one. */
  putBack(): void {
    const first = this.#size
    const end = first + this.#taken
    for (let at = first; at < end; at++) {
      const input = this.#inputs[at] as Input
      if (input.terms.next()) this.#insert(input)
    }
    this.#taken = 0
  }

  #insert(input: Input): void {
    const inputs = this.#inputs
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (comesAfter(inputs[middle] as Input, input)) low = middle + 1
      else high = middle
    }
    for (let at = this.#size++; at > low; at--) inputs[at] = inputs[at - 1] as Input
    inputs[low] = input
  }
}

function comesAfter(a: Input, b: Input): boolean {
  const order = compareKeys(a.terms.key, a.terms.keyBytes, b.terms.key, b.terms.keyBytes)
  return order > 0 || (order === 0 && a.nth > b.nth)
}

const haveOneKey = (a: Terms, b: Terms): boolean =>
  a.keyBytes === b.keyBytes && compareKeys(a.key, a.keyBytes, b.key, b.keyBytes) === 0

/** The lists of one term, as ordinals of the new part. */
class JoinedList {
  ordinals = new Uint32Array(1_024)
  count = 0
  readonly #erasing: Erasing | undefined
  #tail = new Uint32Array(256)

  constructor(erasing: Erasing | undefined) {
    this.#erasing = erasing
  }

  join(queue: TermQueue): void {
    this.count = 0
    for (let nth = 0; nth < queue.taken; nth++) {
      const { terms, positions } = queue.at(nth)
      const from = this.count
      this.#reserve(terms.count)
      if (this.#erasing === undefined) this.#append(terms, positions)
      else this.#appendKept(terms, positions, this.#erasing)
      const isApart = from === 0 || from === this.count || this.#at(from) > this.#at(from - 1)
      if (!isApart) this.#interleave(from)
    }
  }

  #at(place: number): number {
    return this.ordinals[place] as number
  }

  #reserve(more: number): void {
    if (this.count + more <= this.ordinals.length) return
    const larger = new Uint32Array((this.count + more) * 2)
    larger.set(this.ordinals.subarray(0, this.count))
    this.ordinals = larger
  }

  #append({ ordinals: from, count }: Terms, { moved, shift }: MappedPositions): void {
    const { ordinals, count: to } = this
    if (moved) for (let at = 0; at < count; at++) ordinals[to + at] = moved[from[at] as number] as number
    else for (let at = 0; at < count; at++) ordinals[to + at] = (from[at] as number) + shift
    this.count += count
  }

  #appendKept(terms: Terms, { moved, shift, first, offsets }: MappedPositions, erasing: Erasing): void {
    let key: string | undefined
    for (let at = 0; at < terms.count; at++) {
      const ordinal = terms.ordinals[at] as number
      const index = first + (offsets[ordinal] as number)
      if (erasing.has(index) && !erasing.keeps(index, (key ??= keyTextOf(terms)))) continue
      this.ordinals[this.count++] = moved ? (moved[ordinal] as number) : ordinal + shift
    }
  }

  /** Two ascending stretches, up to `from` and from there on, become one: from the end, until the second is placed. */
  #interleave(from: number): void {
    const { ordinals } = this
    const length = this.count - from
    if (this.#tail.length < length) this.#tail = new Uint32Array(length * 2)
    const tail = this.#tail
    for (let at = 0; at < length; at++) tail[at] = ordinals[from + at] as number
    let left = from - 1
    let right = length - 1
    for (let to = this.count - 1; right >= 0; to--) {
      const isLeft = left >= 0 && (ordinals[left] as number) > (tail[right] as number)
      ordinals[to] = isLeft ? (ordinals[left--] as number) : (tail[right--] as number)
    }
  }
}
