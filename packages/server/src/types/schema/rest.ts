/** Keywords that come after all others, and those that demand nothing (JSON Schema 2020-12 core §8, §11, validation §8, §9). */
import { isJsonArray, isJsonObject, type Json } from '@sealedlog/sdk/base'
import type { Keyword, Keywords, Word } from './builder.js'
import { failUnknown } from './objects.js'
import type { Check } from './run.js'
import { kindOf, show } from './words.js'

function readUnevaluatedProperties({ value, pointer, schema, builder }: Word): Check {
  builder.tracks = true
  const node = value === false ? undefined : builder.schema(value, pointer)
  const names = isJsonObject(schema.properties) ? Object.keys(schema.properties) : []
  return (said, at, run) => {
    const { seen } = run
    if (!isJsonObject(said) || seen === undefined) return true
    let holds = true
    for (const name of Object.keys(said)) {
      run.fuel.spend(1)
      if (seen.members.has(name)) continue
      if (node === undefined) holds = failUnknown(name, names, at, run)
      else if (!node.judgePart(said[name] as Json, { up: at, step: name }, run)) holds = false
      seen.members.add(name)
    }
    return holds
  }
}

function readUnevaluatedItems({ value, pointer, builder }: Word): Check {
  builder.tracks = true
  const node = builder.schema(value, pointer)
  return (said, at, run) => {
    const { seen } = run
    if (!isJsonArray(said) || seen === undefined) return true
    let holds = true
    for (let i = seen.itemsBefore; i < said.length; i++) {
      run.fuel.spend(1)
      if (!seen.items.has(i) && !node.judgePart(said[i] as Json, { up: at, step: i }, run)) holds = false
    }
    seen.itemsBefore = said.length
    return holds
  }
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'
const ANCHOR = /^[A-Za-z_][-A-Za-z0-9._]*$/

function readDialect({ value, pointer, builder }: Word): undefined {
  if (pointer !== `${builder.root}/$schema`)
    builder.fault(pointer, 'not_allowed', 'stands inside the schema; it may stand at its top')
  else if (value !== DIALECT && value !== `${DIALECT}#`)
    builder.fault(pointer, 'not_one_of', `is ${kindOf(value)}; expected "${DIALECT}"`)
}

/** A name for the whole. Names for parts would change what references mean: `$anchor` does without. */
function readId({ value, pointer, builder }: Word): undefined {
  if (typeof value !== 'string') builder.fault(pointer, 'wrong_type', `is ${kindOf(value)}; expected a string`)
  else if (pointer !== `${builder.root}/$id`)
    builder.fault(pointer, 'not_allowed', 'stands inside the schema; name a part of it with $anchor or in $defs')
}

function readAnchor({ value, pointer, node, builder }: Word): undefined {
  if (typeof value !== 'string' || !ANCHOR.test(value))
    builder.fault(
      pointer,
      'bad_format',
      `is ${typeof value === 'string' ? show(value) : kindOf(value)}; expected letters, digits, - _ and .`,
    )
  else if (builder.anchors.has(value))
    builder.fault(pointer, 'duplicate_item', `is ${show(value)}, which another part is called`)
  else builder.anchors.set(value, node)
}

function readDefinitions(word: Word): undefined {
  word.builder.schemasByName(word)
}

function readContentSchema({ value, pointer, builder }: Word): undefined {
  builder.schema(value, pointer)
}

const note =
  (expected: string, holds: (value: Json) => boolean): Keyword =>
  ({ value, pointer, builder }) => {
    if (!holds(value)) builder.fault(pointer, 'wrong_type', `is ${kindOf(value)}; expected ${expected}`)
    return undefined
  }
const text = note('a string', (value) => typeof value === 'string')
const flag = note('true or false', (value) => typeof value === 'boolean')

export const LAST_KEYWORDS: Keywords = {
  unevaluatedItems: readUnevaluatedItems,
  unevaluatedProperties: readUnevaluatedProperties,
}

export const SILENT_KEYWORDS: Keywords = {
  $schema: readDialect,
  $id: readId,
  $anchor: readAnchor,
  $dynamicAnchor: readAnchor,
  $comment: text,
  $defs: readDefinitions,
  title: text,
  description: text,
  default: () => undefined,
  examples: note('a list', isJsonArray),
  deprecated: flag,
  readOnly: flag,
  writeOnly: flag,
  contentEncoding: text,
  contentMediaType: text,
  contentSchema: readContentSchema,
}
