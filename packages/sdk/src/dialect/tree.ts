/** Reading, writing, cutting and joining JSON trees by pointer: what the mapper is made of. */
import { isJsonObject, type Json, type JsonObject, pointTo } from '../base/index.js'

/** A tree under construction. Only objects that `setIn` made are written to. */
export interface Draft {
  [member: string]: Json
}

/** The steps of a pointer, unescaped. */
function steps(pointer: string): string[] {
  const way = pointer.split('/').slice(1)
  return pointer.includes('~') ? way.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) : way
}

/** The value at a pointer, through objects only, or undefined. */
export function getIn(tree: Json, pointer: string): Json | undefined {
  let value: Json | undefined = tree
  for (const step of steps(pointer)) {
    if (!isJsonObject(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value
}

/** Puts a value at a pointer; objects on the way are made. */
export function setIn(draft: Draft, pointer: string, value: Json): void {
  const way = steps(pointer)
  const last = way.pop() ?? ''
  let level = draft
  for (const step of way) {
    if (!Object.hasOwn(level, step)) level[step] = {}
    level = level[step] as Draft
  }
  level[last] = value
}

/** Both trees in one; where they differ, the upper one holds. */
export function merge(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Draft = { ...under }
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(under, name) ? under[name] : undefined
    merged[name] = isJsonObject(below) && isJsonObject(value) ? merge(below, value) : value
  }
  return merged
}

/** A set of pointers that also knows what stands above them. */
export class Pointers {
  readonly #at = new Set<string>()
  readonly #above = new Set<string>()

  add(pointer: string): void {
    this.#at.add(pointer)
    for (let end = pointer.lastIndexOf('/'); end >= 0; end = pointer.lastIndexOf('/', end - 1)) {
      this.#above.add(pointer.slice(0, end))
      if (end === 0) break
    }
  }

  has(pointer: string): boolean {
    return this.#at.has(pointer)
  }

  isAbove(pointer: string): boolean {
    return this.#above.has(pointer)
  }
}

/**
 * What is left of a tree when pointers are cut out of it. An object that cutting made empty is gone too:
 * putting its members back makes it again. One that was empty before stays, since nothing else says so.
 */
export function leftover(tree: JsonObject, pointer: string, cut: Pointers): JsonObject | undefined {
  const names = Object.keys(tree)
  const kept: [string, Json][] = []
  for (const name of names) {
    const here = pointTo(pointer, name)
    if (cut.has(here)) continue
    const value = tree[name] as Json
    const rest = isJsonObject(value) && cut.isAbove(here) ? leftover(value, here, cut) : value
    if (rest !== undefined) kept.push([name, rest])
  }
  return kept.length === 0 && names.length > 0 ? undefined : Object.fromEntries(kept)
}
