/** The manifest of a bundle: what it holds, what it leaves out, and the hash of each file. */
import type { Redaction } from '../event/index.js'

export const MANIFEST_VERSION = 1

/** A file of the bundle. */
export interface ManifestFile {
  /** from the bundle's own folder, with forward slashes */
  readonly path: string
  readonly bytes: number
  /** hex */
  readonly sha256: string
}

/** What `manifest.json` says. It is not signed: what it claims to hold is proven, what it leaves out is only named. */
export interface Manifest {
  readonly v: typeof MANIFEST_VERSION
  readonly org: string
  readonly origin: string
  /** of the checkpoint inside */
  readonly size: number
  readonly made_at: string
  /** indexes whose leaves are inside; absent when all are */
  readonly entries?: readonly (readonly [first: number, last: number])[]
  /** disclosures left out on purpose, in the form of a redaction; the group `*` is all of them */
  readonly withheld: readonly Redaction[]
  readonly counts: { readonly entries: number; readonly disclosures: number; readonly tiles: number }
  /** every file but the manifest itself, ascending by path */
  readonly files: readonly ManifestFile[]
}
