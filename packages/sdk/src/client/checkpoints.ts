/** The checkpoints that a client was given: read, checked against one another, and the newest of each log remembered. */
import { AuditError, encodeBase64, encodeUtf8, equalBytes } from '../base/index.js'
import {
  type Checkpoint,
  ED25519,
  type NoteVerifier,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from '../merkle/index.js'

/** A checkpoint with the signed note it stands in. */
export interface KeptCheckpoint extends Checkpoint {
  readonly note: string
}

export class Checkpoints {
  readonly #keys: readonly VerifierKey[]
  readonly #kept = new Map<string, KeptCheckpoint>()
  /** from which all that is remembered since must have grown: proven for the last time by `prove` */
  readonly #proven: Map<string, KeptCheckpoint>
  /** what was known before any request left */
  readonly #first: Map<string, KeptCheckpoint>
  /** the key's own organization, or the only one */
  #implied: string | undefined

  /**
   * @param vkeys verifier keys, one a line; none checks no signature
   * @param kept signed notes by organization, from an earlier life
   * @throws AuditError `malformed_note`, `malformed_checkpoint`, or `invalid_configuration`
   */
  constructor(vkeys: string, kept: Iterable<readonly [organization: string, note: string]>) {
    this.#keys = vkeys.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parseVerifierKey(line.trim())]))
    const other = this.#keys.find((key) => key.algorithm !== ED25519)
    if (other) throw new AuditError('invalid_configuration', `The vkey of ${other.name} is no Ed25519 key of a log.`)
    for (const [org, note] of kept) this.#kept.set(org, { ...parseCheckpoint(parseNote(note).text), note })
    this.#first = new Map(this.#kept)
    this.#proven = new Map(this.#kept)
  }

  /** Whose log a call is about: the one it names, else the one that calls without a name were always about. */
  meant(named: string | undefined): string | undefined {
    return named ?? this.#implied
  }

  /** The newest of the log that a call is about, as far as that is known before its answer. */
  newestFor(named: string | undefined): KeptCheckpoint | undefined {
    const org = this.meant(named)
    return org === undefined ? undefined : this.#kept.get(org)
  }

  /** The newest signed note of each organization, for the application to keep. */
  notes(): ReadonlyMap<string, string> {
    return new Map(Array.from(this.#kept, ([org, { note }]) => [org, note]))
  }

  forget(org: string): void {
    this.#kept.delete(org)
    this.#first.delete(org)
    this.#proven.delete(org)
  }

  /**
   * Reads a signed checkpoint, with its signature where a key is known here.
   *
   * @throws AuditError `proof_failed`
   */
  async open(note: string): Promise<KeptCheckpoint> {
    try {
      const { text } = parseNote(note)
      const checkpoint = { ...parseCheckpoint(text), note }
      if (this.#keys.length > 0) await this.#checkSignature(note, checkpoint.origin)
      return checkpoint
    } catch (error) {
      if (!(error instanceof AuditError) || error.code === 'invalid_configuration') throw error
      throw new AuditError('proof_failed', `The checkpoint does not hold. ${error.message}`)
    }
  }

  /** What a newer checkpoint must have grown from: the last one that was proven to have, and the newest. */
  unproven(org: string): readonly KeptCheckpoint[] {
    const [proven, kept] = [this.#proven.get(org), this.#kept.get(org)]
    return [proven, kept].filter((known, i, all) => known !== undefined && all.indexOf(known) === i) as KeptCheckpoint[]
  }

  /** Remembers that the log up to here grew from all that was remembered before. */
  prove(org: string, checkpoint: KeptCheckpoint): void {
    this.#proven.set(org, checkpoint)
  }

  /** Remembers whose log calls without a name are about. */
  imply(org: string): void {
    this.#implied = org
  }

  /**
   * Remembers a checkpoint, if it can be of the same log as what is remembered.
   *
   * @param before what was remembered when the request left: nothing older may be answered to it. What came in since
   * may be newer than the answer, where several calls are under way at once.
   * @throws AuditError `proof_failed` with sizes and roots
   */
  keep(org: string, checkpoint: KeptCheckpoint, before = this.#first.get(org)): void {
    this.check(org, checkpoint, before)
    const kept = this.#kept.get(org)
    if (kept === undefined || checkpoint.size > kept.size) this.#kept.set(org, checkpoint)
    if (!this.#proven.has(org)) this.#proven.set(org, checkpoint)
  }

  /** Whether a checkpoint can be of the same log as what is remembered. @throws AuditError `proof_failed` with sizes and roots */
  check(org: string, checkpoint: KeptCheckpoint, before: KeptCheckpoint | undefined): void {
    for (const known of [before, this.#kept.get(org)]) if (known) checkSameLog(org, known, checkpoint)
    if (before && checkpoint.size < before.size) throw shrunk(org, before, checkpoint)
  }

  async #checkSignature(note: string, origin: string): Promise<void> {
    const message = encodeUtf8(parseNote(note).text)
    const keys = this.#keys.filter((key) => key.name === origin)
    const verifiers = keys.map(async (key): Promise<NoteVerifier> => {
      const good = new Set<string>()
      for (const { name, keyId, signature } of parseNote(note).signatures) {
        const isOurs = name === key.name && equalBytes(keyId, key.keyId)
        if (isOurs && (await verifyEd25519(key, signature, message))) good.add(encodeBase64(signature))
      }
      // The platform verifies asynchronously, notes are opened synchronously: what held is known by then.
      return { name: key.name, keyId: key.keyId, verify: (_message, signature) => good.has(encodeBase64(signature)) }
    })
    openNote(note, await Promise.all(verifiers))
  }
}

function checkSameLog(org: string, known: KeptCheckpoint, found: KeptCheckpoint): void {
  if (known.origin !== found.origin) {
    throw failed(
      `The log of ${org} was ${known.origin} and is now ${found.origin}. If its operator says that it had to start over, compare both and call forgetCheckpoint.`,
      known,
      found,
    )
  }
  if (known.size === found.size && !equalBytes(known.root, found.root))
    throw failed(`The log of ${org} has two roots at size ${known.size}: somebody is shown another log.`, known, found)
}

const shrunk = (org: string, known: KeptCheckpoint, found: KeptCheckpoint): AuditError =>
  failed(`The log of ${org} shrank from ${known.size} to ${found.size} entries.`, known, found)

const failed = (what: string, known: KeptCheckpoint, found: KeptCheckpoint): AuditError =>
  new AuditError(
    'proof_failed',
    `${what} Expected root ${encodeBase64(known.root)} at size ${known.size}, found ${encodeBase64(found.root)} at size ${found.size}. Keep both checkpoints: they are the evidence.`,
  )

async function verifyEd25519(key: VerifierKey, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  const { subtle } = globalThis.crypto
  try {
    const publicKey = await subtle.importKey('raw', new Uint8Array(key.publicKey), 'Ed25519', false, ['verify'])
    return await subtle.verify('Ed25519', publicKey, new Uint8Array(signature), new Uint8Array(message))
  } catch (error) {
    if (error instanceof Error && error.name === 'NotSupportedError')
      throw new AuditError(
        'invalid_configuration',
        'This platform has no Ed25519 to check the vkey with. Leave it out.',
      )
    return false
  }
}
