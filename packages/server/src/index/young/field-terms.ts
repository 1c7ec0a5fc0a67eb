/** The values of one field in memory, each with the number of its list. */

/** V8 keeps shorter parts of a string on their own; a longer one holds the whole text that it was cut from. */
const CHARS_ON_THEIR_OWN = 12

export class FieldTerms {
  /** as they came */
  readonly values: string[] = []
  /** of the same places */
  readonly lists: number[] = []
  readonly #listOf = new Map<string, number>()
  /** places by the first character of their values */
  readonly #files = new Map<number, number[]>()
  #filed = 0

  find(value: string): number | undefined {
    return this.#listOf.get(value)
  }

  /** Takes a value that is not known yet. */
  add(value: string, list: number): void {
    const own = value.length > CHARS_ON_THEIR_OWN ? onItsOwn(value) : value
    this.#listOf.set(own, list)
    this.values.push(own)
    this.lists.push(list)
  }

  /** The places of values that start with a prefix, in no order; of more than `max` just so many. */
  startingWith(prefix: string, max: number): number[] {
    const found: number[] = []
    const { values } = this
    const visit = (place: number): boolean => {
      if ((values[place] as string).startsWith(prefix)) found.push(place)
      return found.length < max
    }
    if (prefix === '') for (let place = 0; place < values.length && visit(place); place++);
    else this.#filedBy(prefix.charCodeAt(0)).every(visit)
    return found
  }

  /** Filed once somebody asks: whoever adds has no work with it. */
  #filedBy(character: number): readonly number[] {
    for (; this.#filed < this.values.length; this.#filed++) {
      const first = (this.values[this.#filed] as string).charCodeAt(0)
      const file = this.#files.get(first)
      if (file) file.push(this.#filed)
      else this.#files.set(first, [this.#filed])
    }
    return this.#files.get(character) ?? []
  }
}

/** A copy of a string that was cut from another: what else stood in that may be erased, and should go. */
const onItsOwn = (value: string): string => ` ${value}`.slice(1)
