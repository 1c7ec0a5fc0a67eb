/** The disclosures beside an entry bundle: what survives of its entries, read anew each time, for erasure changes it. */
import { AuditError } from '@sealedlog/sdk/base'
import { formatDisclosureLines } from '@sealedlog/sdk/event'
import { TILE_WIDTH } from '@sealedlog/sdk/merkle'
import type { LogStore } from '../store/index.js'

/**
 * Entries read in one go: whoever asks and then reads slowly has us keep that many of the largest, and may ask a
 * thousand times at once.
 */
export const READ_ENTRIES = 4

/**
 * The lines of entries 256·n to 256·n + 255, as far as the log of `size` entries has them, entry by entry.
 *
 * @throws AuditError `tile_not_found`, when called, if the log ends before
 */
export function readDisclosures(
  store: Pick<LogStore, 'readRange'>,
  org: string,
  size: number,
  bundle: number,
): AsyncGenerator<Uint8Array, void, void> {
  const from = bundle * TILE_WIDTH
  if (from >= size)
    throw new AuditError('tile_not_found', `The log has ${size} entries: there is no bundle ${bundle} yet.`)
  return readLines(store, org, from, Math.min(size, from + TILE_WIDTH))
}

async function* readLines(
  store: Pick<LogStore, 'readRange'>,
  org: string,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = from; at < to; at += READ_ENTRIES)
    for (const entry of await store.readRange(org, at, Math.min(to, at + READ_ENTRIES)))
      yield formatDisclosureLines([entry])
}
