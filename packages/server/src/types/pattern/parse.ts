/**
 * Regular expressions of ECMA-262 with the flag u (JSON Schema 2020-12 §6.4) as trees, without what no automaton can do:
 * looking around, and references back.
 */
import { AuditError } from '@sealedlog/sdk/base'
import { type Chars, charsOf } from './chars.js'

export type Assertion = 'start' | 'end' | 'word_edge' | 'no_word_edge'

export type Piece =
  | { readonly kind: 'chars'; readonly chars: Chars }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'repeat'; readonly piece: Piece; readonly min: number; readonly max: number }

const GROUPS_INSIDE_MAX = 100

/** @throws AuditError `invalid_event_type`, whose message says what the pattern must not hold */
export function parsePattern(source: string): Piece {
  refuseBrokenSyntax(source)
  return new PatternParser(source).parse()
}

/** The platform's own parser says what is ECMA-262. Nothing is matched with it: it backtracks. */
function refuseBrokenSyntax(source: string): void {
  try {
    new RegExp(source, 'u')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^.*: /, '') : String(cause)
    throw unusable(`is no regular expression of ECMA-262 (flag u): ${why}`)
  }
}

export const unusable = (message: string): AuditError => new AuditError('invalid_event_type', message)

const ASSERTIONS: { readonly [text: string]: Assertion } = {
  '^': 'start',
  $: 'end',
  '\\b': 'word_edge',
  '\\B': 'no_word_edge',
}

/** A group's head, and what an automaton can do of it. */
const GROUP = /\((?:\?(?:(?<plain>:)|<(?![=!])(?<name>[^>]*)>|(?<other><?[=!]|[-a-z]+:)))?/uy
const QUANTIFIER = /(?:(?<sign>[*+?])|\{(?<min>\d+)(?<comma>,)?(?<max>\d+)?\})\??/uy
/** One code point: a class, a set by name, an escape, or itself. A surrogate pair may be escaped as two. */
const ATOM =
  /\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[a-zA-Z]|\\.|./suy

/** Reads a source whose syntax is known to be right. */
class PatternParser {
  readonly #source: string
  #at = 0
  #inside = 0

  constructor(source: string) {
    this.#source = source
  }

  parse(): Piece {
    return this.#choice()
  }

  #choice(): Piece {
    const pieces = [this.#sequence()]
    while (this.#source[this.#at] === '|') {
      this.#at++
      pieces.push(this.#sequence())
    }
    return pieces.length === 1 ? (pieces[0] as Piece) : { kind: 'choice', pieces }
  }

  #sequence(): Piece {
    const pieces: Piece[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) pieces.push(this.#repeated())
    return { kind: 'sequence', pieces }
  }

  #repeated(): Piece {
    const piece = this.#one()
    const groups = this.#take(QUANTIFIER)?.groups
    if (groups === undefined) return piece
    const { sign, min, comma, max } = groups
    if (sign !== undefined)
      return { kind: 'repeat', piece, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Number.POSITIVE_INFINITY }
    const least = Number(min)
    return { kind: 'repeat', piece, min: least, max: comma ? Number(max ?? Number.POSITIVE_INFINITY) : least }
  }

  #one(): Piece {
    if (this.#source[this.#at] === '(') return this.#group()
    const text = this.#take(ATOM)?.[0] ?? ''
    const what = ASSERTIONS[text]
    if (what !== undefined) return { kind: 'assert', what }
    if (/^\\(?:[1-9]|k)/.test(text))
      throw unusable(`refers back (${text}), which cannot be matched in linear time; write out what may stand there`)
    return { kind: 'chars', chars: charsOf(text) }
  }

  #group(): Piece {
    const head = this.#take(GROUP)
    const other = head?.groups?.other
    if (other !== undefined)
      throw unusable(
        `holds (?${other}…), and ${/[=!]/.test(other) ? 'looking around' : 'switching flags'} cannot be matched in linear time here; leave it out, or use allOf, anyOf and not with several patterns`,
      )
    if (++this.#inside > GROUPS_INSIDE_MAX)
      throw unusable(`has more than ${GROUPS_INSIDE_MAX} groups inside one another`)
    const piece = this.#choice()
    this.#inside--
    this.#at++
    return piece
  }

  #take(what: RegExp): RegExpExecArray | undefined {
    what.lastIndex = this.#at
    const match = what.exec(this.#source) ?? undefined
    this.#at += match?.[0].length ?? 0
    return match
  }
}
