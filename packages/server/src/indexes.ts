/**
 * Where the index stands in a data folder. One that is made anew while another answers stands beside it under a number,
 * and takes its place by a small file that is replaced in one step: no open file changes its name.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { EventIndex } from './index/index.js'
import type { IndexBeside } from './log/index.js'
import { INDEX_FOLDER } from './places.js'
import { replaceFile } from './small-file.js'

/** Opens an index, made if it is not there. */
export type OpenIndex = (path: string) => Promise<EventIndex>

/** The file that names the index; without it, it is INDEX_FOLDER. */
const POINTER = 'index.name'
const NUMBERED = /^index-(\d{1,9})$/
/** What may be left of indexes: of an earlier engine, of a rebuild that was cut off, of the one before it. */
const REMNANT = /^(?<name>index(?:\.sqlite|-\d{1,9})?)(?:-wal|-shm)?$/

/**
 * The name of a data folder's index.
 *
 * @example
 * join(data, indexNameIn(data)) // './data/index-2', after a rebuild
 */
export function indexNameIn(folder: string): string {
  const pointer = join(folder, POINTER)
  const name = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : ''
  return NUMBERED.test(name) ? name : INDEX_FOLDER
}

/** Removes what is left of indexes other than this one. */
export function removeIndexes(folder: string, kept?: string): void {
  const names = readdirSync(folder).filter((name) => {
    const found = REMNANT.exec(name)?.groups?.name
    return found !== undefined && found !== kept
  })
  // The database first: its write-ahead log is nothing without it, and it is one without that.
  for (const name of names.toSorted()) rmSync(join(folder, name), { recursive: true, force: true })
}

export class Indexes {
  readonly #folder: string
  readonly #open: OpenIndex
  #name: string
  #current: EventIndex

  private constructor(folder: string, open: OpenIndex, name: string, current: EventIndex) {
    this.#folder = folder
    this.#open = open
    this.#name = name
    this.#current = current
  }

  /** Opens the index of a data folder, and removes what a stop left of others. */
  static async open(folder: string, open: OpenIndex): Promise<Indexes> {
    const name = indexNameIn(folder)
    removeIndexes(folder, name)
    return new Indexes(folder, open, name, await open(join(folder, name)))
  }

  /** The one that answers. */
  get current(): EventIndex {
    return this.#current
  }

  /** A new one beside it, empty. One at a time. */
  async beside(): Promise<IndexBeside> {
    const name = `index-${Number(NUMBERED.exec(this.#name)?.[1] ?? 1) + 1}`
    removeIndexes(this.#folder, this.#name)
    const index = await this.#open(join(this.#folder, name))
    return {
      index,
      adopt: async (swap) => {
        replaceFile(this.#folder, POINTER, name)
        const before = this.#current
        this.#name = name
        this.#current = index
        swap()
        await before.close()
        removeIndexes(this.#folder, name)
      },
      discard: async () => {
        await index.close()
        removeIndexes(this.#folder, this.#name)
      },
    }
  }

  close(): Promise<void> {
    return this.#current.close()
  }
}
