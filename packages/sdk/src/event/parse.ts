/** The border: from a stranger's JSON to an event that cannot be wrong. */
import {
  AuditError,
  formatTime,
  isFormattedTime,
  isJsonObject,
  type Json,
  parseTime,
  pointTo,
  TIME_MS_MAX,
} from '../base/index.js'
import { BOUNDS } from './bounds.js'
import { eventShape, SERVER_MEMBERS } from './event-shape.js'
import { checkShape, Findings } from './shape.js'
import type { Context, EventInput } from './types.js'

/** Event types that only the server says; a caller who says one is refused. */
export const RESERVED_TYPE_PREFIXES: readonly string[] = ['audit.', 'log.', 'sealedlog.']
/** The bucket of the server's own entries, which a list shows only when it is asked for. */
export const RESERVED_BUCKET = 'sealedlog'

/** Whether a type is one of the server's own. */
export const isReservedType = (type: string): boolean =>
  RESERVED_TYPE_PREFIXES.some((prefix) => type.startsWith(prefix))

/**
 * Checks a native event and normalises it: times to UTC milliseconds, an empty `targets` or `context` left out.
 *
 * @param value a value of `parseJson`
 * @param nowMs the server's clock, against which an event from the future is refused
 * @throws AuditError `invalid_event`, or `reserved_type`, with an issue for each refused field
 * @example
 * parseEvent({ type: 'api_key.created', actor: { type: 'user', id: 'user_1' } }, Date.now())
 */
export function parseEvent(value: Json, nowMs: number): EventInput {
  const findings = new Findings()
  checkEvent(value, '', nowMs, findings)
  if (findings.issues.length > 0) throw refusedEvent(findings)
  return normalise(value as unknown as EventInput)
}

/** The error for one event's findings. */
export function refusedEvent(findings: Findings): AuditError {
  const [first] = findings.issues
  const reserved = findings.issues.every((issue) => issue.code === 'reserved_type')
  const more = findings.issues.length > 1 ? ` And ${findings.issues.length - 1} more, see errors.` : ''
  return new AuditError(reserved ? 'reserved_type' : 'invalid_event', `${first?.message ?? ''}${more}`, {
    issues: findings.issues,
  })
}

/** Adds what is wrong with a native event to the findings. */
export function checkEvent(value: Json, pointer: string, nowMs: number, findings: Findings): void {
  if (isJsonObject(value) && SERVER_MEMBERS.some((name) => Object.hasOwn(value, name))) {
    for (const name of SERVER_MEMBERS.filter((member) => Object.hasOwn(value, member))) {
      findings.add(pointTo(pointer, name), 'unknown_member', 'is set by the server; leave it out')
    }
    return
  }
  const before = findings.issues.length
  checkShape(eventShape, value, pointer, findings)
  if (findings.issues.length === before) checkMeaning(value as unknown as EventInput, pointer, nowMs, findings)
}

/** What a shape cannot say: reserved names, and times that are no event's. */
function checkMeaning(event: EventInput, pointer: string, nowMs: number, findings: Findings): void {
  if (isReservedType(event.type)) {
    findings.add(
      pointTo(pointer, 'type'),
      'reserved_type',
      `is "${event.type}"; ${RESERVED_TYPE_PREFIXES.join('*, ')}* are the server’s own types`,
    )
  }
  if (event.bucket === RESERVED_BUCKET) {
    findings.add(
      pointTo(pointer, 'bucket'),
      'reserved_bucket',
      `is "${RESERVED_BUCKET}", the server’s own bucket; choose another name`,
    )
  }
  if (event.occurred_at !== undefined) checkTime(event.occurred_at, pointTo(pointer, 'occurred_at'), nowMs, findings)
}

function checkTime(text: string, pointer: string, nowMs: number, findings: Findings): void {
  const ms = parseTime(text) ?? 0
  if (ms < 0 || ms > TIME_MS_MAX) findings.add(pointer, 'too_early', `is ${text}; expected a time from 1970 on`)
  else if (ms > nowMs + BOUNDS.AHEAD_MS_MAX) {
    findings.add(pointer, 'too_late', `is ${text}, more than 24 hours ahead of the server’s clock`, 'AHEAD_MS_MAX')
  }
}

function normalise(said: EventInput): EventInput {
  const { occurred_at: occurredAt, targets, context } = said
  const otherTime = occurredAt !== undefined && !isFormattedTime(occurredAt)
  const noTargets = targets?.length === 0
  const noContext = context !== undefined && isEmpty(context)
  if (!otherTime && !noTargets && !noContext) return said
  const event: { -readonly [K in keyof EventInput]: EventInput[K] } = { ...said }
  if (otherTime) event.occurred_at = formatTime(parseTime(occurredAt) ?? 0)
  if (noTargets) delete event.targets
  if (noContext) delete event.context
  return event
}

const isEmpty = (context: Context): boolean => Object.keys(context).length === 0
