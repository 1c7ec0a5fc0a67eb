/** Writing a bundle: everything of a log, or what was chosen of it, under one checkpoint (docs/decisions/0008). */
import { isJsonArray, isJsonObject, type Json } from '@sealedlog/sdk/base'
import { type IndexRange, isLogAct, type Redaction } from '@sealedlog/sdk/event'
import { formatIndexPath, formatTilePath, TILE_WIDTH, tileWidth } from '@sealedlog/sdk/merkle'
import { MANIFEST_VERSION, type Manifest } from '@sealedlog/sdk/verify'
import { chooseDisclosures, leavesOf, type MissingGroup, readLeaf } from './bundle-disclosures.js'
import type { BundleFolder } from './bundle-folder.js'
import {
  bundlesOf,
  clip,
  countOf,
  entriesOf,
  EVERY_GROUP,
  hashTilesOf,
  isIn,
  withheldOf,
  without,
} from './bundle-plan.js'

/** A log as it is read for a bundle. */
export interface BundleSource {
  /** the bytes of `tile/…` or `disclosures/…`, below the log's own address */
  read(path: string): Promise<Uint8Array>
  /** the indexes of entries that erased something, newest first */
  redactions(): AsyncIterable<number>
  /** Asked when all is read. @throws AuditError when something was erased since the checkpoint: it would look like a loss */
  checkUnchanged(): Promise<void>
}

/** What a bundle is to hold. */
export interface BundleRequest {
  readonly org: string
  readonly origin: string
  readonly size: number
  /** the entries whose disclosures are wanted, ascending; undefined for all */
  readonly chosen: readonly IndexRange[] | undefined
  /** entries that are needed whatever was chosen: those that announce keys */
  readonly always?: readonly number[]
  /** sizes below this one at which the root must be told too: of what witnesses signed */
  readonly sizes?: readonly number[]
  readonly withhold: readonly string[]
  readonly madeAt: string
}

export interface WrittenBundle {
  readonly entries: number
  readonly files: number
  readonly disclosures: number
}

/** Requests under way at once: enough that none waits for another's way there and back. */
const PARALLEL = 8

/**
 * Reads tiles, entry bundles and disclosures into a folder and finishes it. The notes and keys are in it already.
 *
 * @param onProgress told after each file how many of how many are written
 */
export async function writeBundle(
  source: BundleSource,
  request: BundleRequest,
  folder: BundleFolder,
  onProgress: (done: number, total: number) => void,
): Promise<WrittenBundle> {
  const { org, origin, size, chosen } = request
  const writer = new BundleWriter(source, request, folder, onProgress)
  const accounting = await writer.writeEntries()
  const bundles = chosen && joinBundles(bundlesOf(chosen), accounting)
  const tiles = hashTilesOf(size, bundles && new Set([...bundles, ...(request.sizes ?? []).map(bundleOf)]))
  await writer.writeTiles(tiles.map(formatTilePath))
  await source.checkUnchanged()
  const entries = bundles && entriesOf(bundles, size)
  const counts = { entries: entries ? countOf(entries) : size, disclosures: writer.disclosures, tiles: tiles.length }
  const manifest: Omit<Manifest, 'files'> = {
    v: MANIFEST_VERSION,
    org,
    origin,
    size,
    made_at: request.madeAt,
    ...(entries && { entries }),
    withheld: writer.withheld(entries),
    counts,
  }
  const files = await folder.finish((written) => ({ ...manifest, files: written }))
  return { entries: chosen ? countOf(chosen) : size, files: files.length + 1, disclosures: writer.disclosures }
}

const bundleOf = (index: number): number => Math.floor(index / TILE_WIDTH)

const joinBundles = (some: readonly number[], others: readonly number[]): readonly number[] =>
  [...new Set([...some, ...others])].sort((a, b) => a - b)

class BundleWriter {
  readonly #source: BundleSource
  readonly #request: BundleRequest
  readonly #folder: BundleFolder
  readonly #onProgress: (done: number, total: number) => void
  readonly #withheld = new Map<string, (readonly IndexRange[])[]>()
  readonly #missing: MissingGroup[] = []
  disclosures = 0
  #done = 0
  #total = 0

  constructor(
    source: BundleSource,
    request: BundleRequest,
    folder: BundleFolder,
    onProgress: (done: number, total: number) => void,
  ) {
    this.#source = source
    this.#request = request
    this.#folder = folder
    this.#onProgress = onProgress
  }

