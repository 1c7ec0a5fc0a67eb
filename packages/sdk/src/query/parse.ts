/** The text form of a query: a recursive descent over the characters, one look ahead, in linear time. */
import { AuditError } from '../base/index.js'
import { BOUNDS } from '../event/index.js'
import { invalidQuery, isFault, shown, suggest, type ValueFault } from './fault.js'
import { BOUNDS_OF_TIME, FIELD_NAMES_SAID, fieldOf, nearestField, type QueryField } from './fields.js'
import { PATH_SOURCE } from './paths.js'
import { allOf, anyOf, EVERYTHING, noneOf, type Query, type Words } from './tree.js'
import { between, checkLength, equalTo, type SaidBound, startingWith } from './values.js'
import { wordsOf } from './words.js'

const FIELD = new RegExp(`(${PATH_SOURCE}):`, 'y')
const BARE = /[^\s()"]+/y
const SPACE = /\s*/y
const KEYWORD = /(AND|OR|NOT)(?=[\s()"]|$)/y
/** `>=5`, `<2026-11-20` */
const COMPARISON = /^(>=|<=|>|<)(.*)$/s
/** `5..10`, `>5..10`, `5..<10`; `*` is no bound on its side. Only where an end looks like a bound: `a..b` is a word. */
const RANGE = /^(>?)(\*|-?\d[^.]*(?:\.\d[^.]*)?)\.\.(<?)(\*|-?\d.*)$/s
const COMPARISON_BOUNDS = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt' } as const

/**
 * Reads a query. Terms side by side all hold; `OR` binds less than that; `-` and `NOT` negate; parentheses group.
 * Nothing at all is everything.
 *
 * @throws AuditError `invalid_query`, its `fault` saying where, what stands there and what was expected
 * @example
 * parseQuery('type:api_key.* -outcome:success') // { and: [{ field: 'type', starts_with: 'api_key.' }, { not: … }] }
 */
export function parseQuery(text: string): Query {
  if (text.length > BOUNDS.QUERY_CHARS_MAX) {
    throw new AuditError(
      'invalid_query',
      `The query has ${text.length} characters; at most ${BOUNDS.QUERY_CHARS_MAX} (limit QUERY_CHARS_MAX).`,
      {
        fault: {
          position: BOUNDS.QUERY_CHARS_MAX,
          found: shown(text.slice(BOUNDS.QUERY_CHARS_MAX)),
          expected: 'the end',
        },
      },
    )
  }
  return new Parser(text).parse()
}

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0
  #terms = 0

  constructor(text: string) {
    this.#text = text
  }

  parse(): Query {
    this.#skipSpace()
    if (this.#isEnd()) return EVERYTHING
    const query = this.#any()
    if (this.#isEnd()) return query
    throw this.#refuse(this.#at, 'no parenthesis that closes none')
  }

  #any(): Query {
    const parts = [this.#all()]
    while (this.#takeKeyword('OR')) parts.push(this.#all())
    return parts.length === 1 && parts[0] ? parts[0] : anyOf(parts)
  }

  #all(): Query {
    const parts = [this.#term()]
    for (;;) {
      const said = this.#takeKeyword('AND')
      if (!said && (this.#isEnd() || this.#peek() === ')' || this.#keyword() === 'OR')) break
      parts.push(this.#term())
    }
    return parts.length === 1 && parts[0] ? parts[0] : allOf(parts)
  }

  /** One condition, a group, or the negation of either; with the space behind it. */
  #term(): Query {
    if (this.#peek() === '-') return this.#deeper(1, () => this.#negated())
    if (this.#keyword() === 'NOT') return this.#deeper('NOT'.length, () => this.#notTerm())
    if (this.#peek() === '(') return this.#deeper(1, () => this.#group())
    const keyword = this.#keyword()
    if (this.#isEnd() || this.#peek() === ')' || keyword !== undefined) throw this.#refuse(this.#at, 'a term')
    this.#countTerm()
    const query = this.#condition()
    this.#skipSpace()
    return query
  }

  #negated(): Query {
    if (this.#isEnd() || /\s/.test(this.#peek()))
      throw this.#refuse(this.#at, 'a term right behind the minus; quote a lone "-"')
    return noneOf(this.#term())
  }

  #notTerm(): Query {
    this.#skipSpace()
    return noneOf(this.#term())
  }

  #group(): Query {
    const opened = this.#at - 1
    this.#skipSpace()
    const query = this.#any()
    this.#takeClosing(opened)
    return query
  }

  /** Passes over `skip` characters and goes one level down. */
  #deeper(skip: number, read: () => Query): Query {
    const from = this.#at
    this.#depth++
    if (this.#depth > BOUNDS.QUERY_DEPTH_MAX) {
      throw this.#refuse(
        from,
        `at most ${BOUNDS.QUERY_DEPTH_MAX} levels of parentheses and negations (limit QUERY_DEPTH_MAX)`,
      )
    }
    this.#at += skip
    const query = read()
    this.#depth--
    return query
  }

  #condition(): Query {
    const from = this.#at
    const name = this.#take(FIELD)?.[1]
    if (name !== undefined) return this.#fieldCondition(name, from)
    return this.#peek() === '"' ? this.#phrase() : this.#word()
  }

  #phrase(): Words {
    const from = this.#at
    const text = this.#quoted()
    const prefix = this.#takeStar()
    this.#checkBoundary()
    return this.#words(text, prefix, from)
  }

  #word(): Words {
    const from = this.#at
    const word = this.#bare()
    const prefix = word.endsWith('*')
    return this.#words(prefix ? word.slice(0, -1) : word, prefix, from)
  }

  #words(text: string, prefix: boolean, from: number): Words {
    const tooLong = checkLength(text)
    if (tooLong) throw this.#faultOf(tooLong, from)
    const isWord = wordsOf(text).length > 0
    if (!isWord)
      throw this.#faultOf({ offset: 0, found: '', expected: 'a word: something with a letter or a digit' }, from)
    return prefix ? { text, prefix } : { text }
  }

  #fieldCondition(name: string, from: number): Query {
    const bound = Object.hasOwn(BOUNDS_OF_TIME, name) ? BOUNDS_OF_TIME[name as keyof typeof BOUNDS_OF_TIME] : undefined
    const field = fieldOf(bound ? 'occurred_at' : name)
    if (field === undefined) {
      const nearest = nearestField(name)
      const fault = { position: from, found: name, expected: `a field such as ${FIELD_NAMES_SAID}` }
      const hint = suggest(nearest) || ` Fields are ${FIELD_NAMES_SAID}; to look for words with a colon, quote them.`
      throw invalidQuery(
        nearest === undefined ? fault : { ...fault, nearest },
        `There is no field ${JSON.stringify(name.slice(0, 60))} (position ${from} of the query).${hint}`,
      )
    }
    if (bound) return this.#boundOfTime(field, bound)
    if (this.#peek() === '(') return this.#deeper(1, () => this.#valueList(field))
    return this.#value(field)
  }

  #boundOfTime(field: QueryField, name: 'gte' | 'lt'): Query {
    const from = this.#at
    const text = this.#peek() === '"' ? this.#quoted() : this.#bare('a time')
    this.#checkBoundary()
    return this.#settle(between(field, [{ name, text, offset: 0 }]), from)
  }

  /** `(a OR b)` behind a field: each is a value of it. */
  #valueList(field: QueryField): Query {
    const opened = this.#at - 1
    const parts: Query[] = []
    do {
      this.#skipSpace()
      if (parts.length > 0) this.#countTerm()
      parts.push(this.#value(field))
      this.#skipSpace()
    } while (this.#takeKeyword('OR'))
    if (!this.#isEnd() && this.#peek() !== ')') throw this.#refuse(this.#at, 'OR, or the closing parenthesis')
    this.#takeClosing(opened)
    return anyOf(parts)
  }

  #value(field: QueryField): Query {
    const from = this.#at
    if (this.#peek() === '"') {
      const text = this.#quoted()
      const isPrefix = this.#takeStar()
      this.#checkBoundary()
      return this.#settle(isPrefix ? startingWith(field, text) : equalTo(field, text), from)
    }
    if (this.#keyword() !== undefined) throw this.#refuse(from, 'a value; quote a word that is an operator')
    return this.#settle(readBareValue(field, this.#bare('a value')), from)
  }

  #settle(value: Query | ValueFault, from: number): Query {
    if (isFault(value)) throw this.#faultOf(value, from)
    return value
  }

  /** The error of a value that stands from `from` up to here; of one in quotes, all of it is what was found. */
  #faultOf({ offset, found, expected, nearest, limit }: ValueFault, from: number): AuditError {
    const position = from + offset
    const quoted = this.#text[from] === '"' ? this.#text.slice(from, this.#at) : ''
    return invalidQuery({
      position,
      found: quoted || found || this.#foundAt(position),
      expected: limit === undefined ? expected : `${expected} (limit ${limit})`,
      ...(nearest === undefined ? {} : { nearest }),
    })
  }

  /** A run of characters that need no quotes. */
  #bare(expected = 'a term'): string {
    const text = this.#take(BARE)?.[0]
    if (text === undefined) throw this.#refuse(this.#at, expected)
    this.#checkBoundary()
    return text
  }

  /** What stands between quotes; `\"` and `\\` are the only escapes. */
  #quoted(): string {
    const opened = this.#at
    let text = ''
    for (let at = opened + 1; at < this.#text.length; at++) {
      const character = this.#text[at] as string
      if (character === '"') {
        this.#at = at + 1
        return text
      }
      if (character !== '\\') {
        text += character
        continue
      }
      at++
      const escaped = this.#text[at]
      if (escaped !== '"' && escaped !== '\\') throw this.#refuse(at, 'a quote or a backslash behind the backslash')
      text += escaped
    }
    throw this.#refuse(this.#text.length, `the quote that closes the one at position ${opened}`)
  }

  #takeStar(): boolean {
    const isThere = this.#peek() === '*'
    if (isThere) this.#at++
    return isThere
  }

  #takeClosing(opened: number): void {
    if (this.#peek() !== ')') throw this.#refuse(this.#at, `the parenthesis that closes the one at position ${opened}`)
    this.#at++
    this.#skipSpace()
  }

  /** Behind a value stands a space, a parenthesis or the end. */
  #checkBoundary(): void {
    if (!this.#isEnd() && !/[\s()]/.test(this.#peek())) throw this.#refuse(this.#at, 'a space; quote the whole of it')
  }

  #countTerm(): void {
    this.#terms++
    if (this.#terms > BOUNDS.QUERY_TERMS_MAX)
      throw this.#refuse(this.#at, `at most ${BOUNDS.QUERY_TERMS_MAX} conditions (limit QUERY_TERMS_MAX)`)
  }

  #takeKeyword(word: 'AND' | 'OR' | 'NOT'): boolean {
    if (this.#keyword() !== word) return false
    this.#at += word.length
    this.#skipSpace()
    return true
  }

  #keyword(): string | undefined {
    KEYWORD.lastIndex = this.#at
    return KEYWORD.exec(this.#text)?.[1]
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match) this.#at += match[0].length
    return match
  }

  #skipSpace(): void {
    this.#take(SPACE)
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #isEnd(): boolean {
    return this.#at >= this.#text.length
  }

  #refuse(position: number, expected: string): AuditError {
    return invalidQuery({ position, found: this.#foundAt(position), expected })
  }

  #foundAt(position: number): string {
    BARE.lastIndex = position
    return BARE.exec(this.#text)?.[0] ?? this.#text.slice(position, position + 1)
  }
}

/** A value without quotes: a comparison, a range, a prefix, or the value itself. */
function readBareValue(field: QueryField, text: string): Query | ValueFault {
  const [, operator, rest] = field.kind === 'fact' ? [] : (COMPARISON.exec(text) ?? [])
  const range = field.kind === 'fact' ? null : RANGE.exec(text)
  if (range) return between(field, rangeBounds(range))
  if (operator !== undefined && rest !== undefined) {
    const name = COMPARISON_BOUNDS[operator as keyof typeof COMPARISON_BOUNDS]
    return between(field, [{ name, text: rest, offset: operator.length }])
  }
  return text.endsWith('*') ? startingWith(field, text.slice(0, -1)) : equalTo(field, text)
}

function rangeBounds([, over = '', low = '', under = '', high = '']: RegExpExecArray): readonly SaidBound[] {
  const bounds: SaidBound[] = []
  if (low !== '*') bounds.push({ name: over ? 'gt' : 'gte', text: low, offset: over.length })
  const offset = over.length + low.length + 2 + under.length
  if (high !== '*') bounds.push({ name: under ? 'lt' : 'lte', text: high, offset })
  return bounds
}
