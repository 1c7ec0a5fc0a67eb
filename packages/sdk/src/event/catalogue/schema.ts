/** The few words in which details schemas are written; each keeps its literal type, so that TypeScript types follow. */
import type { DetailsSchema } from './row.js'

type Properties = { readonly [name: string]: DetailsSchema }

export interface Text {
  readonly type: 'string'
  readonly description: string
}
export interface Texts {
  readonly type: 'array'
  readonly description: string
  readonly items: { readonly type: 'string' }
}
export interface Integer {
  readonly type: 'integer'
  readonly description: string
}
export interface Flag {
  readonly type: 'boolean'
  readonly description: string
}
export interface Choice<V> {
  readonly type: 'string'
  readonly description: string
  readonly enum: V
}
export interface Always<V> {
  readonly type: 'string'
  readonly const: V
}
export interface RecordOf<P> {
  readonly type: 'object'
  readonly description?: string
  readonly properties: P
}
export interface ListOf<I> {
  readonly type: 'array'
  readonly description: string
  readonly items: I
}
export interface Open {
  readonly type: 'object'
  readonly description: string
}
export interface OneOf<A> {
  readonly description: string
  readonly anyOf: A
}

export const text = (description: string): Text => ({ type: 'string', description })
export const texts = (description: string): Texts => ({ type: 'array', description, items: { type: 'string' } })
export const integer = (description: string): Integer => ({ type: 'integer', description })
export const flag = (description: string): Flag => ({ type: 'boolean', description })

/** One of a closed list of words. */
export const choice = <const V extends readonly string[]>(values: V, description: string): Choice<V> => ({
  type: 'string',
  description,
  enum: values,
})

/** The same word in every document: what tells the branches of `oneOf` apart. */
export const always = <const V extends string>(value: V): Always<V> => ({ type: 'string', const: value })

/** Named members, each of which may be absent: no product documents a required one. */
export const record = <const P extends Properties>(properties: P, description?: string): RecordOf<P> => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  properties,
})

export const list = <const I extends DetailsSchema>(items: I, description: string): ListOf<I> => ({
  type: 'array',
  description,
  items,
})

/** An object whose members nobody documents. */
export const open = (description: string): Open => ({ type: 'object', description })

export const oneOf = <const A extends readonly DetailsSchema[]>(anyOf: A, description: string): OneOf<A> => ({
  description,
  anyOf,
})
