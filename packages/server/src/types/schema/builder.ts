/** Building a schema’s nodes: what every keyword’s reader is handed. */
import {
  AuditError,
  didYouMean,
  type IssueCode,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  pointTo,
} from '@sealedlog/sdk/base'
import { BOUNDS, type BoundName, type Findings } from '@sealedlog/sdk/event'
import { Pattern } from '../pattern/pattern.js'
import { SchemaNode } from './node.js'
import type { Check } from './run.js'
import { kindOf } from './words.js'

/** A keyword where it stands. */
export interface Word {
  readonly value: Json
  /** of the keyword's value */
  readonly pointer: string
  /** the schema around it */
  readonly schema: JsonObject
  readonly node: SchemaNode
  readonly builder: Builder
}

/** Reads a keyword: what it demands, or nothing. */
export type Keyword = (word: Word) => Check | undefined

export interface Reference {
  readonly node: SchemaNode
  readonly text: string
  readonly pointer: string
  /** takes what it refers to */
  readonly settle: (target: SchemaNode) => void
}

export type Keywords = { readonly [name: string]: Keyword }

export class Builder {
  readonly findings: Findings
  /** of every schema inside the whole one, from its root: `/properties/role` */
  readonly nodes = new Map<string, SchemaNode>()
  readonly anchors = new Map<string, SchemaNode>()
  readonly references: Reference[] = []
  readonly root: string
  /** whether anything asks what was not evaluated */
  tracks = false
  /** states of all patterns */
  states = 0
  readonly #keywords: Keywords
  readonly #order: ReadonlyMap<string, number>
  readonly #patterns = new Map<string, Pattern>()

  constructor(root: string, keywords: Keywords, findings: Findings) {
    this.root = root
    this.findings = findings
    this.#keywords = keywords
    this.#order = new Map(Object.keys(keywords).map((name, i) => [name, i]))
  }

  /** Builds the schema at a pointer, and all within it. */
  schema(value: Json, pointer: string): SchemaNode {
    const node = new SchemaNode()
    // Before it is written out: each schema inside a long name would carry that name.
    if (pointer.length - this.root.length > BOUNDS.SCHEMA_POINTER_CHARS_MAX) {
      this.fault(
        pointer.slice(0, POINTER_CHARS_MAX),
        'too_long',
        `leads to a schema by more than ${BOUNDS.SCHEMA_POINTER_CHARS_MAX} characters of a pointer`,
        'SCHEMA_POINTER_CHARS_MAX',
      )
      return node
    }
    this.nodes.set(pointer.slice(this.root.length), node)
    if (this.nodes.size > BOUNDS.SCHEMA_PARTS_MAX) {
      if (this.nodes.size === BOUNDS.SCHEMA_PARTS_MAX + 1)
        this.fault(pointer, 'too_many', `is one schema more than ${BOUNDS.SCHEMA_PARTS_MAX}`, 'SCHEMA_PARTS_MAX')
      return node
    }
    if (value === false) node.checks.push((_value, at, run) => run.fail(at, 'not_allowed', () => 'must not be there'))
    else if (isJsonObject(value)) this.#readKeywords(value, pointer, node)
    else if (value !== true)
      this.fault(pointer, 'wrong_type', `is ${kindOf(value)}; expected a schema: an object, true or false`)
    return node
  }

  /** A schema that is applied to the same value as the one around it. */
  same(around: SchemaNode, value: Json, pointer: string): SchemaNode {
    const node = this.schema(value, pointer)
    around.onSameValue.push(node)
    return node
  }

  /** Schemas by name, at a keyword whose value is an object of them. */
  schemasByName({ value, pointer }: Word): ReadonlyMap<string, SchemaNode> {
    if (!isJsonObject(value)) {
      this.fault(pointer, 'wrong_type', `is ${kindOf(value)}; expected an object of schemas`)
      return new Map()
    }
    return new Map(Object.entries(value).map(([name, schema]) => [name, this.schema(schema, pointTo(pointer, name))]))
  }

