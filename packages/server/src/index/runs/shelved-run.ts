/** A run on the shelf: its file, which of its bytes count, and its parts, made when somebody looks for something in one. */
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { BrokenRun } from './broken-run.js'
import type { ByteRange, ManifestRun, Remade } from './manifest.js'
import { type PageCache, type PagedFile, pagedFile } from './page-cache.js'
import { Part } from './part-reader.js'
import { readDirectory } from './run-file.js'
import type { Directory, NamedPlace } from './run-format.js'
import type { RunSize } from './tiers.js'

/** Parts of a run that are kept at hand: each knows its own CRCs. */
const PARTS_MAX = 256

export class ShelvedRun implements RunSize {
  readonly file: string
  readonly path: string
  readonly paged: PagedFile
  /** bytes as it was first written */
  readonly length: number
  readonly entries: number
  /** bytes with what was appended */
  bytes: number
  /** bytes that no part uses any more */
  wasted: number
  wipe: readonly ByteRange[]
  readonly #directory: Directory
  /** by organization: parts that stand for those of the directory */
  readonly #remade: Map<string, Remade>
  readonly #cache: PageCache
  readonly #parts = new Map<string, Part>()
  #isClosed = false

  /** @throws BrokenRun */
  constructor(folder: string, { file, length, bytes, remade, wipe }: ManifestRun, cache: PageCache) {
    this.file = file
    this.path = join(folder, file)
    this.length = length
    this.bytes = bytes
    this.wipe = wipe
    this.#cache = cache
    this.#remade = new Map(remade.map((each) => [each.org, each]))
    this.paged = pagedFile(openFile(this.path), this.path)
    try {
      this.#checkLength()
      this.#directory = readDirectory(this.paged, length)
      this.wasted = this.#countWasted()
    } catch (error) {
      closeSync(this.paged.fd)
      throw error
    }
    let entries = 0
    for (const { count } of this.#directory) entries += count
    this.entries = entries
  }

  /** Each organization's part, in the order of their names. */
  *places(): Generator<NamedPlace> {
    for (const place of this.#directory) yield this.#current(place)
  }

  /** @throws BrokenRun when it is read */
  part(org: string): Part | undefined {
    const known = this.#parts.get(org)
    if (known) return known
    const place = this.#directory.find(org)
    if (place === undefined) return undefined
    if (this.#parts.size >= PARTS_MAX) this.#parts.clear()
    const part = new Part(this.paged, this.#current(place), this.#cache)
    this.#parts.set(org, part)
    return part
  }

  /** A part was appended, and synced: it stands for the one before, which is to be overwritten. */
  replace(org: string, { offset, length }: ByteRange): void {
    const written = this.#directory.find(org)
    if (written === undefined) return
    const before = this.#current(written)
    this.wipe = [...this.wipe, { offset: before.offset, length: before.length }]
    this.#remade.set(org, { org, offset, length })
    this.bytes = Math.max(this.bytes, offset + length)
    this.wasted += before.length
    this.#parts.delete(org)
    this.#cache.forget(this.paged, before.offset, before.offset + before.length)
  }

  /** These have been overwritten. */
  wiped(done: readonly ByteRange[]): void {
    this.wipe = this.wipe.filter((range) => !done.includes(range))
  }

  toManifest(): ManifestRun {
    const { file, length, bytes, wipe } = this
    return { file, length, bytes, remade: [...this.#remade.values()], wipe }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#parts.clear()
    this.#cache.forget(this.paged)
    closeSync(this.paged.fd)
  }

  #checkLength(): void {
    const { size } = fstatSync(this.paged.fd)
    if (size < this.bytes || this.bytes < this.length) throw new BrokenRun(this.path, size, 'the file ends here')
    // appended by somebody who did not come to an end
    if (size > this.bytes) ftruncateSync(this.paged.fd, this.bytes)
  }

  #countWasted(): number {
    let wasted = this.bytes - this.length
    for (const { org, offset, length } of this.#remade.values()) {
      const written = this.#directory.find(org)
      if (written === undefined || offset + length > this.bytes)
        throw new BrokenRun(this.path, offset, 'a part of nobody stands here')
      wasted += written.length - length
    }
    return wasted
  }

  #current(place: NamedPlace): NamedPlace {
    const remade = this.#remade.get(place.org)
    return remade ? { ...place, offset: remade.offset, length: remade.length } : place
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    throw new BrokenRun(path, 0, 'it cannot be opened', error)
  }
}
