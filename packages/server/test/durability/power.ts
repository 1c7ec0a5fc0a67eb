/**
 * What is on the disk when the power fails: rebuilt from a trace of the writes and syncs of a process.
 *
 * What was written to a file before a sync of it that has ended is there. What was written after it is there, or not, or
 * in part, write by write, in any order: by chance. That is what POSIX leaves open, and what a drive's cache does.
 */
import { writeFileSync } from 'node:fs'
import { type Chance, wholeNumber } from './load.js'
import { bytesOf, type Call } from './strace.js'

const SECTOR_BYTES = 512
export const POWER_TRACED = ['pwrite64', 'ftruncate', 'fsync', 'fdatasync']

interface Change {
  readonly at: number
  /** undefined where the file is cut to that length */
  readonly bytes: Buffer | undefined
}

function changeOf(call: Call): Change {
  const [, length] = /, (\d+)$/.exec(call.text) ?? []
  if (length === undefined) throw new Error(`no length or offset in ${call.text.slice(-80)}`)
  return { at: Number(length), bytes: call.name === 'ftruncate' ? undefined : bytesOf(call) }
}

/** A file that changes are made to: as long as what was written furthest. */
class Content {
  #bytes = Buffer.alloc(0)

  make({ at, bytes }: Change): void {
    const size = bytes === undefined ? at : Math.max(this.#bytes.length, at + bytes.length)
    if (size !== this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], size)
    bytes?.copy(this.#bytes, at)
  }

  get bytes(): Buffer {
    return this.#bytes
  }
}

/** What of a write that was not synced is there. */
function survivorOf(change: Change, chance: Chance): Change | undefined {
  const fate = chance()
  if (fate < 0.35) return undefined
  const { at, bytes } = change
  if (bytes === undefined || fate < 0.7) return change
  // Torn between two sectors of the disk: its beginning is there, or its end.
  const cut = Math.min(bytes.length, Math.max(0, SECTOR_BYTES * wholeNumber(chance, 0, 8) - (at % SECTOR_BYTES)))
  return fate < 0.85 ? { at, bytes: bytes.subarray(0, cut) } : { at: at + cut, bytes: bytes.subarray(cut) }
}

/**
 * The bytes of a file when the power fails at a line of the trace.
 *
 * @param calls of `parseTrace`, from the moment in which the file was made
 */
export function contentAt(calls: readonly Call[], file: string, line: number, chance: Chance): Buffer {
  const own = calls.filter((call) => call.file === file && call.from < line)
  const syncs = own.filter(({ name, to, result }) => name.endsWith('sync') && to < line && result === 0)
  const changes = own.filter(({ name, result }) => !name.endsWith('sync') && result >= 0)
  const syncedFrom = syncs.at(-1)?.from ?? -1
  const content = new Content()
  for (const call of changes.filter(({ to }) => to < syncedFrom)) content.make(changeOf(call))
  for (const call of changes.filter(({ to }) => to >= syncedFrom)) {
    const survivor = survivorOf(changeOf(call), chance)
    if (survivor) content.make(survivor)
  }
  return content.bytes
}

/** Writes files as they are when the power fails at a line of the trace. */
export function cutPower(calls: readonly Call[], line: number, to: ReadonlyMap<string, string>, chance: Chance): void {
  for (const [file, path] of to) writeFileSync(path, contentAt(calls, file, line, chance))
}
