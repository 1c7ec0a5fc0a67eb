/** The tail: every entry once, in the order of the log, through disconnects and restarts. */
import type { JsonObject } from '../base/index.js'
import { BOUNDS, type RecordedEvent } from '../event/index.js'
import { CallFailed } from './call-failed.js'
import { type Filters, isEventList, toQuery, unexpected } from './lists.js'
import type { CallOptions, Sleep } from './options.js'
import type { Transport } from './transport.js'

export interface TailParams extends Filters, Pick<CallOptions, 'signal' | 'organization'> {
  /** the index after which to read: -1, the default, for all of the log; `latest` for what is yet to come */
  readonly after?: number | 'latest' | undefined
  /** events in one answer: 100, at most 1,000 */
  readonly limit?: number | undefined
}

/** Time beyond the server's wait before a connection counts as dead. */
const GRACE_MS = 15_000
/** The least time between two answers that bring nothing: a server that cannot wait must not be asked without end. */
const IDLE_MS_MIN = 1_000

interface Page {
  readonly data: readonly RecordedEvent[]
  readonly next: number
}

/**
 * A log that is followed. It ends when its signal is aborted or its reader leaves, and never by itself.
 *
 * @example
 * for await (const event of log.tail({ after: lastIndex })) {
 *   await handle(event)
 *   lastIndex = event.index
 * }
 */
export class Tail implements AsyncIterable<RecordedEvent> {
  readonly #transport: Transport
  readonly #params: TailParams
  readonly #clock: { nowMs(): number; readonly sleep: Sleep }
  #position: number | undefined

  constructor(transport: Transport, params: TailParams, clock: { nowMs(): number; readonly sleep: Sleep }) {
    this.#transport = transport
    this.#params = params
    this.#clock = clock
    this.#position = params.after === 'latest' ? undefined : (params.after ?? -1)
  }

  /**
   * The index to go on after: of the last event that was handed out, or further where filters hid what followed.
   * Undefined until `latest` is known.
   */
  get position(): number | undefined {
    return this.#position
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<RecordedEvent> {
    const leaving = new AbortController()
    const { signal } = this.#params
    const abort = (): void => leaving.abort()
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort)
    const events = this.#follow(leaving.signal, () => signal?.removeEventListener('abort', abort))
    return {
      next: () => events.next(),
      // A reader who leaves while an answer is awaited need not wait for it.
      async return() {
        abort()
        await events.return(undefined)
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  async *#follow(signal: AbortSignal, forget: () => void): AsyncGenerator<RecordedEvent, void, undefined> {
    try {
      // Settled before anything is waited for: what comes while a connection is lost must not count as past.
      this.#position ??= (await this.#read('latest', 0, signal)).next
      while (!signal.aborted) {
        const page = await this.#wait(this.#position, signal)
        for (const event of page.data) {
          this.#position = event.index
          yield event
          if (signal.aborted) return
        }
        this.#position = page.next
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      forget()
    }
  }

  async #wait(after: number, signal: AbortSignal): Promise<Page> {
    const startMs = this.#clock.nowMs()
    const page = await this.#read(after, BOUNDS.TAIL_WAIT_SECONDS_MAX, signal)
    checkOrder(page, after)
    const earlyMs = IDLE_MS_MIN - (this.#clock.nowMs() - startMs)
    if (page.next === after && earlyMs > 0) await this.#clock.sleep(earlyMs, signal)
    return page
  }

  async #read(after: number | 'latest', waitSeconds: number, signal: AbortSignal): Promise<Page> {
    const { organization } = this.#params
    const query = toQuery({ ...this.#params, after, wait: waitSeconds })
    const answer = await this.#transport.call(
      { path: '/v1/events/tail', query, tryMs: waitSeconds * 1000 + GRACE_MS, isEndless: true },
      { signal, organization },
    )
    return readPage(answer)
  }
}

function readPage({ data, next }: JsonObject): Page {
  if (!isEventList(data) || !Number.isSafeInteger(next)) throw unexpected('The tail is not one.')
  return { data, next: next as number }
}

/** Every index once, upwards. */
function checkOrder({ data, next }: Page, after: number): void {
  let last = after
  for (const { index } of data) {
    if (!(index > last)) throw outOfOrder(last, index)
    last = index
  }
  if (next < last) throw outOfOrder(last, next)
}

const outOfOrder = (last: number, found: number): CallFailed =>
  unexpected(`The tail runs backwards: after index ${last} it comes to ${found}.`)
