/**
 * JSON Schema 2020-12 from strangers: read strictly, and judged by an interpreter whose every step is counted.
 *
 * Nothing is fetched, no code is generated, and nothing outlives the compiled schema (docs/decisions/0006).
 */
import { encodeUtf8, isJsonArray, isJsonObject, type Issue, type Json, type JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS, Findings } from '@sealedlog/sdk/event'
import { Exhausted, type Fuel } from '../fuel.js'
import { ANY_KEYWORDS } from './any.js'
import { Builder, type Keywords, type Reference } from './builder.js'
import { COMBINING_KEYWORDS } from './combine.js'
import { LIST_KEYWORDS } from './lists.js'
import type { SchemaNode } from './node.js'
import { OBJECT_KEYWORDS } from './objects.js'
import { LAST_KEYWORDS, SILENT_KEYWORDS } from './rest.js'
import { Enough, Run } from './run.js'
import { SCALAR_KEYWORDS } from './scalars.js'
import { kindOf, show } from './words.js'

/** Every keyword, in the order in which a schema's demands are judged. */
const KEYWORDS: Keywords = {
  ...SILENT_KEYWORDS,
  ...ANY_KEYWORDS,
  ...SCALAR_KEYWORDS,
  ...LIST_KEYWORDS,
  ...OBJECT_KEYWORDS,
  ...COMBINING_KEYWORDS,
  ...LAST_KEYWORDS,
}

/** A schema that can judge values. */
export interface CompiledSchema {
  /** how much it keeps, in bytes, roughly */
  readonly weight: number
  /**
   * What is wrong with a value; nothing where it holds. At most EVENT_WARNINGS_MAX issues, and one that says so where
   * the fuel did not last.
   *
   * @param pointer where the value stands in the event: `/details`
   */
  judge(value: Json, pointer: string, fuel: Fuel): readonly Issue[]
}

/**
 * Compiles a schema, or says in the findings what is wrong with it.
 *
 * @param pointer where the schema stands in what was sent: `/details`
 * @example
 * compileSchema({ type: 'object' }, '/details', new Findings())?.judge([], '/details', new Fuel(1_000))
 */
export function compileSchema(schema: Json, pointer: string, findings: Findings): CompiledSchema | undefined {
  const before = findings.issues.length
  if (!isJsonObject(schema)) {
    findings.add(pointer, 'wrong_type', `is ${kindOf(schema)}; expected a JSON Schema: an object`)
    return undefined
  }
  const bytes = measure(schema, pointer, findings)
  if (bytes === undefined) return undefined
  const builder = new Builder(pointer, KEYWORDS, findings)
  const root = builder.schema(schema, pointer)
  for (const reference of builder.references) settle(builder, reference)
  if (findings.issues.length === before) refuseLoops(builder)
  if (findings.issues.length > before) return undefined
  const { tracks } = builder
  const weight = bytes * BYTES_A_BYTE + builder.states * BYTES_A_STATE
  return { weight, judge: (value, at, fuel) => judge(root, tracks, value, at, fuel) }
}

/** What is kept for a byte of schema, and for a state of a pattern with what it comes to know. */
const BYTES_A_BYTE = 20
const BYTES_A_STATE = 300

function judge(root: SchemaNode, tracks: boolean, value: Json, pointer: string, fuel: Fuel): readonly Issue[] {
  const run = new Run(fuel, tracks)
  try {
    root.judge(value, { up: undefined, step: pointer }, run)
  } catch (error) {
    if (error instanceof Exhausted) return [tooCostly(pointer), ...run.issues].slice(0, BOUNDS.EVENT_WARNINGS_MAX)
    if (!(error instanceof Enough)) throw error
  }
  return run.issues
}

/** What is said of a value, or of an event where the pointer is empty, that there were no steps left to judge. */
export const tooCostly = (pointer: string): Issue => ({
  pointer,
  code: 'too_large',
  limit: 'SCHEMA_STEPS_MAX',
  message: `${pointer === '' ? 'The event' : pointer} takes more steps to check against its type’s schema than one event may (limit SCHEMA_STEPS_MAX; in a batch also SCHEMA_BATCH_STEPS_MAX). Simplify the schema or send less.`,
})

/** The bytes of a schema; undefined where it is too deep or too large. */
function measure(schema: JsonObject, pointer: string, findings: Findings): number | undefined {
  if (isDeeperThan(schema, BOUNDS.SCHEMA_DEPTH_MAX)) {
    findings.add(pointer, 'too_deep', `has more than ${BOUNDS.SCHEMA_DEPTH_MAX} levels`, 'SCHEMA_DEPTH_MAX')
    return undefined
  }
  const bytes = encodeUtf8(JSON.stringify(schema)).length
  if (bytes <= BOUNDS.SCHEMA_BYTES_MAX) return bytes
  findings.add(pointer, 'too_large', `has ${bytes} bytes; at most ${BOUNDS.SCHEMA_BYTES_MAX}`, 'SCHEMA_BYTES_MAX')
  return undefined
}

function isDeeperThan(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const inside = isJsonArray(value) ? value : Object.values(value)
  return inside.some((each) => isDeeperThan(each, levels - 1))
}

/** Finds what a reference refers to: the whole, a part by its pointer, or a part by its anchor. */
function settle(builder: Builder, { text, pointer, settle: take }: Reference): void {
  const fragment = decoded(text.slice(1))
  const target =
    fragment === '' || fragment?.startsWith('/') ? builder.nodes.get(fragment) : builder.anchors.get(fragment ?? '')
  if (target) take(target)
  else builder.fault(pointer, 'bad_format', `is ${show(text)}, and no schema stands there`)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * Schemas that apply to the same value by way of one another must end somewhere, and soon. (What goes down into the
 * value ends with it.)
 */
function refuseLoops(builder: Builder): void {
  const heights = new Map<SchemaNode, number>()
  const heightOf = (node: SchemaNode, depth: number): number => {
    if (depth > BOUNDS.SCHEMA_CHAIN_MAX) return Number.POSITIVE_INFINITY
    const known = heights.get(node)
    if (known !== undefined) return known
    let height = 0
    for (const next of node.onSameValue) {
      height = Math.max(height, 1 + heightOf(next, depth + 1))
      // At once: what is too high is not remembered, and must not be climbed again and again.
      if (height === Number.POSITIVE_INFINITY) return height
    }
    heights.set(node, height)
    return height
  }
  for (const [pointer, node] of builder.nodes) {
    if (heightOf(node, 0) < BOUNDS.SCHEMA_CHAIN_MAX) continue
    builder.fault(
      `${builder.root}${pointer}`,
      'too_deep',
      `applies more than ${BOUNDS.SCHEMA_CHAIN_MAX} schemas to one value by way of one another, or refers to itself without going down into the value`,
      'SCHEMA_CHAIN_MAX',
    )
    return
  }
}
