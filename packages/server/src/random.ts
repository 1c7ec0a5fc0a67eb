/** Random bytes in small portions: salts and ids ask for a few at a time, the system's generator is best asked for many. */
import { randomFillSync } from 'node:crypto'
import type { RandomBytes } from '@sealedlog/sdk/base'

const POOL_BYTES = 16_384

/** A source of random bytes, each handed out once. */
export function makeRandomBytes(): RandomBytes {
  let pool = new Uint8Array(0)
  let next = 0
  return (length) => {
    if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length))
    if (next + length > pool.length) {
      // A new one: portions of the old one may still be in use.
      pool = randomFillSync(new Uint8Array(POOL_BYTES))
      next = 0
    }
    next += length
    return pool.subarray(next - length, next)
  }
}
