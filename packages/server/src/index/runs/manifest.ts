/**
 * The manifest: which files make up the index, in their sequence. It is replaced as a whole, after what it names is
 * synced, so that a crash leaves the old state or the new one. What it does not name is nobody's, and is deleted.
 */
import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeUtf8, parseText } from '@sealedlog/sdk/base'

export const MANIFEST_FILE = 'manifest.json'

/**
 * Of the manifest and of all files that it names: another version is another index. It also counts up where the same
 * postings would be written otherwise, for `sealedlog verify` compares bytes.
 */
export const INDEX_VERSION = 2

/** Bytes of a file. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** A part that was made anew, at the end of its run's file: it stands for the one that the run's directory names. */
export interface Remade extends ByteRange {
  readonly org: string
}

export interface ManifestRun {
  readonly file: string
  /** bytes as it was first written, its footer the last of them */
  readonly length: number
  /** bytes with the parts that were appended; what is beyond was never finished */
  readonly bytes: number
  readonly remade: readonly Remade[]
  /** what was erased and is still to be overwritten */
  readonly wipe: readonly ByteRange[]
}

export interface Manifest {
  readonly version: typeof INDEX_VERSION
  /** the number of the next file: no name is used twice */
  readonly next: number
  readonly runs: readonly ManifestRun[]
}

export const EMPTY_MANIFEST: Manifest = { version: INDEX_VERSION, next: 1, runs: [] }

/** What a folder says; undefined where it says nothing, or nothing that this version understands. */
export function readManifest(folder: string): Manifest | undefined {
  const text = readText(join(folder, MANIFEST_FILE))
  return text === undefined ? undefined : parseManifest(text)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces the manifest: synced before it is renamed, and the folder after. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, MANIFEST_FILE)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(encodeUtf8(`${JSON.stringify(manifest)}\n`))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(folder)
}

export async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** @returns undefined for what is no manifest of this version */
export function parseManifest(text: string): Manifest | undefined {
  let value: unknown
  try {
    value = parseText(text)
  } catch {
    return undefined
  }
  return isManifest(value) ? value : undefined
}

const isManifest = (value: unknown): value is Manifest =>
  isObject(value) && value['version'] === INDEX_VERSION && isCount(value['next']) && isArrayOf(value['runs'], isRun)

const isRun = (value: unknown): value is ManifestRun =>
  isObject(value) &&
  isFileName(value['file']) &&
  isCount(value['length']) &&
  isCount(value['bytes']) &&
  isArrayOf(value['remade'], (each): each is Remade => isRange(each) && typeof (each as Remade).org === 'string') &&
  isArrayOf(value['wipe'], isRange)

const RUN_FILE = /^run-(\d{1,15})$/

/** The name of a run's file. */
export const runFileName = (number: number): string => `run-${number}`

/** A name that `runFileName` made: no path that leads elsewhere. */
export const isFileName = (value: unknown): value is string => typeof value === 'string' && RUN_FILE.test(value)

const isRange = (value: unknown): value is ByteRange =>
  isObject(value) && isCount(value['offset']) && isCount(value['length'])

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isArrayOf<T>(value: unknown, isOne: (each: unknown) => each is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isOne)
}
