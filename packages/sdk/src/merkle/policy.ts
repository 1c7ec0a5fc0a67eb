/** Policies: which logs and witnesses are believed, and how many of them must agree (c2sp.org/tlog-policy). */
import { AuditError, decodeUtf8, encodeHex, encodeUtf8 } from '../base/index.js'
import { parseCount } from './counts.js'
import { COSIGNATURE_V1, ED25519, parseVerifierKey, type VerifierKey } from './verifier-key.js'

export const POLICY_BYTES_MAX = 1_000_000
/** The quorum of a policy that asks for no witness. */
export const QUORUM_NONE = 'none'

export interface PolicyLog {
  /** as it was written */
  readonly vkey: string
  /** its name is the log's origin */
  readonly key: VerifierKey
  readonly url?: string
}

export interface PolicyWitness {
  /** what this policy calls it: no more than a word of this file */
  readonly name: string
  /** as it was written */
  readonly vkey: string
  readonly key: VerifierKey
  /** where it takes checkpoints: the submission prefix of c2sp.org/tlog-witness */
  readonly url?: string
}

/** So many of its members must have witnessed a checkpoint for the group to have. */
export interface PolicyGroup {
  readonly name: string
  readonly threshold: number
  /** witnesses and groups of lines before */
  readonly members: readonly string[]
}

export interface Policy {
  readonly logs: readonly PolicyLog[]
  readonly witnesses: readonly PolicyWitness[]
  /** in the order of their lines: none stands before its members */
  readonly groups: readonly PolicyGroup[]
  /** a witness, a group, or `none` */
  readonly quorum: string
}

/**
 * Reads a policy, strictly: what could be read in two ways is refused, with the number of its line.
 *
 * @throws AuditError `invalid_configuration`
 * @example
 * parsePolicy('witness w1 witness.example/w1+09e8064f+BKyj…\nquorum w1\n').quorum // 'w1'
 */
export function parsePolicy(policy: string | Uint8Array): Policy {
  const reader = new PolicyReader()
  linesOf(policy).forEach((line, i) => reader.take(line, i + 1))
  return reader.end()
}

/**
 * The lines, comments and all. A file that is not UTF-8 is read an octet a character: names are opaque, and either way
 * no two of one file become the same.
 */
function linesOf(policy: string | Uint8Array): readonly string[] {
  const bytes = typeof policy === 'string' ? encodeUtf8(policy.slice(0, POLICY_BYTES_MAX + 1)) : policy
  if (bytes.length > POLICY_BYTES_MAX)
    throw invalid(undefined, `it has more than ${POLICY_BYTES_MAX} bytes (limit POLICY_BYTES_MAX)`)
  const lines = textOf(bytes).split('\n')
  if (lines.pop() !== '') throw invalid(lines.length + 1, 'the last line does not end: add a newline')
  return lines
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes)
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  }
}

// oxlint-disable-next-line no-control-regex -- these are what the format forbids
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/

/** What the lines so far said. */
class PolicyReader {
  readonly #logs: PolicyLog[] = []
  readonly #witnesses: PolicyWitness[] = []
  readonly #groups: PolicyGroup[] = []
  readonly #names = new Set<string>()
  readonly #members = new Set<string>()
  readonly #keys = new Set<string>()
  #quorum: string | undefined

  take(line: string, n: number): void {
    if (line.endsWith('\r')) throw invalid(n, 'it ends with a carriage return: save the file with plain newlines')
    if (CONTROL.test(line)) throw invalid(n, 'it holds a control character; only spaces and tabs may divide words')
    const [keyword, ...words] = line.split(/[ \t]+/).filter((word) => word !== '')
    if (keyword === undefined || keyword.startsWith('#')) return
    if (keyword === 'log') this.#takeLog(words, n)
    else if (keyword === 'witness') this.#takeWitness(words, n)
    else if (keyword === 'group') this.#takeGroup(words, n)
    else if (keyword === 'quorum') this.#takeQuorum(words, n)
    else throw invalid(n, `it begins with ${shown(keyword)}; expected log, witness, group or quorum`)
  }

