/** Signatures of notes, by the platform's WebCrypto: asynchronous, where notes are opened synchronously. */
import { AuditError, encodeBase64, encodeUtf8, equalBytes } from '../base/index.js'
import {
  type Checkpoint,
  cosignedMessage,
  COSIGNATURE_V1,
  type NoteVerifier,
  type OpenedNote,
  openNote,
  parseCheckpoint,
  parseCosignature,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from '../merkle/index.js'
import type { CheckEd25519 } from './options.js'
import { isAboutBytes } from './read.js'

/** A checkpoint, and who is known to have signed it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: string
  readonly opened: OpenedNote
}

/**
 * Opens a checkpoint by keys of logs and witnesses.
 *
 * @throws AuditError `malformed_note`, `malformed_checkpoint`, or `proof_failed` when a known key's signature is bad or
 * none is there
 */
export async function openCheckpoint(
  note: string,
  keys: readonly VerifierKey[],
  check: CheckEd25519,
): Promise<SignedCheckpoint> {
  const opened = await openSigned(note, keys, check)
  return { ...parseCheckpoint(opened.text), note, opened }
}

/** Same errors, without those of checkpoints. */
export async function openSigned(note: string, keys: readonly VerifierKey[], check: CheckEd25519): Promise<OpenedNote> {
  const { text, signatures } = parseNote(note)
  const message = encodeUtf8(text)
  const verifiers = keys.map(async (key): Promise<NoteVerifier> => {
    const good = new Set<string>()
    for (const { name, keyId, signature } of signatures)
      if (name === key.name && equalBytes(keyId, key.keyId) && (await holds(key, message, signature, check)))
        good.add(encodeBase64(signature))
    // What held is known by the time that the note is opened.
    return { name: key.name, keyId: key.keyId, verify: (_message, signature) => good.has(encodeBase64(signature)) }
  })
  return openNote(note, await Promise.all(verifiers))
}

/**
 * Which of some verifier keys have signed a note.
 *
 * @example
 * await signedBy(report.checkpoint, ['example.com/log+…'])
 */
export async function signedBy(
  note: string,
  vkeys: readonly string[],
  check: CheckEd25519 = checkByWebCrypto,
): Promise<readonly string[]> {
  const signers = await Promise.all(
    vkeys.map(async (vkey) => {
      try {
        await openSigned(note, [parseVerifierKey(vkey)], check)
        return [vkey]
      } catch (error) {
        if (isAboutBytes(error)) return []
        throw error
      }
    }),
  )
  return signers.flat()
}

/** Whether a key is among those whose signatures hold. */
export const hasSigned = ({ opened }: SignedCheckpoint, key: VerifierKey): boolean =>
  opened.verified.some(({ name, keyId }) => name === key.name && equalBytes(keyId, key.keyId))

async function holds(key: VerifierKey, message: Uint8Array, signature: Uint8Array, check: CheckEd25519) {
  if (key.algorithm !== COSIGNATURE_V1) return check(key.publicKey, message, signature)
  const cosignature = parseCosignature(signature)
  if (cosignature === undefined) return false
  return check(key.publicKey, cosignedMessage(cosignature.timeSeconds, message), cosignature.signature)
}

/**
 * Ed25519 by WebCrypto.
 *
 * @throws AuditError `invalid_configuration` on a platform that has none
 */
export const checkByWebCrypto: CheckEd25519 = async (publicKey, message, signature) => {
  const { subtle }: Partial<typeof globalThis.crypto> = globalThis.crypto
  // Whether a signature holds must not look like a question of the page's address.
  if (subtle === undefined)
    throw new AuditError(
      'invalid_configuration',
      'A browser checks signatures only on pages that came over https:// or from this machine. Open this one so.',
    )
  try {
    const key = await subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify'])
    return await subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(message))
  } catch (error) {
    if (error instanceof Error && error.name === 'NotSupportedError')
      throw new AuditError(
        'invalid_configuration',
        'This platform has no Ed25519 to check signatures with. Use another.',
      )
    return false
  }
}
