/** Cosignatures: what a witness adds to a checkpoint, with the time at which it did (c2sp.org/tlog-cosignature, v1). */
import { assert, concatBytes, encodeUtf8 } from '../base/index.js'
import { isCount } from './counts.js'
import type { NoteSigner, NoteVerifier } from './note.js'
import { COSIGNATURE_V1, noteKeyId, type VerifierKey } from './verifier-key.js'

export const COSIGNATURE_TIME_BYTES = 8
const SIGNATURE_BYTES = 64
export const COSIGNATURE_BYTES = COSIGNATURE_TIME_BYTES + SIGNATURE_BYTES

/** What stands in the signature line of a witness. */
export interface Cosignature {
  /** when it was made, in seconds since 1970 */
  readonly timeSeconds: number
  /** Ed25519 over `cosignedMessage`: 64 bytes */
  readonly signature: Uint8Array
}

/** Checks an Ed25519 signature (RFC 8032): the platform's own. Must return false, not throw, for a signature of any bytes. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

/** A witness's own key: how it is named, and how it signs. */
export interface CosignerKey {
  readonly name: string
  /** 32 bytes */
  readonly publicKey: Uint8Array
  /** Ed25519 over these bytes, 64 bytes */
  sign(message: Uint8Array): Uint8Array
}

/**
 * What a witness signs: a line that no checkpoint begins with, the time, and the checkpoint's text.
 *
 * @example
 * cosignedMessage(1700000000, text) // 'cosignature/v1\ntime 1700000000\nexample.com/log\n…'
 */
export function cosignedMessage(timeSeconds: number, text: Uint8Array): Uint8Array {
  assert(isCount(timeSeconds), 'a time is a whole number of seconds below 2^53')
  return concatBytes([encodeUtf8(`cosignature/v1\ntime ${timeSeconds}\n`), text])
}

/** The bytes of a cosignature: 8 of time, big-endian, and 64 of signature. */
export function formatCosignature({ timeSeconds, signature }: Cosignature): Uint8Array {
  assert(isCount(timeSeconds), 'a time is a whole number of seconds below 2^53')
  assert(signature.length === SIGNATURE_BYTES, 'an Ed25519 signature has 64 bytes')
  const time = new DataView(new ArrayBuffer(COSIGNATURE_TIME_BYTES))
  time.setBigUint64(0, BigInt(timeSeconds))
  return concatBytes([new Uint8Array(time.buffer), signature])
}

/** Reads a cosignature; undefined for what is none. Times past 2^53 seconds, which is no year anybody signs in, are none. */
export function parseCosignature(bytes: Uint8Array): Cosignature | undefined {
  if (bytes.length !== COSIGNATURE_BYTES) return undefined
  const time = new DataView(bytes.buffer, bytes.byteOffset, COSIGNATURE_TIME_BYTES).getBigUint64(0)
  const timeSeconds = Number(time)
  if (!isCount(timeSeconds)) return undefined
  return { timeSeconds, signature: bytes.slice(COSIGNATURE_TIME_BYTES) }
}

/**
 * What opens the cosignatures of a witness, for `openNote`.
 *
 * @example
 * openNote(note, [cosignatureVerifier(parseVerifierKey(vkey), verifyEd25519)]).verified
 */
export function cosignatureVerifier(key: VerifierKey, verify: VerifyEd25519): NoteVerifier {
  assert(key.algorithm === COSIGNATURE_V1, 'a witness signs with the algorithm COSIGNATURE_V1')
  return {
    name: key.name,
    keyId: key.keyId,
    verify(message, bytes) {
      const cosignature = parseCosignature(bytes)
      if (cosignature === undefined) return false
      return verify(key.publicKey, cosignedMessage(cosignature.timeSeconds, message), cosignature.signature)
    },
  }
}

/** What cosigns at a time, for `signNote`. */
export function cosignatureSigner(key: CosignerKey, timeSeconds: number): NoteSigner {
  const { name, publicKey } = key
  return {
    name,
    keyId: noteKeyId(name, COSIGNATURE_V1, publicKey),
    sign: (message) => formatCosignature({ timeSeconds, signature: key.sign(cosignedMessage(timeSeconds, message)) }),
  }
}
