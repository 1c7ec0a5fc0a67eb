/** Signing keys: derived from the instance's seed, one for each origin and generation, never stored (design §5). */
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto'
import { AuditError, encodeHex } from '@sealedlog/sdk/base'
import {
  ED25519,
  formatVerifierKey,
  type NoteSigner,
  type NoteVerifier,
  noteKeyId,
  parseVerifierKey,
} from '@sealedlog/sdk/merkle'

export const SEED_BYTES = 32
/** Rotation is a new generation; the first is 1. */
export const FIRST_GENERATION = 1

/** What signs the checkpoints of one origin and generation. */
export interface CheckpointKey extends NoteSigner, NoteVerifier {
  /** as C2SP signed-note writes it: name+id+key */
  readonly vkey: string
}

/** PKCS #8 (RFC 8410 §7) in front of a raw Ed25519 seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
/** An Ed25519 SubjectPublicKeyInfo in front of the raw key (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * The key of an origin: Ed25519, seeded by HKDF-SHA-256 with an empty salt from the instance seed,
 * info `sealedlog/checkpoint-key/v1\n` ‖ origin ‖ `\n` ‖ generation.
 */
export function deriveCheckpointKey(seed: Uint8Array, origin: string, generation: number): CheckpointKey {
  const info = `sealedlog/checkpoint-key/v1\n${origin}\n${generation}`
  const raw = Buffer.from(hkdfSync('sha256', seed, new Uint8Array(0), info, SEED_BYTES))
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, raw]), format: 'der', type: 'pkcs8' })
  return checkpointKey(origin, privateKey, createPublicKey(privateKey))
}

function checkpointKey(name: string, privateKey: KeyObject, publicKey: KeyObject): CheckpointKey {
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length)
  const keyId = noteKeyId(name, ED25519, raw)
  return {
    name,
    keyId,
    vkey: formatVerifierKey({ name, keyId, algorithm: ED25519, publicKey: raw }),
    sign: (message) => sign(null, message, privateKey),
    verify: (message, signature) => verify(null, message, publicKey, signature),
  }
}

/**
 * What checks the checkpoints of a log, from its verifier key alone.
 *
 * @throws AuditError `malformed_note`
 */
export function verifierOf(vkey: string): NoteVerifier {
  const { name, keyId, algorithm, publicKey } = parseVerifierKey(vkey)
  if (algorithm !== ED25519) {
    throw new AuditError('malformed_note', `The key of ${name} has algorithm ${algorithm}; logs sign with ${ED25519}.`)
  }
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' })
  return { name, keyId, verify: (message, signature) => verify(null, message, key, signature) }
}

/** A value that tells two seeds apart and reveals neither: kept in the database to refuse a wrong seed at start-up. */
export function seedFingerprint(seed: Uint8Array): string {
  return encodeHex(new Uint8Array(hkdfSync('sha256', seed, new Uint8Array(0), 'sealedlog/seed-fingerprint/v1\n', 16)))
}

/** The key of the instance for authenticating cursors. */
export function deriveCursorKey(seed: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', seed, new Uint8Array(0), 'sealedlog/cursor-key/v1\n', 32))
}

export const wrongSeed = (): AuditError =>
  new AuditError(
    'signing_key_mismatch',
    'This data folder was written with another signing key. Put back its signing.key (or SEALEDLOG_SIGNING_SEED); nothing was changed.',
  )
