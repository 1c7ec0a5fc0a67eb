/** Checks one bundle: its leaves, what each says, and the disclosures behind it. */
import { AuditError, formatTime, TIME_CHARS } from '../base/index.js'
import { type Leaf, parseLeaf } from '../event/index.js'
import { TILE_WIDTH } from '../merkle/index.js'
import { compareTile, hashLeaves, type Leaves, rootOfTile, splitLeaves, tileFault } from './bundle-leaves.js'
import { DisclosureCheck } from './disclosure-check.js'
import { fingerprint } from './fingerprints.js'
import { LeafScan } from './leaf-scan.js'
import { isAboutBytes } from './read.js'
import type { BundleBytes, SegmentRequest } from './segment-types.js'
import type { SegmentNotes } from './segment-notes.js'
import { isTime } from './time-scan.js'

const scan = new LeafScan()

/** Everything about one bundle. */
export function checkBundle(bytes: BundleBytes, request: SegmentRequest, notes: SegmentNotes): void {
  const { bundle, width, tile } = bytes
  const leaves = splitLeaves(bytes, notes)
  // Where the leaves cannot be read, their hashes stand in for them, so that all else can still be compared.
  const hashes = leaves === undefined ? stood(tile, width) : hashLeaves(leaves, width)
  if (leaves !== undefined && hashes !== undefined) compareTile(hashes, bytes, notes)
  if (hashes !== undefined) keepHashes(hashes, bytes, request, notes)
  if (leaves === undefined) return
  const disclosures = bytes.disclosures && new DisclosureCheck(bytes.disclosures, bundle, width, notes)
  for (let i = 0; i < width; i++) checkEntry(leaves, i, bundle * TILE_WIDTH + i, notes, disclosures)
  const isWanted = notes.acts.some(({ index, act }) => 'continues' in act && Math.floor(index / TILE_WIDTH) === bundle)
  if (isWanted && hashes !== undefined) notes.hashes.set(bundle, hashes)
}

/** Only the ids, for a pass that looks for those that stand twice. */
export function fingerprintBundle(bytes: BundleBytes, notes: SegmentNotes): void {
  const leaves = splitLeaves(bytes, notes)
  if (leaves === undefined) return
  for (let i = 0; i < bytes.width; i++) {
    const index = bytes.bundle * TILE_WIDTH + i
    const [start, end] = [leaves.starts[i] ?? 0, leaves.ends[i] ?? 0]
    if (scan.scan(leaves.bytes, start, end)) putId(leaves.bytes, scan.idAt, scan.idEnd, index, notes)
    else {
      const leaf = readLeaf(leaves.bytes.subarray(start, end))
      if ('id' in leaf) putIdText(leaf.id, index, notes)
    }
  }
}

const stood = (tile: Uint8Array | undefined, width: number): Uint8Array | undefined =>
  tileFault(tile, width) === undefined ? tile : undefined

function keepHashes(hashes: Uint8Array, { bundle, width }: BundleBytes, request: SegmentRequest, notes: SegmentNotes) {
  if (width === TILE_WIDTH) notes.roots.set(rootOfTile(hashes), (bundle - request.first) * 32)
  if (width < TILE_WIDTH || request.hashesOf.includes(bundle)) notes.hashes.set(bundle, hashes)
}

function checkEntry(
  { bytes, starts, ends }: Leaves,
  i: number,
  index: number,
  notes: SegmentNotes,
  disclosures: DisclosureCheck | undefined,
): void {
  const [start, end] = [starts[i] ?? 0, ends[i] ?? 0]
  if (scan.scan(bytes, start, end)) {
    notes.read++
    putId(bytes, scan.idAt, scan.idEnd, index, notes)
    if (!isOrg(bytes, notes)) checkOrg(textOf(bytes, scan.orgAt, scan.orgEnd), index, notes)
    checkRecordedAt(bytes, scan.recordedAt, index, notes)
    disclosures?.checkScanned(index, bytes, scan)
    return
  }
  const leaf = readLeaf(bytes.subarray(start, end))
  if ('id' in leaf) {
    notes.read++
    checkLeaf(leaf, index, notes)
    disclosures?.checkLeaf(index, leaf.groups)
  } else {
    if (leaf.code === 'unsupported_version') notes.unsupported ??= { index, text: leaf.message }
    else notes.find({ check: 'tree', index, expected: 'a leaf of version 1', found: leaf.message })
    disclosures?.pass(index)
  }
}

