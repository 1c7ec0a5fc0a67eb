/** What survives of entries that are being erased, and so what else of them goes. */
import type { TermField } from '../segment.js'
import { UNLISTED_WORDS } from '../terms.js'
import type { ViewEntry } from '../view-entry.js'

/** By index, of one organization. */
export type Survivors = ReadonlyMap<number, ViewEntry>

/** Whether an entry of which something was erased is still posted under a term. */
export function keepsTerm({ facts, words }: ViewEntry, field: TermField, value: string): boolean {
  if (field !== 'word') return facts[field].includes(value)
  // An entry of more words than are posted says so, and no word: it goes on saying so when it has lost some.
  return value === UNLISTED_WORDS || words === undefined || words.has(value)
}

/** Both together: of an entry in both, what the later says. */
export const joinSurvivors = (a: Survivors, b: Survivors): Survivors =>
  a.size === 0 ? b : b.size === 0 ? a : new Map([...a, ...b])
