/** Counts for charts: GET /v1/events/stats says how many events there are by hour, by day, or by the values of a field. */
import { BOUNDS } from '@sealedlog/sdk/event'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type CountedBy, isByTime, type Stats } from '../../log/index.js'
import { organizationOf } from '../access.js'
import { STATS_BY } from '../filters.js'
import type { QueryString } from '../query-string.js'
import { readAsked } from '../saved-queries.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { statsDoc } from './stats.doc.js'

export function statsRoutes(app: FastifyInstance, services: Services): void {
  app.get('/v1/events/stats', { config: { access: 'read' }, schema: statsDoc }, (request) => stats(services, request))
}

interface StatsAnswer {
  readonly object: 'stats'
  readonly by: CountedBy
  readonly total: number
  readonly data: Stats['groups']
  readonly has_more: boolean
  /** what cannot be counted exactly is refused */
  readonly exact: true
}

async function stats(services: Services, request: FastifyRequest): Promise<StatsAnswer> {
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations)
  const query = queryOf(request)
  const by = query.oneOf('by', STATS_BY) ?? 'day'
  const limit = readLimit(query, by)
  const asked = { org, by, limit, query: await readAsked(services.documents, org, query) }
  query.done()
  services.rates.take(caller.keyId, org, 1)
  const { total, groups, more } = await services.log.stats(asked)
  services.keeping.reads.count(org, caller.keyId, 'stats', { entries: 0 })
  return { object: 'stats', by, total, data: groups, has_more: more, exact: true }
}

const readLimit = (query: QueryString, by: CountedBy): number =>
  isByTime(by)
    ? query.integer('limit', 1, BOUNDS.STATS_TIMES_MAX, BOUNDS.STATS_TIMES_DEFAULT)
    : query.integer('limit', 1, BOUNDS.STATS_LIMIT_MAX, BOUNDS.STATS_LIMIT_DEFAULT)
