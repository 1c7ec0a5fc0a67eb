/** The disclosures beside an entry bundle: what survives of its entries, read anew each time, for erasure changes it. */
import { AuditError } from '@sealedlog/sdk/base'
import { formatDisclosureLines } from '@sealedlog/sdk/event'
import { TILE_WIDTH } from '@sealedlog/sdk/merkle'
import type { LogStore } from '../store/index.js'

/** Entries read in one go: that many of the largest are in memory for a moment. */
const READ_CHUNK = 32

/**
 * The lines of entries 256·n to 256·n + 255, as far as the log of `size` entries has them, a few entries at a time.
 *
 * @throws AuditError `tile_not_found`, when called, if the log ends before
 */
export function readDisclosures(
  store: LogStore,
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
  store: LogStore,
  org: string,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = from; at < to; at += READ_CHUNK)
    yield formatDisclosureLines(await store.readRange(org, at, Math.min(to, at + READ_CHUNK)))
}
