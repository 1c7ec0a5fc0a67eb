/** A signer's module, as an installation would write one for a key service: its keys are not derived from the seed. */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { ED25519, formatVerifierKey, noteKeyId } from '@sealedlog/sdk/merkle'

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_PREFIX_BYTES = 12

/** Generation 1 goes on with the seed; what is rotated to from then on is the service's. */
export default (own) => ({
  keyOf: (origin, generation) => (generation === 1 ? own.keyOf(origin, 1) : serviceKey(origin, generation)),
})

function serviceKey(name, generation) {
  const seed = createHash('sha256').update(`the service’s own ${name} ${generation}`).digest()
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_BYTES)
  const keyId = noteKeyId(name, ED25519, publicKey)
  const vkey = formatVerifierKey({ name, keyId, algorithm: ED25519, publicKey })
  // Generation 4 stands for a service that is broken: what it signs does not hold.
  return { name, keyId, vkey, sign: (message) => sign(null, generation === 4 ? Buffer.from('x') : message, key) }
}
