/** What an organization registers of an event type: read strictly, its schemas compiled once to see that they can be. */
import {
  AuditError,
  didYouMean,
  type Issue,
  isJsonObject,
  type Json,
  type JsonObject,
  pointTo,
} from '@sealedlog/sdk/base'
import {
  BOUNDS,
  checkShape,
  Findings,
  isReservedType,
  kindShape,
  type ObjectShape,
  type Outcome,
  OUTCOMES,
  RESERVED_TYPE_PREFIXES,
  type TextShape,
  typeShape,
} from '@sealedlog/sdk/event'
import { compileSchema } from './schema/compile.js'
import { kindOf, show } from './schema/words.js'

/** What happens to an event that breaks its type's schema: nothing, a word in its receipt, or a refusal. */
export const MODES = ['off', 'warn', 'enforce'] as const
export type Mode = (typeof MODES)[number]

/** What a version of an event type says; what is left out is not demanded. */
export interface TypeContent {
  /** `{actor} created API key {target}` */
  readonly sentence?: string
  /** the kinds of things that it may be done to */
  readonly targets?: readonly string[]
  /** how it ended where an event does not say */
  readonly outcome?: Outcome
  readonly description?: string
  /** JSON Schema of the details */
  readonly details?: JsonObject
  /** JSON Schema of the metadata */
  readonly metadata?: JsonObject
}

export interface Registration extends TypeContent {
  readonly type: string
  readonly mode: Mode
}

export const CONTENT_MEMBERS = ['sentence', 'targets', 'outcome', 'description', 'details', 'metadata'] as const

const text = (max: TextShape['max'], about: string, more: Partial<TextShape> = {}): TextShape => ({
  kind: 'text',
  max,
  about,
  ...more,
})

/** The form of a registration; OpenAPI prints it. */
export const registrationShape: ObjectShape = {
  kind: 'object',
  about: 'What an organization says of an event type.',
  required: [],
  members: {
    type: { ...typeShape, about: 'The event type, where the path does not say it; the same where it does.' },
    mode: text('KIND_CHARS_MAX', 'What happens to an event that does not fit. Left out: off.', { oneOf: MODES }),
    sentence: text('NAME_CHARS_MAX', 'An event of the type as a sentence: {actor} created API key {target}.'),
    targets: {
      kind: 'list',
      about: 'The kinds of things that it may be done to. Left out: any.',
      max: 'TARGETS_MAX',
      of: kindShape,
    },
    outcome: text('KIND_CHARS_MAX', 'How it ended where an event does not say. Left out: what the catalogue says.', {
      oneOf: OUTCOMES,
    }),
    description: text('DESCRIPTION_CHARS_MAX', 'What the type is for.'),
    details: { kind: 'map', about: 'JSON Schema (2020-12) of the details.' },
    metadata: { kind: 'map', about: 'JSON Schema (2020-12) of the metadata.' },
  },
}

/**
 * Reads a registration.
 *
 * @param type the event type, as the path says it
 * @throws AuditError `reserved_type`, or `invalid_event_type` with an issue for each refused field
 * @example
 * parseRegistration('invoice.sent', { mode: 'warn', details: { required: ['number'] } })
 */
export function parseRegistration(type: string, body: Json): Registration {
  const findings = new Findings()
  checkShape(typeShape, type, '/type', findings)
  if (findings.issues.length === 0 && isReservedType(type)) throw reserved(type)
  if (!isJsonObject(body))
    throw refused([
      { pointer: '', code: 'wrong_type', message: `An event type is a JSON object, not ${kindOf(body)}.` },
    ])
  checkShape(registrationShape, body, '', findings)
  if (findings.issues.length === 0) checkMeaning(type, body, findings)
  if (findings.issues.length > 0) throw refused(findings.issues)
  const { mode = 'off', ...content } = body as Partial<Registration>
  return { ...content, type, mode }
}

function checkMeaning(type: string, body: JsonObject, findings: Findings): void {
  const said = body as Partial<Registration>
  if (said.type !== undefined && said.type !== type)
    findings.add('/type', 'not_one_of', `is ${show(said.type)}, and the path says ${show(type)}`)
  if (said.sentence !== undefined) checkSentence(said.sentence, findings)
  if (said.targets !== undefined) checkTargets(said.targets, findings)
  if (said.details !== undefined) compileSchema(said.details, '/details', findings)
  if (said.metadata !== undefined) compileSchema(said.metadata, '/metadata', findings)
}

const PLACEHOLDERS = ['{actor}', '{target}']

function checkSentence(sentence: string, findings: Findings): void {
  for (const [brace] of sentence.matchAll(/\{[^{}]{0,64}\}?|\}/g)) {
    if (PLACEHOLDERS.includes(brace)) continue
    const hint = didYouMean(brace, PLACEHOLDERS) || ` Known: ${PLACEHOLDERS.join(', ')}`
    return findings.add('/sentence', 'bad_format', `holds ${show(brace)}, for which nothing stands.${hint}`)
  }
}

function checkTargets(targets: readonly string[], findings: Findings): void {
  if (targets.length === 0) findings.add('/targets', 'too_few', 'is empty; leave it out where any kind will do')
  targets.forEach((target, i) => {
    if (targets.indexOf(target) < i)
      findings.add(pointTo('/targets', i), 'duplicate_item', `is ${show(target)}, which is named before`)
  })
}

const reserved = (type: string): AuditError => {
  const message = `/type is "${type}"; ${RESERVED_TYPE_PREFIXES.join('*, ')}* are the server’s own types.`
  return new AuditError('reserved_type', message, { issues: [{ pointer: '/type', code: 'reserved_type', message }] })
}

/** The error for what is wrong with a registration. */
export function refused(issues: readonly Issue[]): AuditError {
  const more = issues.length > 1 ? ` And ${issues.length - 1} more, see errors.` : ''
  return new AuditError('invalid_event_type', `${issues[0]?.message ?? ''}${more}`, {
    issues: issues.slice(0, BOUNDS.REFUSALS_MAX),
  })
}
