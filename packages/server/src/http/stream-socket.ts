/** The socket of one stream: written no faster than it is read, and closed for certain. */
import type { ServerResponse } from 'node:http'

export class StreamSocket {
  readonly #response: ServerResponse
  readonly #bufferBytesMax: number

  constructor(response: ServerResponse, bufferBytesMax: number) {
    this.#response = response
    this.#bufferBytesMax = bufferBytesMax
  }

  /** Sends the headers, at once: whoever waits learns that it is connected. */
  start(headers: { readonly [name: string]: number | string | readonly string[] | undefined }): void {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.#response.setHeader(name, value)
    this.#response.flushHeaders()
  }

  write(chunk: string | Uint8Array): void {
    this.#response.write(chunk)
  }

  /** Bytes written that the machine has not taken yet. */
  get bufferedBytes(): number {
    return this.#response.writableLength
  }

  /** Resolves true at once or when what waits was taken, false when it still waits after `stallMs`, or at the signal. */
  async room(stallMs: number, signal: AbortSignal): Promise<boolean> {
    const response = this.#response
    // Without `writableNeedDrain` no drain would ever be told.
    if (this.bufferedBytes < this.#bufferBytesMax || !response.writableNeedDrain) return true
    if (signal.aborted) return false
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const drained = (): void => resolve(true)
    const giveUp = (): void => resolve(false)
    const timer = setTimeout(giveUp, stallMs)
    response.once('drain', drained)
    signal.addEventListener('abort', giveUp)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      response.off('drain', drained)
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** Says the last word; a connection on which it is not taken within `lingerMs` is cut. */
  end(last: string, lingerMs: number): void {
    const response = this.#response
    const cut = setTimeout(() => response.destroy(), lingerMs)
    response.once('close', () => clearTimeout(cut))
    response.end(last)
  }
}
