/**
 * Sorted lists of ordinals, as bytes.
 *
 *     list    table, chunks
 *     table   for each chunk of 128 ordinals (the last has what is left): its first ordinal, and where its bytes end,
 *             counted from the end of the table; each a u32
 *     chunk   nothing where its ordinals have no gaps; else a byte that says how, and 127 gaps (0 for neighbours):
 *             0 … 25   each in so many bits, the lowest first
 *             255      each as a variable-length number
 *
 * So a walk leaps by the table and opens what it stands on. Whichever of the two ways is shorter is taken: bits where
 * a term is spread evenly, numbers where it comes in bursts. Lists stand at multiples of four, so that no number of a
 * table lies on two pages.
 */
import type { ByteWriter } from './bytes.js'

export const CHUNK_ORDINALS = 128
/** A list that is shorter stands in the dictionary itself. */
export const INLINE_ORDINALS_MAX = 16
/** Bytes of a table for each chunk. */
export const TABLE_ENTRY_BYTES = 8
/** Bytes of a chunk at most: its first byte, and gaps of five bytes each. */
export const CHUNK_BYTES_MAX = 1 + (CHUNK_ORDINALS - 1) * 5

const PACKED_BITS_MAX = 25
const AS_NUMBERS = 255

export const chunksOf = (count: number): number => Math.ceil(count / CHUNK_ORDINALS)

/** Writes a list: its table and its chunks, each to the end of its own bytes. */
export function encodeList(ordinals: Uint32Array, count: number, table: ByteWriter, chunks: ByteWriter): void {
  const start = chunks.length
  for (let from = 0; from < count; from += CHUNK_ORDINALS) {
    encodeChunk(ordinals, from, Math.min(count, from + CHUNK_ORDINALS), chunks)
    table.u32(ordinals[from] as number)
    table.u32(chunks.length - start)
  }
}

function encodeChunk(ordinals: Uint32Array, from: number, to: number, out: ByteWriter): void {
  let ones = 0
  let asNumbers = 0
  for (let at = from + 1; at < to; at++) {
    const gap = (ordinals[at] as number) - (ordinals[at - 1] as number) - 1
    ones |= gap
    asNumbers += gap < 128 ? 1 : numberBytes(gap)
  }
  if (ones === 0) return
  const bits = 32 - Math.clz32(ones)
  out.reserve(CHUNK_BYTES_MAX)
  if (bits > PACKED_BITS_MAX || asNumbers < Math.ceil(((to - from - 1) * bits) / 8)) {
    out.bytes[out.length++] = AS_NUMBERS
    writeNumbers(ordinals, from, to, out)
  } else {
    out.bytes[out.length++] = bits
    writeBits(ordinals, from, to, bits, out)
  }
}

const numberBytes = (gap: number): number => (gap < 2 ** 14 ? 2 : gap < 2 ** 21 ? 3 : gap < 2 ** 28 ? 4 : 5)

function writeNumbers(ordinals: Uint32Array, from: number, to: number, out: ByteWriter): void {
  const { bytes } = out
  let end = out.length
  for (let at = from + 1; at < to; at++) {
    let gap = (ordinals[at] as number) - (ordinals[at - 1] as number) - 1
    while (gap > 127) {
      bytes[end++] = (gap & 127) | 128
      gap >>>= 7
    }
    bytes[end++] = gap
  }
  out.length = end
}

function writeBits(ordinals: Uint32Array, from: number, to: number, bits: number, out: ByteWriter): void {
  const { bytes } = out
  let end = out.length
  let held = 0
  let heldBits = 0
  for (let at = from + 1; at < to; at++) {
    const gap = (ordinals[at] as number) - (ordinals[at - 1] as number) - 1
    held |= gap << heldBits
    for (heldBits += bits; heldBits >= 8; heldBits -= 8) {
      bytes[end++] = held & 255
      held >>>= 8
    }
  }
  if (heldBits > 0) bytes[end++] = held & 255
  out.length = end
}

/**
 * Reads a chunk: `count` ordinals from `first` on, into `out` from `to` on.
 *
 * @param start where its bytes begin, and
 * @param end where they end: the same for a chunk without gaps
 */
export function decodeChunk(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: number,
  count: number,
  out: Uint32Array,
  to: number,
): void {
  out[to] = first
  const stop = to + count
  if (start === end) fillOn(out, to, stop, first)
  else if (bytes[start] === AS_NUMBERS) readNumbers(bytes, start + 1, out, to, stop)
  else readBits(bytes, start + 1, bytes[start] as number, out, to, stop)
}

function fillOn(out: Uint32Array, to: number, stop: number, first: number): void {
  for (let at = to, ordinal = first; at < stop; at++) out[at] = ordinal++
}

function readNumbers(bytes: Uint8Array, start: number, out: Uint32Array, to: number, stop: number): void {
  let from = start
  let ordinal = out[to] as number
  for (let at = to + 1; at < stop; at++) {
    let byte = bytes[from++] as number
    let gap = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[from++] as number
      gap |= (byte & 127) << shift
    }
    ordinal += gap + 1
    out[at] = ordinal
  }
}

function readBits(bytes: Uint8Array, start: number, bits: number, out: Uint32Array, to: number, stop: number): void {
  const mask = 2 ** bits - 1
  let from = start
  let ordinal = out[to] as number
  let held = 0
  let heldBits = 0
  for (let at = to + 1; at < stop; at++) {
    for (; heldBits < bits; heldBits += 8) held |= (bytes[from++] as number) << heldBits
    ordinal += (held & mask) + 1
    out[at] = ordinal
    held >>>= bits
    heldBits -= bits
  }
}
