/**
 * The one mapper: wire documents to models and back, driven by schemas; nothing is lost either way.
 *
 * A member that the schema knows gets its model's name. Any other keeps its own, and what stands in it is
 * left alone. Only where such a stranger is called what a known member is called in the model (a wire
 * document with both `effective_at` and `effectiveAt`) it gets a mark in front, which the way back takes off.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/index.js'
import type { DetailsSchema } from '../event/index.js'

/** What makes one family of models: how members are called, and what an object of a schema is. */
export interface Naming {
  readonly nameOf: (wire: string) => string
  /** names that no member may take, for they are the model's methods */
  readonly reserved: ReadonlySet<string>
  /** the object of a schema that has these members, in this order */
  readonly make: (schema: DetailsSchema, members: readonly Member[]) => object
}

export type Member = readonly [name: string, value: unknown]

interface Field {
  readonly wire: string
  readonly name: string
  readonly schema: DetailsSchema
}

/** The fields of a schema, found by either name. */
interface Fields {
  readonly byWire: ReadonlyMap<string, Field>
  readonly byName: ReadonlyMap<string, Field>
}

const MARK = '='

/**
 * What stands in a wire document, as a model. Values of another kind than the schema's are passed on as they are.
 *
 * @example
 * toModel(CAMEL, schema, { effective_at: 1, 'future_thing.created': {} }) // { effectiveAt: 1, 'future_thing.created': {} }
 */
export function toModel(naming: Naming, schema: DetailsSchema, value: Json): unknown {
  if (isJsonArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => toModel(naming, items, item))
  }
  const fields = isJsonObject(value) ? fieldsOf(naming, schema) : undefined
  if (fields === undefined) return value
  const members = Object.entries(value as JsonObject).map(([wire, member]): Member => {
    const field = fields.byWire.get(wire)
    if (field !== undefined) return [field.name, toModel(naming, field.schema, member)]
    return [isTaken(naming, fields, wire) ? MARK + wire : wire, member]
  })
  return naming.make(schema, members)
}

/**
 * The wire document that a model stands for. A known member is found by its model's name, else by its wire
 * name; what is undefined is left out, as JSON would.
 */
export function toWire(naming: Naming, schema: DetailsSchema, model: unknown): Json {
  if (Array.isArray(model)) {
    const { items } = schema
    return items === undefined ? (model as Json) : model.map((item) => toWire(naming, items, item))
  }
  const fields = typeof model === 'object' && model !== null ? fieldsOf(naming, schema) : undefined
  if (fields === undefined) return model as Json
  const members: [string, Json][] = []
  for (const [name, value] of Object.entries(model as object)) {
    const field = fields.byName.get(name) ?? fieldByWireName(fields, name, model as object)
    if (value === undefined || field === null) continue
    if (field !== undefined) members.push([field.wire, toWire(naming, field.schema, value)])
    else members.push([isMarked(naming, fields, name) ? name.slice(MARK.length) : name, value as Json])
  }
  return Object.fromEntries(members)
}

/** A known member said by its wire name; null where the model says it by its own name too, which counts. */
function fieldByWireName(fields: Fields, name: string, model: object): Field | null | undefined {
  const field = fields.byWire.get(name)
  return field !== undefined && Object.hasOwn(model, field.name) ? null : field
}

/** Whether a stranger of this name, marks aside, could be taken for something that it is not. */
function isTaken(naming: Naming, fields: Fields, wire: string): boolean {
  const name = wire.replace(/^=+/, '')
  return fields.byName.has(name) || naming.reserved.has(name)
}

const isMarked = (naming: Naming, fields: Fields, name: string): boolean =>
  name.startsWith(MARK) && isTaken(naming, fields, name)

const FIELDS = new WeakMap<Naming, WeakMap<DetailsSchema, Fields | undefined>>()

/** The fields of an object's schema under a naming, worked out once; none where nobody documents any. */
function fieldsOf(naming: Naming, schema: DetailsSchema): Fields | undefined {
  const known = FIELDS.get(naming) ?? new WeakMap<DetailsSchema, Fields | undefined>()
  FIELDS.set(naming, known)
  if (!known.has(schema)) known.set(schema, findFields(naming, schema))
  return known.get(schema)
}

/** The members that a schema documents, those of its alternatives together. */
export function propertiesOf(schema: DetailsSchema): readonly (readonly [wire: string, schema: DetailsSchema])[] {
  const branches = schema.anyOf ?? []
  return [...Object.entries(schema.properties ?? {}), ...branches.flatMap(propertiesOf)]
}

function findFields(naming: Naming, schema: DetailsSchema): Fields | undefined {
  const properties = propertiesOf(schema)
  if (schema.type !== 'object' && properties.length === 0) return undefined
  const byWire = new Map<string, Field>()
  const byName = new Map<string, Field>()
  for (const [wire, member] of properties) {
    if (byWire.has(wire)) continue
    const wanted = naming.nameOf(wire)
    // Two wire names that would be spelled alike: the second, a retired one, keeps its own.
    const field: Field = { wire, name: byName.has(wanted) ? wire : wanted, schema: member }
    byWire.set(wire, field)
    byName.set(field.name, field)
  }
  return { byWire, byName }
}
