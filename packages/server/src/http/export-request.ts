/** What POST /v1/exports is asked: a range of the log, a filter of it, and what is to be left out. */
import { AuditError, didYouMean, isJsonArray, isJsonObject, type Json, type JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { checkWithheld } from '../log/index.js'
import { FILTER_PARAMETERS } from './filters.js'
import type { Pair } from './query-string.js'

export interface ExportRequest {
  /** the first index; 0 where nothing is said */
  readonly from: number
  /** the index behind the last; undefined for whatever the checkpoint covers */
  readonly to: number | undefined
  /** the list's own parameters, `q` among them; none for every entry of the range */
  readonly filters: readonly Pair[]
  /** groups that stay out of the bundle */
  readonly withhold: readonly string[]
  readonly reason: string | undefined
}

const MEMBERS = ['from', 'to', 'q', 'filters', 'withhold', 'reason']
const FILTERS: readonly string[] = [...FILTER_PARAMETERS, 'since', 'until', 'saved']

/**
 * Reads the body. Whether its filters mean something, and the log has the range, is not known yet.
 *
 * @throws AuditError `invalid_export`
 * @example
 * readExport({ from: 0, to: 1000, withhold: ['actor'], reason: 'SOC 2' })
 */
export function readExport(body: Json): ExportRequest {
  if (!isJsonObject(body)) throw refused('An export is a JSON object; {} is all of the log.')
  refuseUnknown(body, MEMBERS, 'An export has no member')
  const { from = 0, to, reason } = body
  if (!isIndex(from)) throw refused('from must be the index of an entry: a whole number from 0.')
  if (to !== undefined && (!isIndex(to) || to <= from))
    throw refused(`to must be a whole number above from, which is ${from}: the index behind the last entry.`)
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > BOUNDS.DESCRIPTION_CHARS_MAX))
    throw refused(
      `reason must be a string of at most ${BOUNDS.DESCRIPTION_CHARS_MAX} characters (limit DESCRIPTION_CHARS_MAX).`,
    )
  return { from, to, reason, filters: readPairs(body), withhold: readWithhold(body) }
}

function readPairs({ q, filters = {} }: JsonObject): readonly Pair[] {
  if (!isJsonObject(filters))
    throw refused('filters must be an object: {"type": ["api_key.*"], "since": "2026-01-01"}.')
  refuseUnknown(filters, FILTERS, 'filters has no member')
  if (q !== undefined && typeof q !== 'string') throw refused('q must be a string: a query in words.')
  const pairs = Object.entries(filters).flatMap(([name, said]) =>
    (isJsonArray(said) ? said : [said]).map((value): Pair => {
      if (typeof value === 'string') return [name, value]
      throw refused(`filters/${name} must be a string, or a list of strings.`)
    }),
  )
  if (pairs.length > BOUNDS.PARAMETERS_MAX)
    throw refused(`filters has ${pairs.length} values; at most ${BOUNDS.PARAMETERS_MAX} (limit PARAMETERS_MAX).`)
  return q === undefined ? pairs : [...pairs, ['q', q]]
}

function readWithhold({ withhold = [] }: JsonObject): readonly string[] {
  if (!isJsonArray(withhold) || !withhold.every((name) => typeof name === 'string'))
    throw refused('withhold must be a list of groups: ["actor", "details"].')
  return [...new Set(checkWithheld(withhold, 'invalid_export'))]
}

function refuseUnknown(object: JsonObject, known: readonly string[], says: string): void {
  const unknown = Object.keys(object).find((member) => !known.includes(member))
  if (unknown === undefined) return
  throw refused(
    `${says} ${JSON.stringify(unknown.slice(0, 60))}.${didYouMean(unknown, known) || ` Known: ${known.join(', ')}.`}`,
  )
}

const isIndex = (value: Json): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export const refused = (message: string): AuditError => new AuditError('invalid_export', message)
