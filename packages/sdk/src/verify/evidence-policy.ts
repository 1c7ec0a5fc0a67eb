/** The policy that evidence is held to: the caller's, else the one inside, which is whoever's who made the file. */
import { AuditError } from '../base/index.js'
import { checkQuorum, parsePolicy, type Policy, type Quorum } from '../merkle/index.js'
import type { CheckEd25519 } from './options.js'
import type { Finding } from './report.js'
import { cosignersOf, shortfallOf } from './witnesses.js'

/** Undefined where nobody has a policy. */
export async function readPolicy(
  given: Policy | undefined,
  inside: string | undefined,
  note: string,
  check: CheckEd25519,
  find: (finding: Finding) => void,
): Promise<{ readonly quorum: Quorum } | undefined> {
  const own = inside === undefined ? undefined : parseInside(inside, find)
  const policy = given ?? own
  if (policy === undefined) return undefined
  const quorum = checkQuorum(policy, await cosignersOf(note, policy, check, 'checkpoint', find))
  if (!quorum.satisfied)
    find({ check: 'witnesses', where: 'checkpoint', expected: 'the policy’s quorum', found: shortfallOf(quorum) })
  return { quorum }
}

function parseInside(text: string, find: (finding: Finding) => void): Policy | undefined {
  try {
    return parsePolicy(text)
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    find({ check: 'witnesses', where: 'policy', expected: 'a policy', found: error.message })
  }
}
