/** SHA-256 by node:crypto: what Node, Deno and Bun load as `#sha256`. */
import { hash } from 'node:crypto'

/** FIPS 180-4 SHA-256 of some bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // A Buffer of node:crypto may share its memory with others; a digest is kept for long, so it is copied.
  return new Uint8Array(hash('sha256', bytes, 'buffer'))
}
