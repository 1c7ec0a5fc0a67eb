/** Calls over HTTP: bounded in time, tried again where that can help, and never telling the key. */
import {
  AuditError,
  type Fault,
  type Issue,
  isJsonObject,
  type Json,
  type JsonObject,
  parseText,
} from '../base/index.js'
import { CallFailed, type FailureFacts } from './call-failed.js'
import type { CallOptions, Settings } from './options.js'

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: URLSearchParams
  readonly body?: string
  readonly contentType?: string
  /** what the call is to record: told by its error */
  readonly eventIds?: readonly string[]
  /** told before each try, when the request is about to leave */
  readonly onSend?: () => void
  /** how long one try may take, where that is known; else half of the call's time */
  readonly tryMs?: number
  /** tried until it is answered */
  readonly isEndless?: true
}

/** What is made of an answer's text; undefined where it is none that was asked for. */
type Accept<T> = (text: string) => T | undefined

const RETRY_DELAY_MS_MIN = 250
const RETRY_DELAY_MS_MAX = 10_000
const RETRY_AFTER_MS_MAX = 60_000
/** What a timer can hold: beyond it, it would ring at once. */
const TIMER_MS_MAX = 2 ** 31 - 1
/** A try of less tells nothing but that it was short. */
const TRY_MS_MIN = 100

export class Transport {
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /**
   * The answer's JSON object. Every call may be said twice: reading changes nothing, and what is written has an id or a name.
   *
   * @throws CallFailed when it is refused, aborted, or its tries or its time are used up
   */
  call(call: Call, options: CallOptions = {}): Promise<JsonObject> {
    return this.#call(call, options, (text) => {
      const document = parse(text)
      return isJsonObject(document) ? document : undefined
    })
  }

  /** The answer as it was sent: proofs and evidence are text that is hashed. @throws CallFailed as `call` does */
  text(call: Call, options: CallOptions = {}): Promise<string> {
    return this.#call(call, options, (text) => text)
  }

  async #call<T>(call: Call, options: CallOptions, accept: Accept<T>): Promise<T> {
    const { nowMs, sleep, retries } = this.#settings
    const { isEndless = false } = call
    const deadlineMs = isEndless ? Infinity : nowMs() + (options.timeoutMs ?? this.#settings.timeoutMs)
    const tryMsMax = call.tryMs ?? (deadlineMs - nowMs()) / 2
    let isUncertain = false
    for (let tried = 1; ; tried++) {
      const failure = await this.#try(call, options, Math.min(tryMsMax, deadlineMs - nowMs()), accept)
      if (!(failure instanceof CallFailed)) return failure
      // A try that was cut off may have been done, whatever the tries after it were told.
      isUncertain ||= failure.isUncertain
      const delayMs = failure.retryAfterMs ?? this.backoffMs(tried)
      if (!failure.isPassing || (tried > retries && !isEndless) || nowMs() + delayMs + TRY_MS_MIN > deadlineMs)
        throw this.#final(failure, call, isUncertain)
      await sleep(delayMs, options.signal)
    }
  }

  /** Twice as long each time, and never at the same moment as everybody else. */
  backoffMs(tried: number): number {
    const [byte = 0] = this.#settings.random(1)
    return Math.min(RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN * 2 ** (tried - 1)) * (0.5 + byte / 512)
  }

  /** Does something with what a stranger answered. @throws AuditError as it does, without the key in its text */
  async judge<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AuditError)) throw error
      throw new AuditError(error.code, this.#withoutKey(error.message))
    }
  }

  async #try<T>(call: Call, options: CallOptions, ms: number, accept: Accept<T>): Promise<T | CallFailed> {
    const { signal } = options
    if (signal?.aborted) return aborted(signal, false)
    const end = endingOf(signal, ms)
    try {
      call.onSend?.()
      const response = await this.#fetch(call, options, end.signal)
      return this.#read(response, await response.text(), accept)
    } catch (error) {
      return signal?.aborted ? aborted(signal, true) : this.#noAnswer(error, ms)
    } finally {
      end.forget()
    }
  }

  #fetch(call: Call, options: CallOptions, signal: AbortSignal): Promise<Response> {
    // Not called as a method: a browser's fetch refuses to be anybody else's.
    const { fetch, url, key } = this.#settings
    const { method = 'GET', path, query, body, contentType = 'application/json' } = call
    const organization = options.organization ?? this.#settings.organization
    return fetch(url + path + (query?.size ? `?${query.toString()}` : ''), {
      method,
      // Wherever a redirect leads, the key is none of its business.
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${key}`,
        ...(organization === undefined ? {} : { 'sealedlog-organization': organization }),
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
      signal,
    })
  }

  #read<T>(response: Response, text: string, accept: Accept<T>): T | CallFailed {
    const accepted = response.ok ? accept(text) : undefined
    if (accepted !== undefined) return accepted
    const document = parse(text)
    const { status, headers } = response
    const retryAfterMs = retryAfterOf(headers, this.#settings.nowMs())
    const facts = { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    // Written anew first: then there is one spelling of the key to look for.
    const problem = isJsonObject(document) ? (parse(this.#withoutKey(JSON.stringify(document))) as JsonObject) : {}
    const { code, detail } = problem
    if (response.ok || typeof code !== 'string' || typeof detail !== 'string')
      return this.#unexpected(facts, headers.get('x-request-id'))
    // A refusal with a status below 500 has recorded nothing; above, nobody knows.
    const isUncertain = status >= 500 || status === 408
    return new CallFailed(code, detail, { ...facts, ...problemFacts(problem), isUncertain })
  }

  #unexpected(facts: FailureFacts, requestId: string | null): CallFailed {
    const { url } = this.#settings
    return new CallFailed(
      'unexpected_answer',
      `${url} answered ${facts.status} in a way that no Sealedlog server does. Is the url right?`,
      { ...facts, isUncertain: true, ...(requestId === null ? {} : { requestId: this.#withoutKey(requestId) }) },
    )
  }

  #noAnswer(error: unknown, ms: number): CallFailed {
    const reason = this.#withoutKey(reasonOf(error, ms))
    return new CallFailed(
      'no_answer',
      `No answer from ${this.#settings.url} (${reason}). Is the server running there?`,
      {
        isUncertain: true,
      },
    )
  }

  /** The error that the caller gets: with what was to be recorded, and what to do about it. */
  #final(failure: CallFailed, { eventIds = [] }: Call, isUncertain: boolean): CallFailed {
    const advice = isUncertain && eventIds.length > 0 ? ` ${recordAgain(eventIds)}` : ''
    return refine(failure, { isUncertain, eventIds }, failure.message + advice)
  }

  #withoutKey(text: string): string {
    const { key } = this.#settings
    return text.replaceAll(JSON.stringify(key).slice(1, -1), '[key]').replaceAll(key, '[key]')
  }
}

