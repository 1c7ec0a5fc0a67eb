/**
 * JSON text to a value, whatever the engine thinks of it: the one place where documents are parsed.
 *
 * V8 13 and 14 (Node 24 and 26, met in November 2026) take a member's name for another one where it is written with an
 * escape: once some object had a member called `\`, `{"\n":1}` may be read as `{"\\":1}`. Names that are written without
 * a backslash, and all values, are read rightly. So a text with an escape in a name is read by hand.
 */
import type { Json } from './jcs.js'

/**
 * What `JSON.parse` should give.
 *
 * @throws SyntaxError for what is no JSON
 */
export function parseText(text: string): Json {
  const value = JSON.parse(text) as Json
  return hasEscapedName(text) ? new Reader(text).value() : value
}

/** The index of the closing quote of the string in which `from` stands, not behind a backslash; or the end of the text. */
export function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from)
  while (end !== -1) {
    let backslashes = 0
    while (end - 1 - backslashes >= from && text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return text.length
}

const BACKSLASH = 92

/** Whether a member's name has a backslash. Of valid JSON, backslashes stand in strings alone. */
function hasEscapedName(text: string): boolean {
  for (let at = text.indexOf('\\'); at !== -1; ) {
    const end = endOfString(text, at)
    BEHIND_NAME.lastIndex = end + 1
    if (BEHIND_NAME.test(text)) return true
    at = text.indexOf('\\', end)
  }
  return false
}

const BEHIND_NAME = /[ \t\n\r]*:/y
const SPACE = /[ \t\n\r]*/y
/** A number, true, false or null. */
const WORD = /[^ \t\n\r,\]}]+/y

/** Reads a text that is known to be valid. Strings and words are left to the engine: it reads them rightly. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): Json {
    const first = this.#next()
    if (first === '{') return this.#object()
    if (first === '[') return this.#array()
    if (first === '"') return this.#string()
    return JSON.parse(this.#take(WORD)) as Json
  }

  #object(): Json {
    const object: { [member: string]: Json } = {}
    this.#at++
    while (this.#next() !== '}') {
      const name = this.#string()
      this.#next()
      this.#at++
      const value = this.value()
      // Assigned, it would be the prototype.
      if (name === '__proto__') Object.defineProperty(object, name, { ...OWN, value })
      else object[name] = value
      this.#passComma()
    }
    this.#at++
    return object
  }

  #array(): Json {
    const array: Json[] = []
    this.#at++
    while (this.#next() !== ']') {
      array.push(this.value())
      this.#passComma()
    }
    this.#at++
    return array
  }

  #string(): string {
    const end = endOfString(this.#text, this.#at + 1) + 1
    const token = this.#text.slice(this.#at, end)
    this.#at = end
    return JSON.parse(token) as string
  }

  /** The next character that is not space. */
  #next(): string {
    this.#take(SPACE)
    return this.#text[this.#at] ?? ''
  }

  #passComma(): void {
    if (this.#next() === ',') this.#at++
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const token = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += token.length
    return token
  }
}

const OWN = { configurable: true, enumerable: true, writable: true }
