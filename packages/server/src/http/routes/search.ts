/** Asking in JSON: POST /v1/events/search takes the tree that `q` says in words. */
import { AuditError, didYouMean, isJsonObject, type Json, type JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { EVERYTHING, parseQueryJson, QUERY_JSON_LEVELS_MAX } from '@sealedlog/sdk/query'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { organizationOf } from '../access.js'
import { readJson } from '../body.js'
import { invalidParameter } from '../query-string.js'
import { readDialect } from '../say.js'
import type { Services } from '../services.js'
import { type ListAnswer, queryOf, readCursor, readList } from './events.js'
import { searchDoc } from './events.doc.js'

export function searchRoutes(app: FastifyInstance, services: Services): void {
  app.post(
    '/v1/events/search',
    { config: { access: 'read' }, bodyLimit: BOUNDS.BODY_BYTES_MAX, schema: searchDoc },
    (request) => search(services, request),
  )
}

async function search(services: Services, request: FastifyRequest): Promise<ListAnswer> {
  const { caller } = request
  const parameters = queryOf(request)
  const dialect = readDialect(parameters)
  parameters.done()
  const asked = readSearch(await readJson(request, QUERY_JSON_LEVELS_MAX))
  const org = await organizationOf(request, caller, services.organizations)
  services.rates.take(caller.keyId, org, 1)
  const page = { org, ...asked, ...readCursor(services, org, asked.cursor) }
  return readList(services, page, dialect, { keyId: caller.keyId, kind: 'search' })
}

const MEMBERS = ['query', 'order', 'limit', 'cursor']

function readSearch(body: Json) {
  if (!isJsonObject(body)) throw new AuditError('invalid_query', 'A search is a JSON object: {"query": {…}}.')
  const unknown = Object.keys(body).find((member) => !MEMBERS.includes(member))
  if (unknown !== undefined)
    throw new AuditError(
      'unknown_parameter',
      `A search has no member ${JSON.stringify(unknown.slice(0, 60))}.${didYouMean(unknown, MEMBERS) || ` Known: ${MEMBERS.join(', ')}.`}`,
      { param: unknown.slice(0, 60) },
    )
  return {
    query: body.query === undefined ? EVERYTHING : parseQueryJson(body.query, '/query'),
    order: readOrder(body),
    limit: readLimit(body),
    cursor: readCursorText(body),
  }
}

function readOrder({ order = 'desc' }: JsonObject): 'asc' | 'desc' {
  if (order === 'asc' || order === 'desc') return order
  throw invalidParameter('order', 'order must be "desc" or "asc".')
}

function readLimit({ limit = BOUNDS.LIST_LIMIT_DEFAULT }: JsonObject): number {
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= BOUNDS.LIST_LIMIT_MAX) return limit
  throw invalidParameter(
    'limit',
    `limit must be a whole number from 1 to ${BOUNDS.LIST_LIMIT_MAX} (limit LIST_LIMIT_MAX).`,
  )
}

/** A cursor of null is that of a first page: what `next_cursor` says at the end. */
function readCursorText({ cursor = null }: JsonObject): string | undefined {
  if (cursor === null) return undefined
  if (typeof cursor === 'string') return cursor
  throw invalidParameter('cursor', 'cursor must be the next_cursor of the page before.')
}
