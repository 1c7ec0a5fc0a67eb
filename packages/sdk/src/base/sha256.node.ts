/** SHA-256 by node:crypto: what Node, Deno and Bun load as `#sha256`. */
import { hash } from 'node:crypto'

const DIGEST_BYTES = 32

/** FIPS 180-4 SHA-256 of some bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const digest = new Uint8Array(DIGEST_BYTES)
  sha256Into(bytes, digest, 0)
  return digest
}

/** The same, written into 32 bytes of a buffer that the caller has: trees hash by the million. */
export function sha256Into(bytes: Uint8Array, target: Uint8Array, offset: number): void {
  // Text of one byte a character is what node:crypto hands over soonest: a Buffer of its own costs four times as much.
  const digest = hash('sha256', bytes, 'binary')
  for (let i = 0; i < DIGEST_BYTES; i++) target[offset + i] = digest.charCodeAt(i)
}

/** The same of bytes, or of a text in UTF-8, as 43 characters of base64url without padding. */
export const sha256Base64Url = (data: Uint8Array | string): string => hash('sha256', data, 'base64url')
