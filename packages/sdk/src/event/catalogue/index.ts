/** The door of the catalogue: every event type that is known by name, and what follows from it. */
import type { Json } from '../../base/index.js'
import { isJsonArray, isJsonObject } from '../../base/index.js'
import { FAMILIES } from './families.js'
import type { EventTypeRow } from './row.js'

export type { DetailsOf, EventType, EventTypeWithDetails, FromSchema } from './details-type.js'
export {
  ACTOR_TYPES,
  type ActorType,
  UNKEY_ACTOR_TYPES,
  UNKEY_TARGET_TYPES,
  type UnkeyActorType,
  type UnkeyTargetType,
} from './kinds.js'
export type { DetailsSchema, EventTypeRow, Origin, TargetRule } from './row.js'

export const CATALOGUE: readonly EventTypeRow[] = FAMILIES.flatMap((family): readonly EventTypeRow[] => family.rows)

const ROW_BY_TYPE: ReadonlyMap<string, EventTypeRow> = new Map(CATALOGUE.map((row) => [row.type, row]))

/** Pairs of names that a filter takes for one another; what is stored and shown stays what was said. */
export const ALIASES: readonly (readonly [string, string])[] = [
  ['authorization.disconnect_role_and_permission', 'authorization.disconnect_role_and_permissions'],
  ['checkpoint_permission.created', 'checkpoint.permission.created'],
  ['checkpoint_permission.deleted', 'checkpoint.permission.deleted'],
]

/** The row of a type, or undefined: a type without a row is as welcome, it only says less. */
export const rowOf = (type: string): EventTypeRow | undefined => ROW_BY_TYPE.get(type)

export const eventTypeNames = (): string[] => CATALOGUE.map((row) => row.type)

/** Whether OpenAI's route shows the type only with `tenant_only=true`. For names newer than this catalogue, the prefix says it. */
export function isTenantScoped(type: string): boolean {
  const row = rowOf(type)
  return row ? row.tenantScoped === true : type.startsWith('tenant.')
}

/**
 * The type itself, then its other name where it has one.
 *
 * @example
 * aliasesOf('checkpoint.permission.created') // ['checkpoint.permission.created', 'checkpoint_permission.created']
 */
export function aliasesOf(type: string): readonly string[] {
  return [
    type,
    ...ALIASES.filter((pair) => pair.includes(type)).flatMap((pair) => pair.filter((name) => name !== type)),
  ]
}

/** The kinds of things the type is done to, each once. */
export const targetTypesOf = (type: string): string[] => [
  ...new Set((rowOf(type)?.targets ?? []).map((rule) => rule.type)),
]

/**
 * The ids of what an event was done to, as far as its details hold them where the row says, else at `id`; each once.
 * Details of another shape than documented hold fewer, and are no error.
 *
 * @example
 * targetIdsIn('certificates.activated', { certificates: [{ id: 'cert_1' }, { id: 'cert_2' }] }) // ['cert_1', 'cert_2']
 */
export function targetIdsIn(type: string, details: Json | undefined): readonly string[] {
  if (details === undefined) return NOTHING
  const found: Json[] = []
  for (const path of ID_PATHS.get(type) ?? UNDOCUMENTED_PATHS) gather(details, path, 0, found)
  const ids = found.filter((value) => typeof value === 'string')
  return ids.length > 1 ? [...new Set(ids)] : ids
}

const NOTHING: readonly string[] = []

interface Step {
  readonly name: string
  /** whether the member is a list, and the path goes on in each of its items: `certificates[].id` */
  readonly isList: boolean
}
type Path = readonly Step[]

const pathOf = (text: string): Path =>
  text.split('.').map((step) => ({ name: step.replace(/\[\]$/, ''), isList: step.endsWith('[]') }))

/** Where OpenAI's `resource_ids` looks in the details of a type that nobody documented. */
const UNDOCUMENTED_PATHS: readonly Path[] = [pathOf('id')]

/** Taken apart once: this is asked for each event that is recorded. */
const ID_PATHS: ReadonlyMap<string, readonly Path[]> = new Map(
  CATALOGUE.flatMap(({ type, targets }) => {
    const paths = targets.map(({ at }) => at).filter((at) => at !== undefined)
    return paths.length === 0 ? [] : [[type, paths.map(pathOf)]]
  }),
)

/** What stands at a path, from its step `nth` on. */
function gather(value: Json | undefined, path: Path, nth: number, found: Json[]): void {
  if (value === undefined) return
  const step = path[nth]
  if (step === undefined) {
    found.push(value)
    return
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, step.name)) return
  const member = value[step.name]
  if (!step.isList) gather(member, path, nth + 1, found)
  else if (isJsonArray(member)) for (const item of member) gather(item, path, nth + 1, found)
}
