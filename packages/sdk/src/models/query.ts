/** The query string of a list request, as OpenAI's own clients write it. */
import { isJsonArray, isJsonObject, type Json } from '../base/index.js'
import { camelToWire } from './camel.js'
import { LIST_REQUEST } from './schemas.js'
import type { CamelModel } from './types.js'

/**
 * What follows the `?`: `effective_at[gte]=1`, and `project_ids[]=…` once for each project, percent-encoded; empty
 * where nothing is asked for. Members that are undefined, null or empty lists send nothing.
 *
 * @example
 * listAuditLogsRequestToQuery({ effectiveAt: { gte: 1 }, limit: 5 }) // 'effective_at%5Bgte%5D=1&limit=5'
 */
export function listAuditLogsRequestToQuery(request: CamelModel<'ListAuditLogsRequest'>): string {
  return Object.entries(camelToWire(LIST_REQUEST, request))
    .flatMap(([name, value]) => parametersOf(name, value))
    .join('&')
}

function parametersOf(name: string, value: Json): readonly string[] {
  if (value === null || value === undefined) return []
  if (isJsonArray(value)) return value.flatMap((item) => parametersOf(name, item))
  if (isJsonObject(value))
    return Object.entries(value).flatMap(([member, inner]) => parametersOf(`${name}[${member}]`, inner))
  return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`]
}
