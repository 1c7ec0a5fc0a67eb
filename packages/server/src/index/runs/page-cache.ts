/** Pages of files in memory, for all runs together: bounded in bytes, the one that was used longest ago goes first. */
import type { PartFooter } from './part-format.js'

/** Bytes of all pages that one cache holds, where nothing else is said. */
export const PAGE_CACHE_BYTES_MAX = 2 ** 25
/** What a page costs besides its bytes, about. */
const PAGE_OVERHEAD_BYTES = 512

/** A file whose pages are kept. */
export interface PagedFile {
  readonly fd: number
  readonly path: string
  /** its pages in the cache, which alone changes it; by their place in the file */
  readonly pages: Map<number, Page>
}

export const pagedFile = (fd: number, path: string): PagedFile => ({ fd, path, pages: new Map() })

/** Bytes that have been checked. */
export interface Page {
  readonly file: PagedFile
  /** where it stands in the file */
  readonly key: number
  /** good until other pages are read: when it has to go, they are another's */
  readonly bytes: Buffer
  readonly view: DataView
  /** of the page that holds the CRCs of the others */
  readonly tail: PartTail | undefined
  /** false when it had to go: then it has nothing any more */
  readonly isKept: boolean
}

/** The end of a part: what stands in its footer, and the CRCs of its pages. */
export interface PartTail {
  readonly footer: PartFooter
  readonly crcs: Buffer
}

type Kept = { -readonly [K in keyof Page]: Page[K] } & { newer: Kept; older: Kept }

/**
 * Pages in a ring by use.
 *
 * @example
 * const page = cache.get(file, at) ?? cache.add(file, at, readAndChecked(cache.room(PAGE_BYTES)))
 */
export class PageCache {
  readonly bytesMax: number
  #bytes = 0
  /** stands between the newest and the oldest */
  readonly #end: Kept
  #spare: Buffer | undefined

  constructor(bytesMax: number = PAGE_CACHE_BYTES_MAX) {
    this.bytesMax = bytesMax
    const end = {} as Kept
    this.#end = Object.assign(end, { newer: end, older: end })
  }

  /** Bytes that are held now. */
  get bytes(): number {
    return this.#bytes
  }

  get(file: PagedFile, key: number): Page | undefined {
    const page = file.pages.get(key) as Kept | undefined
    if (page !== undefined && page.newer !== this.#end) {
      unlink(page)
      this.#putFirst(page)
    }
    return page
  }

  /** Bytes for a page that is about to be read, perhaps those of one that had to go. */
  room(length: number): Buffer {
    const spare = this.#spare
    if (spare?.length !== length) return Buffer.allocUnsafeSlow(length)
    this.#spare = undefined
    return spare
  }

  add(file: PagedFile, key: number, bytes: Buffer, tail?: PartTail): Page {
    const cost = costOf(bytes.length)
    // the newest stays, whatever it weighs: somebody may be reading it
    while (this.#bytes + cost > this.bytesMax && this.#end.newer !== this.#end.older) this.#drop(this.#end.newer)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const page = { file, key, bytes, view, tail, isKept: true, newer: this.#end, older: this.#end }
    this.#putFirst(page)
    file.pages.set(key, page)
    this.#bytes += cost
    return page
  }

  /**
   * Forgets what it knows of a file, or of a stretch of it: before the file is closed, or bytes of it are overwritten. What
   * was erased stays in no memory either: but a tail, which says nothing of anybody, may be in somebody's hands.
   */
  forget(file: PagedFile, from = 0, to: number = Number.POSITIVE_INFINITY): void {
    for (const page of file.pages.values()) {
      if (page.key < from || page.key >= to) continue
      if (page.tail === undefined) page.bytes.fill(0)
      this.#drop(page as Kept)
    }
    this.#spare?.fill(0)
    this.#spare = undefined
  }

  #drop(page: Kept): void {
    unlink(page)
    page.file.pages.delete(page.key)
    this.#bytes -= costOf(page.bytes.length)
    // whoever read a tail may have it still; bytes are read only until the next page is asked for
    if (page.tail === undefined) this.#spare = page.bytes
    Object.assign(page, NOTHING)
  }

  #putFirst(page: Kept): void {
    page.newer = this.#end
    page.older = this.#end.older
    page.older.newer = page
    this.#end.older = page
  }
}

const NO_BYTES = Buffer.alloc(0)
const NOTHING = { isKept: false, tail: undefined, bytes: NO_BYTES, view: new DataView(NO_BYTES.buffer, 0, 0) }

const costOf = (length: number): number => length + PAGE_OVERHEAD_BYTES

function unlink(page: Kept): void {
  page.newer.older = page.older
  page.older.newer = page.newer
}
