/**
 * The notes that witnesses signed: of each log the newest that met the policy, and the newest that any witness signed.
 * Durable as documents, and in memory for those who ask all the time.
 */
import { equalBytes, parseText } from '@sealedlog/sdk/base'
import {
  checkQuorum,
  cosignedBy,
  formatNote,
  type NoteSignature,
  parseNote,
  type Policy,
  type Quorum,
} from '@sealedlog/sdk/merkle'
import type { DocumentStore } from '../store/index.js'
import type { OfferedCheckpoint } from './port.js'

/** The kind of document, and its two names. */
export const COSIGNED_KIND = 'cosigned'
const NEWEST = 'newest'
const PARTIAL = 'partial'

/** A checkpoint with what witnesses added to it. */
export interface CosignedNote {
  /** how many entries it covers */
  readonly size: number
  /** the whole note: the log's signatures, then the witnesses' */
  readonly note: string
  /** the note as the log signed it, with which `note` begins */
  readonly checkpoint: string
}

/** What is known of one log. */
interface Notes {
  /** met the quorum of the policy of then */
  readonly newest: CosignedNote | undefined
  /** newer than that, and did not */
  readonly partial: CosignedNote | undefined
}

/** Logs that are remembered; those of more are read again. */
export const COSIGNED_LOGS_MAX = 10_000

export class CosignedNotes {
  readonly #documents: DocumentStore
  readonly #policy: Policy | undefined
  readonly #notes = new Map<string, Notes>()

  /** @param policy without it, nothing is added: what stands there is read */
  constructor(documents: DocumentStore, policy?: Policy) {
    this.#documents = documents
    this.#policy = policy
  }

  /** The newest note that met the policy; where none ever did, the newest that any witness signed. */
  async newest(org: string): Promise<CosignedNote | undefined> {
    const { newest, partial } = await this.#read(org)
    return newest ?? partial
  }

  /** The newest note that met the policy. */
  async met(org: string): Promise<CosignedNote | undefined> {
    return (await this.#read(org)).newest
  }

  /** A checkpoint of the log, with the cosignatures that are there for this very one. */
  async withCosignatures(org: string, checkpoint: string): Promise<string> {
    return noteOver(this.#notes.get(org) ?? (await this.#read(org)), checkpoint)?.note ?? checkpoint
  }

  /** Puts verified cosignatures to a checkpoint, durably. */
  async add(
    { org, size, note: checkpoint }: OfferedCheckpoint,
    cosignatures: readonly NoteSignature[],
  ): Promise<Quorum> {
    const policy = this.#policy ?? NO_POLICY
    const notes = await this.#read(org)
    const before = parseNote(noteOver(notes, checkpoint)?.note ?? checkpoint)
    const merged = mergeSignatures(before.signatures, cosignatures)
    const added = { size, checkpoint, note: formatNote({ text: before.text, signatures: merged }) }
    const quorum = checkQuorum(
      policy,
      cosignedBy(policy, merged).map(({ witness }) => witness),
    )
    const name = quorum.satisfied ? NEWEST : PARTIAL
    await this.#documents.putDocument({ org, kind: COSIGNED_KIND, name, body: JSON.stringify({ v: 1, ...added }) })
    this.#remember(org, quorum.satisfied ? { newest: added, partial: undefined } : { ...notes, partial: added })
    return quorum
  }

  async #read(org: string): Promise<Notes> {
    const known = this.#notes.get(org)
    if (known) return known
    const [newest, partial] = await Promise.all([this.#load(org, NEWEST), this.#load(org, PARTIAL)])
    // Somebody may have added to it while this was read: what they know stands.
    return (
      this.#notes.get(org) ?? this.#remember(org, { newest, partial: isLater(partial, newest) ? partial : undefined })
    )
  }

  #remember(org: string, notes: Notes): Notes {
    this.#notes.delete(org)
    this.#notes.set(org, notes)
    const [oldest] = this.#notes.keys()
    if (this.#notes.size > COSIGNED_LOGS_MAX && oldest !== undefined) this.#notes.delete(oldest)
    return notes
  }

  async #load(org: string, name: string): Promise<CosignedNote | undefined> {
    const document = await this.#documents.getDocument(org, COSIGNED_KIND, name)
    return document && (parseText(document.body) as unknown as CosignedNote)
  }
}

const NO_POLICY: Policy = { logs: [], witnesses: [], groups: [], quorum: 'none' }

/** Of one size it may be the one before the quorum was met, which the newest has in it. */
const isLater = (partial: CosignedNote | undefined, newest: CosignedNote | undefined): boolean =>
  partial !== undefined && partial.size > (newest?.size ?? -1)

const noteOver = ({ newest, partial }: Notes, checkpoint: string): CosignedNote | undefined =>
  [partial, newest].find((each) => each?.checkpoint === checkpoint)

/** A witness that signs again replaces what it signed before. */
function mergeSignatures(before: readonly NoteSignature[], added: readonly NoteSignature[]): readonly NoteSignature[] {
  const isSame = (a: NoteSignature, b: NoteSignature) => a.name === b.name && equalBytes(a.keyId, b.keyId)
  return [...before.filter((each) => !added.some((other) => isSame(each, other))), ...added]
}
