/**
 * The leaf and its disclosures: the exact bytes that are hashed, stored and shown (design §4).
 *
 * Both are made once, at the border, and never again. Two instants are known only when the entry gets
 * its place in the log, so a sealed event holds room for them: text of the same width, at known offsets.
 */
import {
  AuditError,
  canonicalJson,
  decodeUtf8,
  encodeBase64Url,
  encodeUtf8,
  encodeUtf8Shared,
  formatTime,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJsonText,
  type RandomBytes,
  sha256Base64Url,
  TIME_CHARS,
  parseText,
} from '../base/index.js'
import { isLogAct, type LogAct } from './acts.js'
import { BOUNDS } from './bounds.js'
import { type ClearPart, type Groups, joinEvent, splitEvent } from './groups.js'
import type { FilledEvent, RecordedEvent } from './types.js'

export const LEAF_VERSION = 1
export const SALT_BYTES = 16
/** `["` + 22 characters of salt + `",`: how far into a disclosure its salt reaches. */
export const SALT_PREFIX_BYTES = 26

const LABEL = 'sealedlog/disclosure/v1\n'
const LABEL_BYTES = encodeUtf8(LABEL)
const TIME_TO_COME = '0000-00-00T00:00:00.000Z'

/** An event made ready for its place: leaf bytes with room for the times, and the disclosures behind its commitments. */
export interface SealedEvent {
  readonly id: string
  readonly leaf: Uint8Array<ArrayBuffer>
  /** where `recorded_at` goes */
  readonly recordedAtOffset: number
  /** where `occurred_at` goes, or -1 when the caller said it */
  readonly occurredAtOffset: number
  /** the disclosures in canonical order of their groups, one a line (JCS never holds a line feed) */
  readonly disclosures: Uint8Array<ArrayBuffer>
}

/** What a leaf says, parsed. */
export interface Leaf extends ClearPart {
  readonly groups: { readonly [group: string]: string }
  readonly occurred_at: string
  readonly recorded_at: string
  /** only in the server's own leaves */
  readonly log?: LogAct
  readonly v: typeof LEAF_VERSION
}

/** One opened group: what was committed to. */
export interface Disclosure {
  readonly salt: string
  readonly group: string
  readonly value: Json
}

/** The commitment to a disclosure: base64url of SHA-256("sealedlog/disclosure/v1\n" ‖ disclosure). */
export function commitTo(disclosure: Uint8Array): string {
  const labelled = new Uint8Array(LABEL_BYTES.length + disclosure.length)
  labelled.set(LABEL_BYTES)
  labelled.set(disclosure, LABEL_BYTES.length)
  return sha256Base64Url(labelled)
}

/** The bytes of JCS([salt, group, value]). */
export const formatDisclosure = (salt: string, group: string, value: Json): string =>
  `["${salt}",${canonicalJson(group)},${canonicalJson(value)}]`

/**
 * Makes leaf and disclosures of an event.
 *
 * @param random fresh random bytes for the salts: 16 for each group
 * @param act what the entry does to the log itself: the server's own entries alone have one
 * @throws AuditError `invalid_event` when the disclosures together pass EVENT_BYTES_MAX, or the leaf LEAF_BYTES_MAX
 * @example
 * sealEvent({ id: 'evt_1', type: 'a.b', outcome: 'success', bucket: 'default' }, 'acme', randomBytes)
 */
export function sealEvent(event: FilledEvent, org: string, random: RandomBytes, act?: LogAct): SealedEvent {
  const groups = splitEvent(event)
  const salts = random(SALT_BYTES * groups.length)
  let lines = ''
  let commitments = ''
  for (let i = 0; i < groups.length; i++) {
    const [group, value] = groups[i] as Groups[number]
    const salt = encodeBase64Url(salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES))
    const line = formatDisclosure(salt, group, value)
    lines += i === 0 ? line : `\n${line}`
    commitments += `${i === 0 ? '' : ','}"${group}":"${sha256Base64Url(LABEL + line)}"`
  }
  const { leaf, recordedAtOffset, occurredAtOffset } = formatLeaf(event, org, commitments, act)
  // Both at once: a character of the leaf is a byte.
  const bytes = encodeUtf8Shared(leaf + lines)
  const disclosures = bytes.subarray(leaf.length)
  const length = disclosures.length - Math.max(0, groups.length - 1)
  if (length > BOUNDS.EVENT_BYTES_MAX) throw eventTooLarge(length)
  if (leaf.length > BOUNDS.LEAF_BYTES_MAX) throw leafTooLarge(leaf.length)
  return { id: event.id, leaf: bytes.subarray(0, leaf.length), recordedAtOffset, occurredAtOffset, disclosures }
}

