/** Reading a query string: strictly, each parameter once or many times as it says, and none unknown. */
import { AuditError, didYouMean } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'

export type Pair = readonly [name: string, value: string]

/**
 * The pairs of a query string (application/x-www-form-urlencoded).
 *
 * @throws AuditError `malformed_request` on percent-encoding that is not UTF-8
 */
export function parsePairs(query: string): readonly Pair[] {
  const parts = query.split('&').filter((part) => part !== '')
  if (parts.length > BOUNDS.PARAMETERS_MAX) {
    throw new AuditError(
      'invalid_parameter',
      `The query has ${parts.length} parameters; at most ${BOUNDS.PARAMETERS_MAX} (limit PARAMETERS_MAX).`,
    )
  }
  return parts.map((part) => {
    const equals = part.indexOf('=')
    return equals === -1 ? [decode(part), ''] : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))]
  })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new AuditError(
      'malformed_request',
      `The query holds ${JSON.stringify(text.slice(0, 60))}, which is not percent-encoded UTF-8.`,
    )
  }
}

export const invalidParameter = (param: string, message: string): AuditError =>
  new AuditError('invalid_parameter', message, { param })

/** The parameters of one request. What is not asked for by name is refused by `done`. */
export class QueryString {
  readonly #values = new Map<string, string[]>()
  readonly #asked = new Set<string>()

  constructor(pairs: readonly Pair[]) {
    for (const [name, value] of pairs) {
      const values = this.#values.get(name)
      if (values) values.push(value)
      else this.#values.set(name, [value])
    }
  }

  /** All values of a parameter; none where it is absent. */
  many(name: string): readonly string[] {
    this.#asked.add(name)
    const values = this.#values.get(name) ?? []
    if (values.length > BOUNDS.PARAMETER_VALUES_MAX) {
      throw invalidParameter(
        name,
        `${name} has ${values.length} values; at most ${BOUNDS.PARAMETER_VALUES_MAX} (limit PARAMETER_VALUES_MAX).`,
      )
    }
    return values
  }

  one(name: string): string | undefined {
    const values = this.many(name)
    if (values.length > 1) throw invalidParameter(name, `${name} is given ${values.length} times; give it once.`)
    return values[0]
  }

  /** A whole number in a range, or the default where the parameter is absent. */
  integer<T>(name: string, min: number, max: number, otherwise: T): number | T {
    const text = this.one(name)
    return text === undefined ? otherwise : parseInteger(name, text, min, max)
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const text = this.one(name)
    if (text === undefined) return undefined
    const value = values.find((candidate) => candidate === text)
    if (value === undefined)
      throw invalidParameter(
        name,
        `${name} is ${JSON.stringify(text.slice(0, 60))}; expected ${values.join(' or ')}.${didYouMean(text, values)}`,
      )
    return value
  }

  /** @throws AuditError `unknown_parameter` for the first parameter that nobody asked for */
  done(): void {
    for (const name of this.#values.keys()) {
      if (this.#asked.has(name)) continue
      throw new AuditError(
        'unknown_parameter',
        `There is no parameter ${JSON.stringify(name.slice(0, 60))} here.${didYouMean(name, this.#asked) || ` Known: ${[...this.#asked].join(', ')}.`}`,
        { param: name.slice(0, 60) },
      )
    }
  }
}

export function parseInteger(name: string, text: string, min: number, max: number): number {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw invalidParameter(
    name,
    `${name} is ${JSON.stringify(text.slice(0, 60))}; expected a whole number from ${min} to ${max}.`,
  )
}
