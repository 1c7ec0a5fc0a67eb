/**
 * A folder that is only added to: one file a checkpoint, synced, never written over. On a share that the operator cannot
 * rewrite, or one that is copied away, it bounds what can be taken back.
 */
import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError, decodeUtf8, encodeHex, encodeUtf8, equalBytes, sha256 } from '@sealedlog/sdk/base'
import { type NoteVerifier, openNote, parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import type { CheckpointSink, OfferedCheckpoint, SinkEvents } from './port.js'

const SIZE_DIGITS = 16
const NOTE_NAME = /^\d{16}\.note$/
/** Further notes over one size: two are proof enough. */
const CONFLICTS_MAX = 10

/** Where the note of a log stands: `<SHA-256 of the origin, in hex>/<size>.note`, the size padded so that names sort. */
export const anchorPath = (origin: string, size: number): string =>
  join(encodeHex(sha256(encodeUtf8(origin))), `${String(size).padStart(SIZE_DIGITS, '0')}.note`)

/** What checks the log's own signature, of every key that it had. */
type VerifiersOf = (org: string) => Promise<readonly NoteVerifier[]>

export class FolderAnchor implements CheckpointSink {
  readonly name = 'anchor'
  readonly #folder: string
  readonly #events: SinkEvents
  readonly #verifiersOf: VerifiersOf
  readonly #alarmed = new Set<string>()

  constructor(folder: string, verifiersOf: VerifiersOf, events: SinkEvents) {
    this.#folder = folder
    this.#verifiersOf = verifiersOf
    this.#events = events
  }

  async offer(checkpoint: OfferedCheckpoint): Promise<boolean> {
    const path = join(this.#folder, anchorPath(checkpoint.origin, checkpoint.size))
    await makeFolder(join(path, '..'))
    if (await writeNew(path, checkpoint.note)) return true
    const there = await readFile(path)
    const verdict = compare(there, checkpoint.note)
    if (verdict === 'same') return true
    // Whatever was cut off by a crash, or says something else, stays: what stands in an anchor is never touched.
    await writeBeside(path, checkpoint.note, verdict === 'cut' ? 'again' : 'conflict')
    if (verdict === 'other') await this.#alarm(checkpoint, path, there)
    return true
  }

  /**
   * The largest size of each log of which the anchor holds a checkpoint that the log itself signed: for a check before
   * anything is written.
   */
  async sizesSeen(heads: Iterable<OfferedCheckpoint>): Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, number>()
    for (const { org, origin } of heads) {
      const size = await this.#newestSize(org, origin)
      if (size !== undefined) seen.set(origin, size)
    }
    return seen
  }

  async #newestSize(org: string, origin: string): Promise<number | undefined> {
    const folder = join(this.#folder, anchorPath(origin, 0), '..')
    const names = await readdir(folder).catch(() => [])
    for (const name of names
      .filter((each) => NOTE_NAME.test(each))
      .toSorted()
      .toReversed()) {
      const note = await readFile(join(folder, name))
      // What was cut off by a crash is no checkpoint: the one before it is.
      if (await this.#isSigned(org, note)) return parseCheckpoint(parseNote(note).text).size
    }
    return undefined
  }

  /** Whether it is a checkpoint that the log itself signed: anybody may have put something into the folder. */
  async #isSigned(org: string, note: Uint8Array): Promise<boolean> {
    try {
      parseCheckpoint(openNote(note, await this.#verifiersOf(org)).text)
      return true
    } catch (error) {
      if (error instanceof AuditError) return false
      throw error
    }
  }

  async #alarm({ org, origin, size }: OfferedCheckpoint, path: string, there: Uint8Array): Promise<void> {
    if (this.#alarmed.has(path)) return
    this.#alarmed.add(path)
    const evidence = (await this.#isSigned(org, there)) ? decodeUtf8(there) : undefined
    this.#events.alarmed({
      sink: this.name,
      org,
      origin,
      kind: 'fork',
      what: `the anchor holds another checkpoint of the same size: compare ${path} with the one beside it`,
      size,
      ...(evidence !== undefined && { evidence }),
    })
  }

  /** How many sizes of logs stand there twice. */
  get alarms(): number {
    return this.#alarmed.size
  }
}

/** Made folders are synced into the folder above, or a power cut could take them away with all they hold. */
async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true })
  if (made !== undefined) await syncFolder(join(folder, '..'))
}

/** False when something stands there already. */
async function writeNew(path: string, note: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o444)
    try {
      await file.writeFile(note)
      await file.sync()
    } finally {
      await file.close()
    }
    await syncFolder(join(path, '..'))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function writeBeside(path: string, note: string, why: 'again' | 'conflict'): Promise<void> {
  for (let n = 1; n <= CONFLICTS_MAX; n++) {
    const beside = `${path}.${why}${n === 1 ? '' : `-${n}`}`
    if (await writeNew(beside, note)) return
    if (compare(await readFile(beside), note) === 'same') return
  }
}

/** `cut`: the beginning of it, and no more; `other`: another root, or something else altogether. */
function compare(there: Uint8Array, note: string): 'same' | 'cut' | 'other' {
  const bytes = encodeUtf8(note)
  if (equalBytes(there, bytes)) return 'same'
  if (there.length < bytes.length && equalBytes(there, bytes.subarray(0, there.length))) return 'cut'
  try {
    const [a, b] = [parseCheckpoint(parseNote(there).text), parseCheckpoint(parseNote(note).text)]
    return a.origin === b.origin && a.size === b.size && equalBytes(a.root, b.root) ? 'same' : 'other'
  } catch (error) {
    if (error instanceof AuditError) return 'other'
    throw error
  }
}

/** Not every system can sync a folder; where it can, what was made in it stays. */
async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r').catch(() => undefined)
  try {
    await directory?.sync().catch(() => undefined)
  } finally {
    await directory?.close()
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
