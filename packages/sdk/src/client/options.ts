/** What a client is made with, checked once. */
import { AuditError, type RandomBytes } from '../base/index.js'

export interface ClientOptions {
  /** where the server is, without `/v1`: `https://audit.example.com` */
  readonly url: string | URL
  /** an API key; undefined, as of an environment variable that is not set, is refused */
  readonly key: string | undefined
  /** the organization of every call that names no other; a key that is bound to one needs none */
  readonly organization?: string | undefined
  /** verifier keys of the logs, a line each: with one, every checkpoint must be signed by a key that is known here */
  readonly vkey?: string | undefined
  /** signed checkpoints by organization, as `log.checkpoints` had them when they were kept */
  readonly checkpoints?: Iterable<readonly [organization: string, checkpoint: string]> | undefined
  /** how long a call may take, tries and pauses together; 60 seconds */
  readonly timeoutMs?: number | undefined
  /** how often a call is tried again; 8 */
  readonly retries?: number | undefined
  /** sends the key over plain HTTP to other machines, where anyone on the way can read it */
  readonly allowInsecure?: boolean | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly nowMs?: (() => number) | undefined
  readonly random?: RandomBytes | undefined
  /** resolves after a time, or as soon as the signal is aborted */
  readonly sleep?: Sleep | undefined
}

/** What one call may say for itself. */
export interface CallOptions {
  /** ends the call; the error is `aborted` */
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  readonly organization?: string | undefined
}

export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

/** The options that the transport lives by. */
export interface Settings {
  /** without a slash at its end */
  readonly url: string
  readonly key: string
  readonly organization: string | undefined
  readonly timeoutMs: number
  readonly retries: number
  readonly fetch: typeof globalThis.fetch
  readonly nowMs: () => number
  readonly random: RandomBytes
  readonly sleep: Sleep
}

const TIMEOUT_MS = 60_000
const RETRIES = 8

/** @throws AuditError `invalid_configuration` */
export function settle(options: ClientOptions): Settings {
  const { timeoutMs = TIMEOUT_MS, retries = RETRIES } = options
  if (!(timeoutMs > 0)) throw invalid(`timeoutMs is ${timeoutMs}; expected a number above 0.`)
  if (!(retries >= 0)) throw invalid(`retries is ${retries}; expected a number from 0.`)
  return {
    url: settleUrl(options.url, options.allowInsecure ?? false),
    key: settleKey(options.key),
    organization: options.organization,
    timeoutMs,
    retries,
    // Looked up at each call: whoever replaces the global one later, in a test, is heard.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    nowMs: options.nowMs ?? Date.now,
    random: options.random ?? ((length) => globalThis.crypto.getRandomValues(new Uint8Array(length))),
    sleep: options.sleep ?? sleep,
  }
}

/** What may stand in a header. Any other key would come back in the platform's own error text. */
const KEY_PATTERN = /^[\x21-\x7E]{1,512}$/

function settleKey(key: string | undefined): string {
  if (key === undefined || key === '') throw invalid('The key is missing. Is the environment variable set?')
  if (!KEY_PATTERN.test(key))
    throw invalid('The key holds a space, a line break or another character that no key has. Copy it again.')
  return key
}

function settleUrl(said: string | URL, allowInsecure: boolean): string {
  const url = parseUrl(said)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid(`The url begins with ${url.protocol}//; expected https:// or http://.`)
  if (url.username !== '' || url.password !== '') throw invalid('The url holds a user name or password. Leave it out.')
  if (url.search !== '' || url.hash !== '') throw invalid('The url has a query or a fragment. Leave it out.')
  if (/\/v1\/?$/.test(url.pathname)) throw invalid('The url ends in /v1, which the client adds itself. Leave it out.')
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecure)
    throw invalid(
      `The key would travel to ${url.host} over plain HTTP, readable on the way. Use https://, or say allowInsecure: true.`,
    )
  return url.href.replace(/\/+$/, '')
}

function parseUrl(said: string | URL): URL {
  try {
    return new URL(said)
  } catch {
    throw invalid('The url is none. Expected such as https://audit.example.com.')
  }
}

/** Whether it never leaves the machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
const isLoopback = (host: string): boolean =>
  /^(?:(?:[^.]+\.)*localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/.test(host)

const invalid = (message: string): AuditError => new AuditError('invalid_configuration', message)

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (signal?.aborted) done()
    else signal?.addEventListener('abort', done)
  })
}
