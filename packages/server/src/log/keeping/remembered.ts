/**
 * Small documents of the server's own, one an organization, all of a kind in memory: what is asked on every call and
 * changes once a year. They stand in `_system`, so that they outlive what an organization may delete.
 *
 * Memory follows the store: what is written or deleted here is known here once it is durable.
 */
import { parseText } from '@sealedlog/sdk/base'
import type { DocumentStore } from '../../store/index.js'
import { INSTANCE_ORGANIZATION } from './own.js'

const PAGE = 500

/** What is remembered of an organization, and which writing it is. */
export interface Kept<T> {
  readonly value: T
  readonly revision: number
}

export class Remembered<T extends object> {
  readonly #documents: DocumentStore
  readonly #kind: string
  readonly #kept = new Map<string, Kept<T>>()

  private constructor(documents: DocumentStore, kind: string) {
    this.#documents = documents
    this.#kind = kind
  }

  /** Reads every document of a kind. */
  static async open<T extends object>(documents: DocumentStore, kind: string): Promise<Remembered<T>> {
    const remembered = new Remembered<T>(documents, kind)
    for (let after = ''; ; ) {
      const page = await documents.listDocuments(INSTANCE_ORGANIZATION, kind, after, PAGE)
      for (const { name, body, revision } of page)
        remembered.#kept.set(name, { value: parseText(body) as unknown as T, revision })
      if (page.length < PAGE) return remembered
      after = page.at(-1)?.name ?? ''
    }
  }

  get(name: string): Kept<T> | undefined {
    return this.#kept.get(name)
  }

  /** The names of now: whoever goes through them may change what stands there meanwhile. */
  names(): readonly string[] {
    return [...this.#kept.keys()]
  }

  /** Durable before it resolves, and before it is known. */
  async put(name: string, value: T): Promise<Kept<T>> {
    const document = { org: INSTANCE_ORGANIZATION, kind: this.#kind, name, body: JSON.stringify(value) }
    const revision = (await this.#documents.putDocument(document)) ?? 0
    const kept = { value, revision }
    this.#kept.set(name, kept)
    return kept
  }

  async delete(name: string): Promise<void> {
    if (!this.#kept.has(name)) return
    await this.#documents.deleteDocument(INSTANCE_ORGANIZATION, this.#kind, name)
    this.#kept.delete(name)
  }
}
