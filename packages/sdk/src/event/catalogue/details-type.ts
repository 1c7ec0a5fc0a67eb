/** TypeScript types that follow from the catalogue: the union of known event types, and the details of each. */
import type { Json, JsonObject } from '../../base/index.js'
import type { FAMILIES } from './families.js'

/** The values a details schema describes. Every member may be absent, as in the products' own documents. */
export type FromSchema<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer V)[] }
    ? V
    : S extends { readonly anyOf: readonly (infer A)[] }
      ? FromSchema<A>
      : S extends { readonly type: infer T }
        ? FromTyped<S, T>
        : Json

type FromTyped<S, T> = T extends 'object'
  ? S extends { readonly properties: infer P }
    ? { readonly [K in keyof P]?: FromSchema<P[K]> }
    : JsonObject
  : T extends 'array'
    ? S extends { readonly items: infer I }
      ? readonly FromSchema<I>[]
      : readonly Json[]
    : T extends 'string'
      ? string
      : T extends 'integer' | 'number'
        ? number
        : T extends 'boolean'
          ? boolean
          : Json

type Row = (typeof FAMILIES)[number]['rows'][number]
type RowByType = { readonly [R in Row as R['type']]: R }

/** Every event type that the catalogue knows. */
export type EventType = keyof RowByType

/** Those whose details somebody documents. */
export type EventTypeWithDetails = {
  [T in EventType]: RowByType[T] extends { readonly details: object } ? T : never
}[EventType]

/** The details of one event type; free where nothing is documented. */
export type DetailsOf<T extends EventType> = RowByType[T] extends { readonly details: infer S extends object }
  ? FromSchema<S>
  : JsonObject
