/** The tree above the leaves: roots of bundles joined in order, held against the upper tiles, and the root at any size asked for. */
import { AuditError, concatBytes, encodeBase64 } from '../base/index.js'
import { formatTilePath, HASH_BYTES, RightEdge, TILE_HEIGHT, TILE_WIDTH, tileWidth } from '../merkle/index.js'
import { firstDifference, hashAt, rootOfTile, tileFault } from './bundle-leaves.js'
import { readTile } from './read.js'
import type { Finding } from './report.js'
import type { LogSource } from './source.js'

export class TreeAbove {
  readonly #source: LogSource
  readonly #size: number
  readonly #find: (finding: Finding) => void
  /** over the roots of full bundles: so its heights begin at 8 */
  readonly #edge = new RightEdge()
  /** by level from 1: the hashes of the tile that is being filled */
  readonly #rows: Uint8Array[][] = []
  /** the tile of level 1 above the bundle at hand, as the source has it */
  #above: { readonly index: number; readonly bytes: Uint8Array | undefined } | undefined

  constructor(source: LogSource, size: number, find: (finding: Finding) => void) {
    this.#source = source
    this.#size = size
    this.#find = find
  }

  /** Full bundles so far. */
  get bundles(): number {
    return this.#edge.size
  }

  /**
   * Adds the next full bundle by its root; without one, what the tile above says of it is taken.
   *
   * @throws AuditError `malformed_tile` when there is neither
   */
  async add(root: Uint8Array | undefined): Promise<void> {
    const bundle = this.#edge.size
    const hash = root ?? (await this.rootAbove(bundle))
    if (hash === undefined) throw lacking(bundle)
    this.#put(1, hash)
    this.#edge.append(hash, (height, _index, subtree) => this.#put(1 + height / TILE_HEIGHT, subtree))
    await this.#compareFull()
  }

  /** What the tile of level 1 says of a bundle. */
  async rootAbove(bundle: number): Promise<Uint8Array | undefined> {
    const index = Math.floor(bundle / TILE_WIDTH)
    const bytes = await this.#tileAbove(index)
    const at = (bundle % TILE_WIDTH) * HASH_BYTES
    return bytes && bytes.length >= at + HASH_BYTES ? bytes.slice(at, at + HASH_BYTES) : undefined
  }

  /**
   * The root at a size that ends inside the bundle which comes next.
   *
   * @param hashes leaf hashes of that bundle, as many as the size needs
   */
  rootWith(hashes: Uint8Array): Uint8Array {
    const edge = new RightEdge()
    for (let at = 0; at < hashes.length; at += HASH_BYTES) edge.append(hashes.subarray(at, at + HASH_BYTES))
    const size = this.#edge.size * TILE_WIDTH + edge.size
    return RightEdge.decode(size, concatBytes([this.#edge.encode(), edge.encode()])).root()
  }

  /** Holds what is left against the partial tiles on the right. */
  async end(): Promise<void> {
    for (const [i, row] of this.#rows.entries()) {
      if (row.length === 0) continue
      const index = Math.floor(tileCount(i + 1, this.#size) / TILE_WIDTH)
      await this.#compare(i + 1, index, row)
    }
  }

  /**
   * The leaf hashes of a bundle that is not inside, from its tile; undefined where that is not inside either.
   *
   * @throws AuditError `malformed_tile` when it does not lead to the root that the tile above says
   */
  async hashesOf(bundle: number): Promise<Uint8Array | undefined> {
    const width = tileWidth(0, bundle, this.#size)
    const bytes = await readTile(this.#source, { level: 0, index: bundle, width })
    if (bytes === undefined || tileFault(bytes, width) !== undefined) return undefined
    if (width < TILE_WIDTH) return bytes
    const [expected, found] = [await this.rootAbove(bundle), rootOfTile(bytes)]
    if (expected === undefined || encodeBase64(expected) === encodeBase64(found)) return bytes
    const where = formatTilePath({ level: 0, index: bundle, width })
    this.#find({ check: 'tree', where, expected: `the root ${encodeBase64(expected)}`, found: encodeBase64(found) })
    return undefined
  }

  #put(level: number, hash: Uint8Array): void {
    const row = this.#rows[level - 1] ?? []
    if (row.length === 0) this.#rows[level - 1] = row
    row.push(hash)
  }

  async #compareFull(): Promise<void> {
    for (const [i, row] of this.#rows.entries()) {
      if (row.length < TILE_WIDTH) continue
      this.#rows[i] = []
      // A tile is full when the last of its bundles is in.
      const index = Math.floor((this.#edge.size - 1) / TILE_WIDTH ** (i + 1))
      await this.#compare(i + 1, index, row)
    }
  }

  async #compare(level: number, index: number, row: readonly Uint8Array[]): Promise<void> {
    const width = row.length
    const bytes = level === 1 ? await this.#tileAbove(index) : await readTile(this.#source, { level, index, width })
    const where = formatTilePath({ level, index, width })
    const fault = tileFault(bytes, width)
    if (fault !== undefined || bytes === undefined) {
      this.#find({ check: 'tree', where, expected: `${width} hashes`, found: fault ?? 'nothing' })
      return
    }
    const found = concatBytes(row)
    const at = firstDifference(found, bytes)
    if (at === undefined) return
    const slot = Math.floor(at / HASH_BYTES)
    const place = `${where}, hash ${slot}`
    const below = `${hashAt(found, slot)} from the tile below it`
    this.#find({ check: 'tree', where: place, expected: below, found: hashAt(bytes, slot) })
  }

  async #tileAbove(index: number): Promise<Uint8Array | undefined> {
    if (this.#above?.index !== index) {
      const width = tileWidth(1, index, this.#size)
      this.#above = { index, bytes: await readTile(this.#source, { level: 1, index, width }) }
    }
    return this.#above.bytes
  }
}

const tileCount = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level)

const lacking = (bundle: number): AuditError =>
  new AuditError(
    'malformed_tile',
    `Neither the leaves of ${formatTilePath({ level: 'entries', index: bundle, width: TILE_WIDTH })} nor the tile above them can be read.`,
  )
