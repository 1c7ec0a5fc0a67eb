/**
 * The shelf: the runs of a folder in their sequence, and the manifest that says so.
 *
 * What is in memory is what is searched; the manifest follows it. So a run is on the shelf once its file is synced, and
 * what it took the place of is deleted once the manifest no longer names it: a crash in between leaves the older state,
 * or less, never another.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BrokenRun } from './broken-run.js'
import {
  EMPTY_MANIFEST,
  INDEX_VERSION,
  MANIFEST_FILE,
  readManifest,
  runFileName,
  syncFolder,
  writeManifest,
} from './manifest.js'
import type { PageCache } from './page-cache.js'
import { ShelvedRun } from './shelved-run.js'
import type { Stretch } from './tiers.js'

export class Shelf {
  readonly folder: string
  readonly #cache: PageCache
  #next: number
  #runs: readonly ShelvedRun[] = []
  /** how many entries of each organization the runs cover */
  #sizes = new Map<string, number>()
  /** files that the manifest may still name */
  #gone: ShelvedRun[] = []
  #isSaved = true
  #saving: Promise<void> = Promise.resolve()
  /** a save that has not begun yet: it will say what is asked for now */
  #awaited: Promise<void> | undefined

  /** Opens a folder, made if it is not there, as far as it holds together; what is nobody's is deleted. */
  constructor(folder: string, cache: PageCache) {
    this.folder = folder
    this.#cache = cache
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { next, runs } = readManifest(folder) ?? EMPTY_MANIFEST
    this.#next = next
    for (const run of runs) if (!this.#open(() => new ShelvedRun(folder, run, cache))) break
    this.#isSaved = this.#runs.length === runs.length
    const known = new Set([MANIFEST_FILE, ...this.#runs.map(({ file }) => file)])
    for (const name of readdirSync(folder)) if (!known.has(name)) rmSync(join(folder, name), { recursive: true })
  }

  #open(open: () => ShelvedRun): boolean {
    try {
      this.push(open())
      return true
    } catch (error) {
      if (error instanceof BrokenRun) return false
      throw error
    }
  }

  get runs(): readonly ShelvedRun[] {
    return this.#runs
  }

  /** Whether the manifest says what is on the shelf. */
  get isSaved(): boolean {
    return this.#isSaved
  }

  sizeOf(org: string): number {
    return this.#sizes.get(org) ?? 0
  }

  newFile(): string {
    return runFileName(this.#next++)
  }

  /** Takes a run whose file is synced. @throws BrokenRun where it does not go on where the others end */
  push(run: ShelvedRun): void {
    for (const { org, first } of run.places()) {
      if (first === this.sizeOf(org)) continue
      run.close()
      throw new BrokenRun(run.path, 0, `it covers ${org} from ${first} on, the ones before up to ${this.sizeOf(org)}`)
    }
    for (const { org, first, count } of run.places()) this.#sizes.set(org, first + count)
    this.#runs = [...this.#runs, run]
    this.#isSaved = false
  }

  /** Puts one run, whose file is synced, in the place of those that it was merged from. */
  replace({ from, to }: Stretch, run: ShelvedRun): void {
    this.#discard(this.#runs.slice(from, to))
    this.#runs = [...this.#runs.slice(0, from), run, ...this.#runs.slice(to)]
  }

  /** Takes off a run and all that follow. */
  cut(from: number): void {
    this.#discard(this.#runs.slice(from))
    this.#runs = this.#runs.slice(0, from)
    this.#sizes = new Map()
    for (const run of this.#runs) for (const { org, first, count } of run.places()) this.#sizes.set(org, first + count)
  }

  #discard(runs: readonly ShelvedRun[]): void {
    // they are read no more: whoever reads does so in one go
    for (const run of runs) run.close()
    this.#gone.push(...runs)
    this.#isSaved = false
  }

  /** The runs say something else of themselves. */
  changed(): void {
    this.#isSaved = false
  }

  /** Writes the manifest as things are now, or will be when it is its turn, and deletes what it no longer names. */
  save(): Promise<void> {
    this.#awaited ??= this.#saving
      .catch(() => undefined)
      .then(() => {
        this.#awaited = undefined
        this.#saving = this.#save()
        return this.#saving
      })
    return this.#awaited
  }

  async #save(): Promise<void> {
    const gone = this.#gone
    this.#gone = []
    this.#isSaved = true
    try {
      const runs = this.#runs.map((run) => run.toManifest())
      await writeManifest(this.folder, { version: INDEX_VERSION, next: this.#next, runs })
    } catch (error) {
      this.#gone.unshift(...gone)
      this.#isSaved = false
      throw error
    }
    for (const { path } of gone) await rm(path, { force: true })
  }

  /** Forgets everything, on disk too: the manifest first, so that no half of the files is ever the whole. */
  async clear(): Promise<void> {
    this.cut(0)
    // what is being saved names what is to go
    await this.save().catch(() => undefined)
    if (this.#gone.length === 0) return
    // without room for another manifest there is none: that says the same
    await rm(join(this.folder, MANIFEST_FILE), { force: true })
    for (const { path } of this.#gone.splice(0)) await rm(path, { force: true })
    await syncFolder(this.folder)
  }

  open(file: string, bytes: number): ShelvedRun {
    return new ShelvedRun(this.folder, { file, length: bytes, bytes, remade: [], wipe: [] }, this.#cache)
  }

  close(): void {
    for (const run of this.#runs) run.close()
  }
}
