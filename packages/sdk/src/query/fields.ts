/** The fields that a query can name: those of the list's parameters, times and positions, and paths into the event. */
import { nearestName } from '../base/index.js'
import { FIELDS, type Field } from '../event/index.js'
import { formatPath, parsePath } from './paths.js'

export type FieldKind = 'fact' | 'time' | 'index' | 'path'

export interface QueryField {
  /** as trees keep it, and as the plain parameter is called where there is one */
  readonly name: string
  readonly kind: FieldKind
  readonly about: string
}

/** The names that people type for parameters with longer ones. */
export const SHORT_NAMES: { readonly [short: string]: Field } = {
  actor: 'actor_id',
  email: 'actor_email',
  target: 'target_id',
  project: 'project_id',
  correlation: 'correlation_id',
  ip: 'ip_address',
}

const ORDER_FIELDS: readonly QueryField[] = [
  { name: 'occurred_at', kind: 'time', about: 'when it happened' },
  { name: 'recorded_at', kind: 'time', about: 'when the log took it' },
  { name: 'index', kind: 'index', about: 'its place in the log' },
]

/** Members of an event that have no field of their own, alone or with a path behind them. */
const ROOTS: { readonly [root: string]: string } = {
  metadata: 'anything else worth keeping',
  details: 'what the event type says of it',
  actor: 'who did it',
  on_behalf_of: 'who stands behind the actor',
  targets: 'to what it was done',
  project: 'the project',
  context: 'where the request came from',
  changes: 'what changed: path, before, after',
}
const LEAVES: { readonly [leaf: string]: string } = {
  id: 'the event’s id',
  description: 'the sentence for people, whole',
}
const ROOT_ALIASES: { readonly [root: string]: string } = { target: 'targets' }

/** `since:` and `until:` are bounds of `occurred_at`, as the parameters of these names are. */
export const BOUNDS_OF_TIME = { since: 'gte', until: 'lt' } as const

/** Every field by the name that trees keep; `tenant` is OpenAI's business and cannot be said. */
export const QUERY_FIELDS: readonly QueryField[] = [
  ...(Object.keys(FIELDS) as Field[])
    .filter((name) => name !== 'tenant')
    .map((name): QueryField => ({ name, kind: 'fact', about: FIELDS[name] })),
  ...ORDER_FIELDS,
  ...Object.entries(LEAVES).map(([name, about]): QueryField => ({ name, kind: 'path', about })),
]

/** Each root of a path and what stands behind it. */
export const PATH_ROOTS: readonly (readonly [root: string, about: string])[] = Object.entries(ROOTS)

const FIELD_BY_NAME: ReadonlyMap<string, QueryField> = new Map(QUERY_FIELDS.map((field) => [field.name, field]))

/** Every name that can be typed, for suggestions. */
const NAMES: readonly string[] = [
  ...Object.keys(BOUNDS_OF_TIME),
  ...Object.keys(SHORT_NAMES),
  ...FIELD_BY_NAME.keys(),
  ...Object.keys(ROOTS).map((root) => `${root}.`),
]

/**
 * The field of a name, short or long, or of a path. Undefined where there is none.
 *
 * @example
 * fieldOf('actor')?.name // 'actor_id'
 */
export function fieldOf(name: string): QueryField | undefined {
  if (Object.hasOwn(SHORT_NAMES, name)) return FIELD_BY_NAME.get(SHORT_NAMES[name] as Field)
  return FIELD_BY_NAME.get(name) ?? pathField(name)
}

function pathField(name: string): QueryField | undefined {
  const [said = '', ...steps] = parsePath(name) ?? []
  const root = Object.hasOwn(ROOT_ALIASES, said) ? (ROOT_ALIASES[said] as string) : said
  if (steps.length === 0 || !Object.hasOwn(ROOTS, root)) return undefined
  return { name: formatPath([root, ...steps]), kind: 'path', about: ROOTS[root] as string }
}

/** The kind of a field that is in a tree. */
export const kindOf = (name: string): FieldKind =>
  FIELD_BY_NAME.get(name)?.kind ?? (name === 'tenant' ? 'fact' : 'path')

/** Longer names are no slips of the keyboard; and what is suggested stands in a message. */
const NAME_CHARS_MAX = 128

/** The name that somebody probably meant. */
export function nearestField(name: string): string | undefined {
  if (name.length > NAME_CHARS_MAX) return undefined
  const [root = '', ...rest] = name.split('.')
  if (rest.length === 0) return nearestName(name, NAMES)
  const near = nearestName(root, [...Object.keys(ROOTS), ...Object.keys(ROOT_ALIASES)])
  return near === undefined ? nearestName(name, NAMES) : [near, ...rest].join('.')
}

/** A few names, for an error that has no nearest. */
export const FIELD_NAMES_SAID = 'type, actor, target, since, outcome, metadata.…'
