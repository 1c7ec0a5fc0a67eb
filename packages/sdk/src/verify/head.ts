/** What is signed: the checkpoint, the notes that were kept before, and what witnesses signed; each by whose keys. */
import { AuditError } from '../base/index.js'
import {
  type Checkpoint,
  formatVerifierKey,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from '../merkle/index.js'
import type { ActList } from './acts-check.js'
import { type Claim, KeyHistory } from './keys.js'
import type { Manifest } from './manifest.js'
import type { CheckEd25519, VerifyOptions } from './options.js'
import { isAboutBytes } from './read.js'
import type { Finding } from './report.js'
import { openCheckpoint, openSigned, type SignedCheckpoint } from './signatures.js'
import type { LogSource } from './source.js'
import type { Trust } from './trust.js'
import { type CosignedNote, type Cosigners, readCosigners } from './witnesses.js'

/** A note of before, whose root the log must have had. */
export interface OldNote extends Checkpoint {
  readonly where: string
}

export interface Head {
  readonly note: string
  readonly checkpoint: Checkpoint
  /** undefined when no key that counts has signed it */
  readonly signed: SignedCheckpoint | undefined
  readonly history: KeyHistory
  readonly manifest: Manifest | undefined
  readonly old: readonly OldNote[]
  readonly cosigners: (Cosigners & CosignedNote) | undefined
}

/**
 * Reads all that is signed. Undefined when the checkpoint is none, which leaves nothing to check.
 *
 * What witnesses signed is asked for first, and the keys last: of a log that grows meanwhile, the checkpoint is then no
 * smaller than the one and no newer than the other.
 */
export async function readHead(
  source: LogSource,
  { old = [] }: VerifyOptions,
  trust: Trust,
  find: (finding: Finding) => void,
): Promise<Head | undefined> {
  const cosigned = await source.cosigned()
  const note = await source.checkpoint()
  const checkpoint = readCheckpoint(note, find)
  if (checkpoint === undefined) return undefined
  const keys = await orElse(() => source.keys(), [], 'keys', 'signature', find)
  const manifest = await orElse(() => source.manifest(), undefined, 'manifest.json', 'files', find)
  const history = await KeyHistory.read(keys, trust.keys, checkpoint.size, trust.check, find)
  const signed = await openHead(note, checkpoint, history, trust.check, find)
  const olds = await readOld(old, history, trust.check, find)
  const cosigners = await readCosigners(note, cosigned, checkpoint, history, trust, find)
  return { note, checkpoint, signed, history, manifest, old: olds, cosigners }
}

function readCheckpoint(note: string, find: (finding: Finding) => void): Checkpoint | undefined {
  try {
    return parseCheckpoint(parseNote(note).text)
  } catch (error) {
    if (!isAboutBytes(error)) throw error
    find({ check: 'signature', where: 'checkpoint', expected: 'a signed checkpoint', found: error.message })
  }
}

async function orElse<T>(
  read: () => Promise<T>,
  nothing: T,
  where: string,
  check: Finding['check'],
  find: (finding: Finding) => void,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!isAboutBytes(error)) throw error
    find({ check, where, expected: 'what can be read', found: error.message })
    return nothing
  }
}

async function openHead(
  note: string,
  { origin, size }: Checkpoint,
  history: KeyHistory,
  check: CheckEd25519,
  find: (finding: Finding) => void,
): Promise<SignedCheckpoint | undefined> {
  const keys = history.hasTrusted ? history.trustedOf(origin) : history.ownOf(origin)
  const expected = `a signature of ${origin}, size ${size}, by a key that is ${history.hasTrusted ? 'trusted' : 'known'}`
  const refuse = (found: string): undefined =>
    find({ check: 'signature', where: 'checkpoint', expected, found }) as undefined
  if (keys.length === 0) return refuse(history.hasTrusted ? strangers(origin) : 'no key of that origin')
  try {
    return await openCheckpoint(note, keys, check)
  } catch (error) {
    if (isAboutBytes(error)) return refuse(error.message)
    throw error
  }
}

const strangers = (origin: string): string =>
  `none of the trusted keys is one of ${origin}; a log that had to start over has a new origin, whose key its operator must tell you`

async function readOld(
  notes: readonly string[],
  history: KeyHistory,
  check: CheckEd25519,
  find: (finding: Finding) => void,
): Promise<readonly OldNote[]> {
  const old: OldNote[] = []
  for (const [i, note] of notes.entries()) {
    const where = `old checkpoint ${i + 1}`
    try {
      const { origin, ...rest } = parseCheckpoint(parseNote(note).text)
      const keys = history.allOf(origin)
      if (keys.length === 0) throw new AuditError('proof_failed', `no key of ${origin} is known`)
      await openSigned(note, keys, check)
      old.push({ origin, ...rest, where })
    } catch (error) {
      if (!isAboutBytes(error)) throw error
      find({ check: 'consistency', where, expected: 'a checkpoint that this log signed', found: error.message })
    }
  }
  return old
}

/** How many entries an old note can speak of: those that its origin had. Undefined where the log never had that origin. */
const limitOf = ({ origin }: OldNote, checkpoint: Checkpoint, acts: ActList): number | undefined =>
  origin === checkpoint.origin ? checkpoint.size : acts.leftAt(origin)

/** Roots that old notes claim, of those that can speak of this log. */
export const oldClaims = (old: readonly OldNote[], checkpoint: Checkpoint, acts: ActList): readonly Claim[] =>
  old
    .filter((note) => note.size <= (limitOf(note, checkpoint, acts) ?? -1))
    .map(({ where, size, root }) => ({ check: 'consistency', where, size, root }))

/** Whether each old note is of this log at all, and no longer than the log was then. */
export function checkOld(
  old: readonly OldNote[],
  checkpoint: Checkpoint,
  acts: ActList,
  find: (finding: Finding) => void,
): void {
  for (const note of old) {
    const limit = limitOf(note, checkpoint, acts)
    const { where, origin, size } = note
    if (limit === undefined) {
      const expected = `a checkpoint of ${checkpoint.origin}, or of an origin before it`
      find({ check: 'consistency', where, expected, found: `one of ${origin}` })
    } else if (size > limit) {
      const survived = origin === checkpoint.origin ? '' : ` that survived when the log went on under another origin`
      const lost = `entries ${limit} to ${size - 1} are lost, or somebody is shown another log`
      const found = `${limit} entries${survived}: ${lost}`
      find({ check: 'consistency', index: limit, where, expected: `at least ${size} entries`, found })
    }
  }
}

/** The key that the newest announcement names must have signed, whoever else did. */
export async function checkNewestKey(head: Head, acts: ActList, check: CheckEd25519, find: (finding: Finding) => void) {
  const newest = acts.newestKey()
  if (newest === undefined) return
  const { vkey } = newest.key_rotated
  try {
    const key = parseVerifierKey(vkey)
    if (key.name !== head.checkpoint.origin) throw new AuditError('proof_failed', `it is a key of ${key.name}`)
    await openSigned(head.note, [key], check)
  } catch (error) {
    if (!isAboutBytes(error)) throw error
    const expected = `a signature by ${vkey}, which this entry announces`
    find({ check: 'signature', index: newest.index, where: 'checkpoint', expected, found: error.message })
  }
}

/** The keys that have signed the checkpoint, as lines. */
export const signersOf = (signed: SignedCheckpoint, keys: readonly VerifierKey[]): readonly string[] =>
  keys
    .filter((key) =>
      signed.opened.verified.some(({ name, keyId }) => name === key.name && keyId.every((b, i) => b === key.keyId[i])),
    )
    .map(formatVerifierKey)
