/** Verifier keys: the one line by which a key is told to others (golang.org/x/mod/sumdb/note, c2sp.org/signed-note). */
import {
  AuditError,
  assert,
  concatBytes,
  decodeBase64,
  encodeBase64,
  encodeHex,
  encodeUtf8,
  equalBytes,
  sha256,
} from '../base/index.js'
import { isKeyName } from './note.js'

/** Ed25519 over the note's text: what a log signs its checkpoints with. */
export const ED25519 = 0x01
/** Ed25519 over a time and the note's text: what a witness adds (c2sp.org/tlog-cosignature). */
export const COSIGNATURE_V1 = 0x04

export const ED25519_KEY_BYTES = 32

export interface VerifierKey {
  readonly name: string
  /** 4 bytes, `noteKeyId` of the rest */
  readonly keyId: Uint8Array
  /** the signature type: one byte */
  readonly algorithm: number
  readonly publicKey: Uint8Array
}

/** The first 4 bytes of SHA-256(name ‖ newline ‖ algorithm ‖ key): a name for a key, not a proof of it. */
export function noteKeyId(name: string, algorithm: number, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes([encodeUtf8(`${name}\n`), Uint8Array.of(algorithm), publicKey])).slice(0, 4)
}

/**
 * `name+id+key`, the id in hex, the key in base64 with its algorithm in front.
 *
 * @example
 * formatVerifierKey({ name: 'PeterNeumann', keyId, algorithm: ED25519, publicKey }) // 'PeterNeumann+c74f20a3+ARpc2Q…'
 */
export function formatVerifierKey({ name, keyId, algorithm, publicKey }: VerifierKey): string {
  assert(isKeyName(name), 'a key name has no spaces and no plus sign')
  assert(equalBytes(keyId, noteKeyId(name, algorithm, publicKey)), 'a key id follows from name, algorithm and key')
  return `${name}+${encodeHex(keyId)}+${encodeBase64(concatBytes([Uint8Array.of(algorithm), publicKey]))}`
}

/**
 * Reads a verifier key and checks that its id belongs to it.
 *
 * @throws AuditError `malformed_note`
 */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', id, encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? []
  const [algorithm, ...key] = decodeBase64(encoded) ?? []
  if (!isKeyName(name) || algorithm === undefined) throw malformed('expected name+id+key')
  const publicKey = Uint8Array.from(key)
  if (isEd25519(algorithm) && publicKey.length !== ED25519_KEY_BYTES)
    throw malformed(`its key has ${publicKey.length} bytes; expected ${ED25519_KEY_BYTES}`)
  const keyId = noteKeyId(name, algorithm, publicKey)
  if (encodeHex(keyId) !== id) throw malformed(`its id is ${id}, but its name and key make ${encodeHex(keyId)}`)
  return { name, keyId, algorithm, publicKey }
}

const isEd25519 = (algorithm: number): boolean => algorithm === ED25519 || algorithm === COSIGNATURE_V1

const malformed = (why: string): AuditError =>
  new AuditError('malformed_note', `This is not a verifier key: ${why}. Copy the whole line again.`)
