/** The disclosures of one entry bundle, as a bundle takes them along: those of chosen entries, less what is withheld. */
import { decodeUtf8, isJsonObject, type JsonObject, parseText } from '@sealedlog/sdk/base'
import {
  formatDisclosureLines,
  groupOfDisclosure,
  type IndexRange,
  parseDisclosureLines,
  toRanges,
} from '@sealedlog/sdk/event'
import { parseBundle, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import { isWithheld } from '../log/index.js'
import { isIn } from './bundle-plan.js'

/** A group of an entry behind whose commitment nothing is found. */
export interface MissingGroup {
  readonly index: number
  readonly group: string
}

export interface ChosenDisclosures {
  /** what goes into the file */
  readonly bytes: Uint8Array
  readonly count: number
  /** what stays out although it is there: by group, the entries it is left out of */
  readonly withheld: ReadonlyMap<string, readonly IndexRange[]>
  /** groups of chosen entries that the server shows nothing of */
  readonly missing: readonly MissingGroup[]
}

/**
 * Chooses among the lines of a bundle; each stays as it is, byte for byte.
 *
 * @param chosen the entries whose disclosures are wanted
 * @throws AuditError `malformed_leaf` when the lines are none
 */
export function chooseDisclosures(
  leaves: readonly Uint8Array[],
  lines: Uint8Array,
  bundle: number,
  chosen: readonly IndexRange[],
  withhold: readonly string[],
): ChosenDisclosures {
  const kept: { index: number; disclosures: Uint8Array }[] = []
  const withheld = new Map<string, number[]>()
  const shown = new Set<string>()
  for (const { index, disclosure } of parseDisclosureLines(lines)) {
    if (!isIn(chosen, index)) continue
    const group = groupOfDisclosure(disclosure)
    shown.add(`${index} ${group}`)
    if (!isWithheld(withhold, group)) kept.push({ index, disclosures: disclosure })
    else if (withheld.has(group)) withheld.get(group)?.push(index)
    else withheld.set(group, [index])
  }
  return {
    bytes: formatDisclosureLines(kept),
    count: kept.length,
    withheld: new Map(Array.from(withheld, ([group, indexes]) => [group, toRanges(indexes)])),
    missing: committedGroups(leaves, bundle, chosen).filter(({ index, group }) => !shown.has(`${index} ${group}`)),
  }
}

/** What the leaves of chosen entries commit to. A leaf that cannot be read is the verifier's to tell of, not ours. */
function committedGroups(leaves: readonly Uint8Array[], bundle: number, chosen: readonly IndexRange[]): MissingGroup[] {
  return leaves.flatMap((leaf, i) => {
    const index = bundle * TILE_WIDTH + i
    const groups = isIn(chosen, index) ? readLeaf(leaf).groups : undefined
    return isJsonObject(groups) ? Object.keys(groups).map((group) => ({ index, group })) : []
  })
}

/** A leaf as JSON; nothing where it is none. */
export function readLeaf(leaf: Uint8Array): JsonObject {
  try {
    const value = parseText(decodeUtf8(leaf))
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** The leaves of a bundle; none where its bytes are no bundle, which is the verifier's to tell of too. */
export function leavesOf(bytes: Uint8Array): readonly Uint8Array[] {
  try {
    return parseBundle(bytes)
  } catch {
    return []
  }
}
