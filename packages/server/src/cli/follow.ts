/** Following a log as long as somebody watches: an event stream, connected again wherever it breaks. */
import { parseText } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { type Call, CallFailed, type Client } from './client.js'
import { EventParser, type SentEvent } from './event-source.js'

/** Entries, and the index after which to go on. */
export interface Page {
  readonly data: readonly object[]
  readonly next: number
}

const PATH = '/v1/events/tail'
const EVENT_STREAM = 'text/event-stream'
/** A server that is older than event streams answers JSON all the same. */
const ACCEPT = `${EVENT_STREAM}, application/json;q=0.5`
/** Two heartbeats were missed, and a third: nobody is there any more. */
const SILENCE_MS_MAX = 3 * BOUNDS.STREAM_HEARTBEAT_SECONDS * 1000

export interface PageOptions {
  readonly after: number | 'latest'
  readonly waitSeconds: number
  readonly tries: number
}

/** One page by the long poll. @throws CallFailed or Interrupted */
export function readPage(client: Client, filters: URLSearchParams, options: PageOptions): Promise<Page> {
  const more = { wait: options.waitSeconds, limit: BOUNDS.LIST_LIMIT_MAX }
  const query = queryOf(filters, { after: options.after, ...more })
  return client.call<Page>({ path: PATH, query, tries: options.tries })
}

/**
 * Everything after an index, as it comes, each entry once and in order. A server that restarts is waited for; what it
 * refuses for good is thrown.
 *
 * @throws CallFailed or Interrupted
 */
export async function* follow(client: Client, filters: URLSearchParams, after: number): AsyncGenerator<Page> {
  let next = after
  for (let tried = 1; ; tried++) {
    try {
      for await (const page of connectOnce(client, filters, next)) {
        if (page.next > next) tried = 0
        next = page.next
        yield page
      }
    } catch (error) {
      await client.waitAfter(error, Math.max(1, tried), Number.POSITIVE_INFINITY)
    }
  }
}

/** What comes by one connection. @throws CallFailed when it ends, for whatever reason; Interrupted */
async function* connectOnce(client: Client, filters: URLSearchParams, after: number): AsyncGenerator<Page> {
  const silence = new Silence()
  const call: Call = { path: PATH, query: queryOf(filters, { after }) }
  try {
    const { headers, body } = await client.open(call, ACCEPT, silence.signal)
    if (body !== null && headers.get('content-type')?.startsWith(EVENT_STREAM)) yield* readStream(body, after, silence)
    else {
      await body?.cancel()
      yield* poll(client, filters, after)
    }
  } finally {
    silence.end()
  }
}

async function* readStream(body: ReadableStream<Uint8Array>, after: number, silence: Silence): AsyncGenerator<Page> {
  const parser = new EventParser()
  const decoder = new TextDecoder()
  let next = after
  for await (const chunk of withoutReason(body)) {
    silence.broken()
    const events = parser.push(decoder.decode(chunk, { stream: true }))
    const last = events.find(({ type }) => type === 'end')
    const data = events.filter(({ type }) => type === 'message').map(documentOf)
    const to = parser.lastId === '' ? next : Number(parser.lastId)
    if (data.length > 0 || to !== next) yield { data, next: to }
    next = to
    if (last) throw endOf(last)
  }
  throw broken()
}

/** A connection that breaks says why in many ways, of which none matters. */
async function* withoutReason(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch {
    throw broken()
  }
}

/** The long poll, for as long as the server is there. */
async function* poll(client: Client, filters: URLSearchParams, after: number): AsyncGenerator<Page> {
  for (let next = after; ; ) {
    const page = await readPage(client, filters, { after: next, waitSeconds: BOUNDS.TAIL_WAIT_SECONDS_MAX, tries: 1 })
    yield page
    next = page.next
  }
}

/** Aborts a connection by which nothing came for too long. */
class Silence {
  readonly #controller = new AbortController()
  #timer = this.#start()

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  broken(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#start()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#controller.abort()
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(), SILENCE_MS_MAX)
  }
}

function documentOf({ data }: SentEvent): object {
  try {
    return parseText(data) as object
  } catch {
    throw new CallFailed('unexpected_answer', 'The stream holds an event that is no JSON. Is --url right?', {})
  }
}

/** Why the server ended the stream: but for the key, connecting again helps. */
function endOf(last: SentEvent): CallFailed {
  const { code, message } = documentOf(last) as { readonly code?: string; readonly message?: string }
  return new CallFailed(String(code), String(message), { status: code === 'invalid_key' ? 401 : 0 })
}

const broken = (): CallFailed => new CallFailed('no_answer', 'The connection to the server broke off.', {})

function queryOf(filters: URLSearchParams, more: { readonly [name: string]: number | string }): URLSearchParams {
  const query = new URLSearchParams(filters)
  for (const [name, value] of Object.entries(more)) query.set(name, String(value))
  return query
}
