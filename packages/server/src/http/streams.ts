/** The event streams that are open: how many there may be, for whom, and how all of them end. */
import type { ServerResponse } from 'node:http'
import { AuditError } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { StreamSocket } from './stream-socket.js'

export interface StreamLimits {
  readonly streamsMax: number
  /** streams of one key, and of one organization: none can take all of them */
  readonly shareMax: number
  /** bytes that wait for one subscriber before it is sent no more */
  readonly bufferBytesMax: number
  readonly heartbeatMs: number
  /** how long a full buffer may take to empty */
  readonly stallMs: number
  /** how long the last event may take to be read */
  readonly lingerMs: number
  /** how long a client is asked to wait before it connects again; up to three times as long, so that not all come at once */
  readonly retryMs: number
}

export const STREAM_LIMITS: StreamLimits = {
  streamsMax: BOUNDS.STREAMS_MAX,
  shareMax: BOUNDS.STREAMS_SHARE_MAX,
  bufferBytesMax: BOUNDS.STREAM_BUFFER_BYTES_MAX,
  heartbeatMs: BOUNDS.STREAM_HEARTBEAT_SECONDS * 1000,
  stallMs: BOUNDS.STREAM_STALL_SECONDS * 1000,
  lingerMs: BOUNDS.STREAM_LINGER_SECONDS * 1000,
  retryMs: 1_000,
}

/** When a place is likely to be free again. */
const RETRY_AFTER_SECONDS = 5
/** A shutdown waits for no slow reader. */
const SHUTDOWN_LINGER_MS_MAX = 1_000

export interface StreamsGauge {
  readonly streams: number
  /** bytes that wait in this process for subscribers to read */
  readonly bufferedBytes: number
}

/** One open stream. The signal aborts when it must end: with the reason to tell, or with none when nobody listens. */
export interface OpenStream {
  readonly socket: StreamSocket
  readonly signal: AbortSignal
  /** why it must end; undefined where the client is gone */
  readonly reason: AuditError | undefined
  readonly lingerMs: number
}

class Place implements OpenStream {
  readonly socket: StreamSocket
  readonly #limits: StreamLimits
  readonly #stop = new AbortController()
  reason: AuditError | undefined

  constructor(response: ServerResponse, limits: StreamLimits) {
    this.socket = new StreamSocket(response, limits.bufferBytesMax)
    this.#limits = limits
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get lingerMs(): number {
    const { lingerMs } = this.#limits
    return this.reason === undefined ? lingerMs : Math.min(lingerMs, SHUTDOWN_LINGER_MS_MAX)
  }

  stop(reason?: AuditError): void {
    this.reason ??= reason
    this.#stop.abort()
  }
}

export class Streams {
  readonly limits: StreamLimits
  readonly #places = new Set<Place>()
  readonly #shares = new Map<string, number>()
  #closed = false

  constructor(limits: StreamLimits = STREAM_LIMITS) {
    this.limits = limits
  }

  /**
   * Takes a place, which is free again when the response closes.
   *
   * @param owners whose shares it counts against: `key key_1`, `organization acme`
   * @throws AuditError `too_many_streams`, or `shutting_down`
   */
  open(owners: readonly string[], response: ServerResponse): OpenStream {
    if (this.#closed) throw shuttingDown()
    const { streamsMax, shareMax } = this.limits
    if (this.#places.size >= streamsMax) throw tooMany('The server', 'STREAMS_MAX', streamsMax)
    const full = owners.find((owner) => (this.#shares.get(owner) ?? 0) >= shareMax)
    if (full !== undefined) throw tooMany(`The ${full}`, 'STREAMS_SHARE_MAX', shareMax)
    const place = new Place(response, this.limits)
    this.#places.add(place)
    for (const owner of owners) this.#count(owner, 1)
    const gone = (): void => {
      place.stop()
      this.#places.delete(place)
      for (const owner of owners) this.#count(owner, -1)
    }
    if (response.destroyed) gone()
    else response.once('close', gone)
    return place
  }

  gauge(): StreamsGauge {
    let bufferedBytes = 0
    for (const { socket } of this.#places) bufferedBytes += socket.bufferedBytes
    return { streams: this.#places.size, bufferedBytes }
  }

  /** Ends every stream, and lets none begin. */
  close(): void {
    this.#closed = true
    for (const place of this.#places) place.stop(shuttingDown())
  }

  #count(owner: string, change: 1 | -1): void {
    const count = (this.#shares.get(owner) ?? 0) + change
    if (count === 0) this.#shares.delete(owner)
    else this.#shares.set(owner, count)
  }
}

export const shuttingDown = (): AuditError =>
  new AuditError('shutting_down', 'The server is shutting down. Connect again: it goes on after the id you saw last.')

const tooMany = (who: string, limit: string, max: number): AuditError =>
  new AuditError(
    'too_many_streams',
    `${who} holds ${max} event streams already (limit ${limit}). Close one, or wait.`,
    {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    },
  )
