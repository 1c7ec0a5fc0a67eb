/**
 * Reading an index's files from outside, to hold it against the log: every posting of an organization.
 *
 * What is read is written again, and what comes of it must be the very bytes of the file: so all that is there to find
 * postings by (hours, separators, tables) says what the postings say, whoever has worked on the file.
 *
 * Everything that a manifest names is opened before anything is read: a server that runs beside deletes files while they
 * are read, and overwrites parts of them. Whoever finds a fault asks whether the manifest is still the same.
 */
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UNLISTED_WORDS } from '../terms.js'
import { BrokenRun } from './broken-run.js'
import { fieldOf, valueOf } from './key.js'
import { EMPTY_MANIFEST, MANIFEST_FILE, type ManifestRun, parseManifest } from './manifest.js'
import { mergeParts } from './merge.js'
import { PageCache, type PagedFile, pagedFile } from './page-cache.js'
import { Part } from './part-reader.js'
import { PartWriter } from './part-writer.js'
import { readDirectory } from './run-file.js'
import type { NamedPlace } from './run-format.js'
import { readFully, type Sink } from './sink.js'
import { inSlices } from './slice.js'
import { keyTextOf, type PartSource, type Terms } from './source.js'

/** Is told what stands in a part. */
export interface PostingVisitor {
  /** Entries by ordinal, and where they stand: the index of each is `first` + its offset. */
  entries(first: number, times: Float64Array, offsets: Uint32Array): void
  /** A term, and the ordinals of the entries under it, from 0 to `count`. */
  term(field: string, value: string, ordinals: Uint32Array, count: number): void
}

interface OpenRun {
  readonly file: PagedFile
  readonly run: ManifestRun
}

const TRIES_MAX = 5

export class ViewReader {
  readonly #folder: string
  readonly #text: string | undefined
  readonly #runs: readonly OpenRun[]
  readonly #cache = new PageCache()

  private constructor(folder: string, text: string | undefined, runs: readonly OpenRun[]) {
    this.#folder = folder
    this.#text = text
    this.#runs = runs
  }

  /** @returns undefined where there is one of another version: a server makes it anew when it starts @throws BrokenRun */
  static open(folder: string): ViewReader | undefined {
    for (let tries = TRIES_MAX; ; tries--) {
      const text = readText(folder)
      // a new index has none until its first run is written
      const manifest = text === undefined ? EMPTY_MANIFEST : parseManifest(text)
      if (manifest === undefined) return undefined
      try {
        return new ViewReader(folder, text, openAll(folder, manifest.runs))
      } catch (error) {
        if (tries === 1 || readText(folder) === text) throw error
      }
    }
  }

