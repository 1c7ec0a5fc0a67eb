/**
 * Where registrations are kept: one document a type with its newest version, and one for each version before it.
 *
 * A version is put aside before the next one takes its place. A stop in between leaves it in both places, which says
 * nothing wrong: what stands in the first document counts.
 */
import { formatTime, parseText } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { DocumentStore, StoredDocument } from '../store/index.js'
import type { Registration } from './registration.js'

const KIND = 'event_type'
const VERSION_KIND = 'event_type_version'
const VERSION_DIGITS = 9

/** A registration with what the server says of it. */
export interface StoredType extends Registration {
  /** counts the contents that it had: from 1 */
  readonly version: number
  /** changes with each writing, that of the mode alone too */
  readonly revision: number
  /** when the type was first registered */
  readonly created_at: string
  /** when it was written last */
  readonly updated_at: string
}

type Body = Omit<StoredType, 'revision'>

/** Sorts as the versions do. */
const versionName = (type: string, version: number): string =>
  `${type}/${String(version).padStart(VERSION_DIGITS, '0')}`

const parse = ({ body, revision }: StoredDocument): StoredType => ({
  ...(parseText(body) as unknown as Body),
  revision,
})

export class TypeDocuments {
  readonly #store: DocumentStore
  readonly #nowMs: () => number

  constructor(store: DocumentStore, nowMs: () => number) {
    this.#store = store
    this.#nowMs = nowMs
  }

  async get(org: string, type: string): Promise<StoredType | undefined> {
    const document = await this.#store.getDocument(org, KIND, type)
    return document && parse(document)
  }

  /** All names, ascending. */
  names(org: string): Promise<readonly string[]> {
    return this.#store.listDocumentNames(org, KIND, '', BOUNDS.EVENT_TYPES_MAX + SPARE_NAMES)
  }

  /** A version; undefined when there was none, or it is forgotten. */
  async version(org: string, current: StoredType, version: number): Promise<StoredType | undefined> {
    if (version >= current.version) return version === current.version ? current : undefined
    const document = await this.#store.getDocument(org, VERSION_KIND, versionName(current.type, version))
    return document && parse(document)
  }

  /** Versions that can still be read, before the current one. */
  async versionsBefore(org: string, { type, version }: StoredType): Promise<readonly number[]> {
    const names = await this.#store.listDocumentNames(org, VERSION_KIND, `${type}/`, BOUNDS.EVENT_TYPE_VERSIONS_MAX)
    const numbers = names
      .filter((name) => name.startsWith(`${type}/`))
      .map((name) => Number(name.slice(type.length + 1)))
    return numbers.filter((number) => number < version)
  }

  /**
   * Writes a registration over what stands there.
   *
   * @returns undefined when something else stands there by now
   */
  async put(
    org: string,
    before: StoredType | undefined,
    registration: Registration,
    version: number,
  ): Promise<StoredType | undefined> {
    const now = formatTime(this.#nowMs())
    if (before && version > before.version) await this.#putAside(org, before)
    const body: Body = { ...registration, version, created_at: before?.created_at ?? now, updated_at: now }
    const document = { org, kind: KIND, name: registration.type, body: JSON.stringify(body) }
    const revision = await this.#store.putDocument(document, before?.revision ?? 'new')
    return revision === undefined ? undefined : { ...body, revision }
  }

  /** False when another revision stands there than expected, or nothing. */
  async delete(org: string, { type, revision }: StoredType): Promise<boolean> {
    if (!(await this.#store.deleteDocument(org, KIND, type, revision))) return false
    const names = await this.#store.listDocumentNames(org, VERSION_KIND, `${type}/`, BOUNDS.EVENT_TYPE_VERSIONS_MAX + 1)
    for (const name of names.filter((each) => each.startsWith(`${type}/`)))
      await this.#store.deleteDocument(org, VERSION_KIND, name)
    return true
  }

  /** Whoever writes the next version puts the same aside, so nobody needs to know who was first. */
  async #putAside(org: string, { revision: _revision, ...body }: StoredType): Promise<void> {
    const { type, version } = body
    const document = { org, kind: VERSION_KIND, name: versionName(type, version), body: JSON.stringify(body) }
    await this.#store.putDocument(document)
    const forgotten = version + 1 - BOUNDS.EVENT_TYPE_VERSIONS_MAX
    if (forgotten > 0) await this.#store.deleteDocument(org, VERSION_KIND, versionName(type, forgotten))
  }
}

/** Two who register at once may pass the bound together; nobody loses sight of what they did. */
const SPARE_NAMES = 100
