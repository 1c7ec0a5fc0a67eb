/** Keywords for objects (JSON Schema 2020-12 core §10.3.2, validation §6.5). */
import { isJsonObject, type Json, type JsonObject, pointTo } from '@sealedlog/sdk/base'
import type { Pattern } from '../pattern/pattern.js'
import type { Keywords, Word } from './builder.js'
import type { SchemaNode } from './node.js'
import type { Check, Place, Run } from './run.js'
import { kindOf, oneOf, show } from './words.js'

function readRequired({ value, pointer, builder }: Word): Check {
  const names = builder.names(value, pointer)
  return (said, at, run) => !isJsonObject(said) || haveAll(said, names, at, run, '')
}

function haveAll(said: JsonObject, names: readonly string[], at: Place, run: Run, why: string): boolean {
  run.fuel.spend(1 + (names.length >> 2))
  const missing = names.filter((name) => !Object.hasOwn(said, name))
  for (const name of missing) run.fail({ up: at, step: name }, 'required', () => `is required${why}`)
  return missing.length === 0
}

function readDependentRequired({ value, pointer, builder }: Word): Check | undefined {
  if (!isJsonObject(value))
    return builder.fault(pointer, 'wrong_type', `is ${kindOf(value)}; expected an object of lists`)
  const needs = Object.entries(value).map(
    ([name, names]) => [name, builder.names(names, pointTo(pointer, name))] as const,
  )
  return (said, at, run) => {
    if (!isJsonObject(said)) return true
    run.fuel.spend(1 + (needs.length >> 2))
    const met = needs
      .filter(([name]) => Object.hasOwn(said, name))
      .map(([name, names]) => haveAll(said, names, at, run, ` where ${show(name)} is`))
    return met.every(Boolean)
  }
}

function readProperties(word: Word): Check {
  const nodes = word.builder.schemasByName(word)
  return (said, at, run) => !isJsonObject(said) || everyMember(said, at, run, (name) => nodes.get(name))
}

/** Judges each member that has a node: what has one is seen. */
function everyMember(said: JsonObject, at: Place, run: Run, nodeOf: (name: string) => SchemaNode | undefined): boolean {
  let holds = true
  for (const name of Object.keys(said)) {
    run.fuel.spend(2)
    const node = nodeOf(name)
    if (node === undefined) continue
    run.seen?.members.add(name)
    if (node.judgePart(said[name] as Json, { up: at, step: name }, run)) continue
    holds = false
    if (run.isQuiet) return false
  }
  return holds
}

function readPatternProperties(word: Word): Check {
  const pairs = patternsOf(word).map(([pattern, source]) => [pattern, source] as const)
  const nodes = word.builder.schemasByName(word)
  return (said, at, run) => {
    if (!isJsonObject(said)) return true
    const held = pairs.map(([pattern, source]) =>
      everyMember(said, at, run, (name) => (pattern.matches(name, run.fuel) ? nodes.get(source) : undefined)),
    )
    return held.every(Boolean)
  }
}

function patternsOf({
  value,
  pointer,
  builder,
}: Pick<Word, 'value' | 'pointer' | 'builder'>): readonly (readonly [Pattern, string])[] {
  return Object.keys(isJsonObject(value) ? value : {}).flatMap((source) => {
    const pattern = builder.pattern(source, pointTo(pointer, source))
    return pattern ? [[pattern, source] as const] : []
  })
}

/** What neither `properties` nor `patternProperties` beside it speak of. */
function readAdditionalProperties({ value, pointer, schema, builder }: Word): Check {
  const names = isJsonObject(schema.properties) ? Object.keys(schema.properties) : []
  const known = new Set(names)
  const beside = {
    value: schema.patternProperties ?? null,
    pointer: pointer.slice(0, pointer.lastIndexOf('/') + 1) + 'patternProperties',
    builder,
  }
  const patterns = patternsOf(beside)
  const node = value === false ? undefined : builder.schema(value, pointer)
  return (said, at, run) => {
    if (!isJsonObject(said)) return true
    const isOther = (name: string): boolean =>
      !known.has(name) && !patterns.some(([pattern]) => pattern.matches(name, run.fuel))
    if (node) return everyMember(said, at, run, (name) => (isOther(name) ? node : undefined))
    return Object.keys(said).reduce((holds, name) => {
      run.fuel.spend(2)
      return isOther(name) ? failUnknown(name, names, at, run) : holds
    }, true)
  }
}

/** Refuses a member by name, with the names that are known. */
export function failUnknown(name: string, known: readonly string[], at: Place, run: Run): false {
  return run.fail({ up: at, step: name }, 'unknown_member', () => {
    const hint = run.didYouMean(name, known) || (known.length === 0 ? '' : ` Known: ${oneOf(known)}.`)
    return `is no member that its type knows${hint && `.${hint}`}`
  })
}

function readPropertyNames({ value, pointer, builder }: Word): Check {
  const node = builder.schema(value, pointer)
  return (said, at, run) => {
    if (!isJsonObject(said)) return true
    const names = Object.keys(said)
    run.fuel.spend(names.length)
    const held = names.map((name) => node.judgePart(name, { up: at, step: name }, run))
    return held.every(Boolean)
  }
}

function countMembers(said: JsonObject, run: Run): number {
  const count = Object.keys(said).length
  run.fuel.spend(count)
  return count
}

function readMinProperties(word: Word): Check | undefined {
  const min = word.builder.count(word)
  if (min === undefined) return undefined
  return (said, at, run) => {
    const count = isJsonObject(said) ? countMembers(said, run) : min
    return count >= min || run.fail(at, 'too_few', () => `has ${count} members; at least ${min}`)
  }
}

function readMaxProperties(word: Word): Check | undefined {
  const max = word.builder.count(word)
  if (max === undefined) return undefined
  return (said, at, run) => {
    const count = isJsonObject(said) ? countMembers(said, run) : 0
    return count <= max || run.fail(at, 'too_many', () => `has ${count} members; at most ${max}`)
  }
}

export const OBJECT_KEYWORDS: Keywords = {
  minProperties: readMinProperties,
  maxProperties: readMaxProperties,
  required: readRequired,
  dependentRequired: readDependentRequired,
  propertyNames: readPropertyNames,
  properties: readProperties,
  patternProperties: readPatternProperties,
  additionalProperties: readAdditionalProperties,
}
