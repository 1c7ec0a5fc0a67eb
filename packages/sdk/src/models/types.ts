/** The types of the models: every one follows from the catalogue's rows or from the schemas of the document around them. */
import type { DetailsOf, EventType, EventTypeWithDetails, FromSchema } from '../event/index.js'
import type { AttributeName, CamelCase, PascalCase } from './names.js'
import type * as schemas from './schemas.js'

/** Members that nobody documents: they are carried, and come out as they went in. */
export interface Open {
  [name: string]: unknown
}

/** Any event type; the known ones are offered, a newer one is as good. */
export type AuditLogEventType = EventType | (string & {})

/** Retired spellings that would look like their successors' in a model; there they keep their wire names. */
type Retired = 'checkpoint_permission.created' | 'checkpoint_permission.deleted'
type Current = Exclude<EventType, Retired>

/** Types whose details have a model with a name: those that OpenAI's clients know. */
export type NamedType = Exclude<
  EventTypeWithDetails,
  Retired | `audit.${string}` | `log.${string}` | `sealedlog.${string}`
>

/** The wire documents of the models whose names clients share. */
interface CoreDocuments {
  AuditLogActor: FromSchema<typeof schemas.ACTOR>
  AuditLogActorSession: FromSchema<typeof schemas.ACTOR_SESSION>
  AuditLogActorSessionIpAddressDetails: FromSchema<typeof schemas.IP_ADDRESS_DETAILS>
  AuditLogActorApiKey: FromSchema<typeof schemas.ACTOR_API_KEY>
  AuditLogActorUser: FromSchema<typeof schemas.ACTOR_USER>
  AuditLogActorServiceAccount: FromSchema<typeof schemas.ACTOR_SERVICE_ACCOUNT>
  AuditLogProject: FromSchema<typeof schemas.PROJECT>
  ListAuditLogsRequest: FromSchema<typeof schemas.LIST_REQUEST>
  ListAuditLogsEffectiveAtParameter: FromSchema<typeof schemas.EFFECTIVE_AT>
}

/** The documented objects inside a document, each as the pair of its model's name and its own document. */
type Parts<Name extends string, Document> = string extends keyof Document
  ? never
  : { [K in keyof Document & string]: Part<`${Name}${PascalCase<K>}`, NonNullable<Document[K]>> }[keyof Document &
      string]

type Part<Name extends string, Document> = [Document] extends [readonly (infer Item)[]]
  ? Part<`${Name}Inner`, Item>
  : [Document] extends [object]
    ? string extends keyof Document
      ? never
      : [Name, Document] | Parts<Name, Document>
    : never

type DetailsParts = {
  [T in NamedType]: [`AuditLog${PascalCase<T>}`, DetailsOf<T>] | Parts<`AuditLog${PascalCase<T>}`, DetailsOf<T>>
}[NamedType]

/** The wire document of every model but the entry and its list, by openapi-generator's name of the model. */
export type Documents = CoreDocuments & { [P in DetailsParts as P[0]]: P[1] }

/** Every model, by openapi-generator's name. */
export type ModelName = keyof Documents | 'AuditLog' | 'ListAuditLogsResponse'

/** The names of the models of details: `AuditLogApiKeyCreated`. */
export type DetailsModelName = `AuditLog${PascalCase<NamedType>}`

/** A wire document's type as the model that JavaScript's clients have: camelCase, and open. */
export type Camel<T> = T extends readonly (infer Item)[]
  ? Camel<Item>[]
  : T extends object
    ? string extends keyof T
      ? Open
      : { -readonly [K in keyof T & string as CamelCase<K>]?: Camel<NonNullable<T[K]>> | undefined } & Open
    : T

/** The same as Python's clients have it: the wire's words with `_` for dots, and methods on every object. */
export type Attributes<T> = T extends readonly (infer Item)[]
  ? Attributes<Item>[]
  : T extends object
    ? string extends keyof T
      ? Methods & Open
      : {
          -readonly [K in keyof T & string as AttributeName<K>]?: Attributes<NonNullable<T[K]>> | undefined
        } & Methods &
          Open
    : T

/** What every object of the Python family can do, under either spelling. */
export interface Methods {
  /** the wire document: dotted keys, nested objects too; what is undefined is left out */
  toDict(): { [member: string]: unknown }
  /** its JSON */
  toJson(): string
  /** its JSON over several lines, for people */
  toStr(): string
  to_dict(): { [member: string]: unknown }
  to_json(): string
  to_str(): string
}

/** The details of every catalogued type, by their camelCase names. */
type CamelDetails = { [T in Current as CamelCase<T>]?: Camel<DetailsOf<T>> | undefined } & {
  [T in Retired]?: Camel<DetailsOf<T>> | undefined
}

type AttributeDetails = { [T in Current as AttributeName<T>]?: Attributes<DetailsOf<T>> | undefined } & {
  [T in Retired]?: Attributes<DetailsOf<T>> | undefined
}

/** One entry of the audit log. */
export interface CamelAuditLog extends CamelDetails, Open {
  /** The ID of this log. */
  id: string
  type: AuditLogEventType
  /** Unix seconds */
  effectiveAt: number
  /** absent for what belongs to no project */
  project?: Camel<Documents['AuditLogProject']> | undefined
  /** Sealedlog always says one, if an empty one; of a document that lacks it, so does the model */
  actor: Camel<Documents['AuditLogActor']>
}

/** One page of the list. */
export interface CamelList extends Open {
  object: 'list'
  data: CamelAuditLog[]
  firstId?: string | null | undefined
  lastId?: string | null | undefined
  hasMore: boolean
}

/** One entry of the audit log, as Python's clients have it. A document need not have every member. */
export interface AttributesAuditLog extends AttributeDetails, Methods, Open {
  id?: string | undefined
  type?: AuditLogEventType | undefined
  effective_at?: number | undefined
  project?: Attributes<Documents['AuditLogProject']> | undefined
  actor?: Attributes<Documents['AuditLogActor']> | undefined
}

export interface AttributesList extends Methods, Open {
  object?: 'list' | undefined
  data?: AttributesAuditLog[] | undefined
  first_id?: string | null | undefined
  last_id?: string | null | undefined
  has_more?: boolean | undefined
}

/** The camelCase model of a name. */
export type CamelModel<N extends ModelName> = N extends 'AuditLog'
  ? CamelAuditLog
  : N extends 'ListAuditLogsResponse'
    ? CamelList
    : N extends keyof Documents
      ? Camel<Documents[N]>
      : never

/** The snake_case model of a name. */
export type AttributesModel<N extends ModelName> = N extends 'AuditLog'
  ? AttributesAuditLog
  : N extends 'ListAuditLogsResponse'
    ? AttributesList
    : N extends keyof Documents
      ? Attributes<Documents[N]>
      : never
