/** Tiles and entry bundles: how a log lies in files (c2sp.org/tlog-tiles). */
import { AuditError, assert, concatBytes } from '../base/index.js'
import { isCount } from './counts.js'

/** A full tile holds this many hashes, a full bundle this many leaves. */
export const TILE_WIDTH = 256
/** A full tile is a complete subtree of this height: 2^8 = 256. */
export const TILE_HEIGHT = 8
export const TILE_LEVEL_MAX = 63
/** What the two length bytes of a bundle can say. */
export const LEAF_BYTES_MAX = 65_535

/** Level 0 holds leaf hashes, level n + 1 the roots of level n's full tiles; `entries` are bundles of the leaves themselves. */
export type TileLevel = number | 'entries'

export interface TileName {
  readonly level: TileLevel
  readonly index: number
  /** 1 to 256; less than 256 is a partial tile */
  readonly width: number
}

/**
 * The path of a tile below a log's prefix.
 *
 * @example
 * formatTilePath({ level: 0, index: 1234067, width: 256 }) // 'tile/0/x001/x234/067'
 * formatTilePath({ level: 'entries', index: 273, width: 112 }) // 'tile/entries/273.p/112'
 */
export function formatTilePath({ level, index, width }: TileName): string {
  assert(level === 'entries' || (isCount(level) && level <= TILE_LEVEL_MAX), 'a tile level is 0 to 63')
  assert(isCount(index), 'a tile index is a whole number below 2^53')
  assert(isCount(width) && width >= 1 && width <= TILE_WIDTH, 'a tile is 1 to 256 wide')
  return `tile/${level}/${formatIndexPath(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

/**
 * The number of a tile as its path has it: groups of three digits, all but the last with an `x` in front.
 *
 * @example
 * formatIndexPath(1234067) // 'x001/x234/067'
 */
export function formatIndexPath(index: number): string {
  assert(isCount(index), 'a tile index is a whole number below 2^53')
  const groups = [threeDigits(index)]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${threeDigits(rest)}`)
  return groups.join('/')
}

const threeDigits = (n: number): string => String(n % 1000).padStart(3, '0')

const TILE_PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/

/**
 * Reads a tile's path; each tile has exactly one.
 *
 * @throws AuditError `malformed_tile`
 * @example
 * parseTilePath('tile/1/001.p/17') // { level: 1, index: 1, width: 17 }
 */
export function parseTilePath(path: string): TileName {
  const [, level, groups, width] = TILE_PATH.exec(path) ?? []
  const name: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups?.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  }
  // Writing the path again refuses leading zeros and empty groups without a rule for each.
  if (!isTileName(name) || formatTilePath(name) !== path) throw malformedPath(path)
  return name
}

function isTileName({ level, index, width }: TileName): boolean {
  return (level === 'entries' || level <= TILE_LEVEL_MAX) && isCount(index) && width >= 1 && width <= TILE_WIDTH
}

function malformedPath(path: string): AuditError {
  const shown = JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path)
  return new AuditError(
    'malformed_tile',
    `${shown} is not a tile path. Expected a form like tile/0/x001/x234/067, tile/1/001.p/17 or tile/entries/273.p/112 (c2sp.org/tlog-tiles).`,
  )
}

/**
 * How many hashes (or leaves) a tile holds in a tree of that size: 0 when there is no such tile.
 *
 * @example
 * tileWidth(0, 273, 70_000) // 112
 */
export function tileWidth(level: TileLevel, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level))
  return Math.min(Math.max(hashes - index * TILE_WIDTH, 0), TILE_WIDTH)
}

/** An entry bundle: each leaf after its length in two bytes, big-endian. At most 256 leaves of at most 65,535 bytes. */
export function formatBundle(leaves: readonly Uint8Array[]): Uint8Array {
  assert(leaves.length <= TILE_WIDTH, 'a bundle holds at most 256 leaves')
  const parts: Uint8Array[] = []
  for (const leaf of leaves) {
    assert(leaf.length <= LEAF_BYTES_MAX, 'a leaf has at most 65,535 bytes')
    parts.push(Uint8Array.of(leaf.length >> 8, leaf.length & 0xff), leaf)
  }
  return concatBytes(parts)
}

/**
 * The leaves of an entry bundle, as views of its bytes. Whether they are as many as they should be is the
 * caller's to compare with `tileWidth`.
 *
 * @throws AuditError `malformed_tile` when the bytes end inside a leaf or hold more than 256
 */
export function parseBundle(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const leaves: Uint8Array[] = []
  let offset = 0
  while (offset < bytes.length) {
    const start = offset + 2
    const end = start <= bytes.length ? start + view.getUint16(offset) : start
    if (end > bytes.length) throw malformedBundle(`leaf ${leaves.length} ends at byte ${end} of ${bytes.length}`)
    if (leaves.length === TILE_WIDTH) throw malformedBundle(`it holds more than ${TILE_WIDTH} leaves`)
    leaves.push(bytes.subarray(start, end))
    offset = end
  }
  return leaves
}

const malformedBundle = (why: string): AuditError =>
  new AuditError('malformed_tile', `The entry bundle is damaged: ${why}. Fetch it again (c2sp.org/tlog-tiles).`)
