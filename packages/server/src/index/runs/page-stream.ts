/** Pages of a part in a row, past the cache: for those who read it from one end to the other. */
import { crc32 } from 'node:zlib'
import { BrokenRun } from './broken-run.js'
import type { PagedFile, PartTail } from './page-cache.js'
import { PAGE_BYTES, PART_FOOTER_BYTES, type PartPlace, pagesOf, parsePartFooter } from './part-format.js'
import { readFully } from './sink.js'

type OpenFile = Pick<PagedFile, 'fd' | 'path'>

/** Pages that are read in one call. */
const WINDOW_PAGES = 8

/** @throws BrokenRun where a page does not fit its CRC */
export function checkPage(path: string, at: number, page: Uint8Array, crc: number): void {
  if (crc32(page) !== crc) throw new BrokenRun(path, at, `the page of ${page.length} bytes does not fit its CRC`)
}

/** Reads and checks the end of a part. @throws BrokenRun where it is no part, or not the one that is told of */
export function readTail(file: OpenFile, place: PartPlace): PartTail {
  const { offset, length } = place
  const end = offset + length
  const broken = (what: string) => new BrokenRun(file.path, Math.max(offset, end - PART_FOOTER_BYTES), what)
  if (length < PART_FOOTER_BYTES) throw broken('a part is too short for its footer')
  const last = readAt(file, end - PART_FOOTER_BYTES, PART_FOOTER_BYTES)
  const footer = parsePartFooter(last, length)
  if (typeof footer === 'string') throw broken(footer)
  const isIt = (['first', 'count', 'leastMs', 'greatestMs'] as const).every((name) => footer[name] === place[name])
  if (!isIt) throw broken('another part stands where this one should')
  const crcs = readAt(file, offset + footer.crcsAt, pagesOf(footer.crcsAt) * 4)
  if (crc32(crcs) !== footer.crc) throw new BrokenRun(file.path, offset + footer.crcsAt, 'the CRCs do not fit theirs')
  return { footer, crcs }
}

function readAt(file: OpenFile, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  readFully(file, bytes, length, at)
  return bytes
}

/** Reads on through a part, a window at a time. */
export class PageStream {
  bytes: Buffer
  /** where what was asked for last stands in `bytes` */
  at = 0
  readonly #file: OpenFile
  readonly #offset: number
  readonly #crcs: Buffer
  /** bytes of the part up to its CRCs */
  readonly #end: number
  /** what of the part the window holds, from … to */
  #from = 0
  #to = 0

  constructor(file: OpenFile, offset: number, { footer, crcs }: PartTail) {
    this.#file = file
    this.#offset = offset
    this.#crcs = crcs
    this.#end = footer.crcsAt
    this.bytes = Buffer.allocUnsafeSlow(Math.min(this.#end, WINDOW_PAGES * PAGE_BYTES))
  }

  /** Puts `bytes` and `at` to where so many bytes lie in one piece: good until the next call. */
  locate(offset: number, length: number): void {
    if (offset < this.#from || offset + length > this.#to) this.#read(offset, length)
    this.at = offset - this.#from
  }

  /** Copies bytes of the part, however many. */
  copy(offset: number, to: Uint8Array): void {
    for (let done = 0; done < to.length; ) {
      const length = Math.min(to.length - done, PAGE_BYTES)
      this.locate(offset + done, length)
      to.set(this.bytes.subarray(this.at, this.at + length), done)
      done += length
    }
  }

  #read(offset: number, length: number): void {
    const from = offset - (offset % PAGE_BYTES)
    const pages = Math.max(WINDOW_PAGES, pagesOf(offset + length - from))
    const to = Math.min(this.#end, from + pages * PAGE_BYTES)
    if (this.bytes.length < to - from) this.bytes = Buffer.allocUnsafeSlow(to - from)
    // until it has been checked, it holds nothing
    this.#to = 0
    readFully(this.#file, this.bytes, to - from, this.#offset + from)
    for (let at = from; at < to; at += PAGE_BYTES) this.#check(at, from, Math.min(to, at + PAGE_BYTES))
    this.#from = from
    this.#to = to
  }

  #check(at: number, from: number, end: number): void {
    const crc = this.#crcs.readUInt32LE((at / PAGE_BYTES) * 4)
    checkPage(this.#file.path, this.#offset + at, this.bytes.subarray(at - from, end - from), crc)
  }
}
