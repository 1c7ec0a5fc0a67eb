/**
 * Identifiers of a person, and whether a text holds one: the judgement behind “erase by person”, and a fast no before it.
 *
 * Texts are compared folded: NFC, lower case, NFC again (lower-casing may leave what composes), and one sigma for both.
 */

/** `word`: what touches the identifier's letters and digits is neither. `substring`: wherever it stands. */
export const MATCHES = ['word', 'substring'] as const
export type Match = (typeof MATCHES)[number]

interface Needle {
  readonly text: string
  readonly beginsWord: boolean
  readonly endsWord: boolean
}

export class Identifiers {
  readonly #needles: readonly Needle[]
  readonly #texts: ReadonlySet<string>
  /** any of them as it stands in canonical JSON: one pattern takes as long for a hundred as for one */
  readonly #inJson: RegExp
  readonly #match: Match

  /**
   * @param identifiers well-formed texts, none of them empty
   * @example
   * new Identifiers(['user_1'], 'word').isIn('granted to USER_1.') // true
   */
  constructor(identifiers: readonly string[], match: Match) {
    this.#texts = new Set(identifiers.map(foldText))
    this.#needles = Array.from(this.#texts, toNeedle)
    this.#inJson = new RegExp(this.#needles.map(({ text }) => literally(JSON.stringify(text).slice(1, -1))).join('|'))
    this.#match = match
  }

  /** Whether a text holds one of them. */
  isIn(text: string): boolean {
    const folded = foldText(text)
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
    if (isAscii(latin1)) return this.#inJson.test(latin1.toLowerCase())
    if (latin1.includes('\\')) return true
    return this.#inJson.test(foldText(viewOf(bytes).toString('utf8')))
  }
}

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

const isWordCharacter = (character: string | undefined): boolean =>
  character !== undefined && WORD_CHARACTER.test(character)

function toNeedle(text: string): Needle {
  const characters = Array.from(text)
  return {
    text,
    beginsWord: isWordCharacter(characters[0]),
    endsWord: isWordCharacter(characters.at(-1)),
  }
}

function holdsWord(text: string, { text: needle, beginsWord, endsWord }: Needle): boolean {
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
    const isAlone =
      !(beginsWord && isWordCharacter(characterBefore(text, at))) &&
      !(endsWord && isWordCharacter(characterAt(text, at + needle.length)))
    if (isAlone) return true
  }
  return false
}

function characterAt(text: string, at: number): string | undefined {
  const code = text.codePointAt(at)
  return code === undefined ? undefined : String.fromCodePoint(code)
}

function characterBefore(text: string, at: number): string | undefined {
  const isPair = at >= 2 && /[\udc00-\udfff]/.test(text.charAt(at - 1))
  return characterAt(text, isPair ? at - 2 : at - 1)
}
