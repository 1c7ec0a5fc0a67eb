/** A bundle as a source: a folder of files as C2SP tlog-tiles lays them out, with or without a manifest. */
import { join } from 'node:path'
import { AuditError } from '../base/index.js'
import { BOUNDS } from '../event/index.js'
import {
  formatIndexPath,
  formatTilePath,
  LEAF_BYTES_MAX,
  NOTE_BYTES_MAX,
  TILE_WIDTH,
  type TileName,
} from '../merkle/index.js'
import type { LogKey, LogSource, Manifest } from '../verify/index.js'
import { isMissing, readBytes, readText } from './files.js'
import { parseKeyHistory } from './key-history.js'
import { MANIFEST_BYTES_MAX, MANIFEST_FILE, parseManifestFile } from './manifest-file.js'
import { stat } from 'node:fs/promises'

const KEYS_BYTES_MAX = 16_777_216
const POLICY_BYTES_MAX = 1_048_576
export const TILE_BYTES_MAX = TILE_WIDTH * (LEAF_BYTES_MAX + 2)
/** Of each entry: its disclosures, and an index before each of its hundred and five groups. */
export const DISCLOSURES_BYTES_MAX = TILE_WIDTH * (BOUNDS.EVENT_BYTES_MAX + 4_096)

export class BundleSource implements LogSource {
  readonly name: string
  readonly folder: string
  #manifest: Promise<Manifest | undefined> | undefined

  constructor(folder: string) {
    this.name = folder
    this.folder = folder
  }

  async checkpoint(): Promise<string> {
    const note = await this.#text('checkpoint', NOTE_BYTES_MAX)
    if (note === undefined)
      throw new AuditError('storage_failed', `${this.folder} holds no checkpoint. Is it the folder of a bundle?`)
    return note
  }

  cosigned(): Promise<string | undefined> {
    return this.#text('cosigned', NOTE_BYTES_MAX)
  }

  async keys(): Promise<readonly LogKey[]> {
    const history = await this.#text('keys.json', KEYS_BYTES_MAX)
    if (history !== undefined) return parseKeyHistory(history)
    const lines = (await this.#text('vkey', NOTE_BYTES_MAX)) ?? ''
    return keysOfLines(lines)
  }

  /** the witness policy inside, which is whoever's who made the bundle */
  policy(): Promise<string | undefined> {
    return this.#text('policy', POLICY_BYTES_MAX)
  }

  tile(tile: TileName): Promise<Uint8Array | undefined> {
    return this.#bytes(formatTilePath(tile), TILE_BYTES_MAX)
  }

  async disclosures(bundle: number): Promise<Uint8Array> {
    const bytes = await this.#bytes(`disclosures/${formatIndexPath(bundle)}`, DISCLOSURES_BYTES_MAX)
    return bytes ?? new Uint8Array(0)
  }

  /** Whether it is a bundle of ours: a log of plain tiles has leaves, and nothing behind their commitments. */
  async hasDisclosures(): Promise<boolean> {
    return (await isThere(join(this.folder, MANIFEST_FILE))) || (await isThere(join(this.folder, 'disclosures')))
  }

  manifest(): Promise<Manifest | undefined> {
    this.#manifest ??= this.#text(MANIFEST_FILE, MANIFEST_BYTES_MAX).then((text) =>
      text === undefined ? undefined : parseManifestFile(text),
    )
    return this.#manifest
  }

  async close(): Promise<void> {
    this.#manifest = undefined
  }

  #text(path: string, bytesMax: number): Promise<string | undefined> {
    return readText(join(this.folder, path), bytesMax)
  }

  #bytes(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
    return readBytes(join(this.folder, path), bytesMax)
  }
}

/** Of keys without a history, only what they are is known. */
export const keysOfLines = (text: string): readonly LogKey[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((vkey, i, all) => ({ origin: vkey.split('+')[0] ?? '', generation: all.length - i, vkey, since: 0 }))

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}
