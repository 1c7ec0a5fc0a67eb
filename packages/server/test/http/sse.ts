/**
 * Reading event streams in tests: a parser written to the letter of WHATWG HTML §9.2.6, apart from the product's own,
 * and a client that can be cut off, slow, or deaf.
 */
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { RunningServer } from '../../dist/server.js'

export interface Dispatched {
  readonly type: string
  readonly data: string
  readonly lastEventId: string
}

/** The algorithm of the standard, one code point at a time, with its own names. */
export class StandardParser {
  readonly dispatched: Dispatched[] = []
  lastEventId = ''
  reconnectionTime: number | undefined
  comments = 0
  #dataBuffer = ''
  #eventTypeBuffer = ''
  #lastEventIdBuffer = ''
  #line = ''
  #first = true
  #ignoreLineFeed = false

  push(text: string): void {
    for (const character of text) this.#read(character)
  }

  #read(character: string): void {
    const [isFirst, isSecondOfPair] = [this.#first, this.#ignoreLineFeed && character === '\n']
    this.#first = false
    this.#ignoreLineFeed = character === '\r'
    if ((isFirst && character === '\ufeff') || isSecondOfPair) return
    if (character !== '\n' && character !== '\r') {
      this.#line += character
      return
    }
    this.#process(this.#line)
    this.#line = ''
  }

  #process(line: string): void {
    if (line === '') return this.#dispatch()
    if (line.startsWith(':')) {
      this.comments++
      return
    }
    const colon = line.indexOf(':')
    if (colon === -1) return this.#processField(line, '')
    const value = line.slice(colon + 1)
    this.#processField(line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value)
  }

  #processField(name: string, value: string): void {
    if (name === 'event') this.#eventTypeBuffer = value
    if (name === 'data') this.#dataBuffer += `${value}\n`
    if (name === 'id' && !value.includes('\u0000')) this.#lastEventIdBuffer = value
    if (name === 'retry' && /^[0-9]+$/.test(value)) this.reconnectionTime = Number.parseInt(value, 10)
  }

  #dispatch(): void {
    this.lastEventId = this.#lastEventIdBuffer
    const [data, type] = [this.#dataBuffer, this.#eventTypeBuffer]
    this.#dataBuffer = ''
    this.#eventTypeBuffer = ''
    if (data === '') return
    this.dispatched.push({ type: type || 'message', data: data.replace(/\n$/, ''), lastEventId: this.lastEventId })
  }
}

/** The events of a whole text. */
export function dispatchedOf(text: string): readonly Dispatched[] {
  const parser = new StandardParser()
  parser.push(text)
  return parser.dispatched
}

export interface Subscription {
  readonly key: string
  readonly query?: string
  readonly lastEventId?: string
  readonly headers?: { readonly [name: string]: string }
  /** does not read what comes, until `read` is called */
  readonly deaf?: true
}

/** One connection. */
export class Subscriber {
  readonly parser = new StandardParser()
  status = 0
  headers: IncomingHttpHeaders = {}
  /** how it ended: the server said so, or the connection broke */
  readonly ended: Promise<'end' | 'cut'>
  /** the headers are there */
  readonly opened: Promise<this>
  readonly #request: ClientRequest
  #response: IncomingMessage | undefined
  #onText: () => void = () => undefined

  constructor({ url }: Pick<RunningServer, 'url'>, { key, query = '', lastEventId, headers, deaf }: Subscription) {
    const last = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
    const sent = { accept: 'text/event-stream', authorization: `Bearer ${key}`, ...last, ...headers }
    const ended = Promise.withResolvers<'end' | 'cut'>()
    const opened = Promise.withResolvers<this>()
    this.ended = ended.promise
    this.opened = opened.promise
    this.#request = request(`${url}/v1/events/tail${query}`, { headers: sent, agent: false })
    this.#request.on('error', () => ended.resolve('cut'))
    this.#request.on('response', (response) => {
      this.status = response.statusCode ?? 0
      this.headers = response.headers
      this.#response = response
      response.on('close', () => ended.resolve(response.complete ? 'end' : 'cut')).on('error', () => undefined)
      opened.resolve(this)
      if (!deaf) this.read()
    })
    this.#request.end()
  }

  read(): void {
    this.#response?.setEncoding('utf8').on('data', (text: string) => {
      this.parser.push(text)
      this.#onText()
    })
  }

  /** Resolves when something holds; rejects twenty seconds later. */
  async until(holds: (parser: StandardParser) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error(`not within twenty seconds: ${holds.toString()}`)), 20_000)
    this.#onText = () => (holds(this.parser) ? resolve() : undefined)
    this.#onText()
    await promise.finally(() => clearTimeout(timer))
  }

  /** The entries so far, by what their ids say. */
  get indexes(): readonly number[] {
    return this.parser.dispatched.filter(({ type }) => type === 'message').map(({ lastEventId }) => Number(lastEventId))
  }

  /** What the last event says, where the server ended the stream. */
  get last(): { readonly code: string; readonly message: string; readonly next: number } | undefined {
    const said = this.parser.dispatched.at(-1)
    return said?.type === 'end' ? JSON.parse(said.data) : undefined
  }

  cut(): void {
    this.#request.destroy()
  }
}

/** Waits until something holds, twenty seconds at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const startedMs = performance.now(); performance.now() - startedMs < 20_000; ) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`not within twenty seconds: ${holds.toString()}`)
}
