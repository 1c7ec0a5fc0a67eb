/** Paths into an event: `metadata.plan`, `details."key with spaces".role`; through lists to each of their items. */
import { isJsonArray, isJsonObject, type Json } from '../base/index.js'

const STEP = String.raw`(?:[^\s:()".\\]+|"(?:[^"\\]|\\["\\])*")`
const PATH = new RegExp(String.raw`^[a-z_]+(?:\.${STEP})*$`)
const STEPS = new RegExp(STEP, 'g')
const PLAIN_STEP = /^[^\s:()".\\]+$/

/** The source of a pattern that a path of the text grammar matches. */
export const PATH_SOURCE = String.raw`[A-Za-z_]\w*(?:\.${STEP})*`

/** The steps of a path, or undefined where it is none. */
export function parsePath(path: string): readonly string[] | undefined {
  if (!PATH.test(path)) return undefined
  return (path.match(STEPS) ?? []).map((step) =>
    step.startsWith('"') ? step.slice(1, -1).replaceAll(/\\(.)/g, '$1') : step,
  )
}

/**
 * A path in its one spelling.
 *
 * @example
 * formatPath(['metadata', 'a.b']) // 'metadata."a.b"'
 */
export const formatPath = (steps: readonly string[]): string => steps.map(formatStep).join('.')

const formatStep = (step: string): string =>
  PLAIN_STEP.test(step) ? step : `"${step.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`

/** Calls back for each value at a path; of lists, for each item. */
export function eachAt(value: Json, steps: readonly string[], found: (value: Json) => void): void {
  findAt(value, steps, 0, found)
}

function findAt(value: Json | undefined, steps: readonly string[], from: number, found: (value: Json) => void): void {
  if (value === undefined) return
  const step = steps[from]
  if (isJsonArray(value)) for (const item of value) findAt(item, steps, from, found)
  else if (step === undefined) found(value)
  else if (isJsonObject(value) && Object.hasOwn(value, step)) findAt(value[step], steps, from + 1, found)
}
