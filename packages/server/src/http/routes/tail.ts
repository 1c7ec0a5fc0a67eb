/** Following a log by long poll: /v1/events/tail. */
import { BOUNDS } from '@sealedlog/sdk/event'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BEFORE_FIRST } from '../../log/index.js'
import { organizationOf } from '../access.js'
import { readFilter } from '../filters.js'
import { invalidParameter, type Query } from '../query.js'
import { readDialect } from '../say.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { tailDoc } from './events.doc.js'

export function tailRoutes(app: FastifyInstance, services: Services): void {
  app.get('/v1/events/tail', { config: { access: 'read' }, schema: tailDoc }, (request, reply) =>
    tail(services, request, reply),
  )
}

async function tail(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations)
  const query = queryOf(request)
  const dialect = readDialect(query)
  const asked = {
    org,
    filter: readFilter(query),
    after: readAfter(query),
    limit: query.integer('limit', 1, BOUNDS.LIST_LIMIT_MAX, BOUNDS.LIST_LIMIT_DEFAULT),
    waitMs: query.integer('wait', 0, BOUNDS.TAIL_WAIT_SECONDS_MAX, 0) * 1000,
    signal: goneOf(reply),
  }
  query.done()
  services.rates.take(caller.keyId, org, 1)
  const page = await services.log.tail(asked)
  return { object: 'list', data: page.events.map((event) => dialect.to(event)), next: page.next }
}

/** Aborted when the connection closes before the answer is sent: nobody is waiting any more. */
function goneOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
  return controller.signal
}

/** Nothing said is from the start: after −1, the index before the first. */
function readAfter(query: Query): number | 'latest' {
  const text = query.one('after')
  if (text === undefined) return BEFORE_FIRST
  if (text === 'latest') return text
  const after = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(after) && after >= BEFORE_FIRST) return after
  throw invalidParameter(
    'after',
    `after is ${JSON.stringify(text.slice(0, 60))}; expected an index, -1 for the start, or latest.`,
  )
}
