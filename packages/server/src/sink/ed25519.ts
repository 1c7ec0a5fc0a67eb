/** Ed25519 by the platform, from raw keys. */
import { createPublicKey, verify } from 'node:crypto'
import type { NoteVerifier, VerifierKey, VerifyEd25519 } from '@sealedlog/sdk/merkle'

/** An Ed25519 SubjectPublicKeyInfo in front of the raw key (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' })
  return verify(null, message, key, signature)
}

/** What checks the plain signatures of a log. */
export const logVerifier = ({ name, keyId, publicKey }: VerifierKey): NoteVerifier => ({
  name,
  keyId,
  verify: (message, signature) => verifyEd25519(publicKey, message, signature),
})
