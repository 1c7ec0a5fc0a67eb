/** The secrets beside the log: the signing seed and the root key, each a file of its own that only its owner reads. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuditError, decodeBase64, encodeBase64, type RandomBytes } from '@sealedlog/sdk/base'
import { mintKey } from './http/index.js'
import { ROOT_KEY_FILE, SEED_FILE } from './places.js'
import { replaceFile } from './small-file.js'
import { LOG_FILE, SEED_BYTES } from './store/index.js'

/** Where a secret came from, and whether it was made just now. */
export interface Settled<T> {
  readonly value: T
  readonly made: boolean
}

/**
 * The instance seed: from the environment (base64 of 32 bytes), else from its file, else made now.
 *
 * @throws AuditError `invalid_configuration` for a seed that is none, `signing_key_mismatch` where a log exists
 * and its seed does not: a new one could never sign for it
 */
export function settleSeed(folder: string, fromEnvironment: string | undefined, random: RandomBytes): Uint8Array {
  if (fromEnvironment !== undefined) return parseSeed(fromEnvironment, 'SEALEDLOG_SIGNING_SEED')
  const path = join(folder, SEED_FILE)
  if (existsSync(path)) return parseSeed(readFileSync(path, 'utf8').trim(), path)
  if (existsSync(join(folder, LOG_FILE))) {
    throw new AuditError(
      'signing_key_mismatch',
      `${path} is missing, and the log beside it is signed with it. Put it back (or set SEALEDLOG_SIGNING_SEED); nothing was changed.`,
    )
  }
  const seed = random(SEED_BYTES)
  writeSecret(folder, SEED_FILE, encodeBase64(seed))
  return seed
}

/**
 * The instance seed where it must be there already: from the environment, else from the first folder that holds its file.
 *
 * @throws AuditError `signing_key_mismatch` where there is none, `invalid_configuration` for one that is none
 */
export function findSeed(folders: readonly string[], fromEnvironment: string | undefined): Uint8Array {
  if (fromEnvironment !== undefined) return parseSeed(fromEnvironment, 'SEALEDLOG_SIGNING_SEED')
  const path = folders.map((folder) => join(folder, SEED_FILE)).find((each) => existsSync(each))
  if (path !== undefined) return parseSeed(readFileSync(path, 'utf8').trim(), path)
  throw new AuditError(
    'signing_key_mismatch',
    `There is no ${SEED_FILE} in ${folders.join(' or ')}. Put it there, or set SEALEDLOG_SIGNING_SEED; nothing was changed.`,
  )
}

function parseSeed(text: string, where: string): Uint8Array {
  const seed = decodeBase64(text)
  if (seed?.length === SEED_BYTES) return seed
  throw new AuditError('invalid_configuration', `${where} does not hold base64 of ${SEED_BYTES} bytes.`)
}

const ROOT_KEY_CHARS_MIN = 20
const ROOT_KEY_PATTERN = /^[\x21-\x7e]{1,512}$/

/**
 * The root key: from the environment, else from its file, else made now.
 *
 * @throws AuditError `invalid_configuration` for one that could be guessed or not be sent in a header
 */
export function settleRootKey(
  folder: string,
  fromEnvironment: string | undefined,
  random: RandomBytes,
): Settled<string> {
  const path = join(folder, ROOT_KEY_FILE)
  if (fromEnvironment !== undefined) return { value: checkRootKey(fromEnvironment, 'SEALEDLOG_ROOT_KEY'), made: false }
  if (existsSync(path)) return { value: checkRootKey(readFileSync(path, 'utf8').trim(), path), made: false }
  const key = mintKey(random)
  writeSecret(folder, ROOT_KEY_FILE, key)
  return { value: key, made: true }
}

function checkRootKey(key: string, where: string): string {
  if (key.length >= ROOT_KEY_CHARS_MIN && ROOT_KEY_PATTERN.test(key)) return key
  throw new AuditError(
    'invalid_configuration',
    `${where} must hold ${ROOT_KEY_CHARS_MIN} to 512 printable characters without spaces.`,
  )
}

function writeSecret(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  replaceFile(folder, name, text)
}
