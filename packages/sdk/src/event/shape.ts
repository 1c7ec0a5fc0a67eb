/** A small language for the shape of a document: one description gives validation, JSON Schema and the list of names to suggest. */
import {
  didYouMean,
  type Issue,
  type IssueCode,
  isJsonObject,
  type JsonObject,
  parseTime,
  pointTo,
} from '../base/index.js'
import { BOUNDS, type BoundName } from './bounds.js'

export interface TextShape {
  readonly kind: 'text'
  readonly max: BoundName
  readonly about: string
  /** what the text must look like, and how to say it */
  readonly pattern?: RegExp
  readonly says?: string
  readonly oneOf?: readonly string[]
  readonly format?: 'date-time' | 'ip'
  readonly accepts?: (text: string) => boolean
}
export interface ObjectShape {
  readonly kind: 'object'
  readonly about: string
  readonly required: readonly string[]
  readonly members: { readonly [name: string]: Shape }
}
export interface ListShape {
  readonly kind: 'list'
  readonly about: string
  readonly max: BoundName
  readonly of: Shape
}
/** Any JSON object (`map`), any JSON value (`any`), or objects by name (`maps`). */
export interface OpenShape {
  readonly kind: 'map' | 'maps' | 'any'
  readonly about: string
}
export type Shape = TextShape | ObjectShape | ListShape | OpenShape

/** Collects what is wrong with a value, at most `REFUSALS_MAX` issues. */
export class Findings {
  readonly issues: Issue[] = []

  add(pointer: string, code: IssueCode, what: string, limit?: BoundName): void {
    if (this.issues.length >= BOUNDS.REFUSALS_MAX) return
    const said = `${pointer === '' ? 'The event' : pointer} ${what}${limit ? ` (limit ${limit})` : ''}`
    const message = said.endsWith('?') ? said : `${said}.`
    this.issues.push(limit ? { pointer, code, message, limit } : { pointer, code, message })
  }
}

/** Checks a value against a shape; whatever is wrong goes to the findings. */
export function checkShape(shape: Shape, value: unknown, pointer: string, findings: Findings): void {
  check(shape, value, new Place(pointer, findings))
}

/** Where a check stands. What is right needs no pointer, so none is made before something is wrong. */
class Place {
  readonly #pointer: string
  readonly #findings: Findings
  readonly #steps: (string | number)[] = []

  constructor(pointer: string, findings: Findings) {
    this.#pointer = pointer
    this.#findings = findings
  }

  /** Checks what stands one step deeper. */
  check(step: string | number, shape: Shape, value: unknown): void {
    this.#steps.push(step)
    check(shape, value, this)
    this.#steps.pop()
  }

  /** Adds what is wrong here, or one step deeper. */
  add(code: IssueCode, what: string, limit?: BoundName, step?: string): void {
    const here = this.#steps.reduce<string>(pointTo, this.#pointer)
    this.#findings.add(step === undefined ? here : pointTo(here, step), code, what, limit)
  }
}

function check(shape: Shape, value: unknown, place: Place): void {
  if (shape.kind === 'text') checkText(shape, value, place)
  else if (shape.kind === 'object') checkObject(shape, value, place)
  else if (shape.kind === 'list') checkList(shape, value, place)
  else if (shape.kind === 'map' && !isJsonObject(value)) wrongType(value, 'an object', place)
  else if (shape.kind === 'maps') checkMaps(value, place)
}

/** Whether a value has the shape: for a dialect that carries elsewhere what does not. */
export function hasShape(shape: Shape, value: unknown): boolean {
  const findings = new Findings()
  checkShape(shape, value, '', findings)
  return findings.issues.length === 0
}

function checkText(shape: TextShape, value: unknown, place: Place): void {
  if (typeof value !== 'string') return wrongType(value, 'a string', place)
  const max = BOUNDS[shape.max]
  if (value.length > max) {
    place.add('too_long', `has ${value.length} characters; at most ${max}`, shape.max)
  } else if (shape.oneOf && !shape.oneOf.includes(value)) {
    place.add(
      'not_one_of',
      `is ${show(value)}; expected ${shape.oneOf.join(', ')}.${didYouMean(value, shape.oneOf)}`.replace(/\.$/, ''),
    )
  } else if (shape.pattern?.test(value) === false || shape.accepts?.(value) === false) {
    place.add(value === '' ? 'too_short' : 'bad_format', `is ${show(value)}; expected ${shape.says}`)
  }
}

function checkObject(shape: ObjectShape, value: unknown, place: Place): void {
  if (!isJsonObject(value)) return wrongType(value, 'an object', place)
  for (const name of shape.required) {
    if (!Object.hasOwn(value, name)) place.add('required', 'is required', undefined, name)
  }
  for (const name of Object.keys(value)) {
    const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined
    if (member) place.check(name, member, value[name])
    else place.add('unknown_member', unknownMember(name, shape), undefined, name)
  }
}

function checkList(shape: ListShape, value: unknown, place: Place): void {
  if (!Array.isArray(value)) return wrongType(value, 'an array', place)
  const max = BOUNDS[shape.max]
  if (value.length > max) return place.add('too_many', `has ${value.length} items; at most ${max}`, shape.max)
  value.forEach((item, i) => place.check(i, shape.of, item))
}

function checkMaps(value: unknown, place: Place): void {
  if (!isJsonObject(value)) return wrongType(value, 'an object', place)
  for (const name of Object.keys(value)) place.check(name, ANY_OBJECT, value[name])
}

const ANY_OBJECT: OpenShape = { kind: 'map', about: '' }

function unknownMember(name: string, shape: ObjectShape): string {
  const names = Object.keys(shape.members)
  return `is not a member that is known here.${didYouMean(name, names) || ` Known: ${names.join(', ')}`}`
}

function wrongType(value: unknown, expected: string, place: Place): void {
  place.add('wrong_type', `is ${kindOf(value)}; expected ${expected}`)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null (leave the member out instead)'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string') return `the string ${show(value)}`
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`
}

const SHOWN_CHARS_MAX = 60

const show = (text: string): string =>
  JSON.stringify(text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text)

/** The JSON Schema (2020-12) of a shape, for OpenAPI and the reference. */
export function shapeToJsonSchema(shape: Shape): JsonObject {
  const about = { description: shape.about }
  switch (shape.kind) {
    case 'text':
      return { type: 'string', ...about, maxLength: BOUNDS[shape.max], ...textKeywords(shape) }
    case 'object': {
      const properties = Object.entries(shape.members).map(([name, member]) => [name, shapeToJsonSchema(member)])
      const required = shape.required.length === 0 ? {} : { required: shape.required }
      return {
        type: 'object',
        ...about,
        properties: Object.fromEntries(properties),
        ...required,
        additionalProperties: false,
      }
    }
    case 'list':
      return { type: 'array', ...about, maxItems: BOUNDS[shape.max], items: shapeToJsonSchema(shape.of) }
    case 'map':
      return { type: 'object', ...about, additionalProperties: true }
    case 'maps':
      return { type: 'object', ...about, additionalProperties: { type: 'object', additionalProperties: true } }
    case 'any':
      return about
  }
}

function textKeywords(shape: TextShape): JsonObject {
  return {
    ...(shape.pattern ? { pattern: shape.pattern.source } : {}),
    ...(shape.oneOf ? { enum: shape.oneOf } : {}),
    ...(shape.format === 'date-time' ? { format: 'date-time' } : {}),
  }
}

/** Accepts what `parseTime` reads. */
export const isTime = (text: string): boolean => parseTime(text) !== undefined
