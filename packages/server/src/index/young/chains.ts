/** Lists that grow at their ends, many at once: what is added knows what was added to its list before. */

const NONE = 0xffff_ffff
const ROOM = 64

export class Chains {
  /** how many lists */
  lists = 0
  /** how many numbers stand in all of them */
  length = 0
  /** by list */
  #lasts = new Uint32Array(ROOM)
  #counts = new Uint32Array(ROOM)
  /** by what was added */
  #numbers = new Uint32Array(ROOM)
  #befores = new Uint32Array(ROOM)

  /** Begins a list and says its number. */
  begin(): number {
    if (this.lists === this.#lasts.length) {
      this.#lasts = doubled(this.#lasts)
      this.#counts = doubled(this.#counts)
    }
    this.#lasts[this.lists] = NONE
    this.#counts[this.lists] = 0
    return this.lists++
  }

  add(list: number, number: number): void {
    if (this.length === this.#numbers.length) {
      this.#numbers = doubled(this.#numbers)
      this.#befores = doubled(this.#befores)
    }
    this.#numbers[this.length] = number
    this.#befores[this.length] = this.#lasts[list] as number
    this.#lasts[list] = this.length++
    this.#counts[list] = (this.#counts[list] as number) + 1
  }

  countOf(list: number): number {
    return this.#counts[list] as number
  }

  /** Puts a list into an array that has room for it, in the order in which it grew. */
  read(list: number, into: Uint32Array): void {
    let from = this.#lasts[list] as number
    for (let at = this.countOf(list) - 1; at >= 0; at--) {
      into[at] = this.#numbers[from] as number
      from = this.#befores[from] as number
    }
  }
}

function doubled(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
