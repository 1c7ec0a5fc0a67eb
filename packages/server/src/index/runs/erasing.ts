/** Erasing from runs: parts are made anew without what goes, behind the others of their file, and the old ones overwritten. */
import { fdatasync, ftruncateSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Erasure } from './erasures.js'
import { fieldOf, valueOf } from './key.js'
import type { ByteRange } from './manifest.js'
import { type Erasing, mergeParts } from './merge.js'
import type { Part } from './part-reader.js'
import { PartWriter } from './part-writer.js'
import type { ShelvedRun } from './shelved-run.js'
import { FileSink } from './sink.js'
import { inSlices } from './slice.js'
import { keepsTerm, type Survivors } from './survivors.js'

const sync = promisify(fdatasync)

const ZEROS = Buffer.alloc(2 ** 17)

/**
 * Makes the parts of one organization anew that hold anything of the entries, and puts them in the place of the old
 * ones: all of them, or none.
 *
 * @param goOn throws to give up
 * @throws BrokenRun, and as the file system does
 */
export async function eraseFromRuns(
  runs: readonly ShelvedRun[],
  { org, survivors }: Erasure,
  goOn: () => void,
): Promise<void> {
  // more may be asked for meanwhile: that is another erasure
  const held = new Map(survivors)
  const touched = runs.filter((run) => coversAny(run.part(org), held))
  const made: [ShelvedRun, ByteRange][] = []
  try {
    for (const run of touched) made.push([run, await remake(run, org, held, goOn)])
    goOn()
  } catch (error) {
    for (const run of touched) cutBack(run)
    throw error
  }
  for (const [run, range] of made) run.replace(org, range)
}

function coversAny(part: Part | undefined, survivors: Survivors): boolean {
  if (part === undefined) return false
  const end = part.first + part.count
  for (const index of survivors.keys()) if (index >= part.first && index < end) return true
  return false
}

async function remake(run: ShelvedRun, org: string, survivors: Survivors, goOn: () => void): Promise<ByteRange> {
  const { length } = await inSlices(append(run, org, survivors), goOn)
  await sync(run.paged.fd)
  goOn()
  return { offset: run.bytes, length }
}

function* append(run: ShelvedRun, org: string, survivors: Survivors): Generator<undefined, ByteRange> {
  const part = run.part(org) as Part
  const sink = new FileSink(run.paged.fd, run.bytes)
  const place = yield* mergeParts([part], new PartWriter(sink, part), erasingOf(survivors))
  sink.flush()
  return place
}

const erasingOf = (survivors: Survivors): Erasing => ({
  has: (index) => survivors.has(index),
  keeps(index, key) {
    const survivor = survivors.get(index)
    return survivor === undefined || keepsTerm(survivor, fieldOf(key), valueOf(key))
  },
})

/** What was appended and belongs to nothing goes; where that fails, the next opening sees to it. */
function cutBack({ paged, bytes }: ShelvedRun): void {
  try {
    ftruncateSync(paged.fd, bytes)
  } catch {
    // the run was closed, or its disk is gone
  }
}

/**
 * Overwrites what the runs no longer use and once held what was erased.
 *
 * @param goOn throws to give up
 */
export async function overwrite(runs: readonly ShelvedRun[], goOn: () => void): Promise<void> {
  for (const run of runs) {
    const { wipe } = run
    if (wipe.length === 0) continue
    await inSlices(fillWithZeros(run.paged.fd, wipe), goOn)
    await sync(run.paged.fd)
    goOn()
    run.wiped(wipe)
  }
}

function* fillWithZeros(fd: number, ranges: readonly ByteRange[]): Generator<undefined, undefined> {
  for (const { offset, length } of ranges)
    for (let done = 0; done < length; yield)
      done += writeSync(fd, ZEROS, 0, Math.min(ZEROS.length, length - done), offset + done)
  return undefined
}
