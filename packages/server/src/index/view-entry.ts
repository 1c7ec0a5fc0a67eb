/** An entry as the index knows it, from the entry's own bytes. */
import { parseTime } from '@sealedlog/sdk/base'
import { type Facts, factsOf, type ListPosition, openEntry, type RecordedEvent } from '@sealedlog/sdk/event'
import { eachWord, wordsOf } from '@sealedlog/sdk/query'
import type { IndexEntry } from './port.js'

export interface ViewEntry extends ListPosition {
  readonly org: string
  readonly facts: Facts
  /** each once, cut to WORD_CHARS_MAX; undefined where there are more than WORDS_MAX: then every text may hold */
  readonly words: ReadonlySet<string> | undefined
}

/** Words of one entry that are posted. */
export const WORDS_MAX = 4_096

/** Characters (UTF-16) of a word that are posted: words that begin with the same so many are posted as one. */
export const WORD_CHARS_MAX = 64

/** Opens an entry. @throws AuditError `malformed_leaf` */
export const openViewEntry = ({ org, index, leaf, disclosures }: IndexEntry): ViewEntry =>
  toViewEntry(org, openEntry(leaf, disclosures, index))

export function toViewEntry(org: string, event: RecordedEvent): ViewEntry {
  return {
    org,
    index: event.index,
    atMs: parseTime(event.occurred_at) ?? 0,
    facts: factsOf(event),
    words: wordsIn(event),
  }
}

function wordsIn(event: RecordedEvent): ReadonlySet<string> | undefined {
  const words = new Set<string>()
  eachWord(event, (word) => words.add(word), postedWordsOf)
  return words.size > WORDS_MAX ? undefined : words
}

/** A word as it is posted: well-formed where a character was cut in two, so that files say it back as it is. */
export const postedWord = (word: string): string =>
  word.length > WORD_CHARS_MAX ? word.slice(0, WORD_CHARS_MAX).toWellFormed() : word

/** Texts whose words are remembered, and how long they are at most: names, types and agents come again and again. */
const TEXTS_MAX = 8_192
const TEXT_CHARS_MAX = 256
const splitTexts = new Map<string, readonly string[]>()

/** The words of a text as they are posted: the very same strings for the same text, which are quickly found again. */
function postedWordsOf(text: string): readonly string[] {
  const known = splitTexts.get(text)
  if (known) return known
  const words = wordsOf(text).map(postedWord)
  if (text.length > TEXT_CHARS_MAX) return words
  if (splitTexts.size >= TEXTS_MAX) splitTexts.clear()
  splitTexts.set(text, words)
  return words
}

/** Forgets what was read of entries: when something of them is erased. */
export const forgetTexts = (): void => splitTexts.clear()
