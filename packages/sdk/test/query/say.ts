/** Says a query as text in one of the many ways there are: white space, parentheses, AND, NOT, quotes, lists of values. */
import { quoted, type Said, type SaidCondition, type SaidField } from './random-trees.js'
import { oneIn, pick, type Random, times } from './support.js'

/** How a text is said: with whatever is allowed, from a seed. */
export function sayText(rnd: Random, said: Said): string {
  return `${space(rnd)}${sayAny(rnd, said)}${space(rnd)}`
}

const SPACES = [' ', ' ', ' ', '  ', '\t', '\n', '\u00a0', '\ufeff']
const space = (rnd: Random): string => times(rnd(2), () => pick(rnd, SPACES)).join('')
const someSpace = (rnd: Random): string => pick(rnd, SPACES) + space(rnd)

/** Where nothing stands beside it: OR is allowed. */
function sayAny(rnd: Random, said: Said): string {
  if (!('or' in said)) return sayAll(rnd, said)
  const list = sayList(rnd, said.or)
  if (list !== undefined && oneIn(rnd, 2)) return list
  return said.or.map((part) => sayAll(rnd, part)).join(`${someSpace(rnd)}OR${someSpace(rnd)}`)
}

function sayAll(rnd: Random, said: Said): string {
  if (!('and' in said)) return sayTerm(rnd, said)
  const and = oneIn(rnd, 3) ? `${someSpace(rnd)}AND` : ''
  return said.and.map((part) => sayTerm(rnd, part)).join(`${and}${someSpace(rnd)}`)
}

function sayTerm(rnd: Random, said: Said): string {
  if ('not' in said) return `${pick(rnd, ['-', `NOT${someSpace(rnd)}`])}${sayTerm(rnd, said.not)}`
  if ('and' in said || 'or' in said || oneIn(rnd, 12)) return `(${space(rnd)}${sayAny(rnd, said)}${space(rnd)})`
  return sayCondition(rnd, said)
}

/** `field:(a OR b)`, where all parts are values of one field. */
function sayList(rnd: Random, parts: readonly Said[]): string | undefined {
  const values = parts.flatMap((part) => ('field' in part ? [part] : []))
  const [first] = values
  const isList = first !== undefined && values.length === parts.length
  if (!isList || values.some(({ field }) => field !== first.field)) return undefined
  const said = values.map((value) => sayValue(rnd, value)).join(`${someSpace(rnd)}OR${someSpace(rnd)}`)
  return `${first.field}:(${space(rnd)}${said}${space(rnd)})`
}

/** A text is said bare where that surely means it. */
const isSafe = (text: string): boolean =>
  /^[\p{L}\p{N}_@][\p{L}\p{N}_@.-]*$/u.test(text) && !/\.\.|^(?:AND|OR|NOT)$/.test(text)

const sayString = (rnd: Random, text: string): string => (isSafe(text) && !oneIn(rnd, 4) ? text : quoted(text))

function sayCondition(rnd: Random, said: SaidCondition): string {
  if ('field' in said) return saySince(rnd, said) ?? `${said.field}:${sayValue(rnd, said)}`
  return `${sayString(rnd, said.text)}${said.prefix ? '*' : ''}`
}

/** `since:` and `until:` are bounds of `occurred_at`. */
function saySince(rnd: Random, { field, ...said }: SaidField): string | undefined {
  const [name, bound] = Object.entries(said)[0] ?? []
  if (field !== 'occurred_at' || Object.keys(said).length !== 1 || oneIn(rnd, 2)) return undefined
  if (name === 'gte') return `since:${bound}`
  return name === 'lt' ? `until:${bound}` : undefined
}

export function sayValue(rnd: Random, { is, starts_with, within, gt, gte, lt, lte }: SaidField): string {
  if (is !== undefined) return typeof is === 'string' && !MOMENT.test(is) ? sayString(rnd, is) : `${is}`
  if (starts_with !== undefined) return starts_with === '' ? '*' : `${sayString(rnd, starts_with)}*`
  if (within !== undefined) return within
  return (gt ?? gte) === undefined ? sayUpper(rnd, lt, lte) : sayLower(rnd, gt, gte, lt, lte)
}

type Bound = string | number | undefined

/** `>=5`, `5..*`; or `5..<10` */
function sayLower(rnd: Random, gt: Bound, gte: Bound, lt: Bound, lte: Bound): string {
  const hasUpper = lt !== undefined || lte !== undefined
  if (!hasUpper && oneIn(rnd, 2)) return gt === undefined ? `>=${gte}` : `>${gt}`
  const upper = lt === undefined ? `${lte ?? '*'}` : `<${lt}`
  return gt === undefined ? `${gte}..${upper}` : `>${gt}..${upper}`
}

/** `<=5`, `*..5` */
function sayUpper(rnd: Random, lt: Bound, lte: Bound): string {
  if (oneIn(rnd, 2)) return lt === undefined ? `*..${lte}` : `*..<${lt}`
  return lt === undefined ? `<=${lte}` : `<${lt}`
}

const MOMENT = /^\d{4}-\d\d-\d\d(?:T[\d:.+Z-]+)?$|^\d+[smhdw]$/
