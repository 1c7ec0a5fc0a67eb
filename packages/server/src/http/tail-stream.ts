/** One event stream, from its headers to its last event: /v1/events/tail for whoever accepts text/event-stream. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError } from '@sealedlog/sdk/base'
import type { Dialect } from '@sealedlog/sdk/dialect'
import type { Query } from '@sealedlog/sdk/query'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { formatEnd, formatHeartbeat, formatOpening, STREAM_HEADERS } from './event-stream.js'
import { toAuditError } from './problem.js'
import type { Services } from './services.js'
import { Frames } from './stream-frames.js'
import { type OpenStream, shuttingDown } from './streams.js'

export interface StreamRequest {
  readonly org: string
  /** the index after which it begins: it exists */
  readonly after: number
  readonly query: Query
  readonly dialect: Dialect
}

/** Takes the answer over from the framework, and sees it through to its end. Never rejects. */
export async function runStream(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  open: OpenStream,
  asked: StreamRequest,
): Promise<void> {
  reply.hijack()
  const { socket, signal } = open
  socket.start({ ...reply.getHeaders(), ...STREAM_HEADERS })
  socket.write(formatOpening(retryMsOf(services), asked.after))
  const stream = new TailStream(services, request, open, asked)
  let last: AuditError | undefined
  try {
    while (!signal.aborted) await stream.step()
    last = open.reason
  } catch (error) {
    last = toAuditError(error)
    if (last.code === 'internal_error') request.log.error({ err: error }, last.message)
  }
  // Without a reason the client is gone: there is nobody to tell.
  if (last === undefined) return
  services.metrics.streamEnded(last.code)
  socket.end(formatEnd(last, stream.next), open.lingerMs)
}

/** Not the same for all: after a restart they would all come back at once. */
function retryMsOf({ random, streams }: Services): number {
  const [fraction = 0] = random(1)
  return Math.round(streams.limits.retryMs * (1 + fraction / 128))
}

class TailStream {
  readonly #services: Services
  readonly #request: FastifyRequest
  readonly #open: OpenStream
  readonly #org: string
  readonly #frames: Frames
  #next: number
  #beatAtMs: number
  /** whether what was sent last is still to be taken from the rate */
  #owes = false

  constructor(services: Services, request: FastifyRequest, open: OpenStream, asked: StreamRequest) {
    this.#services = services
    this.#request = request
    this.#open = open
    this.#org = asked.org
    this.#frames = new Frames(asked.query, asked.dialect, services.nowMs())
    this.#next = asked.after
    this.#beatAtMs = performance.now() + services.streams.limits.heartbeatMs
  }

  /** The index up to which everything was written, or is hidden. */
  get next(): number {
    return this.#next
  }

  /**
   * Waits for whatever is due, and does it: a heartbeat, room in the buffer, the rate, or a page.
   *
   * @throws AuditError the reason for which the stream ends
   */
  async step(): Promise<void> {
    const { log, rates, streams } = this.#services
    const { socket, signal } = this.#open
    if (this.#untilBeatMs() <= 0) await this.#beat()
    if (!(await socket.room(streams.limits.stallMs, signal))) {
      if (signal.aborted) return
      throw tooSlow(streams.limits.stallMs)
    }
    const owedMs = this.#owes ? rates.spare(this.#request.caller.keyId, this.#org, 1) : 0
    this.#owes = owedMs > 0
    if (owedMs > 0) return pause(Math.min(owedMs, this.#untilBeatMs()), signal)
    const waitMs = Math.max(1, this.#untilBeatMs())
    const page = await log.follow({ org: this.#org, after: this.#next, waitMs, signal })
    if (page === undefined || signal.aborted) return
    if (page.next === this.#next) throw shuttingDown()
    const { bytes, shown } = this.#frames.of(page)
    if (bytes.length > 0) socket.write(bytes)
    this.#owes = bytes.length > 0
    this.#next = page.next
    this.#count(shown)
  }

  /** Looks at the key again, and says that the stream is alive; to a socket that is not read, nothing is added. */
  async #beat(): Promise<void> {
    const { gatekeeper, streams } = this.#services
    const { socket } = this.#open
    await gatekeeper.identify(this.#request)
    if (socket.bufferedBytes === 0) socket.write(formatHeartbeat(this.#next))
    this.#beatAtMs = performance.now() + streams.limits.heartbeatMs
  }

  #count(entries: number): void {
    const { caller } = this.#request
    this.#services.keeping.reads.count(this.#org, caller.keyId, 'stream', { requests: 0, entries })
  }

  #untilBeatMs(): number {
    return Math.ceil(this.#beatAtMs - performance.now())
  }
}

const tooSlow = (stallMs: number): AuditError =>
  new AuditError(
    'too_slow',
    `What was sent has not been read for ${stallMs / 1000} seconds. Connect again: it goes on after the id you saw last.`,
  )

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(Math.max(1, ms), undefined, { signal }).catch(() => undefined)
