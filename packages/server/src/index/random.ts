/** Chance from a seed, for laws and tests: the same on every machine. */

/** A whole number from 0 up to the bound, exclusive. */
export type Random = (bound: number) => number

/** Marsaglia's xorshift32 (2003): small, and the same everywhere. */
export function random(seed: number): Random {
  let state = seed | 0 || 1
  return (bound) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}

export const pick = <T>(rnd: Random, values: readonly T[]): T => values[rnd(values.length)] as T

export const some = <T>(rnd: Random, values: readonly T[], most: number): T[] => [
  ...new Set(Array.from({ length: rnd(most + 1) }, () => pick(rnd, values))),
]
