/** What POST /v1/redactions is asked, and how it tells what was erased. */
import {
  AuditError,
  didYouMean,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  pointTo,
} from '@sealedlog/sdk/base'
import { BOUNDS, Findings } from '@sealedlog/sdk/event'
import {
  type ErasureReport,
  type ErasureRequest,
  Identifiers,
  type Match,
  MATCHES,
  type NamedEvent,
  type NamedPerson,
} from '../log/index.js'

export type AskedRedaction = Pick<ErasureRequest, 'events' | 'person' | 'basis' | 'requestId' | 'dryRun'>

const MEMBERS = ['events', 'person', 'basis', 'request_id', 'dry_run']
const EVENT_MEMBERS = ['id', 'index', 'groups']
const PERSON_MEMBERS = ['identifiers', 'match']

/**
 * Reads the body. Whether the log holds what it names is not known yet.
 *
 * @throws AuditError `invalid_redaction`, with a pointer to each fault
 * @example
 * readRedaction({ person: { identifiers: ['ada@example.com'] }, basis: 'GDPR Art. 17(1)(b)' })
 */
export function readRedaction(body: Json): AskedRedaction {
  const findings = new Findings()
  const asked = isJsonObject(body) ? read(body, findings) : undefined
  if (asked === undefined && findings.issues.length === 0)
    findings.add('', 'wrong_type', 'is no redaction: expected an object with basis, and events or person')
  const [first] = findings.issues
  if (asked !== undefined && first === undefined) return asked
  const message = first?.message.replace(/^The event /, 'The body ') ?? ''
  throw new AuditError('invalid_redaction', `${message} Nothing was erased.`, { issues: findings.issues })
}

function read(body: JsonObject, findings: Findings): AskedRedaction {
  refuseUnknown(body, MEMBERS, '', findings)
  const { basis, request_id: requestId, dry_run: dryRun = false } = body
  if (body.events === undefined && body.person === undefined)
    findings.add('/events', 'required', 'is required, or else /person: what is to be erased')
  const events = body.events === undefined ? undefined : readEvents(body.events, findings)
  const person = body.person === undefined ? undefined : readPerson(body.person, findings)
  if (basis === undefined) findings.add('/basis', 'required', 'is required: why the law or a contract asks for it')
  else checkText(basis, '/basis', 'BASIS_CHARS_MAX', findings)
  if (requestId !== undefined) checkText(requestId, '/request_id', 'REQUEST_ID_CHARS_MAX', findings)
  if (typeof dryRun !== 'boolean') findings.add('/dry_run', 'wrong_type', 'must be true or false')
  if (person) keepOut(person, { '/basis': basis, '/request_id': requestId }, findings)
  return {
    basis: basis as string,
    ...(events && { events }),
    ...(person && { person }),
    ...(requestId === undefined ? {} : { requestId: requestId as string }),
    dryRun: dryRun === true,
  }
}

function refuseUnknown(object: JsonObject, known: readonly string[], pointer: string, findings: Findings): void {
  for (const name of Object.keys(object)) {
    if (known.includes(name)) continue
    const hint = didYouMean(name, known) || ` Known: ${known.join(', ')}`
    findings.add(pointTo(pointer, name), 'unknown_member', `is not a member that is known here.${hint}`)
  }
}

type TextBound = 'BASIS_CHARS_MAX' | 'REQUEST_ID_CHARS_MAX'

function checkText(text: Json, pointer: string, bound: TextBound, findings: Findings): void {
  if (typeof text !== 'string') findings.add(pointer, 'wrong_type', 'must be a string')
  else if (text.trim() === '') findings.add(pointer, 'too_short', 'says nothing')
  else if (text.length > BOUNDS[bound])
    findings.add(pointer, 'too_long', `has ${text.length} characters; at most ${BOUNDS[bound]}`, bound)
}

/** The entry that accounts for the erasing must not say who was erased. */
function keepOut(
  { identifiers, match }: NamedPerson,
  texts: { readonly [pointer: string]: Json | undefined },
  findings: Findings,
): void {
  const person = new Identifiers(identifiers, match)
  for (const [pointer, text] of Object.entries(texts))
    if (typeof text === 'string' && person.isIn(text))
      findings.add(pointer, 'not_allowed', 'says one of the identifiers, and the log would keep it')
}

function readEvents(events: Json, findings: Findings): readonly NamedEvent[] | undefined {
  if (!isJsonArray(events)) return wrong('/events', 'must be a list of events: [{"id": "evt_…"}]', findings)
  const max = BOUNDS.REDACTION_EVENTS_MAX
  if (events.length === 0) findings.add('/events', 'too_few', 'is empty')
  if (events.length > max) {
    findings.add('/events', 'too_many', `names ${events.length} events; at most ${max}`, 'REDACTION_EVENTS_MAX')
    return undefined
  }
  return events.flatMap((event, i) => readEvent(event, pointTo('/events', i), findings) ?? [])
}

