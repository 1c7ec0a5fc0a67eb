/** Which organizations exist: asked on every call, and answered from memory, because none is ever deleted. */
import { DEFAULT_ORGANIZATION, type Organizations } from './http/index.js'
import type { LogStore } from './store/index.js'

/** Ids that are remembered; more than these are asked of the store again. */
const KNOWN_MAX = 100_000

export class KnownOrganizations implements Organizations {
  readonly #store: LogStore
  readonly #known = new Set<string>()
  #several = false

  constructor(store: LogStore) {
    this.#store = store
  }

  async exists(org: string): Promise<boolean> {
    if (this.#known.has(org)) return true
    if ((await this.#store.head(org)) === undefined) return false
    if (this.#known.size < KNOWN_MAX) this.#known.add(org)
    return true
  }

  async onlyDefault(): Promise<boolean> {
    if (this.#several) return false
    const heads = await this.#store.heads('', 2)
    this.#several = heads.length > 1 || heads[0]?.org !== DEFAULT_ORGANIZATION
    return !this.#several
  }
}
