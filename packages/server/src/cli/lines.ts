/** The lines of a file or of stdin, numbered, as they come: a file is never held whole. */
import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { BOUNDS } from '@sealedlog/sdk/event'
import { misused } from './connection.js'

export interface Line {
  /** from 1 */
  readonly number: number
  /** undefined where the line is longer than an event can be */
  readonly bytes: Uint8Array | undefined
  /** bytes of the file up to its end */
  readonly end: number
}

/** A line longer than a lone event's body holds no event. */
export const LINE_BYTES_MAX = BOUNDS.BODY_BYTES_MAX

const CHUNK_BYTES = 262_144
const LINE_FEED = 10

export interface Source {
  readonly chunks: AsyncIterable<Uint8Array>
  /** undefined where nobody knows: stdin, a pipe */
  readonly bytes: number | undefined
  close(): void
}

/** @param path a file, or `-` for stdin */
export async function openSource(path: string): Promise<Source> {
  if (path === '-') return { chunks: process.stdin, bytes: undefined, close: () => process.stdin.destroy() }
  const file = await statOf(path)
  if (file.isDirectory()) throw misused(`${path} is a folder; expected a file of events, one a line.`)
  const chunks = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  return { chunks, bytes: file.isFile() ? file.size : undefined, close: () => chunks.destroy() }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (cause) {
    throw misused(
      `${path} cannot be read (${cause instanceof Error && 'code' in cause ? String(cause.code) : 'no file'}).`,
    )
  }
}

/** Cuts chunks into lines. It holds one unfinished line at most, and of one that is too long nothing. */
export class LineCutter {
  #parts: Uint8Array[] = []
  #length = 0
  #number = 0
  #end = 0

  /** The lines that a chunk finishes. */
  cut(chunk: Uint8Array): readonly Line[] {
    const lines: Line[] = []
    for (let start = 0; start < chunk.length; ) {
      const feed = chunk.indexOf(LINE_FEED, start)
      const end = feed === -1 ? chunk.length : feed
      this.#keep(chunk.subarray(start, end))
      start = end + 1
      if (feed !== -1) lines.push(this.#finish(1))
    }
    return lines
  }

  /** The line that no line feed ends, if there is one. */
  rest(): readonly Line[] {
    return this.#length > 0 ? [this.#finish(0)] : []
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length
    if (this.#length <= LINE_BYTES_MAX) this.#parts.push(part)
    else this.#parts = []
  }

  #finish(feedBytes: number): Line {
    this.#number += 1
    this.#end += this.#length + feedBytes
    const bytes = this.#length <= LINE_BYTES_MAX ? Buffer.concat(this.#parts) : undefined
    this.#parts = []
    this.#length = 0
    return { number: this.#number, bytes, end: this.#end }
  }
}
