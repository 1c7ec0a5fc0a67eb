/** The shape of a native event: every member, its bound and its sentence, in one place. */
import { canonicalIp } from './ip.js'
import type { BoundName } from './bounds.js'
import { isTime, type ListShape, type ObjectShape, type OpenShape, type Shape, type TextShape } from './shape.js'
import { OUTCOMES } from './types.js'

export const ID_PATTERN = /^[A-Za-z0-9._:-]+$/
export const TYPE_PATTERN = /^[A-Za-z0-9_.]+$/
export const KIND_PATTERN = /^[A-Za-z0-9_.:-]+$/

const text = (max: BoundName, about: string, more: Partial<TextShape> = {}): TextShape => ({
  kind: 'text',
  max,
  about,
  ...more,
})
const id = (about: string): TextShape =>
  text('ID_CHARS_MAX', about, { pattern: ID_PATTERN, says: 'letters, digits and . _ : -' })
const kind = (about: string): TextShape =>
  text('KIND_CHARS_MAX', about, { pattern: KIND_PATTERN, says: 'letters, digits and _ . : -' })
const map = (about: string): OpenShape => ({ kind: 'map', about })
const extra: OpenShape = { kind: 'maps', about: 'What a dialect carries that this form has no member for, by dialect.' }
const object = (
  about: string,
  members: { readonly [name: string]: Shape },
  required: readonly string[] = [],
): ObjectShape => ({
  kind: 'object',
  about,
  required,
  members,
})

export const orgShape = id('The organization whose log it is: the tenant. It stands in clear for ever.')
export const eventIdShape = id(
  'Minted by whoever says it first, time-ordered. Saying it again is a no-op. It stands in clear for ever, so it must not derive from personal data.',
)
export const typeShape = text('TYPE_CHARS_MAX', 'What happened: object.verb.', {
  pattern: TYPE_PATTERN,
  says: 'letters, digits, _ and .',
})
export const kindShape = kind('A kind of thing, such as user or api_key. It stands in clear for ever.')
export const referenceShape = text('REFERENCE_CHARS_MAX', 'An id of the application’s own.')
export const nameShape = text('NAME_CHARS_MAX', 'A name, as it was when it happened.')
export const emailShape = text('EMAIL_CHARS_MAX', 'An e-mail address.')
export const descriptionShape = text('DESCRIPTION_CHARS_MAX', 'A sentence for people.')
export const ipShape = text('IP_CHARS_MAX', 'Where the request came from: an IPv4 or IPv6 address.', {
  accepts: (address) => canonicalIp(address) !== undefined,
  says: 'an IPv4 or IPv6 address',
  format: 'ip',
})
export const userAgentShape = text('USER_AGENT_CHARS_MAX', 'What the request said it came from.')
export const contextIdShape = text('CONTEXT_ID_CHARS_MAX', 'An id that joins this event to others.')
export const metadataShape = map('Anything else worth keeping.')

const session = object('The session in which the actor acted.', { id: referenceShape, metadata: metadataShape, extra })
const apiKey = object('The key by means of which the actor acted.', {
  id: referenceShape,
  type: kindShape,
  name: nameShape,
  extra,
})

export const actorShape = object(
  'Who did it.',
  {
    type: kindShape,
    id: referenceShape,
    name: nameShape,
    email: emailShape,
    metadata: metadataShape,
    session,
    api_key: apiKey,
    extra,
  },
  ['type'],
)
export const targetShape = object(
  'To what it was done.',
  { type: kindShape, id: referenceShape, name: nameShape, display_name: nameShape, metadata: metadataShape, extra },
  ['type'],
)
export const targetsShape: ListShape = {
  kind: 'list',
  about: 'To what it was done.',
  max: 'TARGETS_MAX',
  of: targetShape,
}
export const projectShape = object('The project it belongs to.', { id: referenceShape, name: nameShape, extra })

const change = object(
  'One value that changed.',
  {
    path: text('PATH_CHARS_MAX', 'Which value, such as role or limits.requests.'),
    before: { kind: 'any', about: 'Its value before; absent where it was created.' },
    after: { kind: 'any', about: 'Its value after; absent where it was removed.' },
  },
  ['path'],
)
const context = object('Where the request came from, and what joins this event to others.', {
  ip_address: ipShape,
  user_agent: userAgentShape,
  request_id: contextIdShape,
  correlation_id: contextIdShape,
  trace_id: contextIdShape,
})

/** The native event, as a caller says it. */
export const eventShape = object(
  'What happened.',
  {
    id: eventIdShape,
    type: typeShape,
    org: orgShape,
    occurred_at: text(
      'PATH_CHARS_MAX',
      'When it happened: RFC 3339, any offset; kept as UTC milliseconds. Left out: when it was recorded.',
      {
        accepts: isTime,
        says: 'an RFC 3339 date-time such as 2026-11-20T09:12:21.123Z',
        format: 'date-time',
      },
    ),
    outcome: text('KIND_CHARS_MAX', 'How it ended. Left out: what the event type says, else success.', {
      oneOf: OUTCOMES,
    }),
    actor: actorShape,
    on_behalf_of: { ...actorShape, about: 'Who stands behind the actor, or is impersonated (RFC 8693).' },
    targets: targetsShape,
    project: projectShape,
    bucket: { ...kindShape, about: 'A shelf of the log with a retention of its own. Left out: default.' },
    description: descriptionShape,
    details: map('What is particular to this type of event.'),
    changes: { kind: 'list', about: 'What changed.', max: 'CHANGES_MAX', of: change },
    context,
    metadata: metadataShape,
    extra,
  },
  ['type'],
)

/** Members that the server sets; a caller who says one gets a word about it. */
export const SERVER_MEMBERS: readonly string[] = ['index', 'recorded_at', 'redacted']
