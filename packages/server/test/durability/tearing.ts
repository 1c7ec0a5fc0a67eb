/** What crashes, bad disks and hasty hands do to files: cut short, garbled, emptied, deleted, replaced. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Chance, wholeNumber } from './load.js'
import { temporaryFolder } from './machine.js'

const PAGE_BYTES = 4_096

/** Does something to a file that is there. */
export type Damage = (path: string, chance: Chance) => void

const bytesOf = (count: number, chance: Chance): Buffer =>
  Buffer.from(Array.from({ length: count }, () => wholeNumber(chance, 0, 255)))

/** Overwrites a page, counted from 0, by chance. */
export function garblePage(path: string, page: number, chance: Chance): void {
  const bytes = readFileSync(path)
  bytesOf(PAGE_BYTES, chance).copy(bytes, page * PAGE_BYTES)
  writeFileSync(path, bytes)
}

export const pagesOf = (path: string): number => Math.ceil(statSync(path).size / PAGE_BYTES)

export const DAMAGES: { readonly [name: string]: Damage } = {
  'cut short': (path, chance) => truncateSync(path, Math.floor(chance() * statSync(path).size)),
  'cut in its last page': (path, chance) =>
    truncateSync(path, Math.max(0, statSync(path).size - wholeNumber(chance, 1, PAGE_BYTES - 1))),
  'garbled in its last page': (path, chance) => garblePage(path, pagesOf(path) - 1, chance),
  'garbled in some page': (path, chance) => garblePage(path, wholeNumber(chance, 0, pagesOf(path) - 1), chance),
  emptied: (path) => truncateSync(path, 0),
  deleted: (path) => rmSync(path),
  'replaced by garbage': (path, chance) => writeFileSync(path, bytesOf(wholeNumber(chance, 1, 20_000), chance)),
}

/** A copy of a data folder, to be damaged. */
export function copyOf(folder: string): string {
  const copy = temporaryFolder()
  cpSync(folder, copy, { recursive: true })
  return copy
}

/** The files of a data folder whose path begins so, such as `index`. */
export const filesOf = (folder: string, prefix: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => path.startsWith(prefix))
    .sort()
