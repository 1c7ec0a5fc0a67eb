/** The leaves of a log from the first to the last: segments checked apart, and what they found joined in order. */
import { EMPTY_ROOT, HASH_BYTES, TILE_WIDTH, tileWidth } from '../merkle/index.js'
import { ActList } from './acts-check.js'
import type { Head } from './head.js'
import { confirmTwins, IdCheck } from './ids.js'
import { Cover, MissingGroups } from './missing.js'
import type { VerifyOptions } from './options.js'
import type { Finding } from './report.js'
import { readSegment, rootIn } from './segment.js'
import { SEGMENT_BUNDLES, type SegmentRequest, type SegmentResult } from './segment-types.js'
import { LOG_KEYS_MAX, type LogSource } from './source.js'
import { TreeAbove } from './tree-above.js'

export class LogStream {
  readonly acts = new ActList()
  readonly redactions = new Cover()
  readonly missing = new MissingGroups()
  /** how many leaves the source says that it holds */
  readonly inside: number
  /** entries whose leaf was read */
  read = 0
  disclosed = 0
  mismatch = 0
  org: string | undefined
  /** the first leaf of a version from the future */
  unsupported: SegmentResult['unsupported']
  /** of all leaves */
  root: Uint8Array | undefined
  readonly #source: LogSource
  readonly #options: VerifyOptions
  readonly #find: (finding: Finding) => void
  readonly #size: number
  readonly #bundles: number
  readonly #runs: readonly (readonly [first: number, last: number])[]
  readonly #tree: TreeAbove
  readonly #ids: IdCheck
  readonly #seed = globalThis.crypto.getRandomValues(new Uint32Array(2))
  readonly #roots = new Map<number, Uint8Array>()
  /** by bundle: the sizes within it of which the root is wanted */
  readonly #wanted = new Map<number, Set<number>>()
  #lastRecordedAt: string | undefined

  constructor(
    source: LogSource,
    { checkpoint, manifest }: Head,
    options: VerifyOptions,
    find: (finding: Finding) => void,
  ) {
    this.#source = source
    this.#options = options
    this.#find = find
    this.#size = checkpoint.size
    this.#bundles = Math.ceil(checkpoint.size / TILE_WIDTH)
    this.#runs = bundlesInside(manifest?.entries, this.#bundles)
    this.#tree = new TreeAbove(source, checkpoint.size, find)
    this.inside = this.#runs.reduce((sum, [first, last]) => sum + this.#entriesIn(first, last), 0)
    this.#ids = new IdCheck(this.inside, options.idsAtOnce)
    this.org = options.org
  }

  /** Whether the source says that it holds the leaf of an entry. */
  isInside(index: number): boolean {
    const bundle = Math.floor(index / TILE_WIDTH)
    return this.#runs.some(([first, last]) => first <= bundle && bundle <= last)
  }

