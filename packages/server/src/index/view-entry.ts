/** An entry as the index knows it, from the entry's own bytes. */
import { parseTime } from '@sealedlog/sdk/base'
import { type Facts, factsOf, type ListPosition, openEntry, type RecordedEvent } from '@sealedlog/sdk/event'
import { eachText, wordsOf } from '@sealedlog/sdk/query'
import type { IndexEntry } from './port.js'

/** An entry as it is opened: where it stands, and what it says. */
export interface OpenedEntry extends ListPosition {
  readonly org: string
  readonly facts: Facts
  /** what its words are taken from, with repetitions */
  readonly texts: readonly string[]
}

/** The same with its words: what it is to be found by. */
export interface ViewEntry extends OpenedEntry {
  /** each once, cut to WORD_CHARS_MAX; undefined where there are more than WORDS_MAX: then every text may hold */
  readonly words: ReadonlySet<string> | undefined
}

/** Words of one entry that are posted. */
export const WORDS_MAX = 4_096

/** Characters (UTF-16) of a word that are posted: words that begin with the same so many are posted as one. */
export const WORD_CHARS_MAX = 64

/** Opens an entry. @throws AuditError `malformed_leaf` */
export const openIndexEntry = ({ org, index, leaf, disclosures }: IndexEntry): OpenedEntry =>
  toOpenedEntry(org, openEntry(leaf, disclosures, index))

/** The same with its words. @throws AuditError `malformed_leaf` */
export const openViewEntry = (entry: IndexEntry): ViewEntry => withWords(openIndexEntry(entry))

export const toViewEntry = (org: string, event: RecordedEvent): ViewEntry => withWords(toOpenedEntry(org, event))

/** The same of an event that was read already. */
export function toOpenedEntry(org: string, event: RecordedEvent): OpenedEntry {
  const texts: string[] = []
  eachText(event, (text) => texts.push(text))
  return { org, index: event.index, atMs: parseTime(event.occurred_at) ?? 0, facts: factsOf(event), texts }
}

const withWords = (entry: OpenedEntry): ViewEntry => ({ ...entry, words: distinctWords(entry.texts) })

/** The words of texts as they are posted, each once; undefined where there are more than WORDS_MAX. */
export function distinctWords(texts: readonly string[]): ReadonlySet<string> | undefined {
  const words = new Set<string>()
  for (const text of new Set(texts)) for (const word of rememberedWordsOf(text)) words.add(word)
  return words.size > WORDS_MAX ? undefined : words
}

/** The words of a text as they are posted, with repetitions. */
export function postedWordsOf(text: string): readonly string[] {
  const words = wordsOf(text)
  return words.some(isLong) ? words.map(postedWord) : words
}

const isLong = (word: string): boolean => word.length > WORD_CHARS_MAX

/** A word as it is posted: well-formed where a character was cut in two, so that files say it back as it is. */
export const postedWord = (word: string): string =>
  word.length > WORD_CHARS_MAX ? word.slice(0, WORD_CHARS_MAX).toWellFormed() : word

/** Texts whose words are remembered, and how long they are at most: names, types and agents come again and again. */
const TEXTS_MAX = 8_192
const TEXT_CHARS_MAX = 256
const splitTexts = new Map<string, readonly string[]>()

/** The same, of a text that was seen before: whoever goes through many entries meets most of them again. */
function rememberedWordsOf(text: string): readonly string[] {
  const known = splitTexts.get(text)
  if (known) return known
  const words = postedWordsOf(text)
  if (text.length > TEXT_CHARS_MAX) return words
  if (splitTexts.size >= TEXTS_MAX) splitTexts.clear()
  splitTexts.set(text, words)
  return words
}

/** Forgets what was read of entries: when something of them is erased. */
export const forgetTexts = (): void => splitTexts.clear()
