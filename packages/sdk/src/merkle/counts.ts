/**
 * Arithmetic on sizes and indexes: whole Numbers up to 2^53 - 1.
 *
 * No bit operators here or above: `>>` and `&` cut a Number to 32 bits, which would make a log of more
 * than 2^31 entries prove the wrong thing. Halving a double is exact.
 */

/** Whether a value is a size or an index: a whole number from 0 to 2^53 - 1. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export const half = (count: number): number => Math.floor(count / 2)

export const isOdd = (count: number): boolean => count % 2 === 1

/** The largest power of two that is smaller than `count`, for a count of at least 2 (RFC 9162 §2.1.1: k < n <= 2k). */
export function splitOf(count: number): number {
  let k = 1
  while (k * 2 < count) k *= 2
  return k
}

/** The height of a complete subtree of `count` leaves, or undefined when no complete subtree has that many. */
export function heightOf(count: number): number | undefined {
  let height = 0
  let rest = count
  for (; rest > 1 && !isOdd(rest); rest = half(rest)) height++
  return rest === 1 ? height : undefined
}

/** How many complete subtrees cover the first `size` leaves: the ones in its binary form. */
export function countSubtrees(size: number): number {
  let ones = 0
  for (let rest = size; rest > 0; rest = half(rest)) if (isOdd(rest)) ones++
  return ones
}

/** A count in decimal without leading zeros, or undefined: what checkpoints and proofs write. */
export function parseCount(text: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,15})$/.test(text)) return undefined
  const count = Number(text)
  return isCount(count) ? count : undefined
}
