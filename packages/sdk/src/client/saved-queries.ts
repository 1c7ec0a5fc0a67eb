/** Saved queries: what an organization asks again and again, by name. */
import { isJsonArray, isJsonObject, type Json } from '../base/index.js'
import type { Query } from '../query/index.js'
import { CallFailed } from './call-failed.js'
import { unexpected } from './lists.js'
import type { CallOptions } from './options.js'
import type { Transport } from './transport.js'

/** A query under its name. Ask it by the parameter `saved` of a list or a tail. */
export interface SavedQuery {
  readonly name: string
  /** in words, such as `type:api_key.* since:7d` */
  readonly q: string
  /** the same as a tree */
  readonly query: Query
  readonly description?: string
  /** RFC 3339 */
  readonly saved_at: string
}

/** A query to save: in words or as a tree. */
export type QueryToSave = ({ readonly q: string } | { readonly query: Query }) & { readonly description?: string }

const PATH = '/v1/saved-queries'

export class SavedQueries {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** All of the organization's, by name. @throws CallFailed */
  async list(options: CallOptions = {}): Promise<readonly SavedQuery[]> {
    const { data } = await this.#transport.call({ path: PATH }, options)
    if (isJsonArray(data)) return data.map(savedOf)
    throw unexpected('The list holds no queries.')
  }

  /** @throws CallFailed `saved_query_not_found` and others */
  async get(name: string, options: CallOptions = {}): Promise<SavedQuery> {
    return savedOf(await this.#transport.call({ path: pathOf(name) }, options))
  }

  /**
   * Saves a query under a name, in place of what it had. Needs a key with the scope `admin`.
   *
   * @throws CallFailed `invalid_query`, with the place in `fault`, and others
   * @example
   * await log.savedQueries.save('failed-keys', { q: 'type:api_key.* -outcome:success since:7d' })
   */
  async save(name: string, query: QueryToSave, options: CallOptions = {}): Promise<SavedQuery> {
    const body = JSON.stringify(query)
    return savedOf(await this.#transport.call({ method: 'PUT', path: pathOf(name), body }, options))
  }

  /** Forgets a query. @throws CallFailed `saved_query_not_found` and others */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    try {
      await this.#transport.call({ method: 'DELETE', path: pathOf(name) }, options)
    } catch (error) {
      // After a try whose answer was lost, not being there is what was asked for.
      const isDone = error instanceof CallFailed && error.code === 'saved_query_not_found' && error.isUncertain
      if (!isDone) throw error
    }
  }
}

const pathOf = (name: string): string => `${PATH}/${encodeURIComponent(name)}`

function savedOf(value: Json): SavedQuery {
  if (isJsonObject(value) && typeof value.name === 'string' && typeof value.q === 'string')
    return value as unknown as SavedQuery
  throw unexpected('What came is not a saved query.')
}
