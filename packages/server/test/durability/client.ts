/** A plain HTTP client on node:http: kept-alive connections, and a clear difference between an answer and none. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { JsonObject } from './independent.js'

/** A complete answer. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** No answer, or one that was cut off. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'

  /** such as ECONNRESET, ECONNREFUSED, or `cut` where an answer had begun */
  readonly code: string
  /** whether the connection had carried an answer before */
  readonly reused: boolean

  constructor(code: string, reused: boolean) {
    super(`no answer: ${code}${reused ? ' on a connection that was used before' : ''}`)
    this.code = code
    this.reused = reused
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly org?: string
  readonly body?: string
}

export class Client {
  readonly #agent: Agent
  readonly #url: string
  readonly #key: string

  constructor(server: { readonly url: string; readonly rootKey: string }, connections = 64) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections })
    this.#url = server.url
    this.#key = server.rootKey
  }

  /** @throws NoAnswer */
  call({ method = 'GET', path, org, body }: Call): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${this.#key}`,
      ...(org === undefined ? {} : { 'sealedlog-organization': org }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    }
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}${path}`, { method, headers, agent: this.#agent }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', () => reject(new NoAnswer('cut', sent.reusedSocket)))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        )
      })
      sent.on('error', (error: NodeJS.ErrnoException) =>
        reject(new NoAnswer(error.code ?? error.message, sent.reusedSocket)),
      )
      sent.end(body)
    })
  }

  /** Calls and reads JSON. @throws Error where the status is not one of those */
  async json<T = JsonObject>(call: Call, ...statuses: readonly number[]): Promise<T> {
    const { status, body } = await this.call(call)
    const expected = statuses.length === 0 ? [200] : statuses
    if (!expected.includes(status)) throw new Error(`${call.path} answered ${status}: ${body.toString()}`)
    return JSON.parse(body.toString()) as T
  }

  async text(call: Call): Promise<string> {
    const { status, body } = await this.call(call)
    if (status !== 200) throw new Error(`${call.path} answered ${status}: ${body.toString()}`)
    return body.toString()
  }

  close(): void {
    this.#agent.destroy()
  }
}
