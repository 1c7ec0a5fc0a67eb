/** The snake_case family: what openapi-generator's Python clients have, as classes whose objects know their own wire form. */
import type { Json, JsonObject } from '../base/index.js'
import type { DetailsSchema } from '../event/index.js'
import { type Member, type Naming, toModel, toWire } from './mapper.js'
import { attributeName } from './names.js'
import { parseDocument } from './read.js'
import type { AttributesModel, Methods, ModelName } from './types.js'

/** A model's class. The functions need no `this`, so they may be handed around. */
export interface ModelClass<N extends ModelName> {
  /** Members by their attribute names, or by their wire names. */
  new (values?: { readonly [name: string]: unknown }): AttributesModel<N>
  /**
   * The model of a JSON text.
   *
   * @throws SDKValidationError where the text is no JSON object, or would lose something as a value
   */
  fromJson(text: string): AttributesModel<N>
  /** The model of a wire document: its members by their wire names. */
  fromDict(dict: object): AttributesModel<N>
  fromDict(dict: null | undefined): null
  fromDict(dict: object | null | undefined): AttributesModel<N> | null
  /** The JSON of a model; of an empty one, where none is given. */
  toJson(model?: object): string
  /** The wire document of a model. */
  toDict(model?: object): { [member: string]: unknown }
  /** The JSON of a model, over several lines. */
  toStr(model?: object): string
  from_json: ModelClass<N>['fromJson']
  from_dict: ModelClass<N>['fromDict']
  to_json: ModelClass<N>['toJson']
  to_dict: ModelClass<N>['toDict']
  to_str: ModelClass<N>['toStr']
}

/** No member of a document takes these names: it is marked instead. */
const METHODS = ['toDict', 'toJson', 'toStr', 'to_dict', 'to_json', 'to_str', 'toJSON']

const ATTRIBUTES: Naming = {
  nameOf: attributeName,
  reserved: new Set(METHODS),
  make: (schema, members) => withMembers(classOf(schema).prototype as object, members),
}

/** Defined, not assigned: a document's member may be called `__proto__`. */
function withMembers(prototype: object, members: readonly Member[]): object {
  const model = Object.create(prototype) as object
  for (const [name, value] of members)
    Object.defineProperty(model, name, { value, enumerable: true, writable: true, configurable: true })
  return model
}

type AnyClass = ModelClass<ModelName>

const CLASSES = new WeakMap<DetailsSchema, AnyClass>()

/** The class of a schema, made once: the objects inside a model are instances of their own model's class. */
function classOf(schema: DetailsSchema, name = 'Model'): AnyClass {
  const known = CLASSES.get(schema)
  if (known !== undefined) return known
  const made = makeClass(schema, name)
  CLASSES.set(schema, made)
  return made
}

/** The class of a model by name. */
export const modelClass = <N extends ModelName>(name: N, schema: DetailsSchema): ModelClass<N> =>
  classOf(schema, name) as unknown as ModelClass<N>

function makeClass(schema: DetailsSchema, name: string): AnyClass {
  const fromDict = (dict: object | null | undefined) =>
    dict === null || dict === undefined ? null : (toModel(ATTRIBUTES, schema, dict as Json) as object)
  const toDict = (model: object = {}) => toWire(ATTRIBUTES, schema, model) as JsonObject
  const toJson = (model?: object) => JSON.stringify(toDict(model))
  const toStr = (model?: object) => JSON.stringify(toDict(model), null, 2)
  const fromJson = (text: string) => fromDict(parseDocument(name, text))

  class Model implements Methods {
    static readonly fromJson = fromJson
    static readonly fromDict = fromDict
    static readonly toJson = toJson
    static readonly toDict = toDict
    static readonly toStr = toStr
    static readonly from_json = fromJson
    static readonly from_dict = fromDict
    static readonly to_json = toJson
    static readonly to_dict = toDict
    static readonly to_str = toStr

    constructor(values: object = {}) {
      // Through the wire form, so that either name of a member is understood and the objects inside are models too.
      return fromDict(toDict(values)) as Model
    }

    toDict() {
      return toDict(this)
    }
    toJson() {
      return toJson(this)
    }
    toStr() {
      return toStr(this)
    }
    to_dict() {
      return toDict(this)
    }
    to_json() {
      return toJson(this)
    }
    to_str() {
      return toStr(this)
    }
    /** What `JSON.stringify` asks for. */
    toJSON() {
      return toDict(this)
    }
  }
  Object.defineProperty(Model, 'name', { value: name })
  return Model as unknown as AnyClass
}
