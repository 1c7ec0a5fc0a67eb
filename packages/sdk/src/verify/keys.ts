/** The keys of a log over time: which are trusted, and whether each was handed over by the one before it. */
import { AuditError, encodeBase64, equalBytes } from '../base/index.js'
import { ED25519, parseVerifierKey, type VerifierKey } from '../merkle/index.js'
import type { CheckEd25519 } from './options.js'
import { isAboutBytes, messageOf } from './read.js'
import type { Finding } from './report.js'
import { hasSigned, openCheckpoint } from './signatures.js'
import { LOG_KEYS_MAX, type LogKey } from './source.js'

/** A root that a signed note claims, to be compared while the leaves go by. */
export interface Claim {
  readonly check: Finding['check']
  readonly where: string
  readonly size: number
  readonly root: Uint8Array
  /** of a handover: the key that is handed over to */
  readonly vkey?: string
}

/** A key of the history that could be read. */
interface KnownKey {
  readonly said: LogKey
  readonly key: VerifierKey
  /** by the key before it: undefined where nobody handed it over */
  readonly handover: Claim | undefined
}

/**
 * Reads the keys that somebody trusts.
 *
 * @throws AuditError `malformed_note`, or `invalid_configuration` for a key that is no log's
 */
export function readTrusted(vkeys: readonly string[]): readonly VerifierKey[] {
  const keys = vkeys.map((vkey) => parseVerifierKey(vkey.trim()))
  const other = keys.find(({ algorithm }) => algorithm !== ED25519)
  if (other) throw new AuditError('invalid_configuration', `The vkey of ${other.name} is no Ed25519 key of a log.`)
  return keys
}

/** Rotation is a new generation; the first is 1. */
const FIRST_GENERATION = 1

export class KeyHistory {
  /** oldest first within an origin */
  readonly #known: readonly KnownKey[]
  readonly #trusted: readonly VerifierKey[]

  private constructor(known: readonly KnownKey[], trusted: readonly VerifierKey[]) {
    this.#known = known
    this.#trusted = trusted
  }

  /**
   * Reads a history, and checks its handovers as far as signatures go.
   *
   * @param size of the checkpoint: keys that are younger are none of its business
   */
  static async read(
    keys: readonly LogKey[],
    trusted: readonly VerifierKey[],
    size: number,
    check: CheckEd25519,
    find: (finding: Finding) => void,
  ): Promise<KeyHistory> {
    const known: KnownKey[] = []
    const isHistory = keys.length === 1 || keys.some(({ handover, since }) => handover !== undefined || since > 0)
    if (keys.length > LOG_KEYS_MAX)
      find({ check: 'signature', where: 'keys', expected: `at most ${LOG_KEYS_MAX} keys`, found: `${keys.length}` })
    const inTime = keys.slice(0, LOG_KEYS_MAX).filter((key) => isKey(key, find) && key.since <= size)
    for (const said of inTime.toSorted((a, b) => a.generation - b.generation)) {
      const key = readKey(said, find)
      if (key === undefined) continue
      const before = known.findLast((other) => other.said.origin === said.origin)
      if (isHistory && before === undefined && said.generation !== FIRST_GENERATION)
        find({
          check: 'signature',
          where: placeOf(said),
          expected: `generation ${FIRST_GENERATION} before it`,
          found: 'none',
        })
      known.push({ said, key, handover: await readHandover(said, key, before, check, find) })
    }
    return new KeyHistory(known, trusted)
  }

  /** Roots that handovers claim. */
  claims(): readonly Claim[] {
    return this.#known.flatMap(({ handover }) => (handover === undefined ? [] : [handover]))
  }

  /** Whether the caller named keys at all: else the source's own must do. */
  get hasTrusted(): boolean {
    return this.#trusted.length > 0
  }

  /** The keys of an origin that are trusted, and those to which they handed over. */
  trustedOf(origin: string): readonly VerifierKey[] {
    const keys = this.#trusted.filter(({ name }) => name === origin)
    let isTrusted = false
    for (const { said, key, handover } of this.#known) {
      if (said.origin !== origin) continue
      const isNamed = keys.some((trusted) => isSame(trusted, key))
      if (isTrusted && handover !== undefined && !isNamed) keys.push(key)
      isTrusted = isNamed || (isTrusted && handover !== undefined)
    }
    return keys
  }

  /** The keys of an origin as the source tells them. */
  ownOf(origin: string): readonly VerifierKey[] {
    return this.#known.filter(({ said }) => said.origin === origin).map(({ key }) => key)
  }

