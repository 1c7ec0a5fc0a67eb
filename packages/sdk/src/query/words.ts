/** The words of a text, as free text is compared: case and accents folded, punctuation gone. */

/**
 * Scripts that are written without spaces: each character is a word, so that any part of a text is found. The marks
 * that lengthen and repeat kana belong to both of their scripts and are therefore said one by one.
 */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3031-\u3035\u303c\u30fc\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`
/** One of these with the marks on it, or a run of letters and digits. A mark begins no word: it would hide the word. */
const WORD = new RegExp(
  String.raw`[${UNSPACED}](?:(?![${UNSPACED}])\p{M})*|(?:(?![${UNSPACED}])[\p{L}\p{N}])(?:(?![${UNSPACED}])[\p{L}\p{N}\p{M}])*`,
  'gu',
)
/**
 * Combining marks of the alphabets and of symbols (the Unicode blocks of that name): accents; and what chooses between
 * two drawings of a character. Marks of other scripts are letters to their readers.
 */
const ACCENTS = new RegExp(
  String.raw`[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u{e0100}-\u{e01ef}]`,
  'gu',
)

/**
 * So many marks in a row are no writing, and normalizing sorts them in quadratic time: what breaks the row (UAX #15
 * §13) is itself one of the accents. The marks of half-width kana are letters until they are normalized.
 */
const MANY_MARKS = /[\p{M}\uff9e\uff9f]{30}/gu
const breakRows = (text: string): string => text.replace(MANY_MARKS, '$&\u034f')

/**
 * Text without case and accents: compatibility forms too (NFKD), so that `ﬁ` is `fi` and full-width is plain. First
 * lower case, then upper, then lower: `ẞ` is `ß` is `SS`.
 */
const fold = (text: string): string =>
  breakRows(text).normalize('NFKD').replace(ACCENTS, '').toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')

const ASCII = /^[\u0020-\u007e\n\t\r]*$/

/**
 * The words of a text, in order.
 *
 * @example
 * wordsOf('Zoë Müller <zoe@Example.com>') // ['zoe', 'muller', 'zoe', 'example', 'com']
 */
export function wordsOf(text: string): readonly string[] {
  if (ASCII.test(text)) return asciiWordsOf(text)
  return fold(text).match(WORD) ?? []
}

/** Letter by letter: this is asked for most texts that are recorded, and a pattern takes twice as long. */
function asciiWordsOf(text: string): readonly string[] {
  const words: string[] = []
  let start = -1
  let isLower = true
  for (let at = 0; at <= text.length; at++) {
    const kind = at < text.length ? (KINDS[text.charCodeAt(at)] as number) : BETWEEN
    if (kind === UPPER) isLower = false
    if (kind !== BETWEEN) {
      if (start === -1) start = at
    } else if (start !== -1) {
      const word = text.slice(start, at)
      words.push(isLower ? word : word.toLowerCase())
      start = -1
      isLower = true
    }
  }
  return words
}

/** What an ASCII character is to a word: nothing, one of its letters, or one in upper case. */
const [BETWEEN, LETTER, UPPER] = [0, 1, 2]
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return /[A-Z]/.test(character) ? UPPER : /[a-z0-9]/.test(character) ? LETTER : BETWEEN
})

/**
 * Makes ready a search for words that stand one after the other; with `prefix`, the last may go on. Each word of a
 * text is looked at once (Knuth, Morris and Pratt, 1977), however often the sought ones nearly stand there.
 */
export function finderOf(sought: readonly string[], prefix: boolean): (words: readonly string[]) => boolean {
  const whole = prefix ? sought.slice(0, -1) : sought
  const begins = prefix ? (sought.at(-1) ?? '') : ''
  const borders = bordersOf(whole)
  return (words) => {
    let held = 0
    for (const word of words) {
      if (held === whole.length) {
        if (word.startsWith(begins)) return true
        held = borders[held] ?? 0
      }
      while (held > 0 && whole[held] !== word) held = borders[held] ?? 0
      if (whole[held] === word) held++
      if (held === whole.length && !prefix) return true
    }
    return false
  }
}

/** For each number of first words: how many of them also end there, fewer than all. */
function bordersOf(words: readonly string[]): readonly number[] {
  const borders = [0, 0]
  let held = 0
  for (const word of words.slice(1)) {
    while (held > 0 && words[held] !== word) held = borders[held] ?? 0
    if (words[held] === word) held++
    borders.push(held)
  }
  return borders
}
