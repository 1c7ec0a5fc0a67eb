/** What is wrong with a query, and where: the one error of all three forms. */
import { AuditError, type Fault } from '../base/index.js'

const SHOWN_CHARS_MAX = 60

export const shown = (text: string): string =>
  text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX).toWellFormed()}…` : text

/** The same of a value: what of it is wrong, before anybody knows where it stood. */
export interface ValueFault {
  /** UTF-16 code units from the start of the value */
  readonly offset: number
  readonly found: string
  readonly expected: string
  readonly nearest?: string
  readonly limit?: string
}

export const isFault = (value: object): value is ValueFault => 'offset' in value

/** ` Did you mean "x"?`, or nothing. */
export const suggest = (nearest: string | undefined): string =>
  nearest === undefined ? '' : ` Did you mean "${nearest}"?`

/** The error of a text that is no query. */
export function invalidQuery({ position, found, expected, nearest }: Fault, why?: string): AuditError {
  const what = found === '' ? 'the end' : JSON.stringify(shown(found))
  return new AuditError(
    'invalid_query',
    why ?? `At position ${position} of the query stands ${what}; expected ${expected}.${suggest(nearest)}`,
    { fault: { position, found: shown(found), expected, ...(nearest === undefined ? {} : { nearest }) } },
  )
}
