/** Small files that are replaced in one step: secrets, and the name of the index. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes a line to a file that only its owner reads. It is written beside, synced, then renamed: whatever stops in
 * between, the file says what it said before or the new line, whole.
 */
export function replaceFile(folder: string, name: string, line: string): void {
  const path = join(folder, name)
  const file = openSync(`${path}.new`, 'w', 0o600)
  writeSync(file, `${line}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
  const directory = openSync(folder, 'r')
  fsyncSync(directory)
  closeSync(directory)
}
