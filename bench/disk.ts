/** What a data folder takes on disk: the log, and the index beside it. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface FolderBytes {
  readonly logBytes: number
  readonly indexBytes: number
}

/** By name: everything whose name begins with `index` is the index, all else that is large is the log. */
export function bytesOfFolder(folder: string): FolderBytes {
  let [logBytes, indexBytes] = [0, 0]
  for (const name of readdirSync(folder)) {
    const bytes = bytesOf(join(folder, name))
    if (name.startsWith('index')) indexBytes += bytes
    else logBytes += bytes
  }
  return { logBytes, indexBytes }
}

/** A file that goes away meanwhile takes nothing. */
function bytesOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.size ?? 0
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}
