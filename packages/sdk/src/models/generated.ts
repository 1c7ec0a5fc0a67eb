/** openapi-generator's functions and class for every model: `AuditLogFromJSON(object)`, `AuditLog.fromDict(object)`. */
import type { Json, JsonObject } from '../base/index.js'
import { camelFromWire, camelToWire } from './camel.js'
import { camelName } from './names.js'
import { type ModelClass, modelClass } from './python.js'
import { REQUIRED } from './schemas.js'
import { MODELS, type ModelRow } from './table.js'
import type { CamelModel, ModelName } from './types.js'

/** A parsed wire document as a model; null and undefined stay so, and nothing is checked. */
export type FromObject<N extends ModelName> = (json: unknown) => CamelModel<N>
/** The same; the second argument tells subtypes apart in other documents, and says nothing here. */
export type FromObjectTyped<N extends ModelName> = (json: unknown, ignoreDiscriminator?: boolean) => CamelModel<N>
/** The wire document of a model, to be stringified; null and undefined stay so. */
export type ToObject<N extends ModelName> = (value: CamelModel<N> | null | undefined) => JsonObject
export type ToObjectTyped<N extends ModelName> = (
  value: CamelModel<N> | null | undefined,
  ignoreDiscriminator?: boolean,
) => JsonObject
/** Whether an object has the members that the model requires. */
export type InstanceOf<N extends ModelName> = (value: object) => value is CamelModel<N>

export type Generated = { readonly [N in ModelName]: ModelClass<N> } & {
  readonly [N in ModelName as `${N}FromJSON`]: FromObject<N>
} & { readonly [N in ModelName as `${N}FromJSONTyped`]: FromObjectTyped<N> } & {
  readonly [N in ModelName as `${N}ToJSON`]: ToObject<N>
} & { readonly [N in ModelName as `${N}ToJSONTyped`]: ToObjectTyped<N> } & {
  readonly [N in ModelName as `instanceOf${N}`]: InstanceOf<N>
}

/** Every function and class, by name. */
export const GENERATED = Object.fromEntries([...MODELS].flatMap(([name, row]) => functionsOf(name, row))) as Generated

function functionsOf(name: string, { schema }: ModelRow): readonly (readonly [string, unknown])[] {
  const fromObject = (json: unknown) =>
    json === null || json === undefined ? json : camelFromWire(schema, json as Json)
  const toObject = (value: unknown) => (value === null || value === undefined ? value : camelToWire(schema, value))
  const required = [...(REQUIRED.get(schema) ?? []), ...(name === 'AuditLog' ? ['actor'] : [])].map(camelName)
  return [
    [name, modelClass(name as ModelName, schema)],
    [`${name}FromJSON`, fromObject],
    [`${name}FromJSONTyped`, fromObject],
    [`${name}ToJSON`, toObject],
    [`${name}ToJSONTyped`, toObject],
    [`instanceOf${name}`, (value: object) => required.every((member) => has(value, member))],
  ]
}

const has = (value: object, member: string): boolean =>
  Object.hasOwn(value, member) && (value as { [name: string]: unknown })[member] !== undefined
