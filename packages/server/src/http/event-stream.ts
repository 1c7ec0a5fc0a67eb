/** Server-sent events (WHATWG HTML §9.2): the frames of a stream, and who asks for one. */
import type { AuditError } from '@sealedlog/sdk/base'

export const EVENT_STREAM = 'text/event-stream'

/** Neither kept on the way nor held back until it is whole. */
export const STREAM_HEADERS = {
  'content-type': EVENT_STREAM,
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const

/** How long a client waits before it connects again, and where it then goes on although it saw no event yet. */
export const formatOpening = (retryMs: number, index: number): string => `retry: ${retryMs}\n${formatPosition(index)}`

/**
 * One event. JSON on one line: JSON.stringify leaves no line end in it, and U+2028 is none here.
 *
 * @example
 * formatEntry(4, { type: 'user.added' }) // 'id: 4\ndata: {"type":"user.added"}\n\n'
 */
export const formatEntry = (index: number, document: object): string =>
  `id: ${index}\ndata: ${JSON.stringify(document)}\n\n`

/** Moves the place to go on from, and is no event: a block without data is never dispatched (§9.2.6). */
export const formatPosition = (index: number): string => `id: ${index}\n\n`

/** A sign of life. */
export const formatHeartbeat = (index: number): string => `:\n${formatPosition(index)}`

/** The last event: why the stream ends, and where to go on. */
export const formatEnd = ({ code, message }: AuditError, next: number): string =>
  `id: ${next}\nevent: end\ndata: ${JSON.stringify({ code, message, next })}\n\n`

/**
 * Members of a list, and parts of a member, that commas and semicolons in quotes do not cut. A quote that nobody closes
 * goes on to the end: were it none, each quote behind it would be tried to the end again.
 */
const MEMBER = /(?:[^,"]|"(?:[^"\\]|\\.?)*(?:"|$))+/g
const PART = /(?:[^;"]|"(?:[^"\\]|\\.?)*(?:"|$))+/g
/** RFC 9110 §12.4.2 */
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * Whether an `Accept` header asks for a stream: it names the type, and names no JSON that it would rather have.
 * Wildcards ask for nothing: the long poll is what always was.
 *
 * @example
 * asksForStream('text/event-stream') // true
 * asksForStream('application/json, text/event-stream;q=0.5') // false
 */
export function asksForStream(accept: string | undefined): boolean {
  const weights = weightsOf(accept ?? '')
  const weight = weights.get(EVENT_STREAM) ?? 0
  return weight > 0 && weight >= (weights.get('application/json') ?? 0)
}

/** The weight of each media range; one that is none counts as 0. */
function weightsOf(accept: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const [member] of accept.matchAll(MEMBER)) {
    const [type = '', ...parameters] = Array.from(member.matchAll(PART), ([part]) => part.trim())
    const said = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2) ?? '1'
    const weight = WEIGHT.test(said) ? Number(said) : 0
    const name = type.toLowerCase()
    weights.set(name, Math.max(weight, weights.get(name) ?? 0))
  }
  return weights
}