  end(): Policy {
    if (this.#quorum === undefined) throw invalid(undefined, 'it has no quorum line, such as: quorum none')
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum: this.#quorum }
  }

  #takeLog([vkey, url, ...rest]: readonly string[], n: number): void {
    if (vkey === undefined || rest.length > 0) throw invalid(n, 'expected: log <vkey> [<url>]')
    const key = this.#takeKey('log', vkey, ED25519, n)
    this.#logs.push({ vkey, key, ...(url === undefined ? {} : { url }) })
  }

  #takeWitness([name, vkey, url, ...rest]: readonly string[], n: number): void {
    if (name === undefined || vkey === undefined || rest.length > 0)
      throw invalid(n, 'expected: witness <name> <vkey> [<url>]')
    const key = this.#takeKey('witness', vkey, COSIGNATURE_V1, n)
    this.#define(name, n)
    this.#witnesses.push({ name, vkey, key, ...(url === undefined ? {} : { url }) })
  }

  #takeGroup([name, count, ...members]: readonly string[], n: number): void {
    if (name === undefined || count === undefined || members.length === 0)
      throw invalid(n, 'expected: group <name> all|any|<number> <name>…')
    const threshold = thresholdOf(count, members.length, n)
    for (const member of members) {
      this.#mustBeDefined(member, n)
      // Else one witness could fill two places of a quorum.
      if (this.#members.has(member)) throw invalid(n, `${shown(member)} is a member of a group already`)
      this.#members.add(member)
    }
    this.#define(name, n)
    this.#groups.push({ name, threshold, members })
  }

  #takeQuorum([name, ...rest]: readonly string[], n: number): void {
    if (name === undefined || rest.length > 0) throw invalid(n, 'expected: quorum <name>')
    if (this.#quorum !== undefined) throw invalid(n, 'it is the second quorum line; a policy has one')
    if (name !== QUORUM_NONE) this.#mustBeDefined(name, n)
    this.#quorum = name
  }

  #takeKey(of: 'log' | 'witness', vkey: string, algorithm: number, n: number): VerifierKey {
    const key = keyOf(vkey, n)
    if (key.algorithm !== algorithm)
      throw invalid(
        n,
        `the key of a ${of} has the algorithm ${hexByte(algorithm)} here, and this one ${hexByte(key.algorithm)}`,
      )
    const known = `${of} ${encodeHex(key.publicKey)}`
    if (this.#keys.has(known)) throw invalid(n, `it is the second ${of} with this public key`)
    this.#keys.add(known)
    return key
  }

  #define(name: string, n: number): void {
    if (name === QUORUM_NONE) throw invalid(n, 'nothing may be called none, which means that no witness is asked for')
    if (this.#names.has(name)) throw invalid(n, `the name ${shown(name)} is taken by a line before`)
    this.#names.add(name)
  }

  #mustBeDefined(name: string, n: number): void {
    if (!this.#names.has(name)) throw invalid(n, `no line before it defines a witness or group ${shown(name)}`)
  }
}

function thresholdOf(count: string, members: number, n: number): number {
  if (count === 'any') return 1
  if (count === 'all') return members
  const threshold = parseCount(count)
  if (threshold === undefined || threshold < 1 || threshold > members)
    throw invalid(n, `${shown(count)} is not all, any or a number from 1 to ${members}, the number of members`)
  return threshold
}

function keyOf(vkey: string, n: number): VerifierKey {
  try {
    return parseVerifierKey(vkey)
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    throw invalid(n, error.message, error)
  }
}

const hexByte = (byte: number): string => `0x${encodeHex(Uint8Array.of(byte))}`

/** A stranger's word may be as long as the file; a message is for reading. */
const shown = (word: string): string => JSON.stringify(word.slice(0, 100))

function invalid(line: number | undefined, why: string, cause?: unknown): AuditError {
  const where = line === undefined ? 'This policy' : `Line ${line} of this policy`
  return new AuditError('invalid_configuration', `${where} cannot be used: ${why} (c2sp.org/tlog-policy).`, { cause })
}
