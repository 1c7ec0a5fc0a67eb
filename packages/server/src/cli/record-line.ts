/** One line of a file as an event to send, or why it is none. */
import { randomBytes } from 'node:crypto'
import { AuditError, type Issue, isJsonObject, type Json, newEventId, parseJson } from '@sealedlog/sdk/base'
import { DIALECT_TABLES, DIALECTS, type DialectName, wirePointerOf } from '@sealedlog/sdk/dialect'
import { BOUNDS, type EventInput } from '@sealedlog/sdk/event'
import { LINE_BYTES_MAX, type Line } from './lines.js'

/** Why a line was refused: as the server puts it, in the names of the line's own dialect. */
export interface Refusal extends Pick<Issue, 'pointer' | 'message'> {
  readonly line: number
  readonly code: string
}

/** A line that was read. */
export interface ReadLine {
  readonly line: number
  /** bytes of the file up to its end */
  readonly end: number
  readonly event?: PreparedEvent
  readonly refusals: readonly Refusal[]
}

export interface PreparedEvent {
  readonly line: number
  /** the native event as JSON */
  readonly text: string
  readonly bytes: number
  /** the organization that the event itself names */
  readonly org: string | undefined
  /** whether its id was made here, since the line has none */
  readonly isMinted: boolean
}

/** Reads a line; undefined for a blank one. */
export function readLine({ number: line, bytes, end }: Line, dialect: DialectName): ReadLine | undefined {
  if (bytes === undefined) {
    const message = `The line has more than ${LINE_BYTES_MAX} bytes (limit BODY_BYTES_MAX).`
    return { line, end, refusals: [{ line, code: 'body_too_large', pointer: '', message }] }
  }
  const text = line === 1 ? withoutMark(bytes) : bytes
  if (text.every((byte) => byte <= SPACE)) return undefined
  try {
    return { line, end, event: prepare(line, parseJson(text, { depthMax: BOUNDS.DEPTH_MAX }), dialect), refusals: [] }
  } catch (error) {
    if (error instanceof AuditError) return { line, end, refusals: refusalsOf(line, error, 'native') }
    throw error
  }
}

const SPACE = 32
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

const withoutMark = (bytes: Uint8Array): Uint8Array =>
  BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length)) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes

/** What is no object is sent as it is: the server says best what it expected. */
function prepare(line: number, document: Json, dialect: DialectName): PreparedEvent {
  if (!isJsonObject(document)) return { ...sized(JSON.stringify(document)), line, org: undefined, isMinted: false }
  const event = DIALECTS[dialect].from(document)
  const isMinted = event.id === undefined
  const said: EventInput = isMinted ? { ...event, id: newEventId(Date.now(), randomBytes) } : event
  return { ...sized(JSON.stringify(said)), line, org: typeof said.org === 'string' ? said.org : undefined, isMinted }
}

const sized = (text: string): Pick<PreparedEvent, 'text' | 'bytes'> => ({ text, bytes: Buffer.byteLength(text) + 1 })

/** An error about one line, from here or from the server, with pointers in the names that the line uses. */
export function refusalsOf(
  line: number,
  { code, message, issues }: { readonly code: string; readonly message: string; readonly issues: readonly Issue[] },
  dialect: DialectName,
): readonly Refusal[] {
  if (issues.length === 0) return [{ line, code, pointer: '', message }]
  return issues.map((issue) =>
    inWireNames({ line, code: issue.code, pointer: issue.pointer, message: issue.message }, dialect),
  )
}

function inWireNames(refusal: Refusal, dialect: DialectName): Refusal {
  if (dialect === 'native') return refusal
  const pointer = wirePointerOf(DIALECT_TABLES[dialect], refusal.pointer)
  const { message } = refusal
  return message.startsWith(refusal.pointer)
    ? { ...refusal, pointer, message: pointer + message.slice(refusal.pointer.length) }
    : { ...refusal, pointer }
}
