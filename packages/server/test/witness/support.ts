/** Logs made for witnesses: any size, forks that share a beginning, proofs and signatures as they should be and otherwise. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeHex, encodeUtf8, sha256 } from '@sealedlog/sdk/base'
import {
  formatCheckpoint,
  formatGrowth,
  hashLeaf,
  hashNode,
  proveConsistency,
  type ReadSubtree,
  rootOf,
  signNote,
} from '@sealedlog/sdk/merkle'
import { afterAll } from 'vitest'
import { type CheckpointKey, deriveCheckpointKey } from '../../dist/store/index.js'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder of this test file's own, gone when it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-witness-'))
  folders.push(folder)
  return folder
}

const SEED = sha256(encodeUtf8('the logs of the witness tests'))

/** A log, or a fork of one: the leaves below `forkedAt` are those of the log itself. */
export class TestLog {
  readonly origin: string
  readonly key: CheckpointKey
  readonly #branch: string
  readonly #forkedAt: number
  readonly #levels: Uint8Array[][] = [[]]

  constructor(origin: string, branch = '', forkedAt = 0) {
    this.origin = origin
    this.key = deriveCheckpointKey(SEED, origin, 1)
    this.#branch = branch
    this.#forkedAt = forkedAt
  }

  get vkey(): string {
    return this.key.vkey
  }

  /** The same log up to a size, and another one after it. */
  fork(at: number, branch = 'fork'): TestLog {
    return new TestLog(this.origin, branch, at)
  }

  get hash(): string {
    return encodeHex(sha256(encodeUtf8(this.origin)))
  }

  root(size: number): Uint8Array {
    return rootOf(size, this.#read)
  }

  text(size: number): string {
    return formatCheckpoint({ origin: this.origin, size, root: this.root(size), extensions: [] })
  }

  note(size: number): string {
    return signNote(this.text(size), [this.key])
  }

  consistency(oldSize: number, size: number): Uint8Array[] {
    return proveConsistency(oldSize, size, this.#read)
  }

  /** What a witness is sent. */
  growth(oldSize: number, size: number): string {
    return formatGrowth({ oldSize, hashes: this.consistency(oldSize, size), checkpoint: this.note(size) })
  }

  readonly #read: ReadSubtree = (height, index) => {
    const level = (this.#levels[height] ??= [])
    return (level[index] ??= this.#make(height, index))
  }

  #make(height: number, index: number): Uint8Array {
    if (height > 0) return hashNode(this.#read(height - 1, 2 * index), this.#read(height - 1, 2 * index + 1))
    return hashLeaf(encodeUtf8(`${index < this.#forkedAt ? '' : this.#branch} leaf ${index}`))
  }
}

export interface Reply {
  readonly status: number
  readonly type: string
  readonly text: string
}

export async function post(url: string, body: string | Uint8Array<ArrayBuffer>): Promise<Reply> {
  return replyOf(await fetch(`${url}/add-checkpoint`, { method: 'POST', body }))
}

export async function get(url: string, path: string, method = 'GET'): Promise<Reply> {
  return replyOf(await fetch(`${url}${path}`, { method }))
}

const replyOf = async (response: Response): Promise<Reply> => ({
  status: response.status,
  type: response.headers.get('content-type') ?? '',
  text: await response.text(),
})
