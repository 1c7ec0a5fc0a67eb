/** Saying an event twice: whether what is said again is what was recorded (design §3). */
import { decodeUtf8, parseText } from '@sealedlog/sdk/base'
import {
  commitTo,
  groupOfDisclosure,
  type Leaf,
  SALT_PREFIX_BYTES,
  type SealedEvent,
  splitDisclosures,
} from '@sealedlog/sdk/event'
import type { StoredEntry } from './port.js'

/**
 * Whether an event says the same as an entry. What the server set (index, recorded_at, an occurred_at that the
 * caller leaves out) is ignored. Each surviving group is committed to afresh with its stored salt, so the stored
 * leaf, not a stored copy, decides; erased groups cannot be compared and are skipped.
 */
export function saysTheSame(entry: StoredEntry, said: SealedEvent): boolean {
  const stored = parseText(decodeUtf8(entry.leaf)) as unknown as Leaf
  const again = parseText(decodeUtf8(said.leaf)) as unknown as Leaf
  return sameClearPart(stored, again, said.occurredAtOffset >= 0) && sameGroups(stored, again, entry, said)
}

function sameClearPart(stored: Leaf, again: Leaf, ignoreOccurredAt: boolean): boolean {
  return (
    stored.type === again.type &&
    stored.actor === again.actor &&
    stored.bucket === again.bucket &&
    stored.outcome === again.outcome &&
    stored.targets.join() === again.targets.join() &&
    (ignoreOccurredAt || stored.occurred_at === again.occurred_at)
  )
}

function sameGroups(stored: Leaf, again: Leaf, entry: StoredEntry, said: SealedEvent): boolean {
  if (Object.keys(stored.groups).join() !== Object.keys(again.groups).join()) return false
  const saidLines = new Map(splitDisclosures(said.disclosures).map((line) => [groupOfDisclosure(line), line]))
  return splitDisclosures(entry.disclosures).every((line) => {
    const group = groupOfDisclosure(line)
    const saidAgain = saidLines.get(group)
    return saidAgain !== undefined && commitTo(withSaltOf(line, saidAgain)) === stored.groups[group]
  })
}

/** A disclosure said again, under the salt of the stored one: the salt has a fixed width at a fixed place. */
function withSaltOf(stored: Uint8Array, again: Uint8Array): Uint8Array {
  const salted = again.slice()
  salted.set(stored.subarray(0, SALT_PREFIX_BYTES))
  return salted
}
