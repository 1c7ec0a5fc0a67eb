/** A bundle as a source: a folder of files as C2SP tlog-tiles lays them out, with or without a manifest. */
import { join } from 'node:path'
import { AuditError } from '../base/index.js'
import { formatIndexPath, formatTilePath, NOTE_BYTES_MAX, type TileName } from '../merkle/index.js'
import {
  DISCLOSURES_BYTES_MAX,
  KEYS_BYTES_MAX,
  keysOfLines,
  type LogKey,
  type LogSource,
  type Manifest,
  MANIFEST_BYTES_MAX,
  MANIFEST_FILE,
  parseKeyHistory,
  parseManifestFile,
  TILE_BYTES_MAX,
} from '../verify/index.js'
import { isMissing, readBytes, readText } from './files.js'
import { stat } from 'node:fs/promises'

const POLICY_BYTES_MAX = 1_048_576

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

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}
