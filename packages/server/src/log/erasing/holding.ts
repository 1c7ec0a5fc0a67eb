/** Which groups of an entry hold an identifier, and which parts of its leaf say one in clear. */
import { decodeUtf8, isJsonArray, type Json, parseText } from '@sealedlog/sdk/base'
import {
  actorShape,
  eventShape,
  groupOfDisclosure,
  type Leaf,
  parseDisclosure,
  type Shape,
  splitDisclosures,
  targetShape,
} from '@sealedlog/sdk/event'
import type { Identifiers } from './identifiers.js'

const contextShape = eventShape.members.context as Extract<Shape, { kind: 'object' }>

/** What the groups look like, as far as the event model says it. */
const GROUP_SHAPES: { readonly [group: string]: Shape } = {
  actor: { ...actorShape, members: { ...actorShape.members, ...contextShape.members } },
  changes: eventShape.members.changes as Shape,
  content: eventShape,
  on_behalf_of: actorShape,
}

const shapeOf = (group: string): Shape | undefined => (group.startsWith('targets/') ? targetShape : GROUP_SHAPES[group])

/** Whether any text in a group's value holds an identifier: values, and names that the event model does not give. */
export const holdsIdentifier = (group: string, value: Json, identifiers: Identifiers): boolean =>
  holds(value, shapeOf(group), identifiers)

function holds(value: Json, shape: Shape | undefined, identifiers: Identifiers): boolean {
  if (typeof value === 'string') return identifiers.isIn(value)
  if (typeof value === 'number') return identifiers.isNumber(value)
  if (typeof value !== 'object' || value === null) return false
  if (isJsonArray(value)) return value.some((item) => holds(item, itemShape(shape), identifiers))
  return Object.entries(value).some(([name, inner]) => {
    const known = memberShape(shape, name)
    // A name of the model, such as `email`, is nobody's.
    return (known === undefined && identifiers.isIn(name)) || holds(inner, known, identifiers)
  })
}

const itemShape = (shape: Shape | undefined): Shape | undefined => (shape?.kind === 'list' ? shape.of : undefined)

const memberShape = (shape: Shape | undefined, name: string): Shape | undefined =>
  shape?.kind === 'object' && Object.hasOwn(shape.members, name) ? shape.members[name] : undefined

/** The surviving groups of an entry that hold one. */
export function groupsHolding(disclosures: Uint8Array, identifiers: Identifiers): readonly string[] {
  if (!identifiers.mayStandIn(disclosures)) return []
  return splitDisclosures(disclosures)
    .filter((line) => identifiers.mayStandIn(line))
    .map(parseDisclosure)
    .filter(({ group, value }) => holdsIdentifier(group, value, identifiers))
    .map(({ group }) => group)
}

/** The surviving groups of an entry, in the order in which the log holds them. */
export const survivingGroups = (disclosures: Uint8Array): readonly string[] =>
  splitDisclosures(disclosures).map(groupOfDisclosure)

/** What a leaf says in clear, and a caller chose; the organization's id is its own, and in every leaf. */
const CLEAR_MEMBERS = ['id', 'type', 'bucket', 'actor', 'targets'] as const

/** The members of a leaf that hold an identifier in clear: these nobody can erase. */
export function membersInClear(leaf: Uint8Array, identifiers: Identifiers): readonly string[] {
  if (!identifiers.mayStandIn(leaf)) return []
  const said = parseText(decodeUtf8(leaf)) as unknown as Leaf
  return CLEAR_MEMBERS.filter((name) =>
    [said[name]].flat().some((text) => typeof text === 'string' && identifiers.isIn(text)),
  )
}

/** The groups that a leaf commits to, without reading the rest of it: `"groups":{"actor":"…",…}`, of ASCII without escapes. */
export function committedGroups(leaf: Uint8Array): readonly string[] {
  const text = Buffer.from(leaf.buffer, leaf.byteOffset, leaf.length).toString('latin1')
  const begin = text.indexOf('"groups":{') + 10
  return Array.from(text.slice(begin, text.indexOf('}', begin)).matchAll(/"([^"]+)":"/g), (match) => match[1] ?? '')
}
