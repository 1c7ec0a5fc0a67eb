/** From documents in any dialect to events that cannot be wrong, with every refused field named. */
import { AuditError, isJsonObject, type Issue, type Json } from '@sealedlog/sdk/base'
import { DIALECT_TABLES, DIALECTS, type Dialect, type DialectName, wirePointerOf } from '@sealedlog/sdk/dialect'
import { BOUNDS, type EventInput, parseEvent } from '@sealedlog/sdk/event'
import type { QueryString } from './query-string.js'

const DIALECT_NAMES = Object.keys(DIALECTS) as DialectName[]

/** The dialect that `?dialect=` names; the native form where it is absent. */
export function readDialect(query: QueryString): Dialect {
  const name = query.oneOf('dialect', DIALECT_NAMES)
  return DIALECTS[name ?? 'native']
}

/** One document. @throws AuditError `invalid_event` or `reserved_type` */
export function readEvent(dialect: Dialect, document: Json, nowMs: number): EventInput {
  if (!isJsonObject(document)) return parseEvent(document, nowMs)
  const event = dialect.from(document) as unknown as Json
  try {
    return parseEvent(event, nowMs)
  } catch (error) {
    throw inWireWords(dialect, error)
  }
}

/** What is wrong with the native event, said of the document that was sent. */
function inWireWords({ name }: Dialect, error: unknown): unknown {
  if (!(error instanceof AuditError) || !isTableName(name)) return error
  const table = DIALECT_TABLES[name]
  let { message } = error
  const issues = error.issues.map((issue) => {
    const pointer = wirePointerOf(table, issue.pointer)
    message = message.replace(issue.pointer, () => pointer)
    return { ...issue, pointer, message: issue.message.replace(issue.pointer, () => pointer) }
  })
  return new AuditError(error.code, message, { issues })
}

const isTableName = (name: string): name is keyof typeof DIALECT_TABLES => Object.hasOwn(DIALECT_TABLES, name)

/** Many documents: each refused one is named by its number, up to REFUSALS_MAX. */
export function readEvents(dialect: Dialect, documents: readonly Json[], nowMs: number): readonly EventInput[] {
  const refused: AuditError[] = []
  const issues: Issue[] = []
  const events: EventInput[] = []
  for (const [i, document] of documents.entries()) {
    try {
      events.push(readEvent(dialect, document, nowMs))
    } catch (error) {
      if (!(error instanceof AuditError)) throw error
      refused.push(error)
      issues.push(...error.issues.map((issue) => ({ ...issue, pointer: `/${i}${issue.pointer}` })))
    }
    if (refused.length >= BOUNDS.REFUSALS_MAX) break
  }
  const [first] = refused
  if (first === undefined) return events
  const count = `${refused.length}${refused.length === BOUNDS.REFUSALS_MAX ? ' or more' : ''} of ${documents.length}`
  throw new AuditError(first.code, `${count} events are refused; none was recorded. The first: ${first.message}`, {
    issues: fairly(issues),
  })
}

/** At most REFUSALS_MAX issues, so cut that every refused event keeps its first. */
function fairly(issues: readonly Issue[]): readonly Issue[] {
  const named = new Set<string>()
  const firsts = new Set<Issue>()
  for (const issue of issues) {
    const event = issue.pointer.split('/')[1] ?? ''
    if (!named.has(event)) firsts.add(issue)
    named.add(event)
  }
  let others = BOUNDS.REFUSALS_MAX - firsts.size
  return issues.filter((issue) => firsts.has(issue) || others-- > 0)
}

/** An error about the only event of a batch, as one about a lone event. */
export function aboutLoneEvent(error: unknown): unknown {
  if (!(error instanceof AuditError)) return error
  const issues = error.issues.map((issue) => ({ ...issue, pointer: issue.pointer.replace(/^\/0(?=\/|$)/, '') }))
  const { param, retryAfterSeconds } = error
  return new AuditError(error.code, error.message, {
    issues,
    ...(param === undefined ? {} : { param }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
}
