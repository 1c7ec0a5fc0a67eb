/** The tables that a dialect is made of: which wire field is which native one, and where what has no place is kept. */
import type { JsonObject } from '../base/index.js'
import { type Actor, type EventInput, isTime, type RecordedEvent, type Shape } from '../event/index.js'

/** A pure pair of a wire form and the native one. */
export interface Dialect {
  readonly name: string
  /**
   * The native event that a wire document says. The document must not hold `__proto__` members
   * (`parseJson` refuses them). What comes out still passes through `parseEvent`.
   *
   * @throws AuditError `invalid_event` when type, id, time or organization are unusable; its pointers name the wire field
   */
  from(document: JsonObject): EventInput
  /** The wire document of an event: `to(from(x))` deep-equals `x`. */
  to(event: EventInput | RecordedEvent): JsonObject
}

/**
 * One field: a wire value is taken for the native member only if it conforms to the shape; any other stays
 * where it came from, as residue. Pointers are RFC 6901; a segment `{type}` stands for the event's type.
 */
export interface FieldRule {
  readonly wire: string
  readonly native: string
  readonly shape: Shape
  /** the wire says a time, as a whole number of this many milliseconds since 1970 */
  readonly unitMs?: number
  /** an event cannot be recorded without a usable value: one that is present and unusable is refused */
  readonly strict?: true
  readonly required?: true
  /** the value by which the wire says nothing: residue, not refused */
  readonly unset?: string
  /** the server fills it in where it is absent, so that residue must win over the native member */
  readonly filled?: true
  /** the native member is required: this word stands where the wire says nothing usable, and means nothing else */
  readonly placeholder?: string
}

/** A list of objects, each mapped by the same fields; the pointers of the fields start at the item. */
export interface ListRule {
  readonly wire: string
  readonly native: string
  readonly itemsMax: number
  readonly fields: readonly FieldRule[]
}

/**
 * A native object whose `extra` keeps residue, so that it is erased with the object: claims are the wire
 * pointers whose residue it keeps (`/Actor*`: every member so called), root the pointer from which that
 * residue is written. Null says nothing about anybody and is never claimed.
 */
export interface HomeRule {
  readonly native: string
  readonly root: string
  readonly claims: readonly string[]
  readonly takes: 'objects' | 'values'
}

/** One way to say who acted: fields that hold only together with constants on both sides. */
export interface VariantRule {
  readonly name: string
  readonly reads: (document: JsonObject) => boolean
  readonly writes: (actor: Actor) => boolean
  readonly wireConstants: { readonly [pointer: string]: string }
  readonly nativeConstants: { readonly [pointer: string]: string }
  readonly fields: readonly FieldRule[]
  readonly homes: readonly HomeRule[]
}

export interface DialectTable {
  readonly name: string
  readonly fields: readonly FieldRule[]
  readonly lists: readonly ListRule[]
  readonly homes: readonly HomeRule[]
  /** tried in order; at most one holds */
  readonly variants: readonly VariantRule[]
}

/** When it happened, as the native form says it. */
export const timeShape: Shape = { kind: 'text', max: 'PATH_CHARS_MAX', about: 'When it happened.', accepts: isTime }

/** One line of the page that maps the dialects to each other. */
export interface MappingRow
  extends Pick<FieldRule, 'unitMs' | 'strict' | 'required' | 'unset' | 'filled' | 'placeholder'> {
  /** `/actor/session/user/id`, `/targets/{i}/name`, `/{type}` */
  readonly wire: string
  readonly native: string
  readonly about: string
  /** the variant in which it holds */
  readonly variant?: string
}

const row = ({ shape, ...rule }: FieldRule): MappingRow => ({ ...rule, about: shape.about })

/** A table as lines: what the docs print. */
export function mappingRows(table: DialectTable): readonly MappingRow[] {
  return [
    ...table.fields.map(row),
    ...table.variants.flatMap(({ name, fields }) => fields.map((rule) => ({ ...row(rule), variant: name }))),
    ...table.lists.flatMap((list) =>
      list.fields.map((rule) => ({
        ...row(rule),
        wire: `${list.wire}/{i}${rule.wire}`,
        native: `${list.native}/{i}${rule.native}`,
      })),
    ),
  ]
}

/** Every home of a table, those of its variants too. */
export const homesOf = (table: DialectTable): readonly HomeRule[] => [
  ...table.homes,
  ...table.variants.flatMap((variant) => variant.homes),
]

/** The type of an actor or target whose wire form says none that is usable. */
export const UNKNOWN_KIND = 'unknown'