function recordAgain(eventIds: readonly string[]): string {
  const which = eventIds.length === 1 ? `event ${eventIds[0]} is` : `the ${eventIds.length} events of eventIds are`
  return `Nobody knows whether ${which} recorded: record the same again with the same id, and it happens once.`
}

/** The same failure, told further. */
export function refine(failure: CallFailed, facts: FailureFacts, message = failure.message): CallFailed {
  const { status, issues, isUncertain, eventIds, receipts, param, fault, requestId, retryAfterMs, cause } = failure
  return new CallFailed(failure.code, message, {
    status,
    issues,
    isUncertain,
    eventIds,
    receipts,
    ...Object.fromEntries(
      Object.entries({ param, fault, requestId, retryAfterMs, cause }).filter(([, value]) => value !== undefined),
    ),
    ...facts,
  })
}

function parse(text: string): Json | undefined {
  try {
    return parseText(text)
  } catch {
    return undefined
  }
}

/** The members of an RFC 9457 problem that callers may rely on. */
function problemFacts({ errors, param, fault, request_id }: JsonObject): FailureFacts {
  return {
    ...(Array.isArray(errors) ? { issues: errors as readonly Issue[] } : {}),
    ...(typeof param === 'string' ? { param } : {}),
    ...(isJsonObject(fault) ? { fault: fault as unknown as Fault } : {}),
    ...(typeof request_id === 'string' ? { requestId: request_id } : {}),
  }
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfterOf(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (!text) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_MS_MAX, Math.max(0, ms))
}

const aborted = (signal: AbortSignal, isUncertain: boolean): CallFailed =>
  new CallFailed('aborted', 'The call was aborted by its signal.', { isUncertain, cause: signal.reason })

/** The code of the innermost cause: ECONNREFUSED says more than "fetch failed". */
function reasonOf(error: unknown, ms: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `nothing came for ${Math.round(ms / 100) / 10} s`
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return error.message
}

/** Aborted by a signal or after a time, and forgotten with its call: what stayed would keep the call's body. */
function endingOf(signal: AbortSignal | undefined, ms: number): { readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController()
  const timer = setTimeout(
    () => controller.abort(new DOMException('no answer', 'TimeoutError')),
    Math.min(ms, TIMER_MS_MAX),
  )
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
