/**
 * Lists that grow at their ends, many at once: what is added knows which list it was added to, and what before it. So one
 * list is read from its end, and all of them in one go from their beginnings.
 */

const ROOM = 64
/** What is known of a list stands together: it is looked at for each number that comes. */
const LIST_NUMBERS = 4
const COUNT = 0
/** its last number, and where in the order of what was added */
const LAST = 1
const LAST_AT = 2
/** where its next number goes, while all lists are read */
const NEXT = 3

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

  /** All lists, one behind the other: each in the order in which it grew, up to its `endOf`. */
  readAll(): Uint32Array {
    const known = this.#known
    for (let list = 0, next = 0; list < this.lists; list++) {
      known[list * LIST_NUMBERS + NEXT] = next
      next += this.countOf(list)
    }
    const all = new Uint32Array(this.length)
    for (let at = 0; at < this.length; at++) {
      const next = (this.#listOf[at] as number) * LIST_NUMBERS + NEXT
      const to = known[next] as number
      all[to] = this.#numbers[at] as number
      known[next] = to + 1
    }
    return all
  }

  /** Where a list ends among all, once they have been read, and until something is added. */
  endOf(list: number): number {
    return this.#known[list * LIST_NUMBERS + NEXT] as number
  }
}

function doubled(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
