/** Numbers from a seed: the same seed says the same events, on every machine. */

/** The next number, at least 0 and below 1. */
export type Random = () => number

/**
 * A source of numbers (mulberry32). `stream` tells apart sources of one seed, such as those of two rounds.
 *
 * @example
 * const random = seeded(1)
 * random() // always 0.13…
 */
export function seeded(seed: number, stream = 0): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number below `count`. */
export const below = (random: Random, count: number): number => Math.floor(random() * count)

/** The same, small ones more often: half of what is drawn is among the first quarter. */
export const skewed = (random: Random, count: number): number => Math.floor(random() ** 2 * count)

/** The same, much more so: the first of 20,000 is drawn once in 27, each of the last once in 60,000. */
export const steep = (random: Random, count: number): number => Math.floor(random() ** 3 * count)
