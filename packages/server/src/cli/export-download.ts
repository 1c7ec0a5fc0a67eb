/** What an export reads of a server: the declaration, the notes, the tiles, and which entries a filter finds. */
import { AuditError, decodeUtf8, encodeUtf8, parseText } from '@sealedlog/sdk/base'
import { BOUNDS, type IndexRange, toRanges } from '@sealedlog/sdk/event'
import { parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import type { BundleSource } from './bundle.js'
import { CallFailed, type Client } from './client.js'

/** The body of POST /v1/exports. */
export interface ExportBody {
  readonly from?: number
  readonly to?: number
  readonly q?: string
  readonly filters?: { readonly [name: string]: readonly string[] }
  readonly withhold?: readonly string[]
  readonly reason?: string
}

/** Its answer. */
export interface Declared {
  readonly id: string
  readonly org: string
  /** where the log says so; null where it is read-only */
  readonly index: number | null
  readonly size: number
  readonly checkpoint: string
  readonly from: number
  readonly to: number
}

/** What stands beside the tiles. */
export interface Notes {
  readonly files: readonly (readonly [path: string, bytes: Uint8Array])[]
  /** the entries that announce keys */
  readonly always: readonly number[]
  /** the sizes that other notes were signed at */
  readonly sizes: readonly number[]
}

interface Page {
  readonly data: readonly { readonly index: number }[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}

const TRIES_MAX = 5
const REDACTIONS = { type: 'audit.redaction', bucket: 'sealedlog', order: 'desc' }

export class LogDownload implements BundleSource {
  readonly declared: Declared
  readonly #client: Client
  readonly #cosigned: Uint8Array | undefined

  private constructor(client: Client, declared: Declared, cosigned: Uint8Array | undefined) {
    this.#client = client
    this.declared = declared
    this.#cosigned = cosigned
  }

  /** Puts the export on record. What is exported is exported under the checkpoint that comes back. */
  static async declare(client: Client, body: ExportBody): Promise<LogDownload> {
    // Said once: a second time would be a second entry.
    const declared = await client.call<Declared>({ method: 'POST', path: '/v1/exports', body: JSON.stringify(body) })
    const cosigned = await readIfThere(client, `${tlogOf(declared.org)}/cosigned`)
    return new LogDownload(client, declared, cosigned && sizeOf(cosigned) <= declared.size ? cosigned : undefined)
  }

  /** The evidence file of one event, exactly as it was sent. */
  static async evidence(client: Client, id: string, withhold: readonly string[]): Promise<string> {
    const query = new URLSearchParams(withhold.map((group): [string, string] => ['withhold', group]))
    const bytes = await readBytes(client, `/v1/events/${encodeURIComponent(id)}/evidence`, query)
    return decodeUtf8(bytes)
  }

  /** The files beside the tiles, exactly as they were sent, and what of the log they lean on. */
  async notes(): Promise<Notes> {
    const keys = await this.read('keys')
    const files: [string, Uint8Array][] = [
      ['checkpoint', encodeUtf8(this.declared.checkpoint)],
      ...(this.#cosigned ? [['cosigned', this.#cosigned] satisfies [string, Uint8Array]] : []),
      ['vkey', await this.read('vkey')],
      ['keys.json', keys],
    ]
    return {
      files,
      always: announcementsIn(keys).filter((index) => index < this.declared.size),
      sizes: this.#cosigned ? [sizeOf(this.#cosigned)] : [],
    }
  }

  read(path: string): Promise<Uint8Array> {
    return readBytes(this.#client, `${tlogOf(this.declared.org)}/${path}`)
  }

  async *redactions(): AsyncGenerator<number> {
    for await (const index of this.#indexes(new URLSearchParams(REDACTIONS))) yield index
  }

  /**
   * The entries of the range that the filters find; without filters all of the range.
   *
   * @param onFound told how many there are so far
   */
  async chosen(filters: URLSearchParams, onFound: (count: number) => void): Promise<readonly IndexRange[]> {
    const { from, to, size } = this.declared
    const end = Math.min(to, size)
    if (filters.size === 0) return from < end ? [[from, end - 1]] : []
    const found: number[] = []
    for await (const index of this.#indexes(new URLSearchParams([...filters, ['order', 'asc']]))) {
      if (index >= from && index < end) found.push(index)
      onFound(found.length)
    }
    return toRanges([...new Set(found)].sort((a, b) => a - b))
  }

  /**
   * Refuses to call it done when something was erased since the checkpoint: what is gone would look like a loss, for the
   * entry that accounts for it is not inside.
   *
   * @throws AuditError `revision_mismatch`
   */
  async checkUnchanged(): Promise<void> {
    for await (const index of this.redactions()) {
      if (index < this.declared.size) return
      throw new AuditError(
        'revision_mismatch',
        `Entry ${index} erased parts of the log while it was exported. Export it again: then its account is inside.`,
      )
    }
  }

  async *#indexes(query: URLSearchParams): AsyncGenerator<number> {
    query.set('limit', String(BOUNDS.LIST_LIMIT_MAX))
    for (;;) {
      const page = await this.#client.call<Page>({ path: '/v1/events', query, tries: TRIES_MAX })
      for (const { index } of page.data) yield index
      if (!page.has_more || page.next_cursor === null) return
      query.set('cursor', page.next_cursor)
    }
  }
}

/** Witnesses may be ahead by now: what they signed then could not be checked with what is inside. */
const sizeOf = (note: Uint8Array): number => parseCheckpoint(parseNote(decodeUtf8(note)).text).size

/** Each key but the oldest was announced by the entry before the first size that it signed. */
function announcementsIn(keys: Uint8Array): readonly number[] {
  const history = parseText(decodeUtf8(keys)) as unknown as { readonly data: readonly { readonly since: number }[] }
  return history.data.slice(0, -1).map(({ since }) => since - 1)
}

const tlogOf = (org: string): string => `/v1/organizations/${encodeURIComponent(org)}/tlog`

/** The bytes of an answer, tried again where that can help: reading changes nothing. */
async function readBytes(client: Client, path: string, query = new URLSearchParams()): Promise<Uint8Array> {
  for (let tried = 1; ; tried++) {
    try {
      const response = await client.open({ path, query }, '*/*', AbortSignal.timeout(ANSWER_MS_MAX))
      return new Uint8Array(await response.arrayBuffer())
    } catch (error) {
      await client.waitAfter(isCut(error) ? cutOff(path) : error, tried, TRIES_MAX)
    }
  }
}

const ANSWER_MS_MAX = 120_000

/** An answer that ended in its middle. */
const isCut = (error: unknown): boolean => error instanceof TypeError || error instanceof DOMException

const cutOff = (path: string): CallFailed => new CallFailed('no_answer', `The answer to ${path} ended too early.`, {})

async function readIfThere(client: Client, path: string): Promise<Uint8Array | undefined> {
  try {
    return await readBytes(client, path)
  } catch (error) {
    if (error instanceof CallFailed && error.status === 404) return undefined
    throw error
  }
}
