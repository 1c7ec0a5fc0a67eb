/** Entries in memory as the plainest thing that a part can be compared with, and parts of them in files. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { comparePositions, type ListPosition } from '@sealedlog/sdk/event'
import * as fc from 'fast-check'
import { fieldOf, keyOf, valueOf } from '../../dist/index/runs/key.js'
import { type Erasing, mergeParts } from '../../dist/index/runs/merge.js'
import { PageCache, pagedFile } from '../../dist/index/runs/page-cache.js'
import { Part } from '../../dist/index/runs/part-reader.js'
import { RunWriter, readDirectory } from '../../dist/index/runs/run-file.js'
import { keyTextOf, memoryTerms, type PartSource } from '../../dist/index/runs/source.js'
import { END, type PostingList, type TermField } from '../../dist/index/segment.js'
import { seededRandom } from '../http/seeded.js'

export interface Said extends ListPosition {
  readonly keys: readonly string[]
}

/** Entries whose indexes follow one another. */
export class Plain implements PartSource {
  readonly first: number
  /** in the order of time */
  readonly entries: readonly Said[]

  constructor(entries: readonly Said[]) {
    this.first = Math.min(...entries.map(({ index }) => index))
    this.entries = entries.toSorted(comparePositions)
  }

  get count(): number {
    return this.entries.length
  }

  positions(): { times: Float64Array; offsets: Uint32Array } {
    return {
      times: Float64Array.from(this.entries, ({ atMs }) => atMs),
      offsets: Uint32Array.from(this.entries, ({ index }) => index - this.first),
    }
  }

  /** By key, in the order of their bytes: the ordinals. */
  terms(): Map<string, number[]> {
    const terms = new Map<string, number[]>()
    for (const [ordinal, { keys }] of this.entries.entries())
      for (const key of new Set(keys)) {
        const list = terms.get(key)
        if (list) list.push(ordinal)
        else terms.set(key, [ordinal])
      }
    return new Map([...terms].sort(([a], [b]) => Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))))
  }

  eachTerm() {
    return memoryTerms(this.terms())
  }
}

/** A folder of files, and how they are read. */
export class Files {
  readonly folder = mkdtempSync(join(tmpdir(), 'sealedlog-runs-'))
  readonly #open: number[] = []
  #names = 0

  newFile(): { fd: number; path: string } {
    const path = join(this.folder, `${this.#names++}`)
    const fd = openSync(path, 'wx+')
    this.#open.push(fd)
    return { fd, path }
  }

  /** A run with a part for each organization. */
  run(parts: Readonly<Record<string, readonly PartSource[]>>, erasing?: Erasing) {
    const { fd, path } = this.newFile()
    const writer = new RunWriter(fd)
    for (const [org, sources] of Object.entries(parts))
      drive(mergeParts(sources, writer.part(org, coverOf(sources)), erasing))
    return { fd, path, length: writer.finish() }
  }

  /** The one part of a run of its own. */
  part(sources: readonly PartSource[], options: { erasing?: Erasing; cacheBytes?: number } = {}): Part {
    const { fd, path, length } = this.run({ acme: sources }, options.erasing)
    const place = readDirectory({ fd, path }, length).find('acme')
    if (place === undefined) throw new Error('no part')
    return new Part(pagedFile(fd, path), place, new PageCache(options.cacheBytes))
  }

  close(): void {
    for (const fd of this.#open) closeSync(fd)
    rmSync(this.folder, { recursive: true })
  }
}

export const coverOf = (sources: readonly PartSource[]): { first: number; count: number } => ({
  first: sources[0]?.first ?? 0,
  count: sources.reduce((sum, { count }) => sum + count, 0),
})

/** Takes a generator to its end. */
export function drive<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** All that stands in a file. */
export const bytesOfFile = (path: string): Buffer => readFileSync(path)

/** Writes the whole file anew. */
export function overwriteFile(fd: number, bytes: Uint8Array): void {
  ftruncateSync(fd, 0)
  writeSync(fd, bytes, 0, bytes.length, 0)
}

export const partsOfKey = (key: string): [TermField, string] => [fieldOf(key), valueOf(key)]

/** What a list holds, from the earliest. */
export function ordinalsOf(list: PostingList | undefined): number[] {
  const found: number[] = []
  if (list) for (const walk = list.walk(false); walk.head !== END; walk.next()) found.push(walk.head)
  return found
}

/** All that a part says, read in one go. */
export function everythingOf(source: PartSource) {
  const terms: [string, number[]][] = []
  for (const each = source.eachTerm(); each.next(); )
    terms.push([keyTextOf(each), Array.from(each.ordinals.subarray(0, each.count))])
  return { first: source.first, count: source.count, ...source.positions(), terms }
}

const HOUR_MS = 3_600_000
const FIELD: fc.Arbitrary<TermField> = fc.constantFrom('type', 'actor_id', 'tenant', 'word')
const VALUE = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'zoé', 'é', '語', '😀', '\uffff', '\u0000', '\u007f'),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1_000, max: 6_000 }).map((length) => 'long'.repeat(length).slice(0, length)),
  },
)

export const key: fc.Arbitrary<string> = fc.tuple(FIELD, VALUE).map(([field, value]) => keyOf(field, value))

/** Entries that follow one another from some index on, in times of before and after 1970. */
export const entries = (max: number): fc.Arbitrary<Plain> =>
  fc
    .record({
      first: fc.constantFrom(0, 1, 1_000, 2 ** 33),
      said: fc.array(
        fc.record({
          atMs: fc.integer({ min: -3 * HOUR_MS, max: 50 * HOUR_MS }),
          keys: fc.array(key, { maxLength: 8 }),
        }),
        { minLength: 1, maxLength: max },
      ),
    })
    .map(({ first, said }) => new Plain(said.map((each, nth) => ({ ...each, index: first + nth }))))

/** Many entries with terms of every frequency: of all, of nearly all, in bursts, of one in some, of one. */
export function many(count: number, seed: number, first = 0): Plain {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  let session = 0
  const said = Array.from({ length: count }, (_, nth) => {
    if (below(30) === 0) session = below(count)
    const keys = [
      keyOf('bucket', 'default'),
      ...(below(50) > 0 ? [keyOf('outcome', 'success')] : []),
      keyOf('actor_id', `user_${session}`),
      keyOf('type', `type_${below(20)}`),
      keyOf('target_id', `key_${below(count * 4)}`),
      keyOf('word', below(2 ** 30).toString(36)),
      ...(below(count) < 3 ? [keyOf('word', `w${'ö'.repeat(4_000 + below(3))}`)] : []),
    ]
    return { atMs: 1.7e12 + nth * 500 + (below(20) === 0 ? -below(HOUR_MS * 3) : 0), index: first + nth, keys }
  })
  return new Plain(said)
}
