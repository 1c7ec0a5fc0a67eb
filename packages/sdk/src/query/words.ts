/** The words of a text, as free text is compared: case and accents folded, punctuation gone. */

/** Scripts that are written without spaces: each character is a word, so that any part of a text is found. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`
const WORD = new RegExp(String.raw`[${UNSPACED}]|(?:(?![${UNSPACED}])[\p{L}\p{N}\p{M}])+`, 'gu')
/** Combining marks of the alphabets (Unicode block 0300): accents. Those of other scripts are letters to their readers. */
const ACCENTS = /[\u0300-\u036f]/g

/** Text without case and accents: compatibility forms too (NFKD), so that `ﬁ` is `fi` and full-width is plain. */
const fold = (text: string): string =>
  text.normalize('NFKD').replace(ACCENTS, '').toUpperCase().toLowerCase().replaceAll('ς', 'σ')

const ASCII = /^[\u0020-\u007e\n\t\r]*$/
const ASCII_WORD = /[a-z0-9]+/g

/**
 * The words of a text, in order.
 *
 * @example
 * wordsOf('Zoë Müller <zoe@Example.com>') // ['zoe', 'muller', 'zoe', 'example', 'com']
 */
export function wordsOf(text: string): readonly string[] {
  if (ASCII.test(text)) return text.toLowerCase().match(ASCII_WORD) ?? []
  return fold(text).match(WORD) ?? []
}

/** Whether words stand one after the other among others; with `prefix`, the last may go on. */
export function standIn(sought: readonly string[], words: readonly string[], prefix: boolean): boolean {
  const last = sought.length - 1
  for (let at = 0; at + last < words.length; at++) {
    let i = 0
    while (i < last && words[at + i] === sought[i]) i++
    if (i < last) continue
    const word = words[at + last] as string
    const end = sought[last] as string
    if (prefix ? word.startsWith(end) : word === end) return true
  }
  return false
}