  /**
   * Trusted keys of an origin and the source's own, of which one may have signed before one that is trusted did: for
   * notes of before, which the leaves must lead to whoever signed them.
   */
  allOf(origin: string): readonly VerifierKey[] {
    const trusted = this.trustedOf(origin)
    return [...trusted, ...this.ownOf(origin).filter((key) => !trusted.some((other) => isSame(other, key)))]
  }

  /** What the history says of a key that an entry announces. */
  announced(vkey: string): LogKey | undefined {
    return this.#known.find(({ said }) => said.vkey === vkey)?.said
  }

  /** The keys that follow another one. */
  followers(): readonly LogKey[] {
    return this.#known.filter(({ handover }) => handover !== undefined).map(({ said }) => said)
  }

  /** The first key of each origin. */
  firsts(): readonly LogKey[] {
    const origins = new Set(this.#known.map(({ said }) => said.origin))
    return [...origins].flatMap((origin) => this.#known.find(({ said }) => said.origin === origin)?.said ?? [])
  }

  /** Under which origin the log stood at a size, where the history tells; a plain list of keys does not. */
  originAt(size: number): string | undefined {
    if (!this.hasHandovers) return undefined
    let newest: LogKey | undefined
    for (const { said } of this.#known)
      if (said.since <= size && (newest === undefined || said.since >= newest.since)) newest = said
    return newest?.origin
  }

  /** Whether a key is believed because another one handed over to it. */
  leansOn(vkey: string): boolean {
    const known = this.#known.find(({ said }) => said.vkey === vkey)
    if (known === undefined || this.#trusted.some((trusted) => isSame(trusted, known.key))) return false
    return this.trustedOf(known.said.origin).some((key) => isSame(key, known.key))
  }

  /** Whether the source tells how keys followed one another, and not just which there are. */
  get hasHandovers(): boolean {
    return this.#known.some(({ said }) => said.handover !== undefined || said.since > 0)
  }
}

export const isSame = (a: VerifierKey, b: VerifierKey): boolean =>
  a.name === b.name && equalBytes(a.publicKey, b.publicKey) && a.algorithm === b.algorithm

/** A source may hand over what it was given. */
function isKey(key: Partial<LogKey>, find: (finding: Finding) => void): key is LogKey {
  const { origin, generation, vkey, since, handover } = key
  const areTexts = [origin, vkey, handover ?? ''].every((text) => typeof text === 'string')
  const areCounts = [generation, since].every((n) => Number.isSafeInteger(n) && (n ?? -1) >= 0)
  if (areTexts && areCounts) return true
  find({
    check: 'signature',
    where: 'keys',
    expected: 'origin, generation, vkey and since',
    found: 'a key without them',
  })
  return false
}

function readKey(said: LogKey, find: (finding: Finding) => void): VerifierKey | undefined {
  const where = placeOf(said)
  try {
    const key = parseVerifierKey(said.vkey)
    if (key.name === said.origin && key.algorithm === ED25519) return key
    find({ check: 'signature', where, expected: `an Ed25519 key of ${said.origin}`, found: said.vkey })
  } catch (error) {
    find({ check: 'signature', where, expected: 'a verifier key', found: messageOf(error) })
  }
}

/** A handover is signed by both keys, the one before vouching for the one after. */
async function readHandover(
  said: LogKey,
  key: VerifierKey,
  before: KnownKey | undefined,
  check: CheckEd25519,
  find: (finding: Finding) => void,
): Promise<Claim | undefined> {
  const where = `${placeOf(said)}, handover`
  const refuse = (expected: string, found: string): undefined =>
    find({ check: 'signature', where, expected, found }) as undefined
  if (said.handover === undefined) {
    // A plain list of keys says since when of none of them, and cannot be followed.
    if (before !== undefined && said.since > 0) return refuse('a note by the key before it', 'none')
    return undefined
  }
  if (before === undefined || said.generation !== before.said.generation + 1)
    return refuse(`the key of generation ${said.generation - 1}`, before?.said.vkey ?? 'none')
  try {
    const note = await openCheckpoint(said.handover, [key, before.key], check)
    if (note.origin !== said.origin) return refuse(`the origin ${said.origin}`, note.origin)
    if (note.size !== said.since) return refuse(`size ${said.since}, from which the key signs`, String(note.size))
    const silent = [before.key, key].find((each) => !hasSigned(note, each))
    if (silent) return refuse('signatures by both keys', `none by ${encodeBase64(silent.keyId)}`)
    return { check: 'signature', where, size: note.size, root: note.root, vkey: said.vkey }
  } catch (error) {
    if (isAboutBytes(error)) return refuse('a note by both keys', error.message)
    throw error
  }
}

const placeOf = ({ origin, generation }: LogKey): string => `keys, generation ${generation} of ${origin}`
