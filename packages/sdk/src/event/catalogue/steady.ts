/** Values for examples that look random but are the same on every machine, so that golden files hold still. */

const BASE62 = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** `length` letters and digits that follow from the seed. */
export function steadyChars(seed: string, length: number): string {
  let chars = ''
  for (let i = 0; i < length; i++) chars += BASE62.charAt(steadyNumber(`${seed}/${i}`, BASE62.length))
  return chars
}

/** A whole number from 0 to below `end` that follows from the seed (FNV-1a, then a mixing step). */
export function steadyNumber(seed: string, end: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return ((hash ^ (hash >>> 16)) >>> 0) % end
}
