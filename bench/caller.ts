/**
 * One connection that sends request after request and waits for each answer: HTTP/1.1 by hand, over a plain socket. The
 * platform's own client costs as much CPU as the servers that are measured; this one costs a sixth.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What an answer said. */
export interface Answer {
  readonly status: number
  /** bytes of its body */
  readonly bytes: number
  /** the first of the body, for a message that says what went wrong */
  readonly start: string
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
const START_CHARS = 300

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** A connection to one server. */
export class Caller {
  readonly #socket: Socket
  readonly #head: string
  #received: Buffer = Buffer.alloc(0)
  #waiting: Waiting | undefined

  private constructor(socket: Socket, head: string) {
    this.#socket = socket
    this.#head = head
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection before it answered')))
  }

  /** @param key sent as a bearer token */
  static async open(url: string, key: string): Promise<Caller> {
    const { hostname, port, host } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    return new Caller(socket, `host: ${host}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n`)
  }

  /** Sends a body and resolves with the answer. One at a time. */
  post(path: string, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.cork()
      this.#socket.write(`POST ${path} HTTP/1.1\r\n${this.#head}content-length: ${body.length}\r\n\r\n`, 'latin1')
      this.#socket.write(body)
      this.#socket.uncork()
    })
  }

  close(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    const answer = readAnswer(this.#received)
    if (answer === undefined) return
    this.#received = Buffer.alloc(0)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(answer)
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }
}

/** The answer, once all of it is there. */
export function readAnswer(bytes: Buffer): Answer | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd === -1) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(head.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  const body = bytes.subarray(headEnd + HEAD_END.length)
  const isWhole =
    length === undefined
      ? status === 204 || body.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
      : body.length >= Number(length)
  return isWhole
    ? { status, bytes: body.length, start: status < 300 ? '' : body.toString('utf8', 0, START_CHARS) }
    : undefined
}
