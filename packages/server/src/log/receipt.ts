/** Receipts: what a caller gets back, and with what anyone proves that exactly this event was recorded. */
import { decodeUtf8, encodeBase64, formatTime, type Issue } from '@sealedlog/sdk/base'
import { splitDisclosures } from '@sealedlog/sdk/event'
import type { LogStore, Placed, StoredEntry } from '../store/index.js'
import { readInclusion } from './tiles.js'

/** Where one event stands. */
export interface Receipt {
  readonly id: string
  readonly org: string
  readonly index: number
  readonly recorded_at: string
  /** base64 of the leaf hash */
  readonly leaf_hash: string
  readonly status: 'recorded' | 'duplicate'
  /** where the event does not fit its type, which only warns; absent where there is nothing to say */
  readonly warnings?: readonly Issue[]
}

/** The receipts of a unit, under one checkpoint. */
export interface Receipts {
  readonly org: string
  readonly data: readonly Receipt[]
  /** the signed note that covers all of them */
  readonly checkpoint: string
  /** how many entries it covers */
  readonly size: number
}

/** What proves one entry: its exact bytes, and the path from its leaf to the checkpoint. */
export interface Evidence {
  /** the leaf, exactly as hashed */
  readonly leaf: string
  /** the surviving disclosures, each exactly as committed to */
  readonly disclosures: readonly string[]
  /** base64 hashes from the leaf up to the checkpoint's root */
  readonly inclusion: readonly string[]
}

export const formatReceipt = (id: string, org: string, placed: Placed, warnings?: readonly Issue[]): Receipt => ({
  id,
  org,
  index: placed.index,
  recorded_at: formatTime(placed.recordedAtMs),
  leaf_hash: encodeBase64(placed.leafHash),
  status: placed.status,
  ...(warnings && { warnings }),
})

export async function readEvidence(store: LogStore, org: string, entry: StoredEntry, size: number): Promise<Evidence> {
  const inclusion = await readInclusion(store, org, entry.index, size)
  return {
    leaf: decodeUtf8(entry.leaf),
    disclosures: splitDisclosures(entry.disclosures).map(decodeUtf8),
    inclusion: inclusion.map(encodeBase64),
  }
}
