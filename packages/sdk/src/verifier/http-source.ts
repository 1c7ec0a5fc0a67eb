/** A server as a source: an organization's log by its HTTP routes. What it answers is bytes to be checked, and no more. */
import { AuditError, isJsonArray, isJsonObject, parseText } from '../base/index.js'
import { formatIndexPath, formatTilePath, NOTE_BYTES_MAX, type TileName } from '../merkle/index.js'
import type { LogKey, LogSource, Manifest } from '../verify/index.js'
import { DISCLOSURES_BYTES_MAX, keysOfLines, TILE_BYTES_MAX } from './bundle-source.js'
import { Getter, type HttpOptions, HttpRefusal } from './http-get.js'
import { parseKeyHistory } from './key-history.js'

const KEYS_BYTES_MAX = 16_777_216
const LIST_BYTES_MAX = 16_777_216
const LIST_LIMIT = 1_000

/** A server, and the organizations of it that a key reaches. */
export class HttpServer {
  readonly #getter: Getter

  constructor(options: HttpOptions) {
    this.#getter = new Getter(options)
  }

  source(org: string): HttpSource {
    return new HttpSource(this.#getter, org)
  }

  /**
   * The ids of all organizations that the key reaches.
   *
   * @throws AuditError `organization_required` where the key may not list them
   */
  async organizations(): Promise<readonly string[]> {
    const ids: string[] = []
    for (let after = ''; ; after = ids.at(-1) ?? '') {
      const text = await this.#list(after)
      const page = parseText(text ?? 'null')
      const data = isJsonObject(page) ? page['data'] : undefined
      if (!isJsonObject(page) || !isJsonArray(data ?? null)) throw unexpected(this.#getter.url)
      for (const each of data as readonly unknown[]) {
        const { id } = (each ?? {}) as { readonly id?: unknown }
        // Ascending, or a server could have us list for ever.
        if (typeof id !== 'string' || id <= (ids.at(-1) ?? '')) throw unexpected(this.#getter.url)
        ids.push(id)
      }
      if (page['has_more'] !== true || (data as readonly unknown[]).length === 0) return ids
    }
  }

  async #list(after: string): Promise<string | undefined> {
    try {
      const query = after === '' ? '' : `&after=${encodeURIComponent(after)}`
      return await this.#getter.text(`/v1/organizations?limit=${LIST_LIMIT}${query}`, LIST_BYTES_MAX)
    } catch (error) {
      if (!(error instanceof HttpRefusal) || error.status !== 403) throw error
      throw new AuditError(
        'organization_required',
        'The key may not list organizations. Name the one to verify by --org.',
      )
    }
  }
}

const unexpected = (url: string): AuditError =>
  new AuditError(
    'storage_failed',
    `${url} lists organizations in a way that no Sealedlog server does. Name one by --org.`,
  )

export class HttpSource implements LogSource {
  readonly name: string
  readonly org: string
  readonly #getter: Getter
  readonly #prefix: string

  constructor(getter: Getter, org: string) {
    this.name = `${getter.url}, organization ${org}`
    this.org = org
    this.#getter = getter
    this.#prefix = `/v1/organizations/${encodeURIComponent(org)}/tlog/`
  }

  async checkpoint(): Promise<string> {
    const note = await this.#text('checkpoint', NOTE_BYTES_MAX)
    if (note === undefined) throw new AuditError('storage_failed', `${this.name} has no checkpoint.`)
    return note
  }

  cosigned(): Promise<string | undefined> {
    return this.#text('cosigned', NOTE_BYTES_MAX)
  }

  /** From a server that has no history yet, the keys alone. */
  async keys(): Promise<readonly LogKey[]> {
    const history = await this.#optional('keys', KEYS_BYTES_MAX)
    if (history !== undefined) return parseKeyHistory(history)
    return keysOfLines((await this.#text('vkey', NOTE_BYTES_MAX)) ?? '')
  }

  tile(tile: TileName): Promise<Uint8Array | undefined> {
    return this.#getter.get(this.#prefix + formatTilePath(tile), TILE_BYTES_MAX)
  }

  async disclosures(bundle: number): Promise<Uint8Array> {
    const path = `disclosures/${formatIndexPath(bundle)}`
    return (await this.#getter.get(this.#prefix + path, DISCLOSURES_BYTES_MAX)) ?? new Uint8Array(0)
  }

  async manifest(): Promise<Manifest | undefined> {
    return undefined
  }

  async close(): Promise<void> {
    // Nothing is held: each request is over when it is answered.
  }

  #text(path: string, bytesMax: number): Promise<string | undefined> {
    return this.#getter.text(this.#prefix + path, bytesMax)
  }

  async #optional(path: string, bytesMax: number): Promise<string | undefined> {
    try {
      return await this.#text(path, bytesMax)
    } catch (error) {
      if (error instanceof HttpRefusal && error.status === 404) return undefined
      throw error
    }
  }
}
