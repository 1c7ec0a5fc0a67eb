/** Reading ahead of sending: a window of lines that is taken whole whenever the sender is free, and is never larger than a batch. */
import { BOUNDS } from '@sealedlog/sdk/event'
import type { DialectName } from '@sealedlog/sdk/dialect'
import { LineCutter, type Source } from './lines.js'
import { type ReadLine, readLine } from './record-line.js'

/** Half of what the server takes in one body. */
const WINDOW_BYTES_MAX = BOUNDS.BATCH_BYTES_MAX / 2

export class Intake {
  #window: ReadLine[] = []
  #bytes = 0
  #isEnded = false
  #failure: Error | undefined
  /** set while the sender waits for lines, or the reader for room: never both */
  #wake: (() => void) | undefined
  #isStopped = false

  /** Reads a source to its end, or until it is stopped. It never rejects: `take` tells what went wrong. */
  async read(source: Source, dialect: DialectName, fromLine: number): Promise<void> {
    const cutter = new LineCutter()
    try {
      for await (const chunk of source.chunks) {
        for (const line of cutter.cut(chunk)) if (line.number >= fromLine) await this.#put(readLine(line, dialect))
        if (this.#isStopped) return
      }
      for (const line of cutter.rest()) if (line.number >= fromLine) await this.#put(readLine(line, dialect))
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error))
    } finally {
      this.#isEnded = true
      this.#ring()
    }
  }

  /** The lines read since the last call, waiting for one if there is none; undefined at the end. */
  async take(): Promise<readonly ReadLine[] | undefined> {
    while (this.#window.length === 0 && !this.#isEnded && !this.#isStopped) await this.#changed()
    const window = this.#window
    if (window.length === 0 && this.#failure) throw this.#failure
    this.#window = []
    this.#bytes = 0
    this.#ring()
    return window.length === 0 ? undefined : window
  }

  /** Lets go of both: the reader ends with the chunk it is at, the sender with the window it has. */
  stop(): void {
    this.#isStopped = true
    this.#ring()
  }

  async #put(line: ReadLine | undefined): Promise<void> {
    if (line === undefined) return
    const bytes = line.event?.bytes ?? 0
    while (this.#isFull(bytes) && !this.#isStopped) await this.#changed()
    if (this.#isStopped) return
    this.#window.push(line)
    this.#bytes += bytes
    this.#ring()
  }

  #isFull(bytes: number): boolean {
    if (this.#window.length === 0) return false
    return this.#window.length >= BOUNDS.BATCH_EVENTS_MAX || this.#bytes + bytes > WINDOW_BYTES_MAX
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #ring(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