function readEvent(event: Json, pointer: string, findings: Findings): NamedEvent | undefined {
  if (!isJsonObject(event)) return wrong(pointer, 'must be an object: {"id": "evt_…", "groups": ["actor"]}', findings)
  refuseUnknown(event, EVENT_MEMBERS, pointer, findings)
  const { id, index, groups: said } = event
  const groups = said === undefined || said === 'all' ? undefined : readGroups(said, `${pointer}/groups`, findings)
  if ((id === undefined) === (index === undefined)) return wrong(pointer, 'must have either id or index', findings)
  if (index !== undefined) {
    if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0)
      return { index, ...(groups && { groups }) }
    return wrong(`${pointer}/index`, 'must be the index of an entry: a whole number from 0', findings)
  }
  if (typeof id !== 'string') return wrong(`${pointer}/id`, 'must be the id of an event', findings)
  return { id, ...(groups && { groups }) }
}

function readGroups(groups: Json, pointer: string, findings: Findings): readonly string[] | undefined {
  if (!isJsonArray(groups) || !groups.every((group) => typeof group === 'string'))
    return wrong(pointer, 'must be "all", or a list of groups: ["actor", "targets/0"]', findings)
  if (groups.length === 0) findings.add(pointer, 'too_few', 'is empty; leave it out for all groups')
  const max = BOUNDS.REDACTION_GROUPS_MAX
  if (groups.length > max)
    findings.add(pointer, 'too_many', `names ${groups.length} groups; at most ${max}`, 'REDACTION_GROUPS_MAX')
  return groups
}

function readPerson(person: Json, findings: Findings): NamedPerson | undefined {
  if (!isJsonObject(person)) return wrong('/person', 'must be an object: {"identifiers": ["user_1"]}', findings)
  refuseUnknown(person, PERSON_MEMBERS, '/person', findings)
  const { identifiers, match = 'word' } = person
  if (!MATCHES.includes(match as Match))
    findings.add('/person/match', 'not_one_of', `must be one of ${MATCHES.join(', ')}`)
  if (!isJsonArray(identifiers))
    return wrong('/person/identifiers', 'must be a list of what the person is called by', findings)
  const max = BOUNDS.REDACTION_IDENTIFIERS_MAX
  if (identifiers.length === 0) findings.add('/person/identifiers', 'too_few', 'is empty')
  if (identifiers.length > max) {
    const says = `has ${identifiers.length} identifiers; at most ${max}`
    findings.add('/person/identifiers', 'too_many', says, 'REDACTION_IDENTIFIERS_MAX')
    return undefined
  }
  const before = findings.issues.length
  for (const [i, identifier] of identifiers.entries())
    checkIdentifier(identifier, pointTo('/person/identifiers', i), findings)
  return findings.issues.length > before ? undefined : { identifiers: identifiers as string[], match: match as Match }
}

function checkIdentifier(identifier: Json, pointer: string, findings: Findings): void {
  if (typeof identifier !== 'string') return findings.add(pointer, 'wrong_type', 'must be a string')
  const { IDENTIFIER_CHARS_MIN: min, IDENTIFIER_CHARS_MAX: max } = BOUNDS
  const { length } = identifier.normalize('NFC')
  if (length < min)
    findings.add(pointer, 'too_short', `has ${length} characters; at least ${min}`, 'IDENTIFIER_CHARS_MIN')
  else if (length > max)
    findings.add(pointer, 'too_long', `has ${length} characters; at most ${max}`, 'IDENTIFIER_CHARS_MAX')
  else if (identifier.trim() !== identifier)
    findings.add(pointer, 'bad_format', 'begins or ends with white space, which would have to stand there too')
  else if (!/[\p{L}\p{N}]/u.test(identifier))
    findings.add(pointer, 'bad_format', 'has no letter and no digit: it would be everybody’s')
}

function wrong(pointer: string, what: string, findings: Findings): undefined {
  findings.add(pointer, 'wrong_type', what)
}

/** The answer. Only a dry run lists the entries: afterwards, the redactions themselves say which. */
export function formatRedaction(report: ErasureReport, dryRun: boolean): object {
  const { redactions, checkpoint, scanned, events, groups, byGroup, inClear, inClearCount, rows } = report
  return {
    object: 'redaction',
    dry_run: dryRun,
    redactions,
    checkpoint,
    scanned,
    events,
    groups,
    by_group: Object.fromEntries([...byGroup].sort(([a], [b]) => (a < b ? -1 : 1))),
    in_clear: inClear,
    in_clear_count: inClearCount,
    ...(dryRun ? { entries: rows } : {}),
  }
}
