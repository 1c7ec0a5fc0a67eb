/** The key of a witness: a seed in a file of its own, made at the first start, and Ed25519 by the platform. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { AuditError, decodeBase64, encodeBase64, encodeHex, type RandomBytes } from '@sealedlog/sdk/base'
import {
  COSIGNATURE_V1,
  type CosignerKey,
  ED25519,
  ED25519_KEY_BYTES,
  formatVerifierKey,
  isKeyName,
  noteKeyId,
  type NoteVerifier,
  type VerifierKey,
} from '@sealedlog/sdk/merkle'

/** The files of a witness's folder. */
export const WITNESS_FILES = { key: 'witness.key', memory: 'witness.sqlite' } as const

/** The key of a witness, and the line by which others know it. */
export interface WitnessKey extends CosignerKey {
  readonly vkey: string
}

/** PKCS #8 (RFC 8410 §7) in front of a raw Ed25519 seed, and a SubjectPublicKeyInfo in front of a raw key (§4). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const SEED_BYTES = 32
const OTHERS_MAY = 0o077

/**
 * The key of the witness of a folder, made at the first start: name and seed stand in one file, for they are one identity.
 *
 * @param name what the witness calls itself; one that never had a name gets one that cannot be anybody else's
 * @throws AuditError `invalid_configuration` for a key that is none or that others may read, another name than the
 * folder's, or a key whose memory is gone
 */
export function settleKey(folder: string, name: string | undefined, random: RandomBytes): WitnessKey {
  const path = join(folder, WITNESS_FILES.key)
  const hasMemory = existsSync(join(folder, WITNESS_FILES.memory))
  if (!existsSync(path)) {
    if (hasMemory)
      throw new AuditError(
        'signing_key_mismatch',
        `${path} is missing, and the memory beside it is its. Put it back; nothing was changed.`,
      )
    writeKey(folder, name, random(SEED_BYTES))
  } else if (!hasMemory) throw forgot(path)
  return readKey(path, name)
}

/** Signed again under the same key, a fork would be cosigned that the lost memory would have refused. */
const forgot = (path: string): AuditError =>
  new AuditError(
    'invalid_configuration',
    `${path} has no memory (${WITNESS_FILES.memory}) beside it: a witness that forgot what it signed must not sign. Put the memory back, or remove the key and begin as a new witness.`,
  )

function readKey(path: string, name: string | undefined): WitnessKey {
  if (process.platform !== 'win32' && (statSync(path).mode & OTHERS_MAY) !== 0)
    throw invalid(path, 'others may read it. Run chmod 600 on it, and think of a new witness if they did')
  const [written = '', encoded = '', end, ...rest] = readFileSync(path, 'utf8').split('\n')
  const seed = decodeBase64(encoded)
  if (!isKeyName(written) || seed?.length !== SEED_BYTES || end !== '' || rest.length > 0)
    throw invalid(path, 'it does not hold a name and base64 of 32 bytes, a line each')
  if (name !== undefined && name !== written) throw invalid(path, `it is the key of ${written}, not of ${name}`)
  return keyOf(written, seed)
}

const invalid = (path: string, why: string): AuditError =>
  new AuditError('invalid_configuration', `${path} cannot be used: ${why}.`)

/** The key of a name and a seed. */
export function keyOf(name: string, seed: Uint8Array): WitnessKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = rawOf(createPublicKey(privateKey))
  const algorithm = COSIGNATURE_V1
  const keyId = noteKeyId(name, algorithm, publicKey)
  return {
    name,
    publicKey,
    vkey: formatVerifierKey({ name, keyId, algorithm, publicKey }),
    sign: (message) => Uint8Array.from(sign(null, message, privateKey)),
  }
}

const rawOf = (key: KeyObject): Uint8Array =>
  Uint8Array.from(key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length))

/** Written beside, synced, then renamed: the key is there whole or not at all, and was never readable by others. */
function writeKey(folder: string, name: string | undefined, seed: Uint8Array): void {
  const named = name ?? `witness-${encodeHex(keyOf('-', seed).publicKey.slice(0, 8))}.sealedlog.invalid`
  if (!isKeyName(named))
    throw new AuditError(
      'invalid_configuration',
      `${JSON.stringify(named)} is no name for a key: it may hold no spaces and no plus sign.`,
    )
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, WITNESS_FILES.key)
  const file = openSync(`${path}.new`, 'w', 0o600)
  writeSync(file, `${named}\n${encodeBase64(seed)}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
  const directory = openSync(folder, 'r')
  fsyncSync(directory)
  closeSync(directory)
}

/** What checks the checkpoints of a log. */
export function logVerifier({ name, keyId, algorithm, publicKey }: VerifierKey): NoteVerifier {
  if (algorithm !== ED25519 || publicKey.length !== ED25519_KEY_BYTES)
    throw new AuditError('invalid_configuration', `The key of ${name} is no Ed25519 key of a log.`)
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' })
  return { name, keyId, verify: (message, signature) => verify(null, message, key, signature) }
}
