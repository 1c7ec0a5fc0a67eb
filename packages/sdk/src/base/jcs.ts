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
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  let text = ''
  for (const key of Object.keys(value).sort()) {
    text += `${text === '' ? '' : ','}${quote(key)}:${canonicalJson(value[key] as Json)}`
  }
  return `{${text}}`
}

export const isJsonArray = (value: unknown): value is readonly Json[] => Array.isArray(value)

/** A JSON object: neither null nor an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function quote(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form (RFC 8785 §3.2.2.2)')
  return JSON.stringify(text)
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form (RFC 8785 §3.2.2.3)`)
  return JSON.stringify(value)
}