  /** Schemas in order, at a keyword whose value is a list of them. */
  schemas({ value, pointer }: Word): readonly SchemaNode[] {
    if (!isJsonArray(value) || value.length === 0) {
      this.fault(
        pointer,
        'wrong_type',
        `is ${isJsonArray(value) ? 'empty' : kindOf(value)}; expected a list of schemas`,
      )
      return []
    }
    return value.map((schema, i) => this.schema(schema, pointTo(pointer, i)))
  }

  /** A number that counts something; undefined and a fault where it is none. */
  count({ value, pointer }: Word): number | undefined {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    this.fault(pointer, 'wrong_type', `is ${kindOf(value)}; expected a whole number from 0`)
    return undefined
  }

  /** Names, each once. */
  names(value: Json, pointer: string): readonly string[] {
    if (isJsonArray(value) && value.every((name) => typeof name === 'string')) {
      if (new Set(value).size === value.length) return value
      this.fault(pointer, 'duplicate_item', 'names something twice')
    } else
      this.fault(
        pointer,
        'wrong_type',
        `is ${isJsonArray(value) ? 'an array of other things' : kindOf(value)}; expected a list of strings`,
      )
    return []
  }

  /** A pattern; the same text is compiled once. */
  pattern(source: Json, pointer: string): Pattern | undefined {
    if (typeof source !== 'string') return this.fault(pointer, 'wrong_type', `is ${kindOf(source)}; expected a string`)
    if (source.length > BOUNDS.SCHEMA_PATTERN_CHARS_MAX)
      return this.fault(
        pointer,
        'too_long',
        `has ${source.length} characters; at most ${BOUNDS.SCHEMA_PATTERN_CHARS_MAX}`,
        'SCHEMA_PATTERN_CHARS_MAX',
      )
    if (this.states > BOUNDS.SCHEMA_STATES_MAX) return undefined
    const known = this.#patterns.get(source)
    if (known) return known
    try {
      const pattern = new Pattern(source, BOUNDS.SCHEMA_PATTERN_STATES_MAX)
      this.#patterns.set(source, pattern)
      this.states += pattern.size
      if (this.states > BOUNDS.SCHEMA_STATES_MAX)
        this.fault(
          pointer,
          'too_large',
          `and the patterns before it take more than ${BOUNDS.SCHEMA_STATES_MAX} states`,
          'SCHEMA_STATES_MAX',
        )
      return pattern
    } catch (error) {
      if (!(error instanceof AuditError)) throw error
      return this.fault(pointer, 'bad_format', error.message)
    }
  }

  /** Says what is wrong with the schema. */
  fault(pointer: string, code: IssueCode, what: string, limit?: BoundName): undefined {
    this.findings.add(pointer, code, what, limit)
  }

  #readKeywords(schema: JsonObject, pointer: string, node: SchemaNode): void {
    const known: string[] = []
    for (const name of Object.keys(schema)) {
      if (this.#order.has(name)) known.push(name)
      else if (!name.startsWith('x-')) this.#unknown(name, pointTo(pointer, name))
    }
    known.sort((a, b) => (this.#order.get(a) ?? 0) - (this.#order.get(b) ?? 0))
    for (const name of known) {
      const word = { value: schema[name] as Json, pointer: pointTo(pointer, name), schema, node, builder: this }
      const check = this.#keywords[name]?.(word)
      if (check) node.checks.push(check)
    }
  }

  #unknown(name: string, pointer: string): void {
    const hint = RENAMED.get(name) ?? didYouMean(name, this.#order.keys()).trim()
    this.fault(
      pointer.slice(0, POINTER_CHARS_MAX),
      'unknown_member',
      `is no keyword of JSON Schema 2020-12 that is known here${hint === '' ? '; a name of your own begins with x-' : `. ${hint}`}`,
    )
  }
}

const POINTER_CHARS_MAX = 1_024

/** What other drafts and OpenAPI 3.0 call differently. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['definitions', 'It is called "$defs"'],
  ['dependencies', 'It is called "dependentRequired" or "dependentSchemas"'],
  ['additionalItems', 'It is called "items", beside "prefixItems"'],
  ['id', 'It is called "$id"'],
  ['nullable', 'Write "type": ["…", "null"]'],
  ['$recursiveRef', 'It is called "$dynamicRef"'],
  ['$recursiveAnchor', 'It is called "$dynamicAnchor"'],
])
