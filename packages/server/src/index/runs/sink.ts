/** Files as they are written and read here: whole buffers, at places of one's own. */
import { readSync, writeSync } from 'node:fs'
import { BrokenRun } from './broken-run.js'

/** Takes bytes one after the other; it keeps none of the arrays that it is handed. */
export interface Sink {
  /** where the next byte will stand */
  readonly at: number
  write(bytes: Uint8Array): void
}

/** Bytes that are handed to the file in one call. */
const BUFFER_BYTES = 2 ** 18

/** Writes to a file from a place on. What failed to be written stands nowhere: the file is to be thrown away. */
export class FileSink implements Sink {
  at: number
  readonly #fd: number
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #held = 0

  constructor(fd: number, at: number) {
    this.#fd = fd
    this.at = at
  }

  /** @throws as the file system does: a disk that is full, a fault of the device */
  write(bytes: Uint8Array): void {
    if (this.#held + bytes.length > BUFFER_BYTES) this.flush()
    if (bytes.length > BUFFER_BYTES) writeFully(this.#fd, bytes, this.at)
    else {
      this.#buffer.set(bytes, this.#held)
      this.#held += bytes.length
    }
    this.at += bytes.length
  }

  /** Hands to the file what is held back. It does not sync. */
  flush(): void {
    writeFully(this.#fd, this.#buffer.subarray(0, this.#held), this.at - this.#held)
    this.#held = 0
  }
}

function writeFully(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, at + done)
}

/** Fills the first bytes of a buffer from a place in a file. @throws BrokenRun where the file ends before, or cannot be read */
export function readFully(
  { fd, path }: { readonly fd: number; readonly path: string },
  bytes: Uint8Array,
  length: number,
  at: number,
): void {
  for (let done = 0; done < length; ) {
    const read = readOnce(fd, path, bytes, done, length, at)
    if (read === 0) throw new BrokenRun(path, at + done, 'the file ends here')
    done += read
  }
}

function readOnce(fd: number, path: string, bytes: Uint8Array, done: number, length: number, at: number): number {
  try {
    return readSync(fd, bytes, done, length - done, at + done)
  } catch (error) {
    throw new BrokenRun(path, at + done, 'it cannot be read', error)
  }
}
