/** Keywords that apply schemas to the same value: all, any, one, none, if, references (JSON Schema 2020-12 core §8.2.3, §10.2). */
import { type Issue, isJsonObject, type Json } from '@sealedlog/sdk/base'
import type { Keywords, Word } from './builder.js'
import type { SchemaNode } from './node.js'
import { type Check, type Place, pointerOf, type Run } from './run.js'
import { kindOf, show } from './words.js'

/** The schemas of a list, each of which is applied to the value itself. */
function branches(word: Word): readonly SchemaNode[] {
  const nodes = word.builder.schemas(word)
  word.node.onSameValue.push(...nodes)
  return nodes
}

function readAllOf(word: Word): Check {
  const nodes = branches(word)
  return (said, at, run) => {
    let holds = true
    for (const node of nodes) {
      if (node.judgeSame(said, at, run)) continue
      holds = false
      if (run.isQuiet) return false
    }
    return holds
  }
}

/** How many of the schemas the value fits; no more than two are counted where nobody needs to know. */
function fitting(nodes: readonly SchemaNode[], said: Json, at: Place, run: Run, enough: number): number {
  let count = 0
  for (const node of nodes) {
    if (run.quietly(() => node.judgeSame(said, at, run))) count++
    if (count >= enough && run.seen === undefined) return count
  }
  return count
}

function readAnyOf(word: Word): Check {
  const nodes = branches(word)
  return (said, at, run) => fitting(nodes, said, at, run, 1) > 0 || failNone(nodes, said, at, run)
}

function readOneOf(word: Word): Check {
  const nodes = branches(word)
  return (said, at, run) => {
    const count = fitting(nodes, said, at, run, 2)
    if (count === 1) return true
    if (count === 0) return failNone(nodes, said, at, run)
    return run.fail(
      at,
      'not_allowed',
      () => `fits more than one of the ${nodes.length} forms of which it may fit one (oneOf)`,
    )
  }
}

/**
 * Tells what is wrong where no form fits: what the one form lacks that was obviously meant, or else the form that
 * lacks least.
 */
function failNone(nodes: readonly SchemaNode[], said: Json, at: Place, run: Run): false {
  if (run.isQuiet || nodes.length === 0) return false
  const found = nodes.map((node) => run.capture(() => node.judgeSame(said, at, run)))
  const here = pointerOf(at)
  const meant = found.filter((issues) => issues.length > 0 && !issues.some((issue) => isOtherForm(issue, here)))
  if (meant.length === 1) return run.tell(meant[0] ?? [])
  const nearest = found.reduce((least, issues) => (issues.length < least.length ? issues : least))
  const code = found.flat().every((issue) => issue.code === 'wrong_type' && issue.pointer === here)
    ? 'wrong_type'
    : 'not_one_of'
  const [first] = nearest
  const hint = first === undefined ? '' : `; the nearest: ${first.message.replace(/[.?]$/, '')}`
  return run.fail(at, code, () => `is ${kindOf(said)} and fits none of ${nodes.length} forms${hint}`)
}

/** Whether an issue says that another form was meant: the value's own type, or the word that tells forms apart. */
const isOtherForm = ({ code, pointer }: Issue, here: string): boolean =>
  (code === 'wrong_type' && pointer === here) ||
  (code === 'not_one_of' && !pointer.slice(here.length + 1).includes('/'))

function readNot({ value, pointer, node: around, builder }: Word): Check {
  const node = builder.same(around, value, pointer)
  return (said, at, run) => {
    const fits = run.quietly(() => node.judgePart(said, at, run))
    return !fits || run.fail(at, 'not_allowed', () => `is ${kindOf(said)}, which ${pointer} rules out`)
  }
}

/** `then` and `else` are read here, where `if` stands; without it they say nothing. */
function readIf({ value, pointer, schema, node: around, builder }: Word): Check {
  const branch = (name: 'then' | 'else'): SchemaNode | undefined =>
    schema[name] === undefined ? undefined : builder.same(around, schema[name], pointer.replace(/if$/, name))
  const [condition, then, otherwise] = [builder.same(around, value, pointer), branch('then'), branch('else')]
  return (said, at, run) => {
    const node = run.quietly(() => condition.judgeSame(said, at, run)) ? then : otherwise
    return node?.judgeSame(said, at, run) ?? true
  }
}

/** Checks the form of a branch that no `if` reads. */
function readBranch({ value, pointer, schema, builder }: Word): undefined {
  if (schema.if === undefined) builder.schema(value, pointer)
}

function readDependentSchemas(word: Word): Check {
  const nodes = word.builder.schemasByName(word)
  word.node.onSameValue.push(...nodes.values())
  return (said, at, run) => {
    if (!isJsonObject(said)) return true
    run.fuel.spend(1 + nodes.size)
    let holds = true
    for (const [name, node] of nodes) if (Object.hasOwn(said, name) && !node.judgeSame(said, at, run)) holds = false
    return holds
  }
}

function readReference({ value, pointer, node: around, builder }: Word): Check | undefined {
  if (typeof value !== 'string' || !value.startsWith('#'))
    return builder.fault(
      pointer,
      'not_allowed',
      `is ${typeof value === 'string' ? show(value) : kindOf(value)}; expected a reference within this schema, such as #/$defs/name. Nothing is fetched from elsewhere`,
    )
  let target: SchemaNode | undefined
  builder.references.push({
    node: around,
    text: value,
    pointer,
    settle(node) {
      target = node
      around.onSameValue.push(node)
    },
  })
  return (said, at, run) => target?.judgeSame(said, at, run) ?? true
}

export const COMBINING_KEYWORDS: Keywords = {
  $ref: readReference,
  $dynamicRef: readReference,
  allOf: readAllOf,
  anyOf: readAnyOf,
  oneOf: readOneOf,
  not: readNot,
  if: readIf,
  // oxlint-disable-next-line unicorn/no-thenable
  then: readBranch,
  else: readBranch,
  dependentSchemas: readDependentSchemas,
}
