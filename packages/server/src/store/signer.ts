/** Who signs: a port, so that keys may stand in a machine that never shows them. The instance's seed is the default. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AuditError, assert } from '@sealedlog/sdk/base'
import { type CheckpointKey, deriveCheckpointKey, SEED_BYTES, seedFingerprint, verifierOf } from './signing.js'

/**
 * Every signature of a log is made by one. It is asked in the writer's thread, before the commit: what it takes, the
 * callers of that commit wait for; when it throws, nothing of the commit is recorded.
 */
export interface Signer {
  /** The key of an origin and generation: the same one whenever it is asked, also after a restart. */
  keyOf(origin: string, generation: number): CheckpointKey
  /** tells two signers apart and reveals neither: kept in the database to refuse a wrong one at start-up */
  readonly fingerprint?: string
}

/**
 * What a signer's module exports by default. It is handed the signer of the instance's seed, so that generations that
 * were signed with it go on until the log's key is rotated.
 */
export type MakeSigner = (own: Signer) => Signer | Promise<Signer>

/** Derives every key from the instance's seed. */
export class SeedSigner implements Signer {
  readonly #seed: Uint8Array
  readonly fingerprint: string

  constructor(seed: Uint8Array) {
    assert(seed.length === SEED_BYTES, 'an instance seed has 32 bytes')
    this.#seed = seed
    this.fingerprint = seedFingerprint(seed)
  }

  keyOf(origin: string, generation: number): CheckpointKey {
    return deriveCheckpointKey(this.#seed, origin, generation)
  }
}

/**
 * The signer that a module makes. What it signs is verified before it is believed: a signature that does not hold would
 * stay in the log for ever.
 *
 * @param path of a JavaScript module, absolute or from the working directory
 * @throws AuditError `invalid_configuration`
 * @example
 * // kms-signer.mjs: export default (own) => ({ keyOf: (origin, generation) => … })
 * const signer = await loadSigner('./kms-signer.mjs', new SeedSigner(seed))
 */
export async function loadSigner(path: string, own: Signer): Promise<Signer> {
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown }
    if (typeof module.default !== 'function') throw new Error('its default export is no function')
    return verified(await (module.default as MakeSigner)(own))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AuditError('invalid_configuration', `The signer ${path} cannot be used: ${why}.`, { cause })
  }
}

function verified(signer: Signer): Signer {
  if (typeof signer?.keyOf !== 'function') throw new Error('what it makes has no method keyOf')
  const { fingerprint } = signer
  return {
    ...(fingerprint === undefined ? {} : { fingerprint }),
    keyOf(origin, generation) {
      const key = signer.keyOf(origin, generation)
      const verifier = verifierOf(key.vkey)
      if (verifier.name !== origin) throw notOurs(origin, `its key has the name ${verifier.name}`)
      return {
        ...verifier,
        vkey: key.vkey,
        sign(message) {
          const signature = key.sign(message)
          if (verifier.verify(message, signature)) return signature
          throw notOurs(origin, 'what it signed does not verify')
        },
      }
    },
  }
}

const notOurs = (origin: string, why: string): AuditError =>
  new AuditError('invalid_configuration', `The signer cannot sign for ${origin}: ${why}. Nothing was recorded.`)