  /** Whether somebody has changed the index since it was opened. */
  isDisturbed(): boolean {
    return readText(this.#folder) !== this.#text
  }

  /** How many entries of an organization it covers: 0 for one it has never heard of. @throws BrokenRun */
  size(org: string): number {
    let size = 0
    for (const { place, path } of this.#places(org)) {
      if (place.first !== size) throw new BrokenRun(path, place.offset, `it goes on at ${place.first}, not at ${size}`)
      size += place.count
    }
    return size
  }

  /** Entries of an organization that say that their words are not posted. @throws BrokenRun */
  unlisted(org: string): ReadonlySet<number> {
    const found = new Set<number>()
    for (const { place, file } of this.#places(org)) {
      const part = new Part(file, place, this.#cache)
      const list = part.find('word', UNLISTED_WORDS)
      if (list === undefined) continue
      for (const walk = list.walk(false); walk.head < part.count; walk.next())
        found.add(part.positionOf(walk.head).index)
    }
    return found
  }

  /**
   * Calls back for each posting of an organization, part by part; now and then others have their turn.
   *
   * @throws BrokenRun where a file does not hold together
   */
  async eachPosting(org: string, visitor: PostingVisitor): Promise<void> {
    for (const { place, path, file } of this.#places(org)) {
      const part = new Part(file, place, this.#cache)
      const sink = new ComparingSink(file, place)
      try {
        await inSlices(mergeParts([tapped(part, visitor)], new PartWriter(sink, part)), () => {})
      } catch (error) {
        throw error instanceof BrokenRun ? error : new BrokenRun(path, place.offset, String(error), error)
      }
      if (sink.at !== place.offset + place.length) throw new BrokenRun(path, sink.at, 'the part should end here')
    }
  }

  close(): void {
    for (const { file } of this.#runs) closeSync(file.fd)
  }

  *#places(org: string): Generator<{ place: NamedPlace; path: string; file: PagedFile }> {
    for (const { file, run } of this.#runs) {
      const directory = readDirectory(file, run.length)
      const place = directory.find(org)
      // found by halves, and by looking at all of them
      const named = [...directory].filter((each) => each.org === org)
      if (named.length !== (place ? 1 : 0)) throw new BrokenRun(file.path, run.length, 'the directory is out of order')
      if (place === undefined) continue
      const remade = run.remade.find((each) => each.org === org)
      yield { place: remade ? { ...place, ...remade } : place, path: file.path, file }
    }
  }
}

function readText(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, MANIFEST_FILE), 'utf8')
  } catch {
    return undefined
  }
}

function openAll(folder: string, runs: readonly ManifestRun[]): readonly OpenRun[] {
  const opened: OpenRun[] = []
  try {
    for (const run of runs) opened.push({ run, file: openOne(join(folder, run.file)) })
    return opened
  } catch (error) {
    for (const { file } of opened) closeSync(file.fd)
    throw error
  }
}

function openOne(path: string): PagedFile {
  try {
    return pagedFile(openSync(path, 'r'), path)
  } catch (error) {
    throw new BrokenRun(path, 0, 'it cannot be opened', error)
  }
}

/** A part that tells a visitor what is read of it. */
const tapped = (part: Part, visitor: PostingVisitor): PartSource => ({
  first: part.first,
  count: part.count,
  positions() {
    const positions = part.positions()
    visitor.entries(part.first, positions.times, positions.offsets)
    return positions
  },
  eachTerm: () => tappedTerms(part.eachTerm(), part, visitor),
})

function tappedTerms(terms: Terms, { count: entries }: Part, visitor: PostingVisitor): Terms {
  return {
    get key() {
      return terms.key
    },
    get keyBytes() {
      return terms.keyBytes
    },
    get ordinals() {
      return terms.ordinals
    },
    get count() {
      return terms.count
    },
    next() {
      if (!terms.next()) return false
      const { ordinals, count } = terms
      for (let at = 0; at < count; at++)
        if ((ordinals[at] as number) >= entries) throw new RangeError('a list goes beyond the last entry')
      const key = keyTextOf(terms)
      visitor.term(fieldOf(key), valueOf(key), ordinals, count)
      return true
    },
  }
}

/** Takes what a part should be, and compares it with what stands there. */
class ComparingSink implements Sink {
  at: number
  readonly #file: PagedFile
  readonly #end: number
  #known: Buffer = Buffer.alloc(0)

  constructor(file: PagedFile, { offset, length }: NamedPlace) {
    this.#file = file
    this.at = offset
    this.#end = offset + length
  }

  write(bytes: Uint8Array): void {
    if (this.at + bytes.length > this.#end) throw new BrokenRun(this.#file.path, this.#end, 'the part ends too early')
    if (this.#known.length < bytes.length) this.#known = Buffer.allocUnsafe(bytes.length)
    readFully(this.#file, this.#known, bytes.length, this.at)
    if (this.#known.compare(bytes, 0, bytes.length, 0, bytes.length) !== 0)
      throw new BrokenRun(this.#file.path, this.at, 'these bytes are not what its postings are written as')
    this.at += bytes.length
  }
}
