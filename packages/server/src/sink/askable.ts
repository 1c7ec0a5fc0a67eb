/** Which witnesses of a policy can be asked: those with a URL. */
import { AuditError } from '@sealedlog/sdk/base'
import { checkQuorum, type Policy, type PolicyWitness } from '@sealedlog/sdk/merkle'

export interface AskableWitness {
  readonly witness: PolicyWitness
  /** without a slash at its end */
  readonly url: string
}

/**
 * The witnesses of a policy that have a URL.
 *
 * @throws AuditError `invalid_configuration` for a URL that is none, or when all of them together do not meet the quorum
 */
export function askableWitnesses(policy: Policy): readonly AskableWitness[] {
  const askable = policy.witnesses.flatMap((witness) =>
    witness.url === undefined ? [] : [{ witness, url: prefixOf(witness.name, witness.url) }],
  )
  const quorum = checkQuorum(
    policy,
    askable.map(({ witness }) => witness.name),
  )
  if (quorum.satisfied) return askable
  throw new AuditError(
    'invalid_configuration',
    `The policy can never be met by the witnesses that have a URL. ${quorum.text} Give the others their URLs.`,
  )
}

function prefixOf(name: string, url: string): string {
  const isWeb = /^https?:$/.test(URL.parse(url)?.protocol ?? '')
  if (isWeb) return url.replace(/\/+$/, '')
  throw new AuditError(
    'invalid_configuration',
    `The witness ${name} has the URL ${JSON.stringify(url.slice(0, 200))}; expected one of http or https.`,
  )
}
