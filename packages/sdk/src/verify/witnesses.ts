/** Witnesses: who cosigned the checkpoint or an older one, and whether a policy is content with them. */
import { encodeUtf8, equalBytes } from '../base/index.js'
import {
  type Checkpoint,
  checkQuorum,
  cosignedMessage,
  parseCosignature,
  parseNote,
  type Policy,
  type Quorum,
} from '../merkle/index.js'
import type { Claim, KeyHistory } from './keys.js'
import type { CheckEd25519 } from './options.js'
import { isAboutBytes } from './read.js'
import type { Finding } from './report.js'
import { openCheckpoint } from './signatures.js'
import type { Trust } from './trust.js'

/** What witnesses have signed. */
export interface Cosigners {
  /** the size up to which the policy is content; the largest that anybody cosigned, where it is not */
  readonly size: number
  readonly quorum: Quorum
}

/** What is short of a quorum, to be said behind a colon. */
export const shortfallOf = ({ text }: Quorum): string => text.replace(/^The quorum is not met: |\.$/g, '')

/** The source's own cosigned note claims a root too. */
export interface CosignedNote {
  readonly claim: Claim | undefined
}

/**
 * Holds the cosignatures on the checkpoint, and those on an older note, against the policy. An older note must be one of
 * this log: signed by its key, and its root is compared while the leaves go by.
 */
export async function readCosigners(
  note: string,
  cosigned: string | undefined,
  checkpoint: Checkpoint,
  history: KeyHistory,
  { policy, check }: Trust,
  find: (finding: Finding) => void,
): Promise<(Cosigners & CosignedNote) | undefined> {
  const older = cosigned === undefined ? undefined : await openOlder(cosigned, checkpoint, history, check, find)
  const claim: Claim | undefined = older && {
    check: 'witnesses',
    where: 'cosigned',
    size: older.size,
    root: older.root,
  }
  if (policy === undefined) return claim && { size: 0, quorum: NOT_ASKED, claim }
  const newest = checkQuorum(policy, await cosignersOf(note, policy, check, 'checkpoint', find))
  if (newest.satisfied || older === undefined || cosigned === undefined)
    return { size: checkpoint.size, quorum: newest, claim }
  const quorum = checkQuorum(policy, await cosignersOf(cosigned, policy, check, 'cosigned', find))
  return { size: older.size, quorum, claim }
}

const NOT_ASKED: Quorum = { satisfied: true, missing: [], text: '' }

async function openOlder(
  note: string,
  checkpoint: Checkpoint,
  history: KeyHistory,
  check: CheckEd25519,
  find: (finding: Finding) => void,
): Promise<Checkpoint | undefined> {
  const refuse = (expected: string, found: string): undefined =>
    find({ check: 'witnesses', where: 'cosigned', expected, found }) as undefined
  try {
    const { origin } = parseOrigin(note)
    const older = await openCheckpoint(note, history.allOf(origin), check)
    // Of a log that had to start over, what was witnessed under its former origin counts no more.
    if (origin !== checkpoint.origin) return undefined
    if (older.size <= checkpoint.size) return older
    return refuse(`a checkpoint of at most ${checkpoint.size} entries`, `one of ${older.size}`)
  } catch (error) {
    if (isAboutBytes(error)) return refuse('a checkpoint that this log signed', error.message)
    throw error
  }
}

const parseOrigin = (note: string): { readonly origin: string } => ({
  origin: parseNote(note).text.split('\n')[0] ?? '',
})

/** The witnesses of a policy whose cosignatures on a note hold; one that does not hold is a finding. */
export async function cosignersOf(
  note: string,
  policy: Policy,
  check: CheckEd25519,
  where: string,
  find: (finding: Finding) => void,
): Promise<readonly string[]> {
  const { text, signatures } = parseNote(note)
  const message = encodeUtf8(text)
  const names: string[] = []
  for (const { name, key } of policy.witnesses) {
    for (const line of signatures) {
      if (line.name !== key.name || !equalBytes(line.keyId, key.keyId)) continue
      const cosignature = parseCosignature(line.signature)
      const signed = cosignature && cosignedMessage(cosignature.timeSeconds, message)
      if (cosignature && signed && (await check(key.publicKey, signed, cosignature.signature))) names.push(name)
      else find({ check: 'witnesses', where, expected: `a cosignature by ${name}`, found: 'one that does not hold' })
    }
  }
  return names
}
