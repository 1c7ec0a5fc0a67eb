/** What a thread writes down while it checks a segment. */
import type { LogAct } from '../event/index.js'
import { HASH_BYTES, TILE_WIDTH } from '../merkle/index.js'
import { FindingList } from './finding-list.js'
import type { Finding } from './report.js'
import type { Missing, SegmentRequest, SegmentResult } from './segment-types.js'

const WORD_BITS = 32

export class SegmentNotes {
  readonly request: SegmentRequest
  readonly roots: Uint8Array
  readonly fingerprints: Uint32Array
  readonly hashes = new Map<number, Uint8Array>()
  readonly acts: { readonly index: number; readonly act: LogAct }[] = []
  read = 0
  disclosed = 0
  mismatch = 0
  org: string | undefined
  firstRecordedAt: string | undefined
  lastRecordedAt: string | undefined
  unsupported: { readonly index: number; readonly text: string } | undefined
  readonly #missing: Missing[] = []
  /** of the bundle that is being checked, by group */
  readonly #open = new Map<string, Missing>()
  #openBundle = -1
  readonly #findings = new FindingList()

  constructor(request: SegmentRequest) {
    const bundles = request.last - request.first + 1
    this.request = request
    this.org = request.org
    this.roots = new Uint8Array(bundles * HASH_BYTES)
    this.fingerprints = new Uint32Array(2 * Math.max(0, Math.min(bundles * TILE_WIDTH, this.#left(request))))
  }

  #left({ first, size }: SegmentRequest): number {
    return size - first * TILE_WIDTH
  }

  find(finding: Finding): void {
    this.#findings.add(finding)
  }

  putFingerprint(index: number, low: number, high: number): void {
    const at = 2 * (index - this.request.first * TILE_WIDTH)
    // Zeros are what was not read.
    this.fingerprints[at] = low === 0 && high === 0 ? 1 : low
    this.fingerprints[at + 1] = high
  }

  putMissing(index: number, group: string): void {
    const bundle = Math.floor(index / TILE_WIDTH)
    if (bundle !== this.#openBundle) {
      this.#open.clear()
      this.#openBundle = bundle
    }
    let missing = this.#open.get(group)
    if (missing === undefined) {
      missing = { group, bundle, bits: new Uint32Array(TILE_WIDTH / WORD_BITS) }
      this.#open.set(group, missing)
      this.#missing.push(missing)
    }
    const at = index % TILE_WIDTH
    const word = Math.floor(at / WORD_BITS)
    missing.bits[word] = ((missing.bits[word] ?? 0) | (1 << (at % WORD_BITS))) >>> 0
  }

  result(): SegmentResult {
    const { request, roots, fingerprints, hashes, read, disclosed, mismatch, acts } = this
    const { org, firstRecordedAt, lastRecordedAt, unsupported } = this
    return {
      first: request.first,
      last: request.last,
      roots,
      fingerprints,
      hashes,
      read,
      groups: { disclosed, mismatch },
      missing: this.#missing,
      acts,
      findings: this.#findings.all(),
      ...(org === undefined ? {} : { org }),
      ...(firstRecordedAt === undefined || lastRecordedAt === undefined ? {} : { firstRecordedAt, lastRecordedAt }),
      ...(unsupported === undefined ? {} : { unsupported }),
    }
  }
}
