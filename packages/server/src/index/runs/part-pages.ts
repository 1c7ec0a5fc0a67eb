/** The bytes of a part, page by page through the cache, each checked when it is read from the file. */
import type { Page, PageCache, PagedFile, PartTail } from './page-cache.js'
import { BLOCK_BYTES, PAGE_BYTES, type PartPlace } from './part-format.js'
import { checkPage, PageStream, readTail } from './page-stream.js'
import { readFully } from './sink.js'
import type { ListBytes, Located } from './walks.js'

/** What lay on several pages. One for all: nobody keeps what was located. */
let gathered: Buffer = Buffer.allocUnsafeSlow(2 * BLOCK_BYTES)
const located: Located = { bytes: gathered, at: 0 }

/** Everything here throws BrokenRun where bytes do not fit their CRC, or are not there. */
export class PartPages implements ListBytes {
  readonly #file: PagedFile
  readonly #place: PartPlace
  readonly #cache: PageCache
  /** what was read last, and the end: while the cache has them */
  #last: Page | undefined
  #end: Page | undefined

  constructor(file: PagedFile, place: PartPlace, cache: PageCache) {
    this.#file = file
    this.#place = place
    this.#cache = cache
  }

  /** The footer and the CRCs: in the cache too, so that a part at rest weighs nothing. */
  get tail(): PartTail {
    return this.#end?.tail ?? this.#openTail()
  }

  u32At(offset: number): number {
    const nth = Math.floor(offset / PAGE_BYTES)
    return this.#page(nth).view.getUint32(offset - nth * PAGE_BYTES, true)
  }

  f64At(offset: number): number {
    const nth = Math.floor(offset / PAGE_BYTES)
    return this.#page(nth).view.getFloat64(offset - nth * PAGE_BYTES, true)
  }

  locate(offset: number, length: number): Located {
    const nth = Math.floor(offset / PAGE_BYTES)
    located.at = offset - nth * PAGE_BYTES
    if (located.at + length > PAGE_BYTES) this.#gather(nth, length)
    else located.bytes = this.#page(nth).bytes
    return located
  }

  /** A stream past the cache. */
  stream(): PageStream {
    return new PageStream(this.#file, this.#place.offset, this.tail)
  }

  /** Puts together what lies on several pages. */
  #gather(nth: number, length: number): void {
    if (gathered.length < length) gathered = Buffer.allocUnsafeSlow(length * 2)
    let from = located.at
    for (let done = 0, page = nth; done < length; page++, from = 0) {
      const { bytes } = this.#page(page)
      done += bytes.copy(gathered, done, from, Math.min(bytes.length, from + length - done))
    }
    located.bytes = gathered
    located.at = 0
  }

  #page(nth: number): Page {
    const key = this.#place.offset + nth * PAGE_BYTES
    const last = this.#last
    if (last !== undefined && last.key === key && last.isKept) return last
    const page = this.#cache.get(this.#file, key) ?? this.#load(nth, key)
    this.#last = page
    return page
  }

  #load(nth: number, key: number): Page {
    const { footer, crcs } = this.tail
    const length = Math.min(PAGE_BYTES, footer.crcsAt - nth * PAGE_BYTES)
    const bytes = this.#cache.room(length)
    readFully(this.#file, bytes, length, key)
    checkPage(this.#file.path, key, bytes, crcs.readUInt32LE(nth * 4))
    return this.#cache.add(this.#file, key, bytes)
  }

  #openTail(): PartTail {
    // no page of this part begins with its last byte
    const key = this.#place.offset + this.#place.length - 1
    const end = this.#cache.get(this.#file, key) ?? this.#loadTail(key)
    this.#end = end
    return end.tail as PartTail
  }

  #loadTail(key: number): Page {
    const tail = readTail(this.#file, this.#place)
    return this.#cache.add(this.#file, key, tail.crcs, tail)
  }
}
