/** One row of the catalogue: everything that follows from an event type follows from its row. */
import type { JsonObject } from '../../base/index.js'
import type { Outcome } from '../types.js'

/** The subset of JSON Schema (2020-12) that rows use: enough for every details object that is documented. */
export interface DetailsSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly description?: string
  readonly properties?: { readonly [name: string]: DetailsSchema }
  readonly items?: DetailsSchema
  readonly enum?: readonly string[]
  readonly const?: string
  readonly anyOf?: readonly DetailsSchema[]
}

/** What an event of this type is done to, and where the details hold its id. */
export interface TargetRule {
  readonly type: string
  /** `id` or `certificates[].id`: a path inside the details; absent where only `targets` says it */
  readonly at?: string
}

export type Origin = 'openai' | 'unkey' | 'sealedlog'

export interface EventTypeRow {
  readonly type: string
  /** the product whose name it is */
  readonly origin: Origin
  /**
   * `{actor} created API key {target}`. `{target}` stands for the event's targets of the first rule's
   * type, in whichever order the event names them; a type whose targets nobody documents does without.
   */
  readonly sentence: string
  readonly targets: readonly TargetRule[]
  /** describes, never refuses; absent where nothing is documented */
  readonly details?: DetailsSchema
  /** only where the name itself says how it ended */
  readonly outcome?: Outcome
  /** shown by OpenAI's route only with `tenant_only=true` */
  readonly tenantScoped?: true
  /** the day on which its product first published the name; `by <day>` where all that is known is that it was there by then */
  readonly since: string
  /** no longer said by its product; still read and listed */
  readonly retired?: true
  /** a document in the wire form of its origin (Sealedlog's own: the native form) */
  readonly example: JsonObject
  /** no example is published; this one is ours */
  readonly exampleIsOurs?: true
  /** what a reader of the reference should know: renames, quirks of the product it comes from */
  readonly note?: string
}
