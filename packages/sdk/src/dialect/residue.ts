/** Residue: what a wire document says that the native form has no place for, kept in `extra` of the object it belongs to. */
import { isJsonObject, type Json, type JsonObject, pointTo } from '../base/index.js'
import { residueAt } from './fields.js'
import { type DialectTable, type HomeRule, homesOf, type VariantRule } from './table.js'
import { type Draft, getIn, leftover, merge, type Pointers, setIn } from './tree.js'

/** Puts into the draft whatever was not taken, each part into its home, the rest into the event's own `extra`. */
export function keepResidue(
  table: DialectTable,
  variant: VariantRule | undefined,
  document: JsonObject,
  draft: Draft,
  taken: Pointers,
): void {
  const homes = [...table.homes, ...(variant?.homes ?? [])]
  const claims = homes.flatMap((home) => claimsOf(home, document)).filter(({ pointer }) => !taken.has(pointer))
  // From here on a claimed part is cut out of whatever stands around it.
  for (const { pointer } of claims) taken.add(pointer)
  for (const { home, pointer, value } of claims) {
    const rest = isJsonObject(value) ? leftover(value, pointer, taken) : value
    if (rest !== undefined) setIn(draft, `${home.native}/extra/${table.name}${pointer.slice(home.root.length)}`, rest)
  }
  setIn(draft, `/extra/${table.name}`, leftover(document, '', taken) ?? {})
}

interface Claim {
  readonly home: HomeRule
  readonly pointer: string
  readonly value: Json
}

/** The parts of a document whose residue a home keeps. */
function claimsOf(home: HomeRule, document: JsonObject): readonly Claim[] {
  const pointers = home.claims.flatMap((claim) => {
    if (!claim.endsWith('*')) return [claim]
    const names = Object.keys(document).filter((name) => claimsName(claim, name))
    return names.map((name) => pointTo('', name))
  })
  return pointers.flatMap((pointer) => {
    const value = getIn(document, pointer)
    return value !== undefined && takes(home, value) ? [{ home, pointer, value }] : []
  })
}

const takes = (home: HomeRule, value: Json): boolean =>
  home.takes === 'objects' ? isJsonObject(value) : value !== null

const claimsName = (claim: string, name: string): boolean =>
  claim.endsWith('*') ? name.startsWith(claim.slice(1, -1)) : claim === `/${name}`

/** The residue of all homes, as one part of the wire document. */
export function gatherResidue(table: DialectTable, variant: VariantRule | undefined, native: JsonObject): JsonObject {
  let whole = ownResidue(table, native)
  for (const home of [...table.homes, ...(variant?.homes ?? [])]) {
    const residue = getIn(native, `${home.native}/extra/${table.name}`)
    if (isJsonObject(residue)) whole = merge(whole, rootAt(home.root, residue))
  }
  return whole
}

function rootAt(root: string, residue: JsonObject): JsonObject {
  if (root === '') return residue
  const draft: Draft = {}
  setIn(draft, root, residue)
  return draft
}

/**
 * The event's own residue, without anything that only another home may keep: nobody can put an actor into
 * `event.extra`, where it would outlive the erasure of the actor.
 */
function ownResidue(table: DialectTable, native: JsonObject): JsonObject {
  const homes = homesOf(table)
  const isClaimed = (name: string, value: Json) =>
    homes.some((home) => takes(home, value) && home.claims.some((claim) => claimsName(claim, name)))
  const own = Object.entries(residueAt(table.name, native, ''))
  return Object.fromEntries(own.filter(([name, value]) => !isClaimed(name, value)))
}
