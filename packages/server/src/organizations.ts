/**
 * Which organizations exist: asked on every call, and answered from memory. None is ever deleted, and whoever makes one
 * in this process makes it here; but the server's own, which is counted nowhere.
 */
import { DEFAULT_ORGANIZATION, type Organizations } from './http/index.js'
import { isServersOwn } from './log/index.js'
import type { LogHead, LogStore } from './store/index.js'

/** Ids that are remembered; more than these are asked of the store again. */
const KNOWN_MAX = 100_000

export class KnownOrganizations implements Organizations {
  readonly #store: LogStore
  readonly #known = new Set<string>()
  /** undefined until it is asked for the first time */
  #onlyDefault: boolean | undefined

  constructor(store: LogStore) {
    this.#store = store
  }

  async create(org: string, name: string): Promise<LogHead> {
    if (org !== DEFAULT_ORGANIZATION) this.#onlyDefault = false
    return this.#store.createLog(org, name)
  }

  async exists(org: string): Promise<boolean> {
    if (this.#known.has(org)) return true
    if ((await this.#store.head(org)) === undefined) return false
    if (this.#known.size < KNOWN_MAX) this.#known.add(org)
    return true
  }

  async onlyDefault(): Promise<boolean> {
    if (this.#onlyDefault === undefined) {
      // The server's own is not counted; two besides it decide.
      const heads = (await this.#store.heads('', 3)).filter(({ org }) => !isServersOwn(org))
      // A create may have answered while this was read: what it said stands.
      this.#onlyDefault ??= heads.length === 1 && heads[0]?.org === DEFAULT_ORGANIZATION
    }
    return this.#onlyDefault
  }
}
