/** What of a folder's files the machine holds in memory: all of them, as far as there is room, or none. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

const CHUNK_BYTES = 2 ** 20

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** Reads every file once. */
export function readIntoMemory(folder: string): void {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  for (const path of filesOf(folder)) {
    const file = openSync(path, 'r')
    while (readSync(file, chunk, 0, chunk.length, null) > 0);
    closeSync(file)
  }
}

/**
 * Has the machine let go of every file: GNU dd says so to the kernel, and what is on its way to the disk stays.
 *
 * @returns whether there is such a dd
 */
export const dropFromMemory = (folder: string): boolean =>
  filesOf(folder).every((path) => {
    const { status } = spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none'], { stdio: 'ignore' })
    return status === 0
  })