function eventTooLarge(length: number): AuditError {
  const max = BOUNDS.EVENT_BYTES_MAX
  const message = `The event has ${length} bytes as canonical JSON; at most ${max} (limit EVENT_BYTES_MAX).`
  return new AuditError('invalid_event', message, {
    issues: [{ pointer: '', code: 'too_large', message, limit: 'EVENT_BYTES_MAX' }],
  })
}

/** Only an act can make a leaf that large: the bounds of an event keep its own below. */
function leafTooLarge(length: number): AuditError {
  const max = BOUNDS.LEAF_BYTES_MAX
  const message = `The entry has a leaf of ${length} bytes; at most ${max} (limit LEAF_BYTES_MAX). Say it in several entries.`
  return new AuditError('invalid_event', message, {
    issues: [{ pointer: '', code: 'too_large', message, limit: 'LEAF_BYTES_MAX' }],
  })
}

interface Template extends Pick<SealedEvent, 'recordedAtOffset' | 'occurredAtOffset'> {
  readonly leaf: string
}

/** Every string in a leaf is ASCII without escapes (the patterns of event-shape.ts), so characters are bytes. */
function formatLeaf(event: FilledEvent, org: string, commitments: string, act: LogAct | undefined): Template {
  const actor = event.actor === undefined ? 'null' : `"${event.actor.type}"`
  const targets = (event.targets ?? []).map((target) => `"${target.type}"`).join(',')
  const log = act === undefined ? '' : `"log":${canonicalJson(act as unknown as Json)},`
  const occurred = event.occurred_at ?? TIME_TO_COME
  let text = `{"actor":${actor},"bucket":"${event.bucket}","groups":{${commitments}},"id":"${event.id}",${log}"occurred_at":"`
  const occurredAtOffset = event.occurred_at === undefined ? text.length : -1
  text += `${occurred}","org":"${org}","outcome":"${event.outcome}","recorded_at":"`
  const recordedAtOffset = text.length
  text += `${TIME_TO_COME}","targets":[${targets}],"type":"${event.type}","v":${LEAF_VERSION}}`
  return { leaf: text, recordedAtOffset, occurredAtOffset }
}

const LINE_FEED = 10

/** Writes the times into a sealed leaf, in place: its place in the log is known now. */
export function stampLeaf(leaf: Uint8Array, recordedAtOffset: number, occurredAtOffset: number, nowMs: number): void {
  const time = formatTime(nowMs)
  writeTime(leaf, time, recordedAtOffset)
  if (occurredAtOffset >= 0) writeTime(leaf, time, occurredAtOffset)
}

/** Character by character: for so few, making bytes of them costs more. */
function writeTime(leaf: Uint8Array, time: string, offset: number): void {
  for (let i = 0; i < TIME_CHARS; i++) leaf[offset + i] = time.charCodeAt(i)
}

/** The disclosures of an entry, each as its exact bytes. */
export function splitDisclosures(disclosures: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let start = 0; start < disclosures.length; ) {
    const feed = disclosures.indexOf(LINE_FEED, start)
    const end = feed === -1 ? disclosures.length : feed
    lines.push(disclosures.subarray(start, end))
    start = end + 1
  }
  return lines
}

/** The group that a disclosure opens, without reading its value: `["<salt>","<group>",…`. */
export function groupOfDisclosure(disclosure: Uint8Array): string {
  const start = SALT_PREFIX_BYTES + 1
  return decodeUtf8(disclosure.subarray(start, disclosure.indexOf(QUOTE, start)))
}

const QUOTE = 34

const LEAF_MEMBERS = [
  'actor',
  'bucket',
  'groups',
  'id',
  'occurred_at',
  'org',
  'outcome',
  'recorded_at',
  'targets',
  'type',
  'v',
]
const STRING_MEMBERS = ['bucket', 'id', 'occurred_at', 'org', 'outcome', 'recorded_at', 'type'] as const

