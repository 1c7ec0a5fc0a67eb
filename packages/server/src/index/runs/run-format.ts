/**
 * A run: a file with a part for each organization that has entries in it.
 *
 *     parts       in the order of the organizations' names, by bytes
 *     directory   for each part where it is described, a u32; then for each its place and the organization's name:
 *                 offset, length, first index, count, least and greatest `occurred_at`, a f64 each; bytes, as a u32
 *     footer      place of the directory, organizations, version, CRC-32 of the directory and of the footer
 *
 * A file may go on after its footer: a part that is made anew, when something is erased, is appended. The manifest says
 * how long the run is, and which parts count instead of those that the directory names.
 */
import { crc32 } from 'node:zlib'
import { ByteWriter } from './bytes.js'
import { compareAt } from './key.js'
import type { PartPlace } from './part-format.js'

const VERSION = 1
const MAGIC = 'seal-run'
export const RUN_FOOTER_BYTES = 40

const PLACE_BYTES = 6 * 8
const NAME_AT = PLACE_BYTES + 4

/** A part, and whose it is. */
export interface NamedPlace extends PartPlace {
  readonly org: string
}

/** A directory that is being written. */
export class DirectoryWriter {
  readonly #table = new ByteWriter(1_024)
  readonly #places = new ByteWriter(16_384)

  add(org: string, { offset, length, first, count, leastMs, greatestMs }: PartPlace): void {
    const name = Buffer.from(org)
    this.#table.u32(this.#places.length)
    for (const value of [offset, length, first, count, leastMs, greatestMs]) this.#places.f64(value)
    this.#places.u32(name.length)
    this.#places.put(name, 0, name.length)
  }

  /** Directory and footer of a run, to stand at this place in the file. */
  finish(at: number): Buffer {
    const directory = Buffer.concat([this.#table, this.#places].map(({ bytes, length }) => bytes.subarray(0, length)))
    return Buffer.concat([directory, formatRunFooter(directory, at, this.#table.length / 4)])
  }
}

function formatRunFooter(directory: Buffer, directoryAt: number, parts: number): Buffer {
  const footer = Buffer.alloc(RUN_FOOTER_BYTES)
  let at = footer.writeDoubleLE(directoryAt, 0)
  at = footer.writeDoubleLE(directory.length, at)
  for (const value of [parts, crc32(directory), VERSION]) at = footer.writeUInt32LE(value, at)
  at += footer.write(MAGIC, at, 'latin1')
  footer.writeUInt32LE(crc32(footer.subarray(0, at)), at)
  return footer
}

export interface RunFooter {
  readonly directoryAt: number
  readonly directoryBytes: number
  readonly parts: number
  readonly crc: number
}

/** Reads a footer, or says what is wrong with it. */
export function parseRunFooter(bytes: Buffer, length: number): RunFooter | string {
  const end = RUN_FOOTER_BYTES - 4
  if (bytes.toString('latin1', end - MAGIC.length, end) !== MAGIC) return 'no run ends here'
  if (bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end))) return 'the footer of the run does not fit its CRC'
  const version = bytes.readUInt32LE(24)
  if (version !== VERSION) return `the run is of version ${version}; this program reads version ${VERSION}`
  const directoryAt = bytes.readDoubleLE(0)
  const directoryBytes = bytes.readDoubleLE(8)
  const isLong = directoryAt + directoryBytes + RUN_FOOTER_BYTES === length
  if (!isLong) return `the run does not have the ${length} bytes that are told of`
  return { directoryAt, directoryBytes, parts: bytes.readUInt32LE(16), crc: bytes.readUInt32LE(20) }
}

/** The parts of a run by organization, kept as the bytes that they are in the file. */
export class Directory {
  readonly size: number
  readonly #bytes: Buffer

  /** @param bytes that fit their CRC */
  constructor(bytes: Buffer, size: number) {
    this.#bytes = bytes
    this.size = size
  }

  find(org: string): NamedPlace | undefined {
    const name = Buffer.from(org)
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.#placeAt(middle)
      const order = compareAt(this.#bytes, at + NAME_AT, this.#bytes.readUInt32LE(at + PLACE_BYTES), name)
      if (order === 0) return this.#read(at)
      if (order < 0) low = middle + 1
      else high = middle
    }
    return undefined
  }

  /** All parts, in the order of their organizations. */
  *[Symbol.iterator](): Generator<NamedPlace> {
    for (let nth = 0; nth < this.size; nth++) yield this.#read(this.#placeAt(nth))
  }

  #placeAt(nth: number): number {
    return this.size * 4 + this.#bytes.readUInt32LE(nth * 4)
  }

  #read(at: number): NamedPlace {
    const bytes = this.#bytes
    const nameEnd = at + NAME_AT + bytes.readUInt32LE(at + PLACE_BYTES)
    return {
      org: bytes.toString('utf8', at + NAME_AT, nameEnd),
      offset: bytes.readDoubleLE(at),
      length: bytes.readDoubleLE(at + 8),
      first: bytes.readDoubleLE(at + 16),
      count: bytes.readDoubleLE(at + 24),
      leastMs: bytes.readDoubleLE(at + 32),
      greatestMs: bytes.readDoubleLE(at + 40),
    }
  }
}
