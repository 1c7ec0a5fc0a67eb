/**
 * A part: entries of one organization that follow one another in its log, sorted by time, and the lists of their terms.
 *
 *     positions     page by page, of 1,365 entries or what is left: `occurred_at` in Unix milliseconds, a f64 for each;
 *                   then index − first, a u32 for each; a full page ends with four zeros
 *     hours         for each hour that has entries, counted from 1970: an i32; then for each its first ordinal: a u32
 *     terms         lists and blocks of the dictionary as they come: a list stands before the block that names it
 *     block index   for each block where it is described, a u32; then for each a separator, its place and its length
 *     CRCs          CRC-32 of each page of 16 KiB of what stands before, counted from the part's start: a u32 each
 *     footer        counts and places, version, and its own CRC-32
 *
 * Numbers are little-endian. A separator is the shortest start of a block's first key that comes after the last key of
 * the block before. Nothing in a part says where it stands or whose it is: the same bytes mean the same anywhere.
 */
import { crc32 } from 'node:zlib'

/** Bytes that are read, checked and kept together. */
export const PAGE_BYTES = 16_384
/** A block of the dictionary is closed when it has so many bytes: a long key makes it longer. */
export const BLOCK_BYTES = 4_096
/** Entries of a part at most: what an ordinal is below. */
export const PART_ENTRIES_MAX = 2 ** 30
const TIME_BYTES = 8
export const POSITION_BYTES = 12
/** A page holds both numbers of an entry, or neither: whoever wants one wants the other. */
export const POSITIONS_A_PAGE = Math.floor(PAGE_BYTES / POSITION_BYTES)
export const HOUR_MS = 3_600_000

const VERSION = 2
const MAGIC = 'sealpart'
export const PART_FOOTER_BYTES = 88

/** Where a part stands in its file, and what it covers. */
export interface PartPlace {
  readonly offset: number
  readonly length: number
  /** the least index; it covers `count` of them */
  readonly first: number
  readonly count: number
  readonly leastMs: number
  readonly greatestMs: number
}

/** What stands in the footer. */
export interface PartFooter {
  readonly first: number
  readonly leastMs: number
  readonly greatestMs: number
  readonly terms: number
  /** ordinals of all lists together */
  readonly postings: number
  readonly blockIndexAt: number
  /** where the CRCs begin */
  readonly crcsAt: number
  readonly count: number
  readonly hours: number
  readonly blocks: number
  /** of the CRCs */
  readonly crc: number
}

/** Where the hours begin: behind the positions. */
export const hoursAt = (count: number): number =>
  Math.floor(count / POSITIONS_A_PAGE) * PAGE_BYTES + (count % POSITIONS_A_PAGE) * POSITION_BYTES

export const timeAt = (ordinal: number): number => {
  const page = Math.floor(ordinal / POSITIONS_A_PAGE)
  return page * PAGE_BYTES + (ordinal - page * POSITIONS_A_PAGE) * TIME_BYTES
}

/** Where index − first stands, of a part of `count` entries. */
export const offsetAt = (ordinal: number, count: number): number => {
  const page = Math.floor(ordinal / POSITIONS_A_PAGE)
  const first = page * POSITIONS_A_PAGE
  return page * PAGE_BYTES + Math.min(POSITIONS_A_PAGE, count - first) * TIME_BYTES + (ordinal - first) * 4
}

export const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES)

/** Bytes of a part whose CRCs begin there. */
export const partBytes = (crcsAt: number): number => crcsAt + pagesOf(crcsAt) * 4 + PART_FOOTER_BYTES

export function formatPartFooter(footer: PartFooter): Buffer {
  const { first, leastMs, greatestMs, terms, postings, blockIndexAt, crcsAt, count, hours, blocks, crc } = footer
  const bytes = Buffer.alloc(PART_FOOTER_BYTES)
  let at = 0
  for (const value of [first, leastMs, greatestMs, terms, postings, blockIndexAt, crcsAt])
    at = bytes.writeDoubleLE(value, at)
  for (const value of [count, hours, blocks, crc, VERSION]) at = bytes.writeUInt32LE(value, at)
  at += bytes.write(MAGIC, at, 'latin1')
  bytes.writeUInt32LE(crc32(bytes.subarray(0, at)), at)
  return bytes
}

/** Reads a footer, or says what is wrong with it. */
export function parsePartFooter(bytes: Buffer, length: number): PartFooter | string {
  const end = PART_FOOTER_BYTES - 4
  if (bytes.length !== PART_FOOTER_BYTES) return 'a part is too short for its footer'
  if (bytes.toString('latin1', end - MAGIC.length, end) !== MAGIC) return 'no part ends here'
  if (bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end))) return 'the footer of a part does not fit its CRC'
  const version = bytes.readUInt32LE(72)
  if (version !== VERSION) return `a part is of version ${version}; this program reads version ${VERSION}`
  const [first, leastMs, greatestMs, terms, postings, blockIndexAt, crcsAt] = Array.from({ length: 7 }, (_, nth) =>
    bytes.readDoubleLE(nth * 8),
  ) as [number, number, number, number, number, number, number]
  const [count, hours, blocks, crc] = [56, 60, 64, 68].map((at) => bytes.readUInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ]
  if (partBytes(crcsAt) !== length) return `a part says that it has ${partBytes(crcsAt)} bytes, and has ${length}`
  return { first, leastMs, greatestMs, terms, postings, blockIndexAt, crcsAt, count, hours, blocks, crc }
}
