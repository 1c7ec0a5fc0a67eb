/** How findings speak of values: what a value is, in a few words, and what was expected instead. */
import { isJsonArray, type Json } from '@sealedlog/sdk/base'

const SHOWN_CHARS_MAX = 60
const SHOWN_VALUES_MAX = 12

/** A text in quotes, cut where it is long. */
export const show = (text: string): string =>
  JSON.stringify(text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX).toWellFormed()}…` : text)

/** `the string "x"`, `an array`, `null`. */
export function kindOf(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'an array'
  if (typeof value === 'string') return `the string ${show(value)}`
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`
}

/** `"x"`, `7`, `an array`. */
export const showValue = (value: Json): string =>
  typeof value === 'string' ? show(value) : typeof value === 'object' ? kindOf(value) : JSON.stringify(value)

/** `"a", "b" or 12 others`: however many there are, no more are written than are shown. */
export function oneOf(values: readonly Json[]): string {
  const shown = values.slice(0, SHOWN_VALUES_MAX).map(showValue).join(', ')
  return values.length <= SHOWN_VALUES_MAX ? shown : `${shown} or ${values.length - SHOWN_VALUES_MAX} others`
}

/** `an integer`, `a string`. */
export const ofType = (type: string): string =>
  type === 'null' ? 'null' : `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`