  /** Asks for the root at a size, before `run`. */
  want(size: number): void {
    if (size > this.#size) return
    const bundle = Math.floor(size / TILE_WIDTH)
    const sizes = this.#wanted.get(bundle) ?? new Set()
    this.#wanted.set(bundle, sizes.add(size))
  }

  /** The root at a size that was asked for; undefined where it cannot be told from what is inside. */
  rootAt(size: number): Uint8Array | undefined {
    if (size === this.#size) return this.root
    return size === 0 ? EMPTY_ROOT : this.#roots.get(size)
  }

  /**
   * Reads everything once, and the ids of a very long log once more for each part of them.
   *
   * @throws AuditError `malformed_tile` when the tree cannot be put together
   */
  async run(): Promise<void> {
    let done = 0
    for await (const result of this.#inOrder('check')) {
      await this.#take(result)
      done += this.#entriesIn(result.first, result.last)
      this.#options.onProgress?.(done, this.inside)
    }
    while (this.#tree.bundles < this.#bundles && this.root === undefined) await this.#takeBundle(this.#tree.bundles)
    this.root ??= this.#tree.rootWith(new Uint8Array(0))
    await this.#tree.end()
    await this.#checkIds()
  }

  /** Runs of bundles that the source says it holds. */
  get bundlesInside(): readonly (readonly [first: number, last: number])[] {
    return this.#runs
  }

  async #take(result: SegmentResult): Promise<void> {
    for (const { index, act } of result.acts) {
      if (!this.acts.add(index, act)) {
        const expected = `at most ${LOG_KEYS_MAX} entries that announce keys or origins`
        this.#find({ check: 'signature', index, expected, found: 'another one' })
        continue
      }
      if ('redacts' in act) this.redactions.add(act.redacts)
      if ('continues' in act) this.want(index)
    }
    // Bundles before it that are not inside.
    while (this.#tree.bundles < result.first) await this.#takeBundle(this.#tree.bundles)
    for (let bundle = result.first; bundle <= result.last; bundle++) await this.#takeBundle(bundle, result)
    this.#ids.take(result)
    for (const each of result.missing) this.missing.add(each)
    for (const finding of result.findings) this.#find(finding)
    this.read += result.read
    this.disclosed += result.groups.disclosed
    this.mismatch += result.groups.mismatch
    this.unsupported ??= result.unsupported
    this.#join(result)
  }

  /** What has to hold from one segment to the next. */
  #join({ first, org, firstRecordedAt, lastRecordedAt }: SegmentResult): void {
    const index = first * TILE_WIDTH
    this.org ??= org
    if (org !== undefined && org !== this.org)
      this.#find({ check: 'ids', index, expected: `organization ${this.org}`, found: org })
    const before = this.#lastRecordedAt
    if (before !== undefined && firstRecordedAt !== undefined && firstRecordedAt < before)
      this.#find({ check: 'times', index, expected: `recorded_at from ${before} on`, found: firstRecordedAt })
    this.#lastRecordedAt = lastRecordedAt ?? before
  }

  /** Goes on by one bundle; without a result, by what the tiles above say of it. */
  async #takeBundle(bundle: number, result?: SegmentResult): Promise<void> {
    const width = tileWidth('entries', bundle, this.#size)
    const isLast = width < TILE_WIDTH
    const wanted = this.#wanted.get(bundle) ?? new Set()
    const needsHashes = isLast || Array.from(wanted).some((size) => size % TILE_WIDTH !== 0)
    const hashes = needsHashes ? (result?.hashes.get(bundle) ?? (await this.#tree.hashesOf(bundle))) : undefined
    for (const size of wanted) {
      const count = size - bundle * TILE_WIDTH
      const needed = count === 0 ? new Uint8Array(0) : hashes?.subarray(0, count * HASH_BYTES)
      if (needed && size < this.#size) this.#roots.set(size, this.#tree.rootWith(needed))
    }
    if (!isLast) return this.#tree.add(rootOf(result, bundle))
    // Nothing says what is on the right edge: a root that is none will be found not to be the checkpoint's.
    this.root = hashes ? this.#tree.rootWith(hashes) : EMPTY_ROOT
  }

  async #checkIds(): Promise<void> {
    while (this.#ids.nextPart()) for await (const result of this.#inOrder('ids')) this.#ids.take(result)
    if (!this.#ids.hasSuspects) return
    const suspects: (readonly [string, number])[] = []
    for await (const result of this.#inOrder('ids')) suspects.push(...this.#ids.suspectsIn(result))
    await confirmTwins(this.#source, this.#size, suspects, this.#find)
  }

  /** Results in order, with as many under way as may be. */
  async *#inOrder(task: SegmentRequest['task']): AsyncGenerator<SegmentResult> {
    const { segmentsAtOnce = 1, readSegment: run } = this.#options
    const underWay: Promise<SegmentResult>[] = []
    for (const [first, last] of segmentsOf(this.#runs)) {
      const request = this.#request(task, first, last)
      const result = run ? run(request) : readSegment(this.#source, request)
      // Awaited in its turn: until then a failure must not count as nobody's.
      result.catch(() => undefined)
      underWay.push(result)
      if (underWay.length >= segmentsAtOnce) yield await (underWay.shift() as Promise<SegmentResult>)
    }
    for (const result of underWay) yield await result
  }

  #request(task: SegmentRequest['task'], first: number, last: number): SegmentRequest {
    const { org, disclosures = true } = this.#options
    const wanted = Array.from(this.#wanted.keys()).filter((bundle) => first <= bundle && bundle <= last)
    return {
      task,
      first,
      last,
      size: this.#size,
      seed: [this.#seed[0] ?? 0, this.#seed[1] ?? 0],
      hashesOf: wanted.sort((a, b) => a - b),
      disclosures,
      ...(org === undefined ? {} : { org }),
    }
  }

  #entriesIn(first: number, last: number): number {
    return Math.min(this.#size, (last + 1) * TILE_WIDTH) - first * TILE_WIDTH
  }
}

/** The root that a result has of a bundle; undefined where its leaves could not be read. */
function rootOf(result: SegmentResult | undefined, bundle: number): Uint8Array | undefined {
  const root = result && rootIn(result, bundle)
  return root?.some((byte) => byte !== 0) ? root : undefined
}

/** Runs of bundles that hold at least one of the entries inside. */
function bundlesInside(
  entries: readonly (readonly [first: number, last: number])[] | undefined,
  bundles: number,
): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = []
  for (const [first, last] of entries ?? [[0, bundles * TILE_WIDTH]]) {
    const from = Math.floor(first / TILE_WIDTH)
    const to = Math.min(Math.floor(last / TILE_WIDTH), bundles - 1)
    const before = runs.at(-1)
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to)
    else if (from <= to) runs.push([from, to])
  }
  return runs
}

/** One after the other: a checkpoint may claim any size, and until its leaves are read that must cost nothing. */
function* segmentsOf(runs: readonly (readonly [first: number, last: number])[]): Generator<[number, number]> {
  for (const [first, last] of runs)
    for (let from = first; from <= last; from += SEGMENT_BUNDLES)
      yield [from, Math.min(last, from + SEGMENT_BUNDLES - 1)]
}
