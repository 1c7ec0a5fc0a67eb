/** Whether the witnesses of a note are those that a policy asks for (c2sp.org/tlog-policy). */
import { equalBytes } from '../base/index.js'
import { cosignatureVerifier, parseCosignature, type VerifyEd25519 } from './cosignature.js'
import type { NoteSignature, NoteVerifier } from './note.js'
import { type Policy, type PolicyWitness, QUORUM_NONE } from './policy.js'

/** A witness of the policy that signed a note, and when. */
export interface Cosigned {
  /** what the policy calls it */
  readonly witness: string
  readonly timeSeconds: number
}

/** A witness or group that is asked for and has not witnessed the checkpoint. */
export interface Shortfall {
  readonly name: string
  readonly needed: number
  readonly found: number
  /** of a group: the members that have not; of a witness: none */
  readonly lacking: readonly string[]
}

export interface Quorum {
  readonly satisfied: boolean
  /** what is missing, from the quorum's own name down; empty when satisfied */
  readonly missing: readonly Shortfall[]
  /** one sentence for people */
  readonly text: string
}

/**
 * Holds the witnesses that signed against the policy's quorum.
 *
 * @param cosigned the names, as the policy calls them, of witnesses whose cosignatures hold
 * @example
 * checkQuorum(parsePolicy('…\ngroup both all w1 w2\nquorum both\n'), ['w1'])
 * // { satisfied: false, missing: [{ name: 'both', needed: 2, found: 1, lacking: ['w2'] }, …], text: … }
 */
export function checkQuorum(policy: Policy, cosigned: Iterable<string>): Quorum {
  const known = new Set(policy.witnesses.map(({ name }) => name))
  const witnessed = new Set(Array.from(cosigned).filter((name) => known.has(name)))
  // No group stands before its members: one pass is enough, however deep they are nested.
  for (const { name, threshold, members } of policy.groups)
    if (members.filter((member) => witnessed.has(member)).length >= threshold) witnessed.add(name)
  if (policy.quorum === QUORUM_NONE) return { satisfied: true, missing: [], text: 'The policy asks for no witness.' }
  if (witnessed.has(policy.quorum)) {
    const signers = policy.witnesses.filter(({ name }) => witnessed.has(name)).map(({ name }) => name)
    return { satisfied: true, missing: [], text: `The quorum is met, by ${signers.join(', ')}.` }
  }
  const missing = shortfalls(policy, witnessed)
  return { satisfied: false, missing, text: `The quorum is not met: ${missing.map(describe).join('; ')}.` }
}

/** Everything on the way down from the quorum that has not witnessed. */
function shortfalls({ groups, quorum }: Policy, witnessed: ReadonlySet<string>): readonly Shortfall[] {
  const byName = new Map(groups.map((group) => [group.name, group]))
  const missing: Shortfall[] = []
  const open = [quorum]
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const group = byName.get(name)
    const members = group?.members ?? []
    const lacking = members.filter((member) => !witnessed.has(member))
    missing.push({ name, needed: group?.threshold ?? 1, found: members.length - lacking.length, lacking })
    open.push(...lacking.filter((member) => byName.has(member)))
  }
  return missing
}

const describe = ({ name, needed, found, lacking }: Shortfall): string =>
  lacking.length === 0
    ? `${name} has not cosigned`
    : `${name} has ${found} of ${needed}, and ${lacking.join(', ')} ${lacking.length === 1 ? 'has' : 'have'} not cosigned`

/** What opens the cosignatures of a policy's witnesses: hand it to `openNote` beside the log's own verifier. */
export const cosignatureVerifiers = ({ witnesses }: Policy, verify: VerifyEd25519): readonly NoteVerifier[] =>
  witnesses.map(({ key }) => cosignatureVerifier(key, verify))

/**
 * Which witnesses of a policy stand among signatures that `openNote` verified, in the policy's order.
 *
 * @example
 * const { verified } = openNote(note, [logVerifier, ...cosignatureVerifiers(policy, verify)])
 * checkQuorum(policy, cosignedBy(policy, verified).map(({ witness }) => witness)).satisfied
 */
export function cosignedBy({ witnesses }: Policy, verified: readonly NoteSignature[]): readonly Cosigned[] {
  return witnesses.flatMap((witness) => {
    const signature = verified.find((each) => isBy(each, witness))
    const cosignature = signature && parseCosignature(signature.signature)
    return cosignature ? [{ witness: witness.name, timeSeconds: cosignature.timeSeconds }] : []
  })
}

const isBy = ({ name, keyId }: NoteSignature, { key }: PolicyWitness): boolean =>
  name === key.name && equalBytes(keyId, key.keyId)
