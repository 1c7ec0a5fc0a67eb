/** Evidence files: everything that proves one event, in one JSON document that is checked offline (docs/decisions/0008). */
import { decodeUtf8, type JsonObject, parseText } from '@sealedlog/sdk/base'
import {
  groupOfDisclosure,
  type Leaf,
  type ListPosition,
  RESERVED_BUCKET,
  splitDisclosures,
} from '@sealedlog/sdk/event'
import { formatProof, parseNote } from '@sealedlog/sdk/merkle'
import { allOf } from '@sealedlog/sdk/query'
import { EVIDENCE_VERSION, type EvidenceFile, type ProvenText } from '@sealedlog/sdk/verify'
import type { LogHead, LogStore, StoredEntry } from '../store/index.js'
import type { Page, PageRequest } from './listing.js'
import { readInclusion } from './tiles.js'
import { isWithheld } from './withhold.js'

/** Where evidence is read from. */
export interface EvidenceSource {
  readonly store: LogStore
  /** the newest head: read once, so that all proofs stand under one checkpoint */
  readonly head: LogHead
  readonly list: (request: PageRequest) => Promise<Page>
}

/** A checkpoint of the log with what witnesses added to it. */
export interface Cosigned {
  readonly size: number
  readonly note: string
}

/** Redactions looked at in one go. */
const REDACTIONS_CHUNK = 100

const REDACTIONS = allOf([
  { field: 'type', is: 'audit.redaction' },
  { field: 'bucket', is: RESERVED_BUCKET },
])

/**
 * The evidence of an entry under the checkpoint of `head`, or under one that witnesses have signed, where that shows as
 * much of it. What is gone and not accounted for by any redaction is left to the verifier to find: it says `missing`.
 *
 * @param withhold groups that stay out; those that the entry does not show are passed over
 */
export async function readEvidenceFile(
  source: EvidenceSource,
  id: string,
  entry: StoredEntry,
  withhold: readonly string[],
  cosigned?: Cosigned,
): Promise<EvidenceFile> {
  const { store, head } = source
  const under = await proveUnder(source, entry, cosigned)
  const lines = splitDisclosures(entry.disclosures)
  const withheld = lines.map(groupOfDisclosure).filter((group) => isWithheld(withhold, group))
  const keys = await store.keys(head.org)
  return {
    v: EVIDENCE_VERSION,
    object: 'evidence',
    org: head.org,
    id,
    ...(await proveEntry(under.source, entry)),
    disclosures: lines.filter((line) => !withheld.includes(groupOfDisclosure(line))).map(decodeUtf8),
    vkeys: keys.map(({ vkey }) => vkey),
    keys,
    redactions: under.redactions,
    withheld,
  }
}

/** The checkpoint to prove under, and the proven redactions: a witnessed one may be from before the last of them. */
async function proveUnder(
  source: EvidenceSource,
  entry: StoredEntry,
  cosigned: Cosigned | undefined,
): Promise<{ readonly source: EvidenceSource; readonly redactions: readonly ProvenText[] }> {
  const { head } = source
  if (cosigned && entry.index < cosigned.size && cosigned.size <= head.size && areSigners(head, cosigned)) {
    const seen = { ...source, head: { ...head, size: cosigned.size, checkpoint: cosigned.note } }
    const { found, isWhole } = await readRedactions(seen, entry)
    if (isWhole) return { source: seen, redactions: found }
  }
  return { source, redactions: (await readRedactions(source, entry)).found }
}

/** Whether all keys of the log that sign today have signed it too: a key that was announced since has not. */
function areSigners({ checkpoint }: LogHead, { note }: Cosigned): boolean {
  const signed = new Set(parseNote(note).signatures.map(keyOf))
  return parseNote(checkpoint).signatures.every((signature) => signed.has(keyOf(signature)))
}

/** A key's name has no space: it is the log's origin, so that the two notes are of one log. */
const keyOf = ({ name, keyId }: { readonly name: string; readonly keyId: Uint8Array }): string =>
  `${name} ${keyId.join()}`

async function proveEntry({ store, head }: EvidenceSource, { index, leaf }: StoredEntry): Promise<ProvenText> {
  const hashes = await readInclusion(store, head.org, index, head.size)
  return { leaf: decodeUtf8(leaf), proof: formatProof({ index, hashes, checkpoint: head.checkpoint }) }
}

/** The newest entries that account for the groups that are gone, until each of them is, or none is left to look at. */
async function readRedactions(
  source: EvidenceSource,
  entry: StoredEntry,
): Promise<{ readonly found: readonly ProvenText[]; readonly isWhole: boolean }> {
  let missing = missingGroups(entry)
  const found: ProvenText[] = []
  if (missing.length === 0) return { found, isWhole: true }
  for await (const redaction of redactionsOf(source)) {
    const erased = erasedBy(redaction, entry.index)
    const left = missing.filter((group) => !erased.includes(group))
    if (left.length === missing.length) continue
    found.push(await proveEntry(source, redaction))
    missing = left
    if (missing.length === 0) break
  }
  return { found, isWhole: missing.length === 0 }
}

/** Groups that the leaf commits to and nothing is found behind. */
function missingGroups({ leaf, disclosures }: StoredEntry): readonly string[] {
  const shown = new Set(splitDisclosures(disclosures).map(groupOfDisclosure))
  return Object.keys(readOwn(leaf).groups).filter((group) => !shown.has(group))
}

/** The groups that a redaction says it erased of an entry. */
function erasedBy({ leaf }: StoredEntry, index: number): readonly string[] {
  const { log } = readOwn(leaf)
  if (log === undefined || !('redacts' in log)) return []
  return log.redacts
    .filter(({ ranges }) => ranges.some(([first, last]) => first <= index && index <= last))
    .flatMap(({ groups }) => groups)
}

/** Our own bytes, hashed on the way in. */
const readOwn = (leaf: Uint8Array): Leaf => parseText(decodeUtf8(leaf)) as JsonObject as unknown as Leaf

async function* redactionsOf({ store, head, list }: EvidenceSource): AsyncGenerator<StoredEntry> {
  const request = { org: head.org, query: REDACTIONS, order: 'desc', limit: REDACTIONS_CHUNK } as const
  for (let after: ListPosition | undefined; ; ) {
    const { events, next } = await list({ ...request, ...(after && { after }) })
    const indexes = events.map(({ index }) => index).filter((index) => index < head.size)
    yield* await store.readAt(head.org, indexes)
    if (next === undefined) return
    after = next
  }
}
