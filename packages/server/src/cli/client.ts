/** A small client of the HTTP API: one call at a time, tried again where that can help. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Issue, parseText } from '@sealedlog/sdk/base'

/** A call that was answered with a refusal, or not at all. Its message never holds the key. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
  /** the server's error code; `no_answer` where none came */
  readonly code: string
  /** 0 where no answer came */
  readonly status: number
  readonly issues: readonly Issue[]
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, facts: Partial<Pick<CallFailed, 'status' | 'issues' | 'retryAfterMs'>>) {
    super(message)
    this.code = code
    this.status = facts.status ?? 0
    this.issues = facts.issues ?? []
    this.retryAfterMs = facts.retryAfterMs
  }

  /** Whether the same call may succeed later: too fast, not now, no answer. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

/** Ctrl-C, or whatever else ends a command from outside. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

export interface ClientOptions {
  readonly url: URL
  readonly key: string
  readonly org?: string
  readonly signal?: AbortSignal
  /** lets the call under way be answered when the signal comes: nobody is left not knowing what was recorded */
  readonly finishesCalls?: true
  /** told before each wait */
  readonly onRetry?: (error: CallFailed, delayMs: number) => void
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: URLSearchParams
  readonly body?: string
  readonly contentType?: string
  /** the revision that must stand there: nobody’s change meanwhile is written over */
  readonly ifMatch?: number
  /** how often it is tried: more than once only what may be said twice */
  readonly tries?: number
}

const ANSWER_MS_MAX = 120_000
const RETRY_DELAY_MS_MIN = 250
const RETRY_DELAY_MS_MAX = 10_000
const RETRY_AFTER_SECONDS_MAX = 60

export class Client {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /**
   * The answer's JSON document.
   *
   * @throws CallFailed when it is refused, or when `tries` are used up; Interrupted
   */
  async call<T>(call: Call): Promise<T> {
    const { signal } = this.#options
    for (let tried = 1; ; tried++) {
      if (signal?.aborted) throw new Interrupted('interrupted')
      try {
        return await this.#try<T>(call)
      } catch (error) {
        await this.waitAfter(error, tried, call.tries ?? 1)
      }
    }
  }

  /** Waits before the next try. @throws the error itself where none is left or none can help, or Interrupted */
  async waitAfter(error: unknown, tried: number, tries: number): Promise<void> {
    const { signal, onRetry } = this.#options
    if (signal?.aborted) throw new Interrupted('interrupted')
    if (!(error instanceof CallFailed) || !error.isPassing || tried >= tries) throw error
    const delayMs = error.retryAfterMs ?? backoffMs(tried)
    onRetry?.(error, delayMs)
    await pause(delayMs, signal)
  }

  /**
   * An answer whose body is read as it comes, until the signal aborts it.
   *
   * @throws CallFailed when it is refused, or none comes; Interrupted
   */
  async open(call: Call, accept: string, signal: AbortSignal): Promise<Response> {
    const { url, signal: interrupt } = this.#options
    const [address, init] = this.#requestOf(call)
    const headers = { ...init.headers, accept }
    try {
      const end = interrupt === undefined ? signal : AbortSignal.any([interrupt, signal])
      const response = await fetch(address, { ...init, headers, signal: end })
      if (response.ok) return response
      const { ok, status, headers: answered } = response
      throw refusalOf(url, { ok, status, headers: answered, answer: parse(await response.text()) })
    } catch (error) {
      if (interrupt?.aborted) throw new Interrupted('interrupted')
      throw error instanceof CallFailed ? error : noAnswer(url, error)
    }
  }

  async #try<T>(call: Call): Promise<T> {
    const response = await this.#fetch(...this.#requestOf(call))
    if (response.ok && response.answer !== undefined) return response.answer as T
    throw refusalOf(this.#options.url, response)
  }

  #requestOf(
    call: Call,
  ): readonly [
    address: string,
    init: Omit<RequestInit, 'headers'> & { readonly headers: Readonly<Record<string, string>> },
  ] {
    const { method = 'GET', path, query, body, contentType = 'application/json', ifMatch } = call
    const { url, key, org } = this.#options
    const address = url.href.replace(/\/$/, '') + path + (query?.size ? `?${query.toString()}` : '')
    const headers = {
      authorization: `Bearer ${key}`,
      ...(org === undefined ? {} : { 'sealedlog-organization': org }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    }
    return [address, { method, redirect: 'manual', headers, ...(body === undefined ? {} : { body }) }]
  }

  async #fetch(address: string, init: RequestInit): Promise<Answer> {
    const { url, signal, finishesCalls } = this.#options
    const end = endingOf(finishesCalls ? undefined : signal)
    try {
      const response = await fetch(address, { ...init, signal: end.signal })
      const { ok, status, headers } = response
      return { ok, status, headers, answer: parse(await response.text()) }
    } catch (error) {
      throw noAnswer(url, error)
    } finally {
      end.forget()
    }
  }
}

const noAnswer = (url: URL, error: unknown): CallFailed =>
  new CallFailed(
    'no_answer',
    `No answer from ${url.href} (${reasonOf(error)}). Is the server running there, and is --url right?`,
    {},
  )

/**
 * Aborted by a signal or when no answer comes. It is forgotten with its call: a timer or a listener that stayed
 * would keep the call's body.
 */
function endingOf(signal: AbortSignal | undefined): { readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new DOMException('no answer', 'TimeoutError')), ANSWER_MS_MAX)
  const abort = (): void => controller.abort()
  signal?.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    forget() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly headers: Headers
  /** undefined where it is no JSON object */
  readonly answer: object | undefined
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = parseText(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** The code of the innermost cause: ECONNREFUSED says more than "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `nothing came for ${ANSWER_MS_MAX / 1000} s`
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return error.message
}

/** An RFC 9457 problem as an error; an answer that is none comes from something else. */
function refusalOf(url: URL, { status, headers, answer }: Answer): CallFailed {
  const { code, detail, errors } = (answer ?? {}) as { code?: unknown; detail?: unknown; errors?: unknown }
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  const retryAfter = seconds >= 0 ? { retryAfterMs: Math.min(seconds, RETRY_AFTER_SECONDS_MAX) * 1000 } : {}
  if (typeof code === 'string' && typeof detail === 'string')
    return new CallFailed(code, detail, {
      status,
      issues: Array.isArray(errors) ? (errors as Issue[]) : [],
      ...retryAfter,
    })
  return new CallFailed(
    'unexpected_answer',
    `${url.href} answered ${status} in a way that no Sealedlog server does. Is --url right?`,
    { status, ...retryAfter },
  )
}

/** Twice as long each time, and never at the same moment as everybody else. */
const backoffMs = (tried: number): number =>
  Math.min(RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN * 2 ** (tried - 1)) * (0.5 + Math.random() / 2)

async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(delayMs, undefined, signal ? { signal } : {})
  } catch {
    throw new Interrupted('interrupted')
  }
}
