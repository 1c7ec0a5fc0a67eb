/** What the caller trusts: keys of logs, witnesses, and what checks their signatures. */
import { parsePolicy, type Policy, type VerifierKey } from '../merkle/index.js'
import { readTrusted } from './keys.js'
import type { CheckEd25519, VerifyOptions } from './options.js'
import { checkByWebCrypto } from './signatures.js'

/** What the caller handed in, read. */
export interface Trust {
  readonly keys: readonly VerifierKey[]
  readonly policy: Policy | undefined
  readonly check: CheckEd25519
}

/**
 * Reads what the caller trusts. Whatever is wrong with it is the caller's own, so it is thrown.
 *
 * @throws AuditError `malformed_note` for a key that is none, `invalid_configuration` for a policy that cannot be used
 */
export function readTrust({ vkeys = [], policy: text, checkEd25519 }: VerifyOptions): Trust {
  const policy = text === undefined ? undefined : parsePolicy(text)
  const keys = [...readTrusted(vkeys), ...(policy?.logs.map(({ key }) => key) ?? [])]
  return { keys, policy, check: checkEd25519 ?? checkByWebCrypto }
}
