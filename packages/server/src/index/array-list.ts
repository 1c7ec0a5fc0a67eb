/** A list in memory. */
import { END, type Ordinals, type PostingList } from './segment.js'

export class ArrayList implements PostingList {
  readonly #ordinals: Uint32Array
  readonly #entries: number

  /** @param ordinals ascending, each below `entries` */
  constructor(ordinals: Uint32Array, entries: number) {
    this.#ordinals = ordinals
    this.#entries = entries
  }

  get count(): number {
    return this.#ordinals.length
  }

  countBelow(ordinal: number): number {
    return placeFrom(this.#ordinals, ordinal)
  }

  walk(backwards: boolean): Ordinals {
    return backwards ? new BackwardWalk(this.#ordinals, this.#entries - 1) : new ForwardWalk(this.#ordinals)
  }
}

/**
 * The first place whose number is not below another: how many are below it.
 *
 * @param numbers ascending
 */
export function placeFrom(numbers: Uint32Array, number: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as number) < number) low = middle + 1
    else high = middle
  }
  return low
}

class ForwardWalk implements Ordinals {
  head: number
  readonly #ordinals: Uint32Array
  #at = 0

  constructor(ordinals: Uint32Array) {
    this.#ordinals = ordinals
    this.head = ordinals.length > 0 ? (ordinals[0] as number) : END
  }

  next(): void {
    this.#stand(this.#at + 1)
  }

  /** By doubling steps and then halving: near ones are cheap. */
  seek(target: number): void {
    if (this.head >= target) return
    const ordinals = this.#ordinals
    let low = this.#at
    let high = low + 1
    for (let step = 1; high < ordinals.length && (ordinals[high] as number) < target; step *= 2) {
      low = high
      high = Math.min(ordinals.length, high + step)
    }
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((ordinals[middle] as number) < target) low = middle
      else high = middle
    }
    this.#stand(high)
  }

  #stand(at: number): void {
    this.#at = at
    this.head = at < this.#ordinals.length ? (this.#ordinals[at] as number) : END
  }
}

class BackwardWalk implements Ordinals {
  head: number
  readonly #ordinals: Uint32Array
  /** what an ordinal is subtracted from */
  readonly #last: number
  #at: number

  constructor(ordinals: Uint32Array, last: number) {
    this.#ordinals = ordinals
    this.#last = last
    this.#at = ordinals.length - 1
    this.head = ordinals.length > 0 ? last - (ordinals[this.#at] as number) : END
  }

  next(): void {
    this.#stand(this.#at - 1)
  }

  seek(target: number): void {
    if (this.head >= target) return
    const ordinals = this.#ordinals
    const most = this.#last - target
    let high = this.#at
    let low = high - 1
    for (let step = 1; low >= 0 && (ordinals[low] as number) > most; step *= 2) {
      high = low
      low = Math.max(-1, low - step)
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((ordinals[middle] as number) > most) high = middle
      else low = middle
    }
    this.#stand(low)
  }

  #stand(at: number): void {
    this.#at = at
    this.head = at >= 0 ? this.#last - (this.#ordinals[at] as number) : END
  }
}
