/** What the checking of a segment is asked, what it is given, and what it answers: all of it can be handed to another thread. */
import type { LogAct } from '../event/index.js'
import type { Finding, GroupCounts } from './report.js'
import type { LogSource } from './source.js'

/** Bundles that are checked in one go: some 50 ms of work. */
export const SEGMENT_BUNDLES = 32

export interface SegmentRequest {
  /** `check` is everything; `ids` reads the leaves once more, for their ids alone */
  readonly task: 'check' | 'ids'
  /** the first and the last bundle */
  readonly first: number
  readonly last: number
  /** of the checkpoint */
  readonly size: number
  readonly org?: string
  /** makes the fingerprints of ids unforeseeable */
  readonly seed: readonly [number, number]
  /** bundles of which each leaf hash is wanted, ascending */
  readonly hashesOf: readonly number[]
  readonly disclosures: boolean
}

/** Disclosures that are not there: of which groups, and of which entries of a bundle. */
export interface Missing {
  readonly group: string
  readonly bundle: number
  /** 256 bits in 8 words, the first entry lowest */
  readonly bits: Uint32Array
}

export interface SegmentResult {
  readonly first: number
  readonly last: number
  /** of each bundle: the root of its leaves, 32 bytes each; nothing but zeros where they cannot be read */
  readonly roots: Uint8Array
  /** of each entry: 64 bits that stand for its id, or zeros where it cannot be read */
  readonly fingerprints: Uint32Array
  /** leaf hashes of the bundles asked for, and of those in which a log continues another, 32 bytes each */
  readonly hashes: ReadonlyMap<number, Uint8Array>
  /** entries whose leaf was read */
  readonly read: number
  readonly org?: string
  readonly firstRecordedAt?: string
  readonly lastRecordedAt?: string
  readonly groups: Pick<GroupCounts, 'disclosed' | 'mismatch'>
  readonly missing: readonly Missing[]
  readonly acts: readonly { readonly index: number; readonly act: LogAct }[]
  /** the first leaf of a version from the future */
  readonly unsupported?: { readonly index: number; readonly text: string }
  /** of each check the first ones */
  readonly findings: readonly Finding[]
}

/** What a segment is read from: of a source, no more than this. */
export type SegmentSource = Pick<LogSource, 'tile' | 'disclosures'>

/** The bytes of one bundle, as a source has them. */
export interface BundleBytes {
  readonly bundle: number
  /** how many leaves it must hold */
  readonly width: number
  readonly entries: Uint8Array | undefined
  /** the tile of leaf hashes */
  readonly tile: Uint8Array | undefined
  /** undefined where they are not asked for */
  readonly disclosures: Uint8Array | undefined
}
