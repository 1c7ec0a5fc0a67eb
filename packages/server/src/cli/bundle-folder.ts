/** The folder of a bundle while it is written: beside its place, and put there whole when its manifest is in it. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ManifestFile } from '@sealedlog/sdk/verify'
import { misused } from './connection.js'

const MANIFEST = 'manifest.json'

export class BundleFolder {
  readonly path: string
  readonly #part: string
  readonly #files: ManifestFile[] = []
  readonly #made = new Set<string>()

  private constructor(path: string) {
    this.path = path
    this.#part = `${path}.part`
  }

  /** @throws AuditError `invalid_configuration` when something stands there already */
  static async make(path: string): Promise<BundleFolder> {
    const folder = new BundleFolder(resolve(path))
    if (existsSync(folder.path))
      throw misused(`${path} is there already. Name another folder by --out, or move it away.`)
    // What an export that was killed left behind is nobody's.
    await rm(folder.#part, { recursive: true, force: true })
    await mkdir(folder.#part, { recursive: true })
    return folder
  }

  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0)
  }

  /** Writes a file, byte for byte. Each path once. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.#put(path, bytes)
    this.#files.push({ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  }

  /** Writes the manifest, last of all, and puts the folder in its place. */
  async finish(manifestOf: (files: readonly ManifestFile[]) => object): Promise<readonly ManifestFile[]> {
    const files = this.#files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
    await this.#put(MANIFEST, Buffer.from(`${JSON.stringify(manifestOf(files), null, 2)}\n`))
    await rename(this.#part, this.path)
    return files
  }

  /** Leaves nothing behind of a bundle that did not come about. */
  async discard(): Promise<void> {
    await rm(this.#part, { recursive: true, force: true })
  }

  async #put(path: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.#part, ...path.split('/'))
    const folder = dirname(file)
    if (!this.#made.has(folder)) await mkdir(folder, { recursive: true })
    this.#made.add(folder)
    await writeFile(file, bytes)
  }
}
