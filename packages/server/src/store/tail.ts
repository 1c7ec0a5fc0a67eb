/** The growing end of one log: everything needed to place the next event without reading what stands before it. */
import { AuditError, assert, concatBytes, formatTime } from '@sealedlog/sdk/base'
import { BOUNDS, type SealedEvent, stampLeaf } from '@sealedlog/sdk/event'
import { formatCheckpoint, hashLeaf, RightEdge, signNote, TILE_HEIGHT, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import type { CheckpointKey } from './signing.js'

/** A full tile, and the root of the subtree it is: one hash of the tile above. */
export interface FullTile {
  readonly level: number
  readonly index: number
  readonly hashes: Uint8Array
  readonly root: Uint8Array
}

/** An event that got its place. */
export interface SequencedEntry {
  readonly index: number
  readonly recordedAtMs: number
  readonly leaf: Uint8Array
  readonly leafHash: Uint8Array
}

/**
 * The tail of a log. It runs ahead of the disk between `place` and the commit; after a commit that failed
 * it is thrown away and read again.
 */
export class LogTail {
  /** hashes of the tile that is filling, for each level */
  readonly #filling: Uint8Array[][]
  readonly #edge: RightEdge
  #recordedAtMs: number

  constructor(edge: RightEdge, recordedAtMs: number, filling: Uint8Array[][]) {
    this.#edge = edge
    this.#recordedAtMs = recordedAtMs
    this.#filling = filling
  }

  get size(): number {
    return this.#edge.size
  }

  get recordedAtMs(): number {
    return this.#recordedAtMs
  }

  encodeEdge(): Uint8Array {
    return this.#edge.encode()
  }

  /**
   * The time that the next entries are stamped with: never before the last one's.
   *
   * @throws AuditError `clock_behind`
   */
  nextTime(nowMs: number): number {
    const raiseMs = this.#recordedAtMs - nowMs
    if (raiseMs <= BOUNDS.CLOCK_RAISE_MS_MAX) return Math.max(nowMs, this.#recordedAtMs)
    throw new AuditError(
      'clock_behind',
      `The server’s clock says ${formatTime(nowMs)}, more than ${BOUNDS.CLOCK_RAISE_MS_MAX / 1000} s before the last entry (${formatTime(this.#recordedAtMs)}). Set the clock; nothing was recorded.`,
      { retryAfterSeconds: 30 },
    )
  }

  /** Gives an event the next index: stamps its leaf in place and hashes it. `onTile` hears of every tile that this fills. */
  place(event: SealedEvent, recordedAtMs: number, onTile: (tile: FullTile) => void): SequencedEntry {
    const index = this.#edge.size
    stampLeaf(event.leaf, event.recordedAtOffset, event.occurredAtOffset, recordedAtMs)
    const leafHash = hashLeaf(event.leaf)
    this.#fill(0, leafHash)
    this.#edge.append(leafHash, (height, subtree, root) => {
      const level = height / TILE_HEIGHT - 1
      onTile({ level, index: subtree, hashes: concatBytes(this.#filling[level] ?? []), root })
      this.#filling[level] = []
      this.#fill(level + 1, root)
    })
    this.#recordedAtMs = recordedAtMs
    return { index, recordedAtMs, leaf: event.leaf, leafHash }
  }

  /** The root over everything placed so far. */
  root(): Uint8Array {
    return this.#edge.root()
  }

  /** The checkpoint over everything placed so far, signed by keys of one origin, in their order. */
  signCheckpoint(keys: readonly CheckpointKey[]): string {
    const [first] = keys
    assert(first && keys.every(({ name }) => name === first.name), 'the keys of a checkpoint have one origin')
    const text = formatCheckpoint({ origin: first.name, size: this.size, root: this.root(), extensions: [] })
    return signNote(text, keys)
  }

  #fill(level: number, hash: Uint8Array): void {
    const filling = this.#filling[level]
    if (filling) filling.push(hash)
    else this.#filling[level] = [hash]
  }
}

/** How many hashes the tile that is filling at a level holds, in a log of this size. */
export function fillingWidth(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH
}

export const emptyTail = (): LogTail => new LogTail(new RightEdge(), 0, [])
