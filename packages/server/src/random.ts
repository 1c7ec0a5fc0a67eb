/** Random bytes in small portions: salts and ids ask for a few at a time, the system's generator is best asked for many. */
import { randomFillSync } from 'node:crypto'
import type { RandomBytes } from '@sealedlog/sdk/base'

const POOL_BYTES = 16_384

/** A source of random bytes, each handed out once. */
export function makeRandomBytes(): RandomBytes {
  const pool = new Uint8Array(POOL_BYTES)
  let next = POOL_BYTES
  return (length) => {
    if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length))
    if (next + length > POOL_BYTES) {
      randomFillSync(pool)
      next = 0
    }
    next += length
    // A copy: the pool is overwritten while the portion may still be in use.
    return pool.slice(next - length, next)
  }
}
