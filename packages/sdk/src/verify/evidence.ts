/** Evidence: one entry as a file that stands for itself, to be mailed and verified anywhere (docs/decisions/0008-proof.md). */
import {
  assert,
  AuditError,
  didYouMean,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJsonText,
} from '../base/index.js'
import { LEAF_BYTES_MAX } from '../merkle/index.js'
import { LOG_KEYS_MAX, type LogKey } from './source.js'

export const EVIDENCE_VERSION = 1
/** An event has at most EVENT_BYTES_MAX; a redaction that names many ranges is what makes a file large. */
export const EVIDENCE_CHARS_MAX = 67_108_864
/** Disclosures, redactions and withheld groups, of each: a leaf has room for fewer groups. */
export const EVIDENCE_PARTS_MAX = 1_000
const DEPTH_MAX = 4

/** A leaf that is proven to stand in the log. */
export interface ProvenText {
  /** its exact bytes as text */
  readonly leaf: string
  /** a tlog-proof (c2sp.org/tlog-proof) */
  readonly proof: string
}

export interface EvidenceFile extends ProvenText {
  readonly v: typeof EVIDENCE_VERSION
  readonly object: 'evidence'
  readonly org: string
  /** of the event */
  readonly id: string
  /** the exact bytes of each disclosure that is shown, as text */
  readonly disclosures: readonly string[]
  /** verifier keys of the log, newest first: whoever reads this must know one of them from elsewhere */
  readonly vkeys: readonly string[]
  /** the same with their history, newest first */
  readonly keys: readonly LogKey[]
  /** entries that account for what was erased of this one, under the same checkpoint */
  readonly redactions: readonly ProvenText[]
  /** groups that whoever made the file left out */
  readonly withheld: readonly string[]
  /** a policy of witnesses (c2sp.org/tlog-policy) */
  readonly policy?: string
}

const MEMBERS = [
  'v',
  'object',
  'org',
  'id',
  'leaf',
  'disclosures',
  'proof',
  'vkeys',
  'keys',
  'redactions',
  'withheld',
  'policy',
] as const
const KEY_MEMBERS = ['origin', 'generation', 'vkey', 'since', 'handover'] as const

/**
 * Writes an evidence file: JSON, with a line feed at its end.
 *
 * @example
 * formatEvidence({ v: 1, object: 'evidence', org: 'acme', id: 'evt_1', leaf, disclosures, proof, … })
 */
export function formatEvidence(file: EvidenceFile): string {
  const members = MEMBERS.map((name) => [name, file[name]] as const).filter(([, value]) => value !== undefined)
  const text = `${JSON.stringify(Object.fromEntries(members), undefined, 2)}\n`
  assert(text.isWellFormed(), 'evidence is Unicode text')
  return text
}

/**
 * Reads an evidence file, strictly: no member may be missing, unknown or said twice. Nothing is verified.
 *
 * @throws AuditError `proof_failed` when it is none, `unsupported_version` for a version from the future
 */
export function parseEvidence(text: string): EvidenceFile {
  const value = readObject(text)
  if (value.object !== 'evidence') throw malformed('its object is not "evidence"')
  if (value.v !== EVIDENCE_VERSION)
    throw new AuditError(
      'unsupported_version',
      `Evidence of version ${JSON.stringify(value.v)}; known is ${EVIDENCE_VERSION}. Use a newer verifier.`,
    )
  checkMembers(value, MEMBERS, ['policy'])
  return {
    v: EVIDENCE_VERSION,
    object: 'evidence',
    org: textOf(value, 'org'),
    id: textOf(value, 'id'),
    ...readProven(value),
    disclosures: textsOf(value, 'disclosures', EVIDENCE_PARTS_MAX),
    vkeys: textsOf(value, 'vkeys', LOG_KEYS_MAX),
    keys: listOf(value, 'keys', LOG_KEYS_MAX).map(readKey),
    redactions: listOf(value, 'redactions', EVIDENCE_PARTS_MAX).map((each) => {
      checkMembers(each, ['leaf', 'proof'])
      return readProven(each)
    }),
    withheld: textsOf(value, 'withheld', EVIDENCE_PARTS_MAX),
    ...(value.policy === undefined ? {} : { policy: textOf(value, 'policy') }),
  }
}

function readObject(text: string): JsonObject {
  if (text.length > EVIDENCE_CHARS_MAX)
    throw malformed(`it has more than ${EVIDENCE_CHARS_MAX} characters (limit EVIDENCE_CHARS_MAX)`)
  try {
    const value = parseJsonText(text, { depthMax: DEPTH_MAX })
    if (isJsonObject(value)) return value
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error))
  }
  throw malformed('it is no JSON object')
}

function checkMembers(
  value: Json,
  names: readonly string[],
  optional: readonly string[] = [],
): asserts value is JsonObject {
  if (!isJsonObject(value)) throw malformed('an object is expected where there is none')
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw malformed(`there is no member ${JSON.stringify(unknown.slice(0, 60))}.${didYouMean(unknown, names)}`)
  const missing = names.find((name) => value[name] === undefined && !optional.includes(name))
  if (missing !== undefined) throw malformed(`the member ${missing} is missing`)
}

function readProven(value: JsonObject): ProvenText {
  const leaf = textOf(value, 'leaf')
  if (leaf.length > LEAF_BYTES_MAX) throw malformed('a leaf is longer than any that a log holds')
  return { leaf, proof: textOf(value, 'proof') }
}

function readKey(value: Json): LogKey {
  checkMembers(value, KEY_MEMBERS, ['handover'])
  const { generation, since, handover } = value
  if (!isCount(generation) || !isCount(since)) throw malformed('a key’s generation or first size is no number')
  return {
    origin: textOf(value, 'origin'),
    generation,
    vkey: textOf(value, 'vkey'),
    since,
    ...(handover === undefined ? {} : { handover: textOf(value, 'handover') }),
  }
}

function textOf(value: JsonObject, name: string): string {
  const text = value[name]
  if (typeof text === 'string') return text
  throw malformed(`${name} is not a string`)
}

/** Whoever made the file must not be able to keep us busy with it. */
function listOf(value: JsonObject, name: string, max: number): readonly Json[] {
  const list = value[name]
  if (!isJsonArray(list)) throw malformed(`${name} is not a list`)
  if (list.length > max) throw malformed(`${name} has ${list.length} items; at most ${max}`)
  return list
}

function textsOf(value: JsonObject, name: string, max: number): readonly string[] {
  const list = listOf(value, name, max)
  if (list.every((item) => typeof item === 'string')) return list
  throw malformed(`${name} holds what is not a string`)
}

const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const malformed = (why: string): AuditError =>
  new AuditError('proof_failed', `This is not evidence: ${why}. Ask for the file again, and pass it on unopened.`)
