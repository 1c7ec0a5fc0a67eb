/** A log over `fetch`: of a server by its routes, or of a bundle whose folder is served as files. In Node and in browsers. */
import { AuditError } from '../base/index.js'
import { formatIndexPath, formatTilePath, NOTE_BYTES_MAX, type TileName } from '../merkle/index.js'
import { type FetchOptions, Getter, HttpRefusal } from './fetch-bytes.js'
import { keysOfLines, parseKeyHistory } from './key-history.js'
import type { Manifest } from './manifest.js'
import { MANIFEST_FILE, parseManifestFile } from './manifest-text.js'
import type { LogKey, LogSource } from './source.js'
import { DISCLOSURES_BYTES_MAX, KEYS_BYTES_MAX, MANIFEST_BYTES_MAX, TILE_BYTES_MAX } from './source-bounds.js'

export interface FetchSourceOptions extends FetchOptions {
  /** of a server: whose log; without it, `url` is the folder of a bundle */
  readonly organization?: string
}

/**
 * A source that reads by `fetch`. Busy servers are given time and asked again; what is not there is undefined.
 *
 * In a browser, it reads from where the page came from: a Sealedlog server sends no CORS headers, so a page of another
 * origin is refused by the browser itself. Serve the page beside the API, or pass `/v1/` on. Signatures are checked only
 * where the page came over https:// or from this machine. Redirects are not followed.
 *
 * What it reads throws AuditError `storage_failed` where nobody answers, tries are used up, more comes than there may be,
 * or something else is there; `invalid_export` and `unsupported_version` for a key history or manifest that cannot be read.
 *
 * @example
 * const server = fetchSource({ url: location.origin, organization: 'acme', key: 'slk_…' })
 * const bundle = fetchSource({ url: '/bundles/2026' }) // holds checkpoint, vkey, keys.json, tile/…, disclosures/…, manifest.json
 * const { verdict } = await verifyLog(server, { vkeys: ['example.com/log+…'], segmentsAtOnce: 2 })
 */
export function fetchSource({ organization, ...options }: FetchSourceOptions): LogSource {
  if (organization === undefined) return new FetchSource(new Getter(options, 'not found'), FOLDER)
  return new FetchSource(new Getter(options, 'told by the server'), {
    called: `, organization ${organization}`,
    prefix: `/v1/organizations/${encodeURIComponent(organization)}/tlog/`,
    keys: 'keys',
    hasManifest: false,
    noCheckpoint: 'has no checkpoint.',
  })
}

/** In what a server and a folder differ. */
interface Layout {
  /** behind the address, in the name */
  readonly called: string
  /** between the address and the paths of a log */
  readonly prefix: string
  readonly keys: string
  readonly hasManifest: boolean
  readonly noCheckpoint: string
}

const FOLDER: Layout = {
  called: '',
  prefix: '/',
  keys: 'keys.json',
  hasManifest: true,
  noCheckpoint: 'holds no checkpoint. Is it the folder of a bundle? Of a server, name the organization.',
}

class FetchSource implements LogSource {
  readonly name: string
  readonly #getter: Getter
  readonly #layout: Layout

  constructor(getter: Getter, layout: Layout) {
    this.name = getter.url + layout.called
    this.#getter = getter
    this.#layout = layout
  }

  async checkpoint(): Promise<string> {
    const note = await this.#text('checkpoint', NOTE_BYTES_MAX)
    if (note === undefined) throw new AuditError('storage_failed', `${this.name} ${this.#layout.noCheckpoint}`)
    return note
  }

  cosigned(): Promise<string | undefined> {
    return this.#text('cosigned', NOTE_BYTES_MAX)
  }

  /** From where there is no history, the keys alone. */
  async keys(): Promise<readonly LogKey[]> {
    const history = await this.#history()
    if (history !== undefined) return parseKeyHistory(history)
    return keysOfLines((await this.#text('vkey', NOTE_BYTES_MAX)) ?? '')
  }

  tile(tile: TileName): Promise<Uint8Array | undefined> {
    return this.#bytes(formatTilePath(tile), TILE_BYTES_MAX)
  }

  async disclosures(bundle: number): Promise<Uint8Array> {
    const bytes = await this.#bytes(`disclosures/${formatIndexPath(bundle)}`, DISCLOSURES_BYTES_MAX)
    return bytes ?? new Uint8Array(0)
  }

  async manifest(): Promise<Manifest | undefined> {
    if (!this.#layout.hasManifest) return undefined
    const text = await this.#text(MANIFEST_FILE, MANIFEST_BYTES_MAX)
    return text === undefined ? undefined : parseManifestFile(text)
  }

  async close(): Promise<void> {
    // Nothing is held: each request is over when it is answered.
  }

  /** Servers of before have no such route. */
  async #history(): Promise<string | undefined> {
    try {
      return await this.#text(this.#layout.keys, KEYS_BYTES_MAX)
    } catch (error) {
      if (error instanceof HttpRefusal && error.status === 404) return undefined
      throw error
    }
  }

  #text(path: string, bytesMax: number): Promise<string | undefined> {
    return this.#getter.text(this.#layout.prefix + path, bytesMax)
  }

  #bytes(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
    return this.#getter.get(this.#layout.prefix + path, bytesMax)
  }
}