function readLeaf(bytes: Uint8Array): Leaf | AuditError {
  try {
    return parseLeaf(bytes)
  } catch (error) {
    if (isAboutBytes(error) || (error instanceof AuditError && error.code === 'unsupported_version')) return error
    // Whatever else a parser trips over, it tripped over these bytes.
    return new AuditError('malformed_leaf', `The leaf is malformed: ${String(error)}.`)
  }
}

/** What `parseLeaf` has read and a scan would have seen on its way. */
function checkLeaf(leaf: Leaf, index: number, notes: SegmentNotes): void {
  putIdText(leaf.id, index, notes)
  checkOrg(leaf.org, index, notes)
  for (const name of ['occurred_at', 'recorded_at'] as const)
    if (!isTime(leaf[name]))
      notes.find({ check: 'times', index, expected: `${name} in UTC, as ${formatTime(0)}`, found: leaf[name] })
  checkOrder(leaf.recorded_at, index, notes)
  if (leaf.log === undefined) return
  notes.acts.push({ index, act: leaf.log })
  if ('redacts' in leaf.log) checkRanges(leaf.log.redacts, index, notes)
}

function checkRanges(
  redacts: readonly { readonly ranges: readonly (readonly number[])[] }[],
  index: number,
  notes: SegmentNotes,
) {
  for (const { ranges } of redacts) {
    const last = ranges.at(-1)?.[1] ?? 0
    if (last >= index)
      notes.find({ check: 'disclosures', index, expected: `ranges below ${index}`, found: `a range up to ${last}` })
  }
}

function putId(bytes: Uint8Array, start: number, end: number, index: number, notes: SegmentNotes): void {
  const [low, high] = fingerprint(bytes, start, end, notes.request.seed)
  notes.putFingerprint(index, low, high)
}

const encoder = new TextEncoder()

function putIdText(id: string, index: number, notes: SegmentNotes): void {
  const bytes = encoder.encode(id)
  putId(bytes, 0, bytes.length, index, notes)
}

const textOf = (bytes: Uint8Array, start: number, end: number): string => {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0)
  return text
}

function isOrg(bytes: Uint8Array, { org }: SegmentNotes): boolean {
  if (org === undefined || org.length !== scan.orgEnd - scan.orgAt) return false
  for (let i = 0; i < org.length; i++) if (org.charCodeAt(i) !== bytes[scan.orgAt + i]) return false
  return true
}

/** The first leaf says whose log it is, where nobody else does. */
function checkOrg(org: string, index: number, notes: SegmentNotes): void {
  notes.org ??= org
  if (org !== notes.org) notes.find({ check: 'ids', index, expected: `organization ${notes.org}`, found: org })
}

function checkRecordedAt(bytes: Uint8Array, at: number, index: number, notes: SegmentNotes): void {
  const { lastRecordedAt } = notes
  if (lastRecordedAt !== undefined) {
    // Mostly the same millisecond or one soon after: no text is made for those that are the same.
    let i = 0
    while (i < TIME_CHARS && lastRecordedAt.charCodeAt(i) === bytes[at + i]) i++
    if (i === TIME_CHARS) return
  }
  checkOrder(textOf(bytes, at, at + TIME_CHARS), index, notes)
}

function checkOrder(recordedAt: string, index: number, notes: SegmentNotes): void {
  const before = notes.lastRecordedAt
  if (before !== undefined && recordedAt < before)
    notes.find({ check: 'times', index, expected: `recorded_at from ${before} on`, found: recordedAt })
  else notes.lastRecordedAt = recordedAt
  notes.firstRecordedAt ??= recordedAt
}
