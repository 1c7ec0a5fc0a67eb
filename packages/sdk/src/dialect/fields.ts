/** Fields and lists of a table, carried over one at a time: wire to native only what conforms, native to wire what is there. */
import {
  formatTime,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  parseTime,
  TIME_MS_MAX,
} from '../base/index.js'
import { checkShape, type Findings, hasShape } from '../event/index.js'
import type { FieldRule, ListRule } from './table.js'
import { type Draft, getIn, leftover, merge, Pointers, setIn } from './tree.js'

/** Takes a field over into the native draft; false when it is absent or does not conform. */
export function takeField(rule: FieldRule, document: JsonObject, draft: Draft): boolean {
  const said = getIn(document, rule.wire)
  const value = said === undefined ? undefined : readValue(rule, said)
  if (value !== undefined) setIn(draft, rule.native, value)
  return value !== undefined
}

/** Writes a field into the wire draft. */
export function writeField(rule: FieldRule, native: JsonObject, draft: Draft): void {
  const value = getIn(native, rule.native)
  if (value === undefined || value === rule.placeholder) return
  setIn(draft, rule.wire, rule.unitMs === undefined ? value : unixTime(value as string, rule.unitMs))
}

/** The native spelling of a wire value, or undefined when it does not conform. */
export function readValue(rule: FieldRule, value: Json): Json | undefined {
  const spelled = rule.unitMs === undefined ? value : readUnixTime(value, rule.unitMs)
  return spelled !== undefined && spelled !== rule.placeholder && hasShape(rule.shape, spelled) ? spelled : undefined
}

/** Sets a required member of an object that exists and lacks it. */
export function putPlaceholder(rule: FieldRule, draft: Draft): void {
  if (rule.placeholder === undefined || getIn(draft, rule.native) !== undefined) return
  const parent = getIn(draft, rule.native.slice(0, rule.native.lastIndexOf('/')))
  if (parent !== undefined) setIn(draft, rule.native, rule.placeholder)
}

/** Takes a list over, or leaves it whole: an empty one too, which `parseEvent` would leave out. */
export function takeList(dialect: string, list: ListRule, document: JsonObject, draft: Draft): boolean {
  const said = getIn(document, list.wire)
  if (!isJsonArray(said) || said.length === 0 || said.length > list.itemsMax || !said.every(isJsonObject)) return false
  const items = said.map((item) => takeItem(dialect, list, item))
  setIn(draft, list.native, items)
  return true
}

function takeItem(dialect: string, list: ListRule, item: JsonObject): JsonObject {
  const draft: Draft = {}
  const taken = new Pointers()
  for (const rule of list.fields) if (takeField(rule, item, draft)) taken.add(rule.wire)
  const residue = leftover(item, '', taken)
  if (residue !== undefined) draft.extra = { [dialect]: residue }
  for (const rule of list.fields) putPlaceholder(rule, draft)
  return draft
}

/** Writes a list into the wire draft; an empty one is absent. */
export function writeList(dialect: string, list: ListRule, native: JsonObject, draft: Draft): void {
  const said = getIn(native, list.native)
  if (!isJsonArray(said) || said.length === 0) return
  const items = said.filter(isJsonObject).map((item) => writeItem(dialect, list, item))
  setIn(draft, list.wire, items)
}

function writeItem(dialect: string, list: ListRule, item: JsonObject): JsonObject {
  const draft: Draft = {}
  for (const rule of list.fields) writeField(rule, item, draft)
  return merge(residueAt(dialect, item, ''), draft)
}

/** What a native object's `extra` keeps for a dialect. */
export function residueAt(dialect: string, native: JsonObject, pointer: string): JsonObject {
  const residue = getIn(native, `${pointer}/extra/${dialect}`)
  return isJsonObject(residue) ? residue : {}
}

/** Adds what makes a strict field unusable to the findings. */
export function checkStrict(rule: FieldRule, document: JsonObject, findings: Findings): void {
  const value = getIn(document, rule.wire)
  if (value === undefined) {
    if (rule.required) findings.add(rule.wire, 'required', 'is required')
  } else if (value === rule.unset) return
  else if (rule.unitMs === undefined) checkShape(rule.shape, value, rule.wire, findings)
  else checkUnixTime(value, rule.unitMs, rule.wire, findings)
}

function checkUnixTime(value: Json, unitMs: number, pointer: string, findings: Findings): void {
  const expected = `expected Unix time in whole ${unitMs === 1 ? 'milliseconds' : 'seconds'}`
  if (typeof value !== 'number') findings.add(pointer, 'wrong_type', `is no number; ${expected}`)
  else if (!Number.isInteger(value)) findings.add(pointer, 'bad_format', `is ${value}; ${expected}`)
  else if (value < 0) findings.add(pointer, 'too_early', `is ${value}; ${expected} from 1970 on`)
  else if (value * unitMs > TIME_MS_MAX) findings.add(pointer, 'too_late', `is ${value}; ${expected} before year 10000`)
}

const readUnixTime = (value: Json, unitMs: number): string | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value * unitMs <= TIME_MS_MAX
    ? formatTime(value * unitMs)
    : undefined

/** RFC 3339 as whole units since 1970, rounded down. */
export const unixTime = (text: string, unitMs: number): number => Math.floor((parseTime(text) ?? 0) / unitMs)
