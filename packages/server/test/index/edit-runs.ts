/** Editing an index's files by hand, as somebody would who knows the format: every CRC fits afterwards. */
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MANIFEST_FILE, parseManifest } from '../../dist/index/runs/manifest.js'
import { PageCache, pagedFile } from '../../dist/index/runs/page-cache.js'
import { Part } from '../../dist/index/runs/part-reader.js'
import type { PartWriter } from '../../dist/index/runs/part-writer.js'
import { readDirectory, RunWriter } from '../../dist/index/runs/run-file.js'
import { keyTextOf } from '../../dist/index/runs/source.js'

/** An entry as a part says it: the keys of its terms, as `keyOf` makes them. */
export interface PostedEntry {
  atMs: number
  index: number
  readonly keys: Set<string>
}

/** Writes all runs of an index anew, with the entries of one organization changed: they stay in order of index. */
export function editRuns(folder: string, org: string, edit: (entries: PostedEntry[]) => void): void {
  const path = join(folder, MANIFEST_FILE)
  const manifest = parseManifest(readFileSync(path, 'utf8'))
  if (!manifest) throw new Error(`${path} is no manifest`)
  const runs = manifest.runs.map((run) => {
    const from = join(folder, run.file)
    const to = `${from}9`
    const bytes = editRun(from, run.length, to, org, edit)
    rmSync(from)
    return { file: `${run.file}9`, length: bytes, bytes, remade: [], wipe: [] }
  })
  writeFileSync(path, JSON.stringify({ ...manifest, next: manifest.next * 10 + 10, runs }))
}

function editRun(
  from: string,
  length: number,
  to: string,
  org: string,
  edit: (entries: PostedEntry[]) => void,
): number {
  const file = pagedFile(openSync(from, 'r'), from)
  const out = openSync(to, 'w')
  try {
    const writer = new RunWriter(out)
    for (const place of readDirectory(file, length)) {
      const part = new Part(file, place, new PageCache())
      const entries = readEntries(part)
      if (place.org === org) edit(entries)
      if (entries.length === 0) continue
      const first = Math.min(...entries.map(({ index }) => index))
      writeEntries(entries, first, writer.part(place.org, { first, count: entries.length }))
    }
    writer.finish()
    return statSync(to).size
  } finally {
    closeSync(out)
    closeSync(file.fd)
  }
}

function readEntries(part: Part): PostedEntry[] {
  const { times, offsets } = part.positions()
  const entries = Array.from(times, (atMs, ordinal) => ({
    atMs,
    index: part.first + (offsets[ordinal] as number),
    keys: new Set<string>(),
  }))
  const terms = part.eachTerm()
  while (terms.next())
    for (const ordinal of terms.ordinals.subarray(0, terms.count)) entries[ordinal]?.keys.add(keyTextOf(terms))
  return entries.sort((a, b) => a.index - b.index)
}

function writeEntries(entries: readonly PostedEntry[], first: number, writer: PartWriter): void {
  const sorted = entries.toSorted((a, b) => a.atMs - b.atMs || a.index - b.index)
  writer.positions(
    Float64Array.from(sorted, ({ atMs }) => atMs),
    Uint32Array.from(sorted, ({ index }) => index - first),
  )
  const lists = new Map<string, number[]>()
  for (const [ordinal, { keys }] of sorted.entries())
    for (const key of keys) lists.set(key, [...(lists.get(key) ?? []), ordinal])
  for (const key of [...lists.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const ordinals = Uint32Array.from(lists.get(key) ?? [])
    writer.term(Buffer.from(key, 'latin1'), key.length, ordinals, ordinals.length)
  }
  writer.finish()
}
