/**
 * The lines of disclosures of one bundle, one after another, in a copy that may be written over: the label of a
 * commitment goes where the line before it stood, so that a disclosure is hashed without being joined to anything.
 */
import { encodeUtf8, sha256Base64Url } from '../base/index.js'
import { formatIndexPath, TILE_WIDTH } from '../merkle/index.js'
import type { SegmentNotes } from './segment-notes.js'

const LABEL = encodeUtf8('sealedlog/disclosure/v1\n')
const LINE_FEED = 10
const SPACE = 32
const ZERO = 48
const DIGITS_MAX = 16
const NOTHING = -1

let copy = new Uint8Array(1 << 18)

export class DisclosureLines {
  /** of the line at hand: whose it is, or -1 behind the last one */
  index = NOTHING
  /** where its disclosure begins and ends in `bytes` */
  start = 0
  end = 0
  readonly bytes: Uint8Array
  readonly #original: Uint8Array
  readonly #bundle: number
  readonly #width: number
  readonly #notes: SegmentNotes
  #next = 0
  #line = 0
  #refused = 0
  #before: number

  constructor(disclosures: Uint8Array, bundle: number, width: number, notes: SegmentNotes) {
    if (copy.length < LABEL.length + disclosures.length) copy = new Uint8Array(LABEL.length + 2 * disclosures.length)
    copy.set(disclosures, LABEL.length)
    this.bytes = copy
    this.#original = disclosures
    this.#bundle = bundle
    this.#width = width
    this.#notes = notes
    this.#before = bundle * TILE_WIDTH
    this.next()
  }

  /** Goes to the next line that is of one of the bundle's entries; what is wrong on the way is found. */
  next(): void {
    while (this.#read()) {
      const first = this.#bundle * TILE_WIDTH
      if (this.index >= this.#before && this.index < first + this.#width) {
        this.#before = this.index
        return
      }
      // Entries that are younger than the checkpoint are none of its business.
      const isYounger = this.#width < TILE_WIDTH && this.index >= first + this.#width && this.index < first + TILE_WIDTH
      if (!isYounger) this.#refuse(`an index from ${this.#before} to ${first + this.#width - 1}`, String(this.index))
    }
    this.index = NOTHING
  }

  /** The commitment to the disclosure at hand. What stands before it is gone then. */
  commitment(): string {
    this.bytes.set(LABEL, this.start - LABEL.length)
    return sha256Base64Url(this.bytes.subarray(this.start - LABEL.length, this.end))
  }

  /** The disclosure at hand, as it came. */
  original(): Uint8Array {
    return this.#original.subarray(this.start - LABEL.length, this.end - LABEL.length)
  }

  /** Back to a line of the same entry: it was read once, so it can be read again. */
  returnTo(index: number, start: number, end: number, line: number): void {
    this.index = index
    this.start = start
    this.end = end
    this.#next = end + 1 - LABEL.length
    this.#line = line
  }

  get line(): number {
    return this.#line
  }

  get where(): string {
    return `disclosures/${formatIndexPath(this.#bundle)}, line ${this.#line}`
  }

  /** One line: false at the end. Read from what came, since the copy may be written over. */
  #read(): boolean {
    const bytes = this.#original
    while (this.#next < bytes.length) {
      this.#line++
      const start = this.#next
      const feed = bytes.indexOf(LINE_FEED, start)
      const end = feed < 0 ? bytes.length : feed
      this.#next = end + 1
      this.index = this.#readIndex(start, end)
      this.end = end + LABEL.length
      if (feed >= 0 && this.index >= 0) return true
      this.#refuse('an index, a space, a disclosure and a line feed', feed < 0 ? 'no line feed' : 'no index')
    }
    return false
  }

  /** Decimal without leading zeros, up to the space. */
  #readIndex(start: number, end: number): number {
    let index = 0
    for (let at = start; at < end && at - start <= DIGITS_MAX; at++) {
      const byte = this.#original[at] ?? 0
      if (byte === SPACE) {
        this.start = at + 1 + LABEL.length
        const isPlain = at > start && (this.#original[start] !== ZERO || at === start + 1)
        return isPlain && Number.isSafeInteger(index) ? index : NOTHING
      }
      if (byte < ZERO || byte > ZERO + 9) return NOTHING
      index = 10 * index + byte - ZERO
    }
    return NOTHING
  }

  #refuse(expected: string, found: string): void {
    // A line that is read twice is wrong once.
    if (this.#line <= this.#refused) return
    this.#refused = this.#line
    this.#notes.find({ check: 'disclosures', index: this.#before, where: this.where, expected, found })
  }
}