  /** The chosen entries with their disclosures, and the bundles that account for what is erased of them: those come back. */
  async writeEntries(): Promise<readonly number[]> {
    const { size, chosen } = this.#request
    const all: readonly IndexRange[] = size === 0 ? [] : [[0, size - 1]]
    const bundles = bundlesOf(chosen ?? all)
    this.#total = bundles.length * 2 + hashTilesOf(size, chosen && new Set(bundles)).length
    const held = new Map<number, readonly (readonly [string, readonly IndexRange[]])[]>()
    await inParallel(bundles, async (bundle) => void held.set(bundle, await this.#writeChosen(bundle, chosen ?? all)))
    for (const bundle of bundles)
      for (const [group, ranges] of held.get(bundle) ?? [])
        this.#withheld.set(group, [...(this.#withheld.get(group) ?? []), ranges])
    // A whole log accounts for itself.
    if (chosen === undefined) return []
    const written = new Set(bundles)
    return [...(await this.#writeAlways(written)), ...(await this.#writeAccounting(written))]
  }

  async writeTiles(paths: readonly string[]): Promise<void> {
    this.#total = this.#done + paths.length
    await inParallel(paths, (path) => this.#copy(path))
  }

  /** What is left out: what was withheld of chosen entries, and all of those that are inside for their neighbours' sake. */
  withheld(entries: readonly IndexRange[] | undefined): readonly Redaction[] {
    const byGroup = new Map(Array.from(this.#withheld, ([group, ranges]) => [group, ranges.flat()]))
    const others = entries && without(entries, this.#request.chosen ?? [])
    return withheldOf(others && others.length > 0 ? byGroup.set(EVERY_GROUP, [...others]) : byGroup)
  }

  async #writeChosen(
    bundle: number,
    chosen: readonly IndexRange[],
  ): Promise<readonly (readonly [string, readonly IndexRange[]])[]> {
    const from = bundle * TILE_WIDTH
    const leaves = leavesOf(await this.#copy(this.#bundlePath(bundle)))
    const path = `disclosures/${formatIndexPath(bundle)}`
    const lines = await this.#source.read(path)
    // Lines of entries behind the checkpoint stand in it too: the log may have grown.
    const here = clip(chosen, from, Math.min(this.#request.size, from + TILE_WIDTH))
    const found = chooseDisclosures(leaves, lines, bundle, here, this.#request.withhold)
    await this.#folder.write(path, found.bytes)
    this.#tick()
    this.disclosures += found.count
    this.#missing.push(...found.missing)
    return [...found.withheld]
  }

  async #writeAlways(written: Set<number>): Promise<readonly number[]> {
    const needed = [...new Set((this.#request.always ?? []).map(bundleOf))].filter((bundle) => !written.has(bundle))
    for (const bundle of needed) await this.#copy(this.#bundlePath(bundle))
    for (const bundle of needed) written.add(bundle)
    return needed
  }

  /** Goes through the redactions, newest first, until each missing group is accounted for; writes their bundles. */
  async #writeAccounting(written: Set<number>): Promise<readonly number[]> {
    let missing: readonly MissingGroup[] = this.#missing
    const needed: number[] = []
    if (missing.length === 0) return needed
    for await (const index of this.#source.redactions()) {
      if (index >= this.#request.size) continue
      const bundle = bundleOf(index)
      const bytes = await this.#source.read(this.#bundlePath(bundle))
      const redacted = redactionsIn(leavesOf(bytes)[index % TILE_WIDTH])
      const left = missing.filter((group) => !redacted.some((redaction) => accountsFor(redaction, group)))
      if (left.length === missing.length) continue
      missing = left
      if (!written.has(bundle)) {
        written.add(bundle)
        needed.push(bundle)
        await this.#folder.write(this.#bundlePath(bundle), bytes)
      }
      if (missing.length === 0) break
    }
    return needed
  }

  #bundlePath(bundle: number): string {
    const width = tileWidth('entries', bundle, this.#request.size)
    return formatTilePath({ level: 'entries', index: bundle, width })
  }

  async #copy(path: string): Promise<Uint8Array> {
    const bytes = await this.#source.read(path)
    await this.#folder.write(path, bytes)
    this.#tick()
    return bytes
  }

  #tick(): void {
    this.#onProgress(++this.#done, this.#total)
  }
}

/** What a leaf says it erased. */
function redactionsIn(leaf: Uint8Array | undefined): readonly Redaction[] {
  const log: Json | undefined = leaf && readLeaf(leaf).log
  const redacts = isLogAct(log) && isJsonObject(log) ? (log as { redacts?: Json }).redacts : undefined
  return redacts !== undefined && isJsonArray(redacts) ? (redacts as unknown as readonly Redaction[]) : []
}

const accountsFor = ({ groups, ranges }: Redaction, missing: MissingGroup): boolean =>
  groups.includes(missing.group) && isIn(ranges, missing.index)

/** Does something with each of many, a few at a time. The first failure ends it, when those under way are done. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  const ended = await Promise.allSettled(Array.from({ length: PARALLEL }, worker))
  for (const each of ended) if (each.status === 'rejected') throw each.reason
}
