/**
 * The one mapper behind every dialect: a table drives it both ways, and nothing is lost.
 *
 * A wire value that conforms becomes a native member. All others are residue: they stay in
 * `extra.<dialect>` of the native object they belong to, so that erasing the object erases them.
 * `event.extra.<dialect>` is always there, if only as {}: it says through which dialect the event came.
 */
import { assert, type JsonObject } from '../base/index.js'
import { type EventInput, Findings, type RecordedEvent, refusedEvent, rowOf } from '../event/index.js'
import { checkStrict, putPlaceholder, readValue, takeField, takeList, writeField, writeList } from './fields.js'
import { gatherResidue, keepResidue } from './residue.js'
import { type DialectTable, type FieldRule, homesOf, type VariantRule } from './table.js'
import { type Draft, getIn, merge, Pointers, setIn } from './tree.js'

/** Whether an event came through a dialect. Nobody knows, so false, once the group that says so is erased. */
export const cameThrough = (dialect: string, event: EventInput): boolean =>
  event.extra !== undefined && Object.hasOwn(event.extra, dialect)

/** Whether a group of an event was erased. */
export const isErased = (event: EventInput | RecordedEvent, group: string): boolean =>
  (event as Partial<RecordedEvent>).redacted?.includes(group) ?? false

/** The native event that a wire document says. */
export function fromWire(table: DialectTable, document: JsonObject): EventInput {
  refuseUnusable(table, document)
  const type = getIn(document, typeRuleOf(table).wire) as string
  const variant = table.variants.find((candidate) => candidate.reads(document))
  const rules = rulesOf(table, variant, type)
  const draft: Draft = {}
  const taken = new Pointers()
  for (const rule of rules) if (takeField(rule, document, draft)) taken.add(rule.wire)
  for (const list of table.lists) if (takeList(table.name, list, document, draft)) taken.add(list.wire)
  for (const pointer of Object.keys(variant?.wireConstants ?? {})) taken.add(pointer)
  for (const [pointer, word] of Object.entries(variant?.nativeConstants ?? {})) setIn(draft, pointer, word)
  keepResidue(table, variant, document, draft, taken)
  for (const rule of rules) putPlaceholder(rule, draft)
  draft.outcome = rowOf(type)?.outcome ?? 'unknown'
  return draft as unknown as EventInput
}

/** The wire document of an event: what its members say, over the residue that came with them. */
export function toWire(table: DialectTable, event: EventInput | RecordedEvent): JsonObject {
  const native = event as unknown as JsonObject
  const { actor } = event
  const variant = actor && table.variants.find((candidate) => candidate.writes(actor))
  const residue = gatherResidue(table, variant, native)
  const draft: Draft = {}
  for (const rule of rulesOf(table, variant, event.type)) {
    if (!(rule.filled && saysOtherwise(rule, residue))) writeField(rule, native, draft)
  }
  for (const list of table.lists) writeList(table.name, list, native, draft)
  for (const [pointer, word] of Object.entries(variant?.wireConstants ?? {})) setIn(draft, pointer, word)
  return merge(residue, draft)
}

/**
 * The wire pointer of a native one, so that what `parseEvent` refuses names the field that was sent.
 *
 * @example
 * wirePointerOf(OPENAI, '/occurred_at') // '/effective_at'
 */
export function wirePointerOf(table: DialectTable, pointer: string): string {
  const rules = [...table.fields, ...table.lists]
  const rule = rules.find(({ native }) => pointer === native || pointer.startsWith(`${native}/`))
  return rule ? rule.wire + pointer.slice(rule.native.length) : pointer
}

function refuseUnusable(table: DialectTable, document: JsonObject): void {
  const findings = new Findings()
  for (const rule of table.fields) if (rule.strict) checkStrict(rule, document, findings)
  if (findings.issues.length > 0) throw refusedEvent(findings)
}

function typeRuleOf(table: DialectTable): FieldRule {
  const rule = table.fields.find(({ native }) => native === '/type')
  assert(rule, `the table of ${table.name} says where the type is`)
  return rule
}

/** The rules for an event of a type: `{type}` is filled in, and its rule left out where it would mean a core member. */
function rulesOf(table: DialectTable, variant: VariantRule | undefined, type: string): readonly FieldRule[] {
  const rules = variant ? [...table.fields, ...variant.fields] : table.fields
  return rules.flatMap((rule) => {
    if (!rule.wire.includes('{type}')) return [rule]
    return isCoreName(table, type) ? [] : [{ ...rule, wire: rule.wire.replace('{type}', () => type) }]
  })
}

/** Somebody may name an event type `actor`; that must not make the actor's data details. */
export const isCoreName = (table: DialectTable, type: string): boolean =>
  type === '__proto__' || coreNames(table).has(type)

/** Tables are constants, asked for every event: their names are gathered once. */
const CORE_NAMES = new WeakMap<DialectTable, ReadonlySet<string>>()

function coreNames(table: DialectTable): ReadonlySet<string> {
  const known = CORE_NAMES.get(table)
  if (known) return known
  const pointers = [...table.fields, ...table.lists].map(({ wire }) => wire)
  const claims = homesOf(table).flatMap((home) => home.claims)
  const names = new Set([...pointers, ...claims].map((pointer) => pointer.split('/')[1] ?? ''))
  CORE_NAMES.set(table, names)
  return names
}

/** Whether residue says, at the place of a member that the server fills in, what that member cannot. */
function saysOtherwise(rule: FieldRule, residue: JsonObject): boolean {
  const value = getIn(residue, rule.wire)
  return value !== undefined && readValue(rule, value) === undefined
}
