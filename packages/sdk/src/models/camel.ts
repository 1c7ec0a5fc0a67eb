/** The camelCase family: what JavaScript's clients have, as plain objects. */
import type { Json, JsonObject } from '../base/index.js'
import type { DetailsSchema } from '../event/index.js'
import { type Naming, toModel, toWire } from './mapper.js'
import { camelName } from './names.js'

const CAMEL: Naming = {
  nameOf: camelName,
  reserved: new Set(),
  make: (_schema, members) => Object.fromEntries(members),
}

/** A wire document as a camelCase model; what is no object, or not of the schema's kind, stays as it is. */
export const camelFromWire = (schema: DetailsSchema, wire: Json): unknown => toModel(CAMEL, schema, wire)

/** The wire document of a camelCase model. */
export const camelToWire = (schema: DetailsSchema, model: unknown): JsonObject =>
  toWire(CAMEL, schema, model) as JsonObject
