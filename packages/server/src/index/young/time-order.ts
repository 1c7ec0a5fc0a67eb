/** Entries by time, as they come: most come in order, late ones are put in their place when somebody looks. */

const ROOM = 16

export class TimeOrder {
  /** how many entries: an entry's place is how many came before it */
  count = 0
  /** in the order in which they came */
  #times = new Float64Array(ROOM)
  /** places by time, then as they came: as far as they have been put in order */
  #places = new Uint32Array(ROOM)
  #ordinals = new Uint32Array(ROOM)
  #settled = 0
  #hasLate = false

  add(atMs: number): void {
    if (this.count === this.#times.length) this.#grow()
    this.#times[this.count++] = atMs
  }

  #grow(): void {
    const room = this.#times.length * 2
    const [times, places, ordinals] = [new Float64Array(room), new Uint32Array(room), new Uint32Array(room)]
    times.set(this.#times)
    places.set(this.#places)
    ordinals.set(this.#ordinals)
    this.#times = times
    this.#places = places
    this.#ordinals = ordinals
  }

  /** Puts in order what has come: in place, and only from the first that has to move. */
  settle(): void {
    const fresh = Array.from({ length: this.count - this.#settled }, (_, i) => this.#settled + i)
    if (fresh.some((place) => place > 0 && this.timeAt(place) < this.timeAt(place - 1))) {
      this.#hasLate = true
      fresh.sort((a, b) => this.timeAt(a) - this.timeAt(b) || a - b)
    }
    const moved = this.#merge(fresh)
    this.#settled = this.count
    for (let ordinal = moved; ordinal < this.count; ordinal++) this.#ordinals[this.placeOf(ordinal)] = ordinal
  }

  /** From the last to the first, so that nothing is overwritten; says the first ordinal that is another. */
  #merge(fresh: readonly number[]): number {
    let settled = this.#settled - 1
    let to = this.count - 1
    for (let at = fresh.length - 1; at >= 0; to--) {
      const place = fresh[at] as number
      const isLate = settled >= 0 && this.timeAt(this.placeOf(settled)) > this.timeAt(place)
      this.#places[to] = isLate ? this.placeOf(settled--) : place
      if (!isLate) at--
    }
    return to + 1
  }

  /** Whether they came in order: then an ordinal is a place. */
  get isAsCome(): boolean {
    return !this.#hasLate
  }

  timeAt(place: number): number {
    return this.#times[place] as number
  }

  placeOf(ordinal: number): number {
    return this.#places[ordinal] as number
  }

  ordinalOf(place: number): number {
    return this.#ordinals[place] as number
  }
}
