/** Runs on disk: written part by part, and known by their directory (the format: run-format.ts). */
import { crc32 } from 'node:zlib'
import { assert } from '@sealedlog/sdk/base'
import { BrokenRun } from './broken-run.js'
import type { PagedFile } from './page-cache.js'
import type { PartPlace } from './part-format.js'
import { PartScratch, PartWriter } from './part-writer.js'
import { Directory, DirectoryWriter, parseRunFooter, RUN_FOOTER_BYTES } from './run-format.js'
import { FileSink, readFully } from './sink.js'

/** Bytes of a part that are copied in one step. */
const COPY_BYTES = 2 ** 17

type OpenFile = Pick<PagedFile, 'fd' | 'path'>

/**
 * Writes a run to a file that is open and empty. Syncing and closing it is the caller's; so is throwing it away where
 * anything here throws.
 *
 * @example
 * const run = new RunWriter(fd)
 * yield* mergeParts(sources, run.part('acme', { first: 0, count: 500 }))
 * const bytes = run.finish()
 */
export class RunWriter {
  readonly #sink: FileSink
  readonly #directory = new DirectoryWriter()
  readonly #scratch = new PartScratch()
  #last: Buffer | undefined
  #open: string | undefined

  constructor(fd: number) {
    this.#sink = new FileSink(fd, 0)
  }

  /** Bytes that were written. */
  get bytes(): number {
    return this.#sink.at
  }

  /** Begins the part of an organization, which comes after the one before by bytes; that one has been finished. */
  part(org: string, covers: { readonly first: number; readonly count: number }): PartWriter {
    this.#begin(org)
    return new PartWriter(this.#sink, covers, (place) => this.#end(org, place), this.#scratch)
  }

  /** Copies the part of an organization from another run as it is: what is broken there is broken here. */
  *copy(org: string, from: OpenFile, place: PartPlace): Generator<undefined, void> {
    this.#begin(org)
    const offset = this.#sink.at
    const bytes = Buffer.allocUnsafeSlow(Math.min(COPY_BYTES, place.length))
    for (let done = 0; done < place.length; done += bytes.length, yield) {
      const length = Math.min(bytes.length, place.length - done)
      readFully(from, bytes, length, place.offset + done)
      this.#sink.write(bytes.subarray(0, length))
    }
    this.#end(org, { ...place, offset })
  }

  /** Writes directory and footer. @returns how long the run is */
  finish(): number {
    assert(this.#open === undefined, 'each part is finished before the run is')
    this.#sink.write(this.#directory.finish(this.#sink.at))
    this.#sink.flush()
    return this.#sink.at
  }

  #begin(org: string): void {
    const name = Buffer.from(org)
    assert(this.#open === undefined, 'a part is finished before the next begins')
    assert(!this.#last || Buffer.compare(this.#last, name) < 0, 'parts stand in the order of their organizations')
    this.#last = name
    this.#open = org
  }

  #end(org: string, place: PartPlace): void {
    assert(this.#open === org, 'only the part that was begun last is finished')
    this.#open = undefined
    this.#directory.add(org, place)
  }
}

/**
 * Reads the directory of a run.
 *
 * @param length bytes up to the end of its footer
 * @throws BrokenRun where the file is shorter, torn, altered or of another version
 */
export function readDirectory(file: OpenFile, length: number): Directory {
  const footerAt = length - RUN_FOOTER_BYTES
  if (footerAt < 0) throw new BrokenRun(file.path, 0, 'it is too short for a run')
  const footer = parseRunFooter(readAt(file, footerAt, RUN_FOOTER_BYTES), length)
  if (typeof footer === 'string') throw new BrokenRun(file.path, footerAt, footer)
  const bytes = readAt(file, footer.directoryAt, footer.directoryBytes)
  if (crc32(bytes) === footer.crc) return new Directory(bytes, footer.parts)
  throw new BrokenRun(file.path, footer.directoryAt, 'the directory does not fit its CRC')
}

function readAt(file: OpenFile, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  readFully(file, bytes, length, at)
  return bytes
}