/**
 * Reads a leaf. Strict: unknown or missing members are refused, and so is any spelling but the canonical one.
 *
 * @throws AuditError `malformed_leaf`, or `unsupported_version` for a `v` from the future
 */
export function parseLeaf(bytes: Uint8Array): Leaf {
  const text = decodeLeaf(bytes)
  const value = parseJsonText(text, { depthMax: BOUNDS.DEPTH_MAX })
  if (!isJsonObject(value)) throw malformedLeaf('it is not an object')
  if (value.v !== LEAF_VERSION)
    throw new AuditError(
      'unsupported_version',
      `A leaf of version ${JSON.stringify(value.v)}; known is ${LEAF_VERSION}.`,
    )
  const members = Object.keys(value).filter((name) => name !== 'log')
  if (members.join() !== LEAF_MEMBERS.join()) throw malformedLeaf(`its members are ${members.join(', ')}`)
  const wrong = STRING_MEMBERS.find((name) => typeof value[name] !== 'string')
  if (wrong !== undefined) throw malformedLeaf(`${wrong} is not a string`)
  if (!wellFormedParts(value)) throw malformedLeaf('actor, groups, targets or log have the wrong type')
  if (!fixedWidth(value.occurred_at) || !fixedWidth(value.recorded_at))
    throw malformedLeaf('a time has the wrong width')
  if (canonicalJson(value) !== text) throw malformedLeaf('it is not canonical JSON (RFC 8785)')
  return value as unknown as Leaf
}

function decodeLeaf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes)
  } catch {
    throw malformedLeaf('it is not UTF-8')
  }
}

function wellFormedParts(value: JsonObject): boolean {
  const strings = (list: readonly Json[]) => list.every((item) => typeof item === 'string')
  return (
    (value.actor === null || typeof value.actor === 'string') &&
    isJsonObject(value.groups) &&
    strings(Object.values(value.groups)) &&
    isJsonArray(value.targets) &&
    strings(value.targets) &&
    (value.log === undefined || isLogAct(value.log))
  )
}

const fixedWidth = (time: Json | undefined): boolean => typeof time === 'string' && time.length === TIME_CHARS

const malformedLeaf = (why: string): AuditError => new AuditError('malformed_leaf', `The leaf is malformed: ${why}.`)

/** Reads a disclosure: salt, group and value. */
export const parseDisclosure = (bytes: Uint8Array): Disclosure => toDisclosure(parseText(decodeUtf8(bytes)))

/** Reads the disclosures of an entry: a line feed stands between two of them, and in none. */
function parseDisclosures(bytes: Uint8Array): readonly Disclosure[] {
  const text = decodeUtf8(bytes)
  const found: Disclosure[] = []
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    found.push(toDisclosure(parseText(text.slice(start, end))))
    start = end + 1
  }
  return found
}

function toDisclosure(value: Json): Disclosure {
  if (!isJsonArray(value) || value.length !== 3) throw malformedLeaf('a disclosure is not [salt, group, value]')
  const [salt, group, content] = value
  if (typeof salt !== 'string' || typeof group !== 'string' || content === undefined) {
    throw malformedLeaf('a disclosure is not [salt, group, value]')
  }
  return { salt, group, value: content }
}

/**
 * The event at its position, from the bytes that the log holds. Groups that were erased are absent and
 * named in `redacted`.
 *
 * @example
 * openEntry(leafBytes, disclosureBytes, 41) // { id, type, …, org, index: 41, recorded_at }
 */
export function openEntry(leafBytes: Uint8Array, disclosures: Uint8Array, index: number): RecordedEvent {
  // Our own bytes, hashed on the way in: `parseText` alone is enough, and four times as fast as parseLeaf.
  const leaf = parseText(decodeUtf8(leafBytes)) as unknown as Leaf
  const groups = new Map<string, Json>()
  for (const { group, value } of parseDisclosures(disclosures)) groups.set(group, value)
  const redacted = Object.keys(leaf.groups).filter((group) => !groups.has(group))
  return joinEvent({ ...leaf, index }, groups, redacted)
}
