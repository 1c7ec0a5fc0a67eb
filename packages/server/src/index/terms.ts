/** What an entry is posted under. */
import { type Facts, type Field, FIELDS } from '@sealedlog/sdk/event'
import type { TermField } from './segment.js'
import type { ViewEntry } from './view-entry.js'

/** The value under which entries of more than WORDS_MAX words stand: no word is empty. */
export const UNLISTED_WORDS = ''

const FIELD_NAMES = Object.keys(FIELDS) as readonly Field[]

/**
 * Calls back for each term of an entry.
 *
 * @example
 * eachTerm(entry, (field, value) => console.log(field, value))
 */
export function eachTerm({ facts, words }: ViewEntry, post: (field: TermField, value: string) => void): void {
  eachFact(facts, post)
  if (words === undefined) post('word', UNLISTED_WORDS)
  else for (const word of words) post('word', word)
}

/** Calls back for those that are facts. Every entry is tenant-scoped or not: `tenant` `yes` says both. */
export function eachFact(facts: Facts, post: (field: Field, value: string) => void): void {
  for (const field of FIELD_NAMES)
    for (const value of facts[field]) if (field !== 'tenant' || value === 'yes') post(field, value)
}
