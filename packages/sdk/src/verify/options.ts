/** What a verification is given besides its source. */
import type { SegmentRequest, SegmentResult } from './segment-types.js'

/** Checks an Ed25519 signature (RFC 8032). Must return false, not throw, for a signature of any bytes. */
export type CheckEd25519 = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>

export interface VerifyOptions {
  /** verifier keys that are trusted, each a line as C2SP signed-note writes it; none believes the source's own, and warns */
  readonly vkeys?: readonly string[]
  /** checkpoints that were seen before, as signed notes: the log must begin with each of them */
  readonly old?: readonly string[]
  /** which witnesses must have signed: the text of a policy (c2sp.org/tlog-policy); the logs that it names are trusted too */
  readonly policy?: string
  /** the organization whose log it should be */
  readonly org?: string
  /** false checks leaves alone: of a log of plain tiles, which has nothing behind its commitments */
  readonly disclosures?: boolean
  readonly onProgress?: (done: number, total: number) => void
  /** how a range of bundles is checked: `readSegment` with the source itself, unless threads do it (see there) */
  readonly readSegment?: (request: SegmentRequest) => Promise<SegmentResult>
  /** how many ranges are asked for at once: 1, unless threads check them */
  readonly segmentsAtOnce?: number
  /** how many ids are looked at in one pass: FINGERPRINTS_MAX, unless said otherwise */
  readonly idsAtOnce?: number
  /** how signatures are checked: by WebCrypto, unless said otherwise */
  readonly checkEd25519?: CheckEd25519
}
