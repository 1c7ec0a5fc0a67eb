/** Keywords for arrays (JSON Schema 2020-12 core §10.3.1, validation §6.4). */
import { isJsonArray, type Json } from '@sealedlog/sdk/base'
import { canonicalText } from './any.js'
import type { Keywords, Word } from './builder.js'
import type { SchemaNode } from './node.js'
import type { Check, Place, Run } from './run.js'
import { kindOf } from './words.js'

function readPrefixItems(word: Word): Check {
  const nodes = word.builder.schemas(word)
  return (said, at, run) => {
    if (!isJsonArray(said)) return true
    if (run.seen) run.seen.itemsBefore = Math.max(run.seen.itemsBefore, Math.min(nodes.length, said.length))
    return everyItem(said.slice(0, nodes.length), 0, at, run, (i) => nodes[i])
  }
}

function readItems({ value, pointer, schema, builder }: Word): Check {
  const node = builder.schema(value, pointer)
  const from = isJsonArray(schema.prefixItems) ? schema.prefixItems.length : 0
  return (said, at, run) => {
    if (!isJsonArray(said)) return true
    if (run.seen) run.seen.itemsBefore = said.length
    return everyItem(said, from, at, run, () => node)
  }
}

/** Judges all items from one on, so that each that is wrong is told. */
function everyItem(
  items: readonly Json[],
  from: number,
  at: Place,
  run: Run,
  nodeOf: (i: number) => SchemaNode | undefined,
): boolean {
  let holds = true
  for (let i = from; i < items.length; i++) {
    if (nodeOf(i)?.judgePart(items[i] as Json, { up: at, step: i }, run) ?? true) continue
    holds = false
    if (run.isQuiet) return false
  }
  return holds
}

function readContains({ value, pointer, schema, builder }: Word): Check {
  const node = builder.schema(value, pointer)
  const min = typeof schema.minContains === 'number' ? schema.minContains : 1
  const max = typeof schema.maxContains === 'number' ? schema.maxContains : Number.POSITIVE_INFINITY
  return (said, at, run) => {
    if (!isJsonArray(said)) return true
    let count = 0
    run.fuel.spend(2 * said.length)
    for (const [i, item] of said.entries()) {
      if (!run.quietly(() => node.judgePart(item, { up: at, step: i }, run))) continue
      count++
      run.seen?.items.add(i)
      if (run.seen === undefined && count >= min && max === Number.POSITIVE_INFINITY) return true
    }
    if (count < min)
      return run.fail(at, 'too_few', () => `has ${count} items of the kind that ${pointer} describes; at least ${min}`)
    return (
      count <= max ||
      run.fail(at, 'too_many', () => `has ${count} items of the kind that ${pointer} describes; at most ${max}`)
    )
  }
}

/** They are read where `contains` stands; here only their form is checked. */
function checkCount(word: Word): undefined {
  word.builder.count(word)
}

function readMinItems(word: Word): Check | undefined {
  const min = word.builder.count(word)
  if (min === undefined) return undefined
  return (said, at, run) =>
    !isJsonArray(said) ||
    said.length >= min ||
    run.fail(at, 'too_few', () => `has ${said.length} items; at least ${min}`)
}

function readMaxItems(word: Word): Check | undefined {
  const max = word.builder.count(word)
  if (max === undefined) return undefined
  return (said, at, run) =>
    !isJsonArray(said) ||
    said.length <= max ||
    run.fail(at, 'too_many', () => `has ${said.length} items; at most ${max}`)
}

/** One pass with a set, where comparing all with all would be quadratic. */
function readUniqueItems({ value, pointer, builder }: Word): Check | undefined {
  if (typeof value !== 'boolean')
    return builder.fault(pointer, 'wrong_type', `is ${kindOf(value)}; expected true or false`)
  if (!value) return undefined
  return (said, at, run) => {
    if (!isJsonArray(said)) return true
    const firsts = new Map<string, number>()
    for (const [i, item] of said.entries()) {
      const text = canonicalText(item, run)
      const first = firsts.get(text)
      if (first !== undefined)
        return run.fail(
          { up: at, step: i },
          'duplicate_item',
          () => `is the same as item ${first}; each may stand there once`,
        )
      firsts.set(text, i)
    }
    return true
  }
}

export const LIST_KEYWORDS: Keywords = {
  minItems: readMinItems,
  maxItems: readMaxItems,
  prefixItems: readPrefixItems,
  items: readItems,
  minContains: checkCount,
  maxContains: checkCount,
  contains: readContains,
  uniqueItems: readUniqueItems,
}
