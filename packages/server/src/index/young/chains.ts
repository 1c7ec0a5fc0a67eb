/**
 * Lists that grow at their ends, many at once: what is added knows which list it was added to, and what before it. So one
 * list is read from its end, and all of them together from their beginnings.
 */

const ROOM = 64
/** What is known of a list stands together: it is looked at for each number that comes. */
const LIST_NUMBERS = 3
const COUNT = 0
/** its last number, and where in the order of what was added */
const LAST = 1
const LAST_AT = 2

/** Numbers between two steps: a millisecond or less. */
const STEP_NUMBERS = 65_536

/** Lists one behind the other, each in the order in which it grew. */
export interface AllLists {
  readonly numbers: Uint32Array
  /** by list, where it ends */
  readonly ends: Uint32Array
}

export class Chains {
  /** how many lists */
  lists = 0
  /** how many numbers stand in all of them */
  length = 0
  #known = new Uint32Array(ROOM * LIST_NUMBERS)
  /** by what was added */
  #numbers = new Uint32Array(ROOM)
  #listOf = new Uint32Array(ROOM)
  #befores = new Uint32Array(ROOM)

  /** Adds a number to a list, unless it is its last already. Lists begin by their numbers: no more than one is new. */
  add(list: number, number: number): void {
    if (list === this.lists) this.#begin()
    const known = this.#known
    const at = list * LIST_NUMBERS
    const count = known[at + COUNT] as number
    if (count > 0 && known[at + LAST] === number) return
    if (this.length === this.#numbers.length) this.#grow()
    this.#numbers[this.length] = number
    this.#listOf[this.length] = list
    this.#befores[this.length] = known[at + LAST_AT] as number
    known[at + COUNT] = count + 1
    known[at + LAST] = number
    known[at + LAST_AT] = this.length++
  }

  #begin(): void {
    this.lists++
    if (this.lists * LIST_NUMBERS > this.#known.length) this.#known = doubled(this.#known)
  }

  #grow(): void {
    this.#numbers = doubled(this.#numbers)
    this.#listOf = doubled(this.#listOf)
    this.#befores = doubled(this.#befores)
  }

  countOf(list: number): number {
    return this.#known[list * LIST_NUMBERS + COUNT] as number
  }

  /** Puts a list into an array that has room for it, in the order in which it grew. */
  read(list: number, into: Uint32Array): void {
    let from = this.#known[list * LIST_NUMBERS + LAST_AT] as number
    for (let at = this.countOf(list) - 1; at >= 0; at--) {
      into[at] = this.#numbers[from] as number
      from = this.#befores[from] as number
    }
  }

  /** All lists, in steps. */
  *readAll(): Generator<undefined, AllLists> {
    const ends = new Uint32Array(this.lists)
    for (let list = 0, end = 0; list < this.lists; list++) {
      ends[list] = end
      end += this.countOf(list)
    }
    const numbers = new Uint32Array(this.length)
    for (let at = 0; at < this.length; ) {
      // each moves its list's end to where it stands itself: at last they are the ends
      for (const stop = Math.min(this.length, at + STEP_NUMBERS); at < stop; at++) {
        const list = this.#listOf[at] as number
        const end = ends[list] as number
        numbers[end] = this.#numbers[at] as number
        ends[list] = end + 1
      }
      yield
    }
    return { numbers, ends }
  }
}

function doubled(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
