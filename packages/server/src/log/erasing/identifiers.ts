/**
 * Identifiers of a person, and whether a text holds one: the judgement behind “erase by person”, and a fast no before it.
 *
 * Texts are compared folded: NFC, lower case, NFC again (lower-casing may leave what composes), and one sigma for both.
 */

import { type Accepts, Needles } from './needles.js'

/** `word`: what touches the identifier's letters and digits is neither. `substring`: wherever it stands. */
export const MATCHES = ['word', 'substring'] as const
export type Match = (typeof MATCHES)[number]

interface Needle {
  readonly text: string
  readonly beginsWord: boolean
  readonly endsWord: boolean
}

/**
 * Longer texts are looked through for all of them at once, in as many steps as they have characters. In short ones a
 * search for each is faster, and the worst that somebody can choose takes no time to speak of.
 */
const SHORT_CHARS_MAX = 1_024

export class Identifiers {
  readonly #needles: readonly Needle[]
  readonly #texts: ReadonlySet<string>
  /** any of them as it stands in canonical JSON: one pattern takes as long for a hundred as for one */
  readonly #inJson: RegExp
  /** the same for long texts, made when the first of them is met */
  #all: Needles | undefined
  #allInJson: Needles | undefined
  readonly #match: Match

  /**
   * @param identifiers well-formed texts, none of them empty
   * @example
   * new Identifiers(['user_1'], 'word').isIn('granted to USER_1.') // true
   */
  constructor(identifiers: readonly string[], match: Match) {
    this.#texts = new Set(identifiers.map(foldText))
    this.#needles = Array.from(this.#texts, toNeedle)
    this.#inJson = new RegExp(this.#needles.map(({ text }) => literally(asJson(text))).join('|'))
    this.#match = match
  }

  /** Whether a text holds one of them. */
  isIn(text: string): boolean {
    const folded = foldText(text)
    if (folded.length > SHORT_CHARS_MAX) {
      this.#all ??= new Needles(this.#needles.map((needle) => needle.text))
      return this.#all.some(folded, this.#match === 'substring' ? undefined : this.#acceptsWord(folded))
    }
    return this.#needles.some((needle) =>
      this.#match === 'substring' ? folded.includes(needle.text) : holdsWord(folded, needle),
    )
  }

  /** Whether a number is one of them, as canonical JSON writes it: a part of a number is nobody. */
  isNumber(value: number): boolean {
    return this.#texts.has(foldText(JSON.stringify(value)))
  }

  /**
   * Whether some text, name or number in these bytes of canonical JSON may hold one; false is certain.
   *
   * Escapes are ASCII, and folding leaves them alone; but a mark behind the `n` of an escaped line feed would be folded
   * into it. So where there are both, nothing is certain.
   */
  mayStandIn(bytes: Uint8Array): boolean {
    const latin1 = viewOf(bytes).toString('latin1')
    if (isAscii(latin1)) return this.#isInJson(latin1.toLowerCase())
    if (latin1.includes('\\')) return true
    return this.#isInJson(foldText(viewOf(bytes).toString('utf8')))
  }

  #isInJson(folded: string): boolean {
    if (folded.length <= SHORT_CHARS_MAX) return this.#inJson.test(folded)
    this.#allInJson ??= new Needles(this.#needles.map(({ text }) => asJson(text)))
    return this.#allInJson.some(folded)
  }

  #acceptsWord(text: string): Accepts {
    return (number, start, end) => {
      const needle = this.#needles[number]
      return needle !== undefined && isAlone(text, needle, start, end)
    }
  }
}

/** As canonical JSON writes it, without the quotes. */
const asJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The pattern of a text that stands for itself. */
const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, (character) => `\\${character}`)

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

// oxlint-disable-next-line no-control-regex
const isAscii = (text: string): boolean => !/[^\x00-\x7f]/.test(text)

/** The form in which texts are compared. */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  return text.normalize('NFC').toLowerCase().normalize('NFC').replaceAll('ς', 'σ')
}

const WORD_CHARACTER = /^[\p{L}\p{N}]$/u
const ASCII_END = 0x80
/** Of ASCII, which is asked for most: looked up, not matched. */
const ASCII_WORD = Array.from({ length: ASCII_END }, (_, code) => WORD_CHARACTER.test(String.fromCharCode(code)))

const isWordCharacter = (code: number | undefined): boolean =>
  code !== undefined && (code < ASCII_END ? ASCII_WORD[code] === true : WORD_CHARACTER.test(String.fromCodePoint(code)))

function toNeedle(text: string): Needle {
  return {
    text,
    beginsWord: isWordCharacter(text.codePointAt(0)),
    endsWord: isWordCharacter(codeBefore(text, text.length)),
  }
}

function holdsWord(text: string, needle: Needle): boolean {
  for (let at = text.indexOf(needle.text); at !== -1; at = text.indexOf(needle.text, at + 1))
    if (isAlone(text, needle, at, at + needle.text.length)) return true
  return false
}

const isAlone = (text: string, { beginsWord, endsWord }: Needle, start: number, end: number): boolean =>
  !(endsWord && isWordCharacter(text.codePointAt(end))) && !(beginsWord && isWordCharacter(codeBefore(text, start)))

/** The code point that ends at a place. */
function codeBefore(text: string, at: number): number | undefined {
  const isPair = at >= 2 && isLow(text.charCodeAt(at - 1))
  return text.codePointAt(isPair ? at - 2 : at - 1)
}

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff
