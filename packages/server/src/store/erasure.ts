/** Erasing within one entry: its disclosures without those of some groups, as the log holds them. Pure. */
import { concatBytes } from '@sealedlog/sdk/base'
import { groupOfDisclosure, splitDisclosures } from '@sealedlog/sdk/event'

const LINE_FEED = Uint8Array.of(10)

/**
 * The disclosures that survive, or undefined when there is nothing to erase.
 *
 * @param disclosures one a line, without padding
 * @example
 * withoutGroups(entry.disclosures, ['actor']) // those of targets, details, …
 */
export function withoutGroups(disclosures: Uint8Array, groups: readonly string[]): Uint8Array | undefined {
  const lines = splitDisclosures(disclosures)
  const kept = lines.filter((line) => !groups.includes(groupOfDisclosure(line)))
  if (kept.length === lines.length) return undefined
  return concatBytes(kept.flatMap((line, i) => (i === 0 ? [line] : [LINE_FEED, line])))
}

/** Bytes at a length, zeros behind them: what overwrites a value in place, so that its row never moves in a file. */
export function padded(bytes: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length)
  whole.set(bytes)
  return whole
}

/** Without the zeros behind: canonical JSON never holds one. */
export function withoutPadding(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return end === bytes.length ? bytes : bytes.subarray(0, end)
}
