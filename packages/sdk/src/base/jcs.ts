/** Canonical JSON: RFC 8785 (JCS). Keys in UTF-16 order, ECMAScript's own numbers and string escapes, no space. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [member: string]: Json
}

/**
 * The canonical text of a JSON value. The value comes from `parseJson`, which has refused what JCS
 * cannot carry; here a lone surrogate or an infinite number is a broken assumption and throws.
 *
 * @example
 * canonicalJson({ b: 1, a: [true, 'é'] }) // '{"a":[true,"é"],"b":1}'
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return number(value)
  if (typeof value !== 'object' || value === null) return String(value)
  return isJsonArray(value) ? list(value) : object(value)
}

function list(items: readonly Json[]): string {
  let text = '['
  for (let i = 0; i < items.length; i++) text += (i === 0 ? '' : ',') + canonicalJson(items[i] as Json)
  return `${text}]`
}

function object(value: JsonObject): string {
  const names = sorted(Object.keys(value))
  let text = '{'
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    text += `${i === 0 ? '' : ','}${quote(name)}:${canonicalJson(value[name] as Json)}`
  }
  return `${text}}`
}

/** Names that are moved into their order by hand, at most: for so few, that is quicker than a call of `sort`. */
const BY_HAND_MAX = 12

/** In UTF-16 order (RFC 8785 §3.2.3), in place. */
function sorted(names: string[]): string[] {
  if (names.length > BY_HAND_MAX) return names.sort()
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string
    let to = i
    for (; to > 0 && (names[to - 1] as string) > name; to--) names[to] = names[to - 1] as string
    names[to] = name
  }
  return names
}

export const isJsonArray = (value: unknown): value is readonly Json[] => Array.isArray(value)

/** A JSON object: neither null nor an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Anything but printable ASCII that stands in quotes as it is. */
const ODD = /[^ !#-[\]-~]/

function quote(text: string): string {
  if (!ODD.test(text)) return `"${text}"`
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form (RFC 8785 §3.2.2.2)')
  return JSON.stringify(text)
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form (RFC 8785 §3.2.2.3)`)
  return JSON.stringify(value)
}
