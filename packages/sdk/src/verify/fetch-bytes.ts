/** Getting bytes over HTTP from whom nobody trusts: bounded in time and size, tried again where that helps, never telling the key. */
import { AuditError, decodeUtf8, isJsonObject, parseText } from '../base/index.js'

export interface FetchOptions {
  /** of a server: without `/v1` */
  readonly url: string
  /** none sends none: a page's own server may know its visitor otherwise */
  readonly key?: string
  readonly fetch?: typeof globalThis.fetch
  readonly nowMs?: () => number
  /** from 0 to 1: pauses are never as long as everybody else's */
  readonly random?: () => number
  readonly sleep?: (ms: number) => Promise<void>
}

/** A status that is no answer of ours, or ours and not a success. */
export class HttpRefusal extends AuditError {
  readonly status: number

  constructor(status: number, message: string) {
    super('storage_failed', message)
    this.status = status
  }
}

/** What says "there is no such thing": of a server, its own 404 alone; where files lie, any. */
export type NothingWhere = 'told by the server' | 'not found'

const TRIES_MAX = 8
/** Where nothing ever answered, the address is probably wrong. */
const FIRST_TRIES_MAX = 3
const TRY_MS_MAX = 60_000
const DELAY_MS_MIN = 250
const DELAY_MS_MAX = 10_000
const RETRY_AFTER_MS_MAX = 60_000
const REQUESTS_AT_ONCE = 8
/** Too busy, shutting down, or a proxy whose server is just not there. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

export class Getter {
  readonly #options: Required<Omit<FetchOptions, 'key'>>
  readonly #key: string
  readonly #nothing: NothingWhere
  readonly #queue: (() => void)[] = []
  #running = 0
  #hasAnswered = false

  constructor({ key = '', ...options }: FetchOptions, nothing: NothingWhere) {
    this.#key = key
    this.#nothing = nothing
    this.#options = {
      fetch: (input, init) => globalThis.fetch(input, init),
      nowMs: Date.now,
      random: Math.random,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      ...options,
      url: options.url.replace(/\/+$/, ''),
    }
  }

  /** The URL, for people. */
  get url(): string {
    return this.#options.url
  }

  /**
   * The bytes at a path, or undefined where the server says that there is nothing.
   *
   * @throws AuditError when it is refused, has more than `bytesMax`, or its tries are used up
   */
  async get(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
    await this.#enter()
    try {
      return await this.#get(path, bytesMax)
    } finally {
      this.#running--
      this.#queue.shift()?.()
    }
  }

  async text(path: string, bytesMax: number): Promise<string | undefined> {
    const bytes = await this.get(path, bytesMax)
    if (bytes === undefined) return undefined
    try {
      return decodeUtf8(bytes)
    } catch {
      throw new AuditError('storage_failed', `${this.url}${path} answered with what is no UTF-8.`)
    }
  }

  async #enter(): Promise<void> {
    while (this.#running >= REQUESTS_AT_ONCE) await new Promise<void>((resolve) => this.#queue.push(resolve))
    this.#running++
  }

  async #get(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
    for (let tried = 1; ; tried++) {
      const outcome = await this.#try(path, bytesMax)
      if (!('delayMs' in outcome)) return outcome.bytes
      const triesMax = this.#hasAnswered ? TRIES_MAX : FIRST_TRIES_MAX
      if (outcome.delayMs === undefined || tried >= triesMax) throw outcome.error
      await this.#options.sleep(Math.max(outcome.delayMs, this.#backoffMs(tried)))
    }
  }

  /** Bytes, or an error and how long to wait before it is worth another try: undefined where it never is. */
  async #try(path: string, bytesMax: number): Promise<Outcome> {
    const { url, fetch } = this.#options
    try {
      const response = await fetch(url + path, {
        // Wherever a redirect leads, the key is none of its business.
        redirect: 'manual',
        // What is verified is what is there now, and what is disclosed stays in no browser's cache.
        cache: 'no-store',
        headers: this.#key === '' ? {} : { authorization: `Bearer ${this.#key}` },
        signal: AbortSignal.timeout(TRY_MS_MAX),
      })
      this.#hasAnswered = true
      if (response.ok) return await this.#readAnswer(response, path, bytesMax)
      return await this.#refused(response, path)
    } catch (error) {
      const message = `No answer from ${url} (${this.#withoutKey(reasonOf(error))}). Is the server running there?`
      return { delayMs: 0, error: new AuditError('storage_failed', message) }
    }
  }

  async #readAnswer(response: Response, path: string, bytesMax: number): Promise<Outcome> {
    const bytes = await readUpTo(response, bytesMax)
    if (bytes !== undefined) return { bytes }
    const message = `${this.url}${path} answered with more than ${bytesMax} bytes.`
    return { delayMs: undefined, error: new AuditError('storage_failed', message) }
  }

  async #refused(response: Response, path: string): Promise<Outcome> {
    const { status, headers } = response
    const problem = parse(await readUpTo(response, PROBLEM_BYTES_MAX))
    const { code, detail } = isJsonObject(problem ?? null) ? (problem as Record<string, unknown>) : {}
    if (status === 404 && (this.#nothing === 'not found' || isNothing(code))) return { bytes: undefined }
    const said = typeof detail === 'string' ? detail.slice(0, DETAIL_CHARS_MAX) : strange(response)
    const error = new HttpRefusal(status, this.#withoutKey(`${this.url}${path} answered ${status}: ${said}`))
    return { delayMs: PASSING.has(status) ? retryAfterMs(headers, this.#options.nowMs()) : undefined, error }
  }

  #backoffMs(tried: number): number {
    return Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** (tried - 1)) * (0.5 + this.#options.random() / 2)
  }

  #withoutKey(text: string): string {
    return this.#key === '' ? text : text.replaceAll(this.#key, '[key]')
  }
}

const PROBLEM_BYTES_MAX = 65_536
const DETAIL_CHARS_MAX = 500

type Outcome =
  | { readonly bytes: Uint8Array | undefined }
  | { readonly delayMs: number | undefined; readonly error: AuditError }

/** A server knows the organization and the route, and has nothing there. */
const isNothing = (code: unknown): boolean =>
  typeof code === 'string' && code !== 'organization_not_found' && code !== 'not_found'

/** To pages, browsers show of a redirect no more than that it is one. */
const strange = ({ type, status }: Response): string =>
  type === 'opaqueredirect' || (status >= 300 && status < 400)
    ? 'Redirects are not followed. Name the address that it leads to.'
    : 'It is no answer of a Sealedlog server.'

/** The body, or undefined as soon as it is longer. Not every browser iterates over streams. */
async function readUpTo(response: Response, bytesMax: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.length
    parts.push(part.value)
    if (length <= bytesMax) continue
    await reader?.cancel()
    return undefined
  }
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

function parse(bytes: Uint8Array | undefined): ReturnType<typeof parseText> | undefined {
  try {
    return bytes && parseText(decodeUtf8(bytes))
  } catch {
    return undefined
  }
}

/** RFC 9110 §10.2.3: seconds or a date; 0 where nothing is said. */
function retryAfterMs(headers: Headers, nowMs: number): number {
  const text = headers.get('retry-after')?.trim()
  if (!text) return 0
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(ms) ? 0 : Math.min(RETRY_AFTER_MS_MAX, Math.max(0, ms))
}

/** The code of the innermost cause: ECONNREFUSED says more than "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return error.message
}
