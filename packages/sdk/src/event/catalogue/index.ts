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
export function targetIdsIn(type: string, details: Json | undefined): string[] {
  const paths = (rowOf(type)?.targets ?? []).map((rule) => rule.at).filter((at) => at !== undefined)
  const found = (paths.length === 0 ? [UNDOCUMENTED_PATH] : paths).flatMap((at) => valuesAt(details, at.split('.')))
  return [...new Set(found.filter((value) => typeof value === 'string'))]
}

/** Where OpenAI's `resource_ids` looks in the details of a type that nobody documented. */
const UNDOCUMENTED_PATH = 'id'

/** What stands at a path such as `certificates[].id`. */
function valuesAt(value: Json | undefined, [step, ...rest]: readonly string[]): readonly Json[] {
  if (value === undefined) return []
  if (step === undefined) return [value]
  const isList = step.endsWith('[]')
  const name = isList ? step.slice(0, -2) : step
  if (!isJsonObject(value) || !Object.hasOwn(value, name)) return []
  const member = value[name]
  if (!isList) return valuesAt(member, rest)
  return isJsonArray(member) ? member.flatMap((item) => valuesAt(item, rest)) : []
}
